import { checkSnapshot, type Snapshot, type StatusOf } from '../../src/core/index.js'

const snapshot = (fields: Partial<Snapshot<'payment'>> = {}): Snapshot<'payment'> => ({
  reference: { kind: 'payment', account: 'main', id: 'pay-1' },
  status: 'succeeded',
  providerState: { state: 'x' },
  amountCheck: 'exact',
  disputed: false,
  review: [],
  ...fields,
})

const eur = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })
const LARGEST = 10n ** 18n - 1n

describe('what an adapter reports', () => {
  it('is as it was where paymux has all its words and amounts', () => {
    const sound = snapshot({ amount: eur(LARGEST), paid: eur(-LARGEST) })
    expect(checkSnapshot(sound)).toBe(sound)
    expect(checkSnapshot(snapshot({ status: 'unknown' }))).toEqual(snapshot({ status: 'unknown' }))
  })

  it.each(['settled', 'returned', '', '__proto__', 'constructor'])(
    'in the status %j is unknown, to be reviewed',
    (word) => {
      const status = word as StatusOf<'payment'>
      expect(checkSnapshot(snapshot({ status }))).toEqual(snapshot({ status: 'unknown', review: ['unmapped_state'] }))
    },
  )

  it.each(['amount', 'paid', 'captured', 'refunded', 'fee'] as const)(
    'as %s that cannot be recorded is left out, and is a mismatch to be reviewed',
    (field) => {
      for (const amount of [eur(LARGEST + 1n), eur(-LARGEST - 1n), eur(2n ** 63n), { minorUnits: 1n, currency: 'eur' }])
        expect(checkSnapshot(snapshot({ [field]: amount }))).toEqual(
          snapshot({ amountCheck: 'mismatch', review: ['amount_unreadable'] }),
        )
    },
  )
})
