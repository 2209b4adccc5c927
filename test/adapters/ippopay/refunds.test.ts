import {
  createCall,
  createStatelessProvider,
  indeterminate,
  type RefundRequest,
  type WireAnswer,
} from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import { type Answered, anAccount, gateway, json, lines, says } from './support.js'

const orderId = 'order_G@nz!3qBq'
const payment = { kind: 'payment', account: 'ippopay', id: orderId } as const
const reference = { kind: 'refund', account: 'ippopay', idempotencyKey: 'refund-1', paymentId: orderId } as const
const request: RefundRequest = { idempotencyKey: 'refund-1', payment }
const paid = says.order({ status: 'paid' })
const reads = [`GET /v1/order/${orderId}`, `GET /v1/order/${orderId}/transaction`]

const refund = async (answers: readonly Answered[], fields: Partial<RefundRequest> = {}) => {
  const arrived = gateway(answers)
  const either = await createStatelessProvider(anAccount()).refund({ ...request, ...fields })()
  return { either, arrived }
}

describe('a refund', () => {
  it('reads, requests all of it, and is processing', async () => {
    const { either, arrived } = await refund([paid, says.transaction(), says.refundAccepted])
    expect(right(either)).toEqual({
      kind: 'refund',
      account: 'ippopay',
      id: `key:refund-1@${orderId}`,
      reference,
      status: 'processing',
      providerState: {},
      notPassedOn: [],
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    })
    expect(lines(arrived)).toEqual([...reads, `POST /v1/order/refund/${orderId}`])
    expect(arrived[2]?.body).toBe('{}')
  })

  it.each([
    ['10.00', '{"refund_amt":10}'],
    ['19.99', '{"refund_amt":19.99}'],
  ])('of %s requests so much', async (amount, body) => {
    const { either, arrived } = await refund([paid, says.transaction(), says.refundAccepted], {
      amount: { value: amount, currency: 'INR' },
    })
    expect(right(either).status).toBe('processing')
    expect(arrived[2]?.body).toBe(body)
  })

  it('of a paid order whose transaction lags behind is requested', async () => {
    const { either } = await refund([paid, says.transaction({ status: 'pending' }), says.refundAccepted])
    expect(right(either).status).toBe('processing')
  })

  it.each<[string, string, Answered, Answered]>([
    ['InvalidRequest', 'that was not paid', says.order(), says.no('none')],
    ['InvalidRequest', 'that failed', says.order(), says.transaction({ status: 'failure' })],
    ['InvalidRequest', 'that contradicts itself', paid, says.transaction({ status: 'failure' })],
    ['InvalidRequest', 'whose order is in a state of its own', says.order({ status: 'refunded' }), says.transaction()],
    ['Unsupported', 'that has a refund', paid, says.transaction({ refund_status: 'requested' })],
    ['Unsupported', 'whose refund has come to rest', paid, says.transaction({ refund_status: 'refunded' })],
    ['Unsupported', 'whose refund_status is blank', paid, says.transaction({ refund_status: '' })],
  ])('is %s for a payment %s, and nothing is sent', async (tag, _name, order, transaction) => {
    const { either, arrived } = await refund([order, transaction])
    expect(left(either)).toMatchObject({ _tag: tag, outcome: 'not_sent', issues: [{ path: 'payment' }] })
    expect(lines(arrived)).toEqual(reads)
  })

  it.each<[string, Answered]>([
    ['is missing', says.no('none')],
    ['cannot be read', { status: 503, body: '' }],
  ])('waits where the transaction of a paid order %s', async (_name, transaction) => {
    const { either, arrived } = await refund([paid, transaction])
    expect(left(either)).toMatchObject({ _tag: 'Unreachable', phase: 'draft', retry: 'safe' })
    expect(lines(arrived)).toEqual(reads)
  })

  it.each<[string, Answered, Answered, string]>([
    ['more than the order', paid, says.transaction(), '20.00'],
    ['more than was paid', says.order({ status: 'paid', amount: 100 }), says.transaction(), '20.00'],
    ['more than the order, what was paid being unknown', paid, says.transaction({ cost: {} }), '20.00'],
    ['some of an unknown amount', says.order({ status: 'paid', amount: null }), says.transaction({ cost: {} }), '1.00'],
    ['some of another currency', says.order({ status: 'paid', currency: 'USD' }), says.transaction(), '1.00'],
  ])('of %s is refused, and nothing is sent', async (_name, order, transaction, amount) => {
    const { either, arrived } = await refund([order, transaction], { amount: { value: amount, currency: 'INR' } })
    expect(left(either)).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'amount' }] })
    expect(lines(arrived)).toEqual(reads)
  })

  it.each<[string, Partial<RefundRequest>]>([
    ['amount.currency', { amount: { value: '1.00', currency: 'EUR' } }],
    ['payment.idempotencyKey', { payment: { kind: 'payment', account: 'ippopay', idempotencyKey: 'payment-1' } }],
  ])('with %s is Unsupported, and nothing is read', async (path, fields) => {
    const { either, arrived } = await refund([], fields)
    expect(left(either)).toMatchObject({ _tag: 'Unsupported', issues: [{ path }] })
    expect(arrived).toEqual([])
  })

  it('that is refused is refused', async () => {
    const { either } = await refund([paid, says.transaction(), says.no('Refund already exists')])
    expect(left(either)).toMatchObject({ _tag: 'Refused', reason: 'validation', httpStatus: 200 })
  })

  it('whose answer was lost may have been taken, and is found by order and key', async () => {
    const { either } = await refund([paid, says.transaction(), { status: 502, body: '' }])
    expect(left(either)).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown', retry: 'after_read', reference })
  })
})

