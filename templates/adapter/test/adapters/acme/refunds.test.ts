import { fail, succeed } from '../../either.js'
import { aProvider, gateway, keyOf, refundRequest } from './support.js'

const key = keyOf('refund', 'key-2')

const refundOf = (fields: object = {}) => ({
  refund: { id: 'ref_1', key, payment_id: 'pay_1', status: 'accepted', amount: '10.00', currency: 'EUR', ...fields },
})

const reference = { kind: 'refund', account: 'acme', id: 'ref_1' } as const

describe('refund', () => {
  it('sends what the gateway documents', async () => {
    const arrived = gateway(refundOf(), 201)
    const refund = await succeed(
      aProvider().refund({ ...refundRequest, amount: { value: '10.00', currency: 'EUR' }, metadata: { a: 'b' } }),
    )
    expect(refund).toMatchObject({
      reference,
      status: 'processing',
      amountCheck: 'exact',
      notPassedOn: ['metadata'],
    })
    expect(arrived.map(({ line, body }) => [line, body])).toEqual([
      ['POST /v1/payments/pay_1/refunds', `{"key":"${key}","amount":"10.00","currency":"EUR"}`],
    ])
  })

  it('says where the gateway reports another amount', async () => {
    gateway(refundOf({ amount: '9.00' }), 201)
    const amount = { value: '10.00', currency: 'EUR' }
    expect((await succeed(aProvider().refund({ ...refundRequest, amount }))).amountCheck).toBe('mismatch')
  })

  it('names no amount for all that is left', async () => {
    const arrived = gateway(refundOf(), 201)
    await succeed(aProvider().refund(refundRequest))
    expect(arrived[0]?.body).toBe(`{"key":"${key}"}`)
  })

  it.each([{ key: 'another' }, { payment_id: 'pay_2' }])('does not take %j for its answer', async (fields) => {
    gateway(refundOf(fields), 201)
    expect((await fail(aProvider().refund(refundRequest)))._tag).toBe('Indeterminate')
  })

  it('is Unsupported in another currency, and for a payment without an id', async () => {
    const amount = { value: '10.00', currency: 'INR' }
    expect((await fail(aProvider().refund({ ...refundRequest, amount })))._tag).toBe('Unsupported')
    const payment = { kind: 'payment', account: 'acme', idempotencyKey: 'key-1' } as const
    expect((await fail(aProvider().refund({ ...refundRequest, payment })))._tag).toBe('Unsupported')
  })
})

describe('getStatus of a refund', () => {
  it.each([
    ['accepted', 'processing', undefined],
    ['done', 'succeeded', undefined],
    ['rejected', 'failed', 'rejected'],
    ['hibernating', 'unknown', undefined],
  ])('reads %s as %s', async (word, status, reason) => {
    const arrived = gateway(refundOf({ status: word }))
    const refund = await succeed(aProvider().getStatus(reference))
    expect([refund.status, refund.reason]).toEqual([status, reason])
    expect(arrived[0]?.line).toBe('GET /v1/refunds/ref_1')
  })

  it('finds it by its key, and gives its id', async () => {
    const arrived = gateway(refundOf())
    const byKey = { kind: 'refund', account: 'acme', idempotencyKey: 'key-2', paymentId: 'pay_1' } as const
    expect((await succeed(aProvider().getStatus(byKey))).reference).toEqual(reference)
    expect(arrived[0]?.line).toBe(`GET /v1/refunds/key:${key}`)
  })

  it.each([
    ['of another payment', { kind: 'refund', account: 'acme', idempotencyKey: 'key-2', paymentId: 'pay_2' } as const],
    ['of another id', { kind: 'refund', account: 'acme', id: 'ref_2' } as const],
  ])('does not take the answer for one %s', async (_, asked) => {
    gateway(refundOf())
    expect((await fail(aProvider().getStatus(asked)))._tag).toBe('Indeterminate')
  })
})
