import { asUuid, operationDigest, type Reference, type RefundRequest } from '../../../src/core/index.js'
import { fail, succeed } from '../../either.js'
import {
  allRequested,
  anAccount,
  answers,
  aProvider,
  hostedOnly,
  INVOICE,
  invoice,
  REFUND,
  reference,
  TRANSACTION,
  transaction,
} from './support.js'

const LIST = '/v1/refunds/user-refunds'
const key = asUuid(operationDigest('payop', 'refund', 'refund-1'))
const aRefund: RefundRequest = { idempotencyKey: 'refund-1', payment: reference }
const half: RefundRequest = { ...aRefund, amount: { value: '1.50', currency: 'EUR' } }

const paid = (onInvoice: object = {}, onTransaction: object = {}) => {
  answers('GET', `/v1/invoices/${INVOICE}`, invoice(onInvoice))
  answers('GET', `/v2/transactions/${TRANSACTION}`, transaction(onTransaction))
}
const accepted = () =>
  answers('POST', '/v1/refunds/create', { data: '', status: 1 }, { headers: { identifier: REFUND } })
const refund = (request: RefundRequest) => aProvider().refund(request)

describe('a refund', () => {
  it('of all names no amount', async () => {
    paid()
    const sent = accepted()
    expect(await succeed(refund({ ...aRefund, metadata: { reason: 'damaged' } }))).toEqual({
      kind: 'refund',
      account: 'payop',
      id: REFUND,
      notPassedOn: [],
      reference: { kind: 'refund', account: 'payop', id: REFUND },
      status: 'processing',
      providerState: {},
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    })
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      transactionIdentifier: TRANSACTION,
      refundType: 1,
      metadata: { reason: 'damaged', paymux: key },
    })
  })

  it('of a part names it as a number', async () => {
    paid()
    const sent = accepted()
    await succeed(refund(half))
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ refundType: 2, amount: 1.5 })
  })

  it('of a part may be exactly what was ordered and what the transaction holds', async () => {
    paid({ amount: 1.5 }, { amount: 1.5 })
    accepted()
    expect(await succeed(refund(half))).toMatchObject({ status: 'processing' })
  })

  it('of all is possible in whatever currency was paid', async () => {
    paid({}, { currency: 'USD', amount: 2.1712345 })
    accepted()
    expect(await succeed(refund(aRefund))).toMatchObject({ status: 'processing' })
  })

  it('that was taken without an id may have been executed', async () => {
    paid()
    answers('POST', '/v1/refunds/create', { data: '', status: 1 })
    expect(await fail(refund(aRefund))).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'after_read',
      paths: ['headers.identifier', 'data'],
      exchange: 'payop.refunds.create',
      reference: { kind: 'refund', account: 'payop', idempotencyKey: 'refund-1', paymentId: INVOICE },
    })
  })

  it('that the gateway refuses is refused', async () => {
    paid()
    answers(
      'POST',
      '/v1/refunds/create',
      { message: 'Refund amount is bigger than transaction amount' },
      { status: 422 },
    )
    expect(await fail(refund(aRefund))).toMatchObject({ _tag: 'Refused', reason: 'amount_limit' })
  })
})

