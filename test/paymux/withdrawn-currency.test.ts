import * as currency from '../../src/core/currency.js'
import { createProvider } from '../../src/paymux/index.js'
import { closeShops, configurationOn, idOf, left, openShop, order, payout, right } from './stage.js'
import { useStage } from './use-stage.js'

jest.mock('../../src/core/currency', () => {
  const actual = jest.requireActual<typeof currency>('../../src/core/currency')
  return { ...actual, isWithdrawn: jest.fn(actual.isWithdrawn) }
})

const { isWithdrawn } = jest.requireActual<typeof currency>('../../src/core/currency')

const stage = useStage()
afterEach(closeShops)

const inUse = 'a currency that is in use: payments in a withdrawn one can be read and refunded, not created'
const refusal = { _tag: 'InvalidRequest', outcome: 'not_sent', issues: [{ path: 'amount.currency', expected: inUse }] }

describe.each(['BGN', 'HRK', 'SLL', 'ZWL'])('%s, which was withdrawn', (code) => {
  const amount = { value: '49.90', currency: code }

  it('is refused for a new payment and a new payout, with a ledger and without', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { apiUrl, checkoutUrl, credentials } = stage.payop
    const bare = await right(createProvider({ adapter: 'payop', apiUrl, checkoutUrl, ...credentials }))
    for (const provider of [shop, bare]) {
      expect(await left(provider.createPayment(order('k-1', amount)))).toMatchObject(refusal)
      expect(await left(provider.payout({ ...payout('k-2'), amount }))).toMatchObject(refusal)
    }
  })

  it('is read, compared and refunded; a key of before gives its result', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    // Before it was withdrawn.
    jest.mocked(currency.isWithdrawn).mockImplementation(() => false)
    const made = await right(shop.createPayment(order(`before-${code}`, amount)))
    jest.mocked(currency.isWithdrawn).mockImplementation(isWithdrawn)
    stage.payop.act(idOf(made.reference), 'pay')

    expect(await right(shop.getStatus(made.reference))).toMatchObject({
      status: 'succeeded',
      amount,
      amountCheck: 'exact',
    })
    const compared = { ...made.reference, expectedAmount: { value: '49.91', currency: code } }
    expect(await right(shop.getStatus(compared))).toMatchObject({ amountCheck: 'mismatch' })
    expect(await right(shop.createPayment(order(`before-${code}`, amount)))).toMatchObject({ replayed: true })
    const part = { value: '10.00', currency: code }
    expect(
      await right(shop.refund({ idempotencyKey: `part-${code}`, payment: made.reference, amount: part })),
    ).toMatchObject({ kind: 'refund', status: 'processing' })
  })
})
