import { createCall } from '../../../src/core/index.js'
import { fail, succeed } from '../../either.js'
import { anAccount, answers, hostedOnly, REFUND, WITHDRAWAL } from './support.js'

const account = anAccount()
const call = createCall(account.send)
const ever = { from: 0, to: Number.MAX_SAFE_INTEGER }
const DAY = 86_400_000
const NOON = Date.UTC(2026, 0, 2, 12)

const refund = (fields: object = {}) => ({
  identifier: REFUND,
  status: 2,
  type: 2,
  amount: 2.5,
  currency: 'EUR',
  createdAt: NOON / 1000,
  error: null,
  metadata: { paymux: '0a0a0a0a-0000-8000-8000-000000000009' },
  ...fields,
})

const refunds = async (period: { from: number; to: number }, ...rows: readonly unknown[]) => {
  answers('GET', '/v1/refunds/user-refunds', { data: rows, status: 1 })
  const list = account.list?.refund
  if (list === undefined) throw new Error('no list of refunds')
  return succeed(list(period, call))
}

describe('the list of refunds', () => {
  it('tells what Payop lists, and by which key it was made', async () => {
    expect(await refunds(ever, refund())).toEqual({
      objects: [
        {
          reference: { kind: 'refund', account: 'payop', id: REFUND },
          status: 'succeeded',
          amount: { minorUnits: 250n, currency: 'EUR' },
          names: { key: '0a0a0a0a-0000-8000-8000-000000000009' },
        },
      ],
      unreadable: 0,
    })
  })

  it.each([
    ['that Payop started itself', { isAutoRefund: true }],
    ['with an empty map, as PHP writes it', []],
    ['whose key is no text', { paymux: 7 }],
  ])('knows no key of one %s', async (_which, metadata) => {
    const { objects } = await refunds(ever, refund({ metadata }))
    expect(objects).toHaveLength(1)
    expect(objects[0]).not.toHaveProperty('names.key')
  })

  it('holds those of the period, its start included and its end not', async () => {
    const at = (time: number) => refund({ createdAt: time / 1000 })
    const { objects } = await refunds({ from: NOON, to: NOON + DAY }, at(NOON - 1000), at(NOON), at(NOON + DAY))
    expect(objects).toHaveLength(1)
  })

  it('holds one that does not tell its time in any period', async () => {
    const { objects } = await refunds({ from: 0, to: 1 }, refund({ createdAt: null }))
    expect(objects).toHaveLength(1)
  })

  it('counts entries that cannot be read, and loses no other for them', async () => {
    const { objects, unreadable } = await refunds(ever, { identifier: 7 }, refund(), null)
    expect([objects.length, unreadable]).toEqual([1, 2])
  })

  it('keeps an undocumented state as unknown', async () => {
    expect((await refunds(ever, refund({ status: 77 }))).objects[0]?.status).toBe('unknown')
  })

  it('is no list where Payop does not answer with one', async () => {
    answers('GET', '/v1/refunds/user-refunds', { data: 'busy', status: 1 })
    const list = account.list?.refund
    expect(list && (await fail(list(ever, call)))._tag).toBe('Indeterminate')
  })
})

describe('the list of payouts', () => {
  it('tells the withdrawals that Payop lists', async () => {
    answers('GET', '/v1/withdrawals/user-withdrawals', {
      data: [{ identifier: WITHDRAWAL, status: 4, amount: '25.00', currency: 'EUR', createdAt: NOON / 1000 }],
      status: 1,
    })
    const list = account.list?.payout
    expect(list && (await succeed(list(ever, call)))).toEqual({
      objects: [
        {
          reference: { kind: 'payout', account: 'payop', id: WITHDRAWAL },
          names: {},
          status: 'processing',
          amount: { minorUnits: 2500n, currency: 'EUR' },
        },
      ],
      unreadable: 0,
    })
  })
})

it('offers no list of payments, which Payop has none of, and none at all without a token', () => {
  expect(Object.keys(account.list ?? {})).toEqual(['refund', 'payout'])
  expect(anAccount(hostedOnly)).not.toHaveProperty('list')
})

it('a long list is read: Payop documents no pages, so one answer holds all', async () => {
  const rows = Array.from({ length: 10_000 }, (_, n) =>
    refund({ identifier: `0000000${n}`.slice(-8), comment: 'x'.repeat(100) }),
  )
  const { objects, unreadable } = await refunds(ever, ...rows)

  expect([objects.length, unreadable]).toEqual([10_000, 0])
})
