import { fail, succeed } from '../either.js'
import { lost, ok, okAs, paymentRequest, payoutRequest, stage } from './operations-stage.js'

/** Results list what of the request the gateway has no place for. */

const everything = {
  ...paymentRequest('k1'),
  description: 'Two tickets',
  metadata: { cart: '7' },
  payer: { name: 'Made Up', email: 'made.up@example.com', locale: 'cs-CZ', ip: '203.0.113.9', country: 'DE' },
  urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
}
const beside = ['metadata', 'payer.locale', 'payer.ip', 'urls.failure']
const fields = ['description', 'payer.name', 'payer.email', 'urls.success'] as const

const payment = { kind: 'payment', account: 'main', id: 'obj-1' } as const
const paid = { status: 'succeeded', amount: { minorUnits: 4990n, currency: 'EUR' } } as const

describe('what the gateway has no place for', () => {
  it('is listed in the result of a payment, in a replay and in a later status', async () => {
    const { provider } = await stage({ main: { fields, reading: ok } })
    const result = await succeed(provider.createPayment(everything))
    expect(result.notPassedOn).toEqual(beside)
    expect((await succeed(provider.createPayment(everything))).notPassedOn).toEqual(beside)
    expect((await succeed(provider.getStatus(result.reference))).notPassedOn).toEqual(beside)
  })

  it('is listed in the results of a refund and a payout', async () => {
    const { provider } = await stage({ main: { reading: ok, shows: () => paid } })
    await succeed(provider.createPayment(paymentRequest('k0')))
    const refund = { idempotencyKey: 'k1', payment, metadata: { claim: '8' } }
    const payout = { ...payoutRequest('k1'), description: 'Rent', metadata: { run: '9' } }
    const first = await succeed(provider.refund(refund))
    expect(first.notPassedOn).toEqual(['metadata'])
    expect((await succeed(provider.refund(refund))).notPassedOn).toEqual(['metadata'])
    expect((await succeed(provider.getStatus(first.reference))).notPassedOn).toEqual(['metadata'])
    const second = await succeed(provider.payout(payout))
    expect(second.notPassedOn).toEqual(['description', 'metadata'])
    expect((await succeed(provider.payout(payout))).notPassedOn).toEqual(['description', 'metadata'])
    expect((await succeed(provider.getStatus(second.reference))).notPassedOn).toEqual(['description', 'metadata'])
  })

  it('is nothing for a request that uses no optional field', async () => {
    const { provider } = await stage({ main: {} })
    expect((await succeed(provider.createPayment(paymentRequest('k1')))).notPassedOn).toEqual([])
  })

  it('is that of the account that served, not of those that were tried before', async () => {
    const { provider } = await stage({
      a: { isDown: true, fields: [] },
      b: { fields: [...fields, 'payer.locale', 'payer.ip', 'urls.failure'] },
    })
    const result = await succeed(provider.createPayment(everything))
    expect(result).toMatchObject({ account: 'b', notPassedOn: ['metadata'] })
  })

  it('is listed also where the answer was lost and a poll found the payment', async () => {
    const { provider, clock, recover } = await stage({ main: { fields, submission: [lost], reading: ok } })
    await fail(provider.createPayment(everything))
    clock.now += 5_000
    await recover('createPayment', 'k1')
    expect((await succeed(provider.createPayment(everything))).notPassedOn).toEqual(beside)
  })
})

describe('the notification address of a caller', () => {
  const own = 'https://shop.example/own'
  const request = { ...paymentRequest('k1'), urls: { notification: own } }
  const made = { url: 'https://shop.example/paymux/main/token', tokenHash: 'a'.repeat(64) }

  it('is never sent, and listed', async () => {
    const { provider, drafted } = await stage({ main: { fields: ['urls.notification'] } })
    expect((await succeed(provider.createPayment(request))).notPassedOn).toEqual(['urls.notification'])
    expect(drafted('main').map(({ urls }) => urls)).toEqual([{}])
  })

  it('is replaced by the one that paymux makes, and listed', async () => {
    const { provider, drafted, view } = await stage(
      { main: { fields: ['urls.notification'] } },
      { attemptAddress: () => made },
    )
    expect((await succeed(provider.createPayment(request))).notPassedOn).toEqual(['urls.notification'])
    expect(drafted('main').map(({ urls }) => urls)).toEqual([{ notification: made.url }])
    expect((await view('createPayment', 'k1')).attempts).toMatchObject([{ tokenHash: made.tokenHash }])
  })

  it('is listed where the gateway has no place for any, and none is made', async () => {
    const { provider, drafted, view } = await stage({ main: {} }, { attemptAddress: () => made })
    expect((await succeed(provider.createPayment(request))).notPassedOn).toEqual(['urls.notification'])
    expect(drafted('main').map(({ urls }) => urls)).toEqual([{}])
    expect((await view('createPayment', 'k1')).attempts[0]).not.toHaveProperty('tokenHash')
  })

  it('that paymux made itself is not listed', async () => {
    const { provider, drafted } = await stage(
      { a: { isDown: true }, main: { fields: ['urls.notification'] } },
      {
        attemptAddress: () => made,
      },
    )
    expect((await succeed(provider.createPayment(paymentRequest('k1')))).notPassedOn).toEqual([])
    expect(drafted('main').map(({ urls }) => urls)).toEqual([{ notification: made.url }])
  })
})

it('metadata is kept whichever gateway served', async () => {
  const { provider } = await stage({ main: { fields: [], submission: [okAs('obj-7')], reading: ok } })
  const result = await succeed(provider.createPayment(everything))
  expect(result).toMatchObject({ metadata: { cart: '7' }, notPassedOn: expect.arrayContaining(['metadata']) })
})
