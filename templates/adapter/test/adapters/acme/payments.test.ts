import { createCall, type PaymentRequest } from '../../../src/core/index.js'
import { fail, left, right, succeed } from '../../either.js'
import { anAdapter, aProvider, gateway, paymentOf, paymentRequest, reference } from './support.js'

// TEMPLATE: the bytes of each request, each documented answer and each word of a status.

describe('createPayment', () => {
  it('sends what the gateway documents, and gives a redirect', async () => {
    const arrived = gateway(paymentOf(), 201)
    const payment = await succeed(
      aProvider().createPayment({
        ...paymentRequest,
        description: 'Two tickets',
        urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
      }),
    )
    expect(payment).toEqual({
      kind: 'payment',
      account: 'acme',
      id: 'pay_1',
      reference,
      status: 'requires_action',
      providerState: { payment: 'open' },
      amount: { value: '49.90', currency: 'EUR' },
      amountCheck: 'exact',
      disputed: false,
      nextAction: { type: 'redirect', url: 'https://pay.acme.example/1' },
      notPassedOn: [],
      review: [],
    })
    expect(arrived.map(({ line }) => line)).toEqual(['POST /v1/payments'])
    expect(arrived[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('merchant-1:secret-of-a-made-up-merchant').toString('base64')}`,
    )
    expect(JSON.parse(arrived[0]?.body ?? '')).toEqual({
      amount: '49.90',
      currency: 'EUR',
      reference: 'ORD-1001',
      payer_email: 'ann.buyer@example.com',
      description: 'Two tickets',
      success_url: 'https://shop.example/thanks',
      failure_url: 'https://shop.example/sorry',
    })
  })

  it('sends no payer to a page with another amount, or to what is no address', async () => {
    gateway(paymentOf({ amount: '4.99' }))
    const other = await succeed(aProvider().createPayment(paymentRequest))
    expect([other.amountCheck, other.nextAction]).toEqual(['mismatch', undefined])
    for (const page_url of ['ftp://pay.acme.example/1', 'http://pay.acme.example/1']) {
      gateway(paymentOf({ page_url }))
      expect((await succeed(aProvider().createPayment(paymentRequest))).nextAction).toBeUndefined()
    }
  })

  it.each<[path: string, change: Partial<PaymentRequest>]>([
    ['amount.currency', { amount: { value: '49.90', currency: 'INR' } }],
    ['method.flow', { method: { flow: 'popup' } }],
    ['method.code', { method: { flow: 'hosted', code: 'card' } }],
  ])('is Unsupported for %s', async (path, change) => {
    const error = await fail(aProvider().createPayment({ ...paymentRequest, ...change }))
    expect(error).toMatchObject({ _tag: 'Unsupported', issues: [{ path }] })
  })

  it('does not read the context of another version', () => {
    const wire = {
      exchange: 'acme.payments.create',
      effect: 'creates',
      method: 'POST',
      base: 'api',
      path: '/v1/payments',
      auth: 'basic',
      headers: {},
    } as const
    const answer = { status: 201, headers: {}, body: JSON.stringify(paymentOf()) }
    const { interpret } = anAdapter().createPayment
    const draft = { wire, context: { value: '49.90', currency: 'EUR' }, notPassedOn: [] }
    expect(right(interpret(draft, answer)).status).toBe('requires_action')
    expect(left(interpret({ ...draft, context: { version: 0 } }, answer))._tag).toBe('Indeterminate')
  })
})

describe('getStatus of a payment', () => {
  it.each([
    ['open', 'requires_action'],
    ['pending', 'processing'],
    ['paid', 'succeeded'],
    ['declined', 'failed'],
    ['expired', 'expired'],
    ['hibernating', 'unknown'],
  ])('reads %s as %s', async (word, status) => {
    const arrived = gateway(paymentOf({ status: word }))
    expect((await succeed(aProvider().getStatus(reference))).status).toBe(status)
    expect(arrived.map(({ line }) => line)).toEqual(['GET /v1/payments/pay_1'])
  })

  it('tells the money, and why a payment failed', async () => {
    gateway(paymentOf({ status: 'paid', fee: '1.00', refunded: '10.00' }))
    const amount = { value: '49.90', currency: 'EUR' }
    expect(await succeed(aProvider().getStatus(reference))).toMatchObject({
      paid: amount,
      captured: amount,
      fee: { value: '1.00', currency: 'EUR' },
      refunded: { value: '10.00', currency: 'EUR' },
    })
    gateway(paymentOf({ status: 'declined', decline_code: 'do_not_honour' }))
    expect(await succeed(aProvider().getStatus(reference))).toMatchObject({
      reason: 'declined',
      providerCode: 'do_not_honour',
    })
  })

  it('leaves out what cannot be read', async () => {
    gateway(paymentOf({ amount: 49.9, currency: 'EURO', page_url: null, decline_code: 'ann@example.com' }))
    const payment = await succeed(aProvider().getStatus(reference))
    expect([payment.amount, payment.nextAction, payment.providerCode]).toEqual([undefined, undefined, undefined])
  })

  it('names the order of the payment, if Acme shows it', async () => {
    const { read, send } = anAdapter()
    const shown = async (order: unknown) => {
      gateway(paymentOf({ reference: order }))
      return (await succeed(read.payment(reference, createCall(send)))).names
    }
    expect(await shown('ORD-1001')).toEqual({ merchantReference: 'ORD-1001' })
    expect(await shown(null)).toBeUndefined()
  })

  it('takes an answer about another payment for none', async () => {
    gateway(paymentOf({ id: 'pay_2' }))
    expect(await fail(aProvider().getStatus(reference))).toMatchObject({
      _tag: 'Indeterminate',
      paths: ['payment.id'],
    })
  })

  it('finds payments by their id only', async () => {
    const byKey = { kind: 'payment', account: 'acme', idempotencyKey: 'key-1' } as const
    expect((await fail(aProvider().getStatus(byKey)))._tag).toBe('Unsupported')
    expect((await fail(aProvider().getStatus({ ...reference, id: '../refunds' })))._tag).toBe('InvalidRequest')
  })
})