describe('a refund is not sent', () => {
  const refused = (path: string, tag = 'InvalidRequest') => ({ _tag: tag, outcome: 'not_sent', issues: [{ path }] })

  it.each([1, 3, 4, 5, 9, 15, 6])('for a transaction in state %i', async (state) => {
    paid({}, { state })
    expect(await fail(refund(aRefund))).toMatchObject(refused('payment'))
  })
  it('for an invoice without a transaction, though it says paid', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ transactionIdentifier: null }))
    expect(await fail(refund(aRefund))).toMatchObject(refused('payment'))
  })
  it('for an overdue invoice', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, { message: 'Invoice is overdue' }, { status: 422 })
    expect(await fail(refund(aRefund))).toMatchObject(refused('payment'))
  })
  it('for another project’s invoice', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ applicationIdentifier: 'other' }))
    expect(await fail(refund(aRefund))).toMatchObject(refused('payment.id'))
  })
  it('for an amount above what was ordered', async () => {
    paid({}, { amount: 5 })
    expect(await fail(refund({ ...half, amount: { value: '2.01', currency: 'EUR' } }))).toMatchObject(refused('amount'))
  })
  it('for an amount above what the transaction holds', async () => {
    paid({}, { amount: 1.49 })
    expect(await fail(refund(half))).toMatchObject(refused('amount'))
  })
  it('for a part of an amount that cannot be read', async () => {
    paid({ amount: null }, { amount: 1.2345678 })
    expect(await fail(refund(half))).toMatchObject(refused('amount'))
  })
  it('for a part, where another currency was paid', async () => {
    paid({}, { currency: 'USD' })
    expect(await fail(refund(half))).toMatchObject(refused('amount', 'Unsupported'))
  })
  it('for a part in another currency', async () => {
    paid()
    const dollars = { ...half, amount: { value: '1.50', currency: 'USD' } }
    expect(await fail(refund(dollars))).toMatchObject(refused('amount.currency'))
  })
  it('for a part that a JSON number would not carry', async () => {
    paid({ amount: '9999999999999999.99' }, { amount: '9999999999999999.99' })
    const long = { ...half, amount: { value: '1000000000000000.01', currency: 'EUR' } }
    expect(await fail(refund(long))).toMatchObject(refused('amount', 'Unsupported'))
  })
  it('for a payment by our key', async () => {
    const payment = { kind: 'payment', account: 'payop', idempotencyKey: 'order-1001' } as const
    expect(await fail(refund({ ...aRefund, payment }))).toMatchObject(refused('payment.idempotencyKey', 'Unsupported'))
  })
  it('without a token', async () => {
    expect(await fail(aProvider(hostedOnly).refund(aRefund))).toMatchObject(refused('token', 'Unsupported'))
  })
  it('where the payment cannot be read', async () => {
    answers('GET', `/v1/invoices/${INVOICE}`, '<html></html>', { status: 502 })
    expect(await fail(refund(aRefund))).toMatchObject({ _tag: 'Unreachable', phase: 'draft', retry: 'safe' })
    answers('GET', `/v1/invoices/${INVOICE}`, invoice({ identifier: TRANSACTION }))
    expect(await fail(refund(aRefund))).toMatchObject({ _tag: 'Unreachable', phase: 'draft' })
    expect(allRequested()).toBe(true)
  })
})

const row = (fields: object = {}) => ({
  identifier: REFUND,
  status: 2,
  type: 2,
  userIdentifier: 7,
  amount: 1.5,
  currency: 'EUR',
  createdAt: 1790000100,
  updatedAt: null,
  sourceTransaction: { identifier: TRANSACTION, state: 2 },
  error: null,
  metadata: { paymux: key },
  ...fields,
})
const byId: Reference<'refund'> = { kind: 'refund', account: 'payop', id: REFUND }
const byKey: Reference<'refund'> = { kind: 'refund', account: 'payop', idempotencyKey: 'refund-1', paymentId: INVOICE }
const ONE = `${LIST}?query%5Bidentifier%5D=${REFUND}`
const read = (to: Reference<'refund'>) => aProvider().getStatus(to)