describe('the draft of a refund', () => {
  const accepted: WireAnswer = { headers: {}, ...says.refundAccepted }

  it('keeps order and key, and can be interpreted from storage', async () => {
    gateway([paid, says.transaction()])
    const { refund: procedure, send } = anAccount()
    const draft = right(await procedure.draft({ idempotencyKey: 'refund-1', payment }, createCall(send))())
    expect(draft.context).toEqual({ idempotencyKey: 'refund-1', orderId })
    const stored = JSON.parse(JSON.stringify(draft))
    expect(right(anAccount().refund.interpret(stored, accepted)).reference).toEqual(reference)
    expect(left(procedure.interpret({ ...draft, context: null }, accepted))).toEqual(
      indeterminate('moves_money', 'answer'),
    )
  })
})

describe('reading a refund', () => {
  const read = async (answer: Answered, overrides: Readonly<Record<string, unknown>> = {}) => {
    const arrived = gateway([answer])
    const either = await createStatelessProvider(anAccount(overrides)).getStatus(reference)()
    expect(lines(arrived)).toEqual([`GET /v1/order/${orderId}/transaction`])
    return either
  }
  const configured = { refundStatuses: { Refunded: 'succeeded', rejected: 'failed', queued: 'processing' } }

  it.each([
    ['requested', {}, 'processing'],
    ['refunded', {}, 'processing'],
    ['refunded', configured, 'succeeded'],
    [' REFUNDED', configured, 'succeeded'],
    ['queued', configured, 'processing'],
    ['odd', configured, 'processing'],
  ])('has %j with configuration %j as %s', async (word, overrides, status) => {
    expect(right(await read(says.transaction({ refund_status: word }), overrides))).toEqual({
      kind: 'refund',
      account: 'ippopay',
      id: `key:refund-1@${orderId}`,
      reference,
      status,
      providerState: { refund: word },
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    })
  })

  it('has a failed one with its reason', async () => {
    const failed = right(await read(says.transaction({ refund_status: 'rejected' }), configured))
    expect(failed).toMatchObject({ status: 'failed', reason: 'rejected' })
  })

  it('has one without a word as unknown', async () => {
    const unknown = right(await read(says.transaction({ refund_status: null })))
    expect(unknown).toMatchObject({ status: 'unknown', review: ['unmapped_state'] })
  })

  it('finds none if none was requested', async () => {
    const error = left(await read(says.transaction({ refund_status: 'not_requested' })))
    expect(error).toMatchObject({ _tag: 'Refused', reason: 'not_found' })
  })

  it('finds none where there is no transaction', async () => {
    expect(left(await read(json({ message: 'Not Found' }, 404)))).toMatchObject({
      _tag: 'Refused',
      reason: 'not_found',
    })
  })

  it.each([
    ['id', { id: 'refund-9' }],
    ['paymentId', { idempotencyKey: 'refund-1' }],
  ])('without order and key is Unsupported: %s', async (path, locator) => {
    const { getStatus } = createStatelessProvider(anAccount())
    expect(left(await getStatus({ kind: 'refund', account: 'ippopay', ...locator })())).toMatchObject({
      _tag: 'Unsupported',
      issues: [{ path }],
    })
  })
})