describe('a refund is read', () => {
  it('by its id', async () => {
    answers('GET', ONE, { data: [row()], status: 1 })
    const amount = { value: '1.50', currency: 'EUR' }
    expect(await succeed(read({ ...byId, expectedAmount: amount }))).toEqual({
      ...byId,
      reference: { ...byId, expectedAmount: amount },
      status: 'succeeded',
      providerState: { refund: '2' },
      amount,
      amountCheck: 'exact',
      disputed: false,
      review: [],
    })
  })

  it.each([
    [1, { status: 'processing', review: [] }],
    [3, { status: 'failed', reason: 'rejected', review: [] }],
    [4, { status: 'failed', reason: 'rejected', review: [] }],
    [9, { status: 'unknown', review: ['unmapped_state'] }],
  ])('in state %i', async (status, expected) => {
    answers('GET', ONE, { data: [row({ status, metadata: [], error: { message: 'no', code: '' } })], status: 1 })
    expect(await succeed(read(byId))).toMatchObject(expected)
  })

  it.each([
    [3, { message: 'no', code: 'R1' }, 'R1'],
    [3, { message: 'no', code: '' }, undefined],
    [3, 'no', undefined],
    [2, { message: 'no', code: 'R1' }, undefined],
  ])('in state %i with the error %j, with the code %p', async (status, error, code) => {
    answers('GET', ONE, { data: [row({ status, error })], status: 1 })
    expect((await succeed(read(byId))).providerCode).toBe(code)
  })

  it('with another amount than expected', async () => {
    const to: Reference<'refund'> = { ...byId, expectedAmount: { value: '2.00', currency: 'EUR' } }
    answers('GET', ONE, { data: [row()], status: 1 })
    expect(await succeed(read(to))).toMatchObject({ amountCheck: 'mismatch' })
    answers('GET', ONE, { data: [row({ amount: 1.234 })], status: 1 })
    const unreadable = await succeed(read(byId))
    expect(unreadable).toMatchObject({ amountCheck: 'mismatch' })
    expect(unreadable.amount).toBeUndefined()
  })

  it('by our key, among others, and known by its id from then on', async () => {
    const data = [row({ identifier: INVOICE, metadata: [] }), { identifier: 7 }, row()]
    answers('GET', LIST, { data, status: 1 })
    expect(await succeed(read(byKey))).toMatchObject({ reference: byId, status: 'succeeded', review: [] })
  })

  it('by our key, where a page of the list repeats it', async () => {
    answers('GET', LIST, { data: [row(), row()], status: 1 })
    expect(await succeed(read(byKey))).toMatchObject({ review: [] })
  })

  it('by our key, where there are two: an operator has to look', async () => {
    answers('GET', LIST, { data: [row(), row({ identifier: INVOICE })], status: 1 })
    expect(await succeed(read(byKey))).toMatchObject({ reference: byId, review: ['contradiction'] })
  })
})

describe('a refund that is not in the list', () => {
  it('by our key may exist', async () => {
    for (const data of [[], [row({ metadata: { paymux: 'another' } })]]) {
      answers('GET', LIST, { data, status: 1 })
      expect(await fail(read(byKey))).toMatchObject({
        _tag: 'Indeterminate',
        retry: 'safe',
        reference: byKey,
        absent: true,
      })
    }
  })
  it('by our key may be the row that cannot be read', async () => {
    answers('GET', LIST, { data: [row({ metadata: { paymux: 'another' } }), null], status: 1 })
    const error = await fail(read(byKey))
    expect(error).toMatchObject({ _tag: 'Indeterminate', reference: byKey })
    expect(error).not.toHaveProperty('absent')
  })
  it('by its id is not found, where the list is empty', async () => {
    answers('GET', ONE, { data: [], status: 1 })
    expect(await fail(read(byId))).toMatchObject({ _tag: 'Refused', reason: 'not_found' })
  })
  it('by its id is never taken for another, where the filter was ignored', async () => {
    answers('GET', ONE, { data: [row({ identifier: INVOICE }), null], status: 1 })
    const error = await fail(read(byId))
    expect(error).toMatchObject({ _tag: 'Indeterminate', retry: 'safe' })
    expect(error).not.toHaveProperty('absent')
  })
  it('is not read without a token, nor by an id that cannot be one', async () => {
    expect(await fail(aProvider(hostedOnly).getStatus(byId))).toMatchObject({ _tag: 'Unsupported' })
    expect(await fail(read({ ...byId, id: 'a@b' }))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'id' }] })
  })
})

describe('refunds as declared', () => {
  it('are found by key and not de-duplicated', () => {
    expect(anAccount().capabilities.refund).toEqual({
      supported: true,
      deduplication: { kind: 'none' },
      lookupByKey: true,
      currencies: 'any',
      partial: true,
      perPayment: 'many',
      fields: ['metadata'],
    })
    expect(anAccount(hostedOnly).capabilities.refund).toEqual({
      supported: false,
      why: 'the configuration has no token',
    })
  })
})
