import { createCall, type Payment, type Reference, type WireRequest } from '../../../src/core/index.js'
import { fail, succeed } from '../../either.js'
import {
  allRequested,
  anAccount,
  answers,
  aProvider,
  complete,
  FILTER,
  filtered,
  hostedOnly,
  INVOICE,
  invoice,
  itself,
  reference,
  TRANSACTION,
  transaction,
} from './support.js'

const GET_INVOICE = `/v1/invoices/${INVOICE}`
const GET_TRANSACTION = `/v2/transactions/${TRANSACTION}`
const STATUS = `/v1/checkout/check-invoice-status/${INVOICE}`
const page = { type: 'redirect', url: `https://checkout.payop.com/en/payment/invoice-preprocessing/${INVOICE}` }
const wait = { type: 'wait_and_poll', afterMs: 5000 }

const withoutToken = (to: Reference<'payment'> = reference) => aProvider(hostedOnly).getStatus(to)
const withToken = (to: Reference<'payment'> = reference) => aProvider().getStatus(to)
const pending = { data: { isSuccess: true, status: 'pending', form: [], url: '' }, status: 1 }

describe('without a token, a payment is read from its invoice', () => {
  it('and is paid if that is', async () => {
    answers('GET', GET_INVOICE, invoice())
    expect(await succeed(withoutToken())).toEqual({
      ...itself,
      status: 'succeeded',
      providerState: { invoice: '1' },
      amount: { value: '2.00', currency: 'EUR' },
      amountCheck: 'unchecked',
      disputed: false,
      review: [],
    })
  })

  it('and is still to be paid, on its page', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 0, transactionIdentifier: null }))
    expect(await succeed(withoutToken())).toMatchObject({ status: 'requires_action', nextAction: page })
    answers('GET', GET_INVOICE, invoice({ status: 0, transactionIdentifier: '', language: 'De' }))
    const url = `https://checkout.payop.com/de/payment/invoice-preprocessing/${INVOICE}`
    expect(await succeed(withoutToken())).toMatchObject({ nextAction: { url } })
    answers('GET', GET_INVOICE, invoice({ status: 0, transactionIdentifier: '', language: 'xx' }))
    expect(await succeed(withoutToken())).toMatchObject({ nextAction: page })
  })

  it.each([
    ['by its status', 200, invoice({ status: 2 }), '2'],
    ['by its flag', 200, invoice({ status: 0, isOverdue: true }), '0'],
    ['by a refusal', 422, { message: `Invoice (${INVOICE}) is overdue` }, 'overdue'],
  ])('and is overdue %s', async (_how, status, body, state) => {
    answers('GET', GET_INVOICE, body, { status })
    const payment = await succeed(withoutToken())
    expect(payment).toMatchObject({ status: 'expired', reason: 'overdue', providerState: { invoice: state } })
  })

  it.each([
    [404, 'Invoice not found'],
    [422, `Invoice (${INVOICE}) not found`],
  ])('and is not found by %i', async (status, message) => {
    answers('GET', GET_INVOICE, { message }, { status })
    expect(await fail(withoutToken())).toMatchObject({ _tag: 'Refused', reason: 'not_found' })
  })
})

describe('with a token, the transaction is read after the invoice', () => {
  it('and its chargeback after that', async () => {
    const sent = [
      answers('GET', GET_INVOICE, invoice()),
      answers('GET', GET_TRANSACTION, transaction()),
      answers('GET', FILTER, filtered()),
    ]
    expect(await succeed(withToken())).toEqual({
      ...itself,
      status: 'succeeded',
      providerState: { invoice: '1', transaction: '2' },
      amount: { value: '2.00', currency: 'EUR' },
      amountCheck: 'exact',
      paid: { value: '2.15', currency: 'USD' },
      fee: { value: '0.47', currency: 'EUR' },
      disputed: false,
      review: [],
    })
    expect(sent.map(([request]) => request?.headers.authorization)).toEqual([
      undefined,
      'Bearer jwt.made.up',
      'Bearer jwt.made.up',
    ])
  })

  it('only where there is one', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 0, transactionIdentifier: null }))
    expect(await succeed(withToken())).toMatchObject({ status: 'requires_action' })
    expect(allRequested()).toBe(true)
  })

  it.each([404, 422])('and where %i says that there is none yet, the invoice stands', async (status) => {
    answers('GET', GET_INVOICE, invoice({ status: 5 }))
    answers('GET', GET_TRANSACTION, { message: 'Transaction not found' }, { status })
    expect(await succeed(withToken())).toMatchObject({
      status: 'failed',
      providerState: { invoice: '5' },
      disputed: false,
    })
  })

  it.each([
    [401, { message: 'Authorization token invalid' }, 'Refused'],
    [500, { message: 'Something went wrong, try again or contact support.' }, 'Indeterminate'],
    [429, { message: 'Too many requests from ip' }, 'RateLimited'],
    [200, '<html></html>', 'Indeterminate'],
  ])('and where it cannot be read (%i), a paid invoice proves nothing', async (status, body, tag) => {
    answers('GET', GET_INVOICE, invoice())
    answers('GET', GET_TRANSACTION, body, { status })
    expect(await fail(withToken())).toMatchObject({ _tag: tag })
  })

  it('and a payment waits for the funds', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 4 }))
    answers('GET', GET_TRANSACTION, transaction({ state: 9 }))
    const payment = await succeed(withToken())
    expect(payment).toMatchObject({ status: 'processing', detail: 'pre_approved' })
    expect(payment.nextAction).toBeUndefined()
  })

  it('and what contradicts the invoice is held', async () => {
    answers('GET', GET_INVOICE, invoice())
    answers('GET', GET_TRANSACTION, transaction({ state: 5, error: 'timeout' }))
    answers('GET', FILTER, filtered({ hasChargeback: true, state: 5 }))
    expect(await succeed(withToken())).toMatchObject({
      status: 'unknown',
      providerState: { invoice: '1', transaction: '5' },
      disputed: true,
      review: ['contradiction'],
    })
  })
})

describe('a chargeback', () => {
  const paidAnd = (body: object | string, status = 200): Promise<Payment> => {
    answers('GET', GET_INVOICE, invoice())
    answers('GET', GET_TRANSACTION, transaction())
    answers('GET', FILTER, body, { status })
    return succeed(withToken())
  }

  it('stands beside the status', async () => {
    expect(await paidAnd(filtered({ hasChargeback: true }))).toMatchObject({
      status: 'succeeded',
      disputed: true,
      review: [],
    })
  })

  it.each([
    ['cannot be read', { message: 'Access denied.' }, 403],
    ['is answered by nothing', { data: [], status: 1 }, 200],
    ['is answered about another', filtered({ identifier: INVOICE, hasChargeback: true }), 200],
    ['is left out', filtered({ hasChargeback: undefined }), 200],
    ['is no boolean', filtered({ hasChargeback: 'yes' }), 200],
    ['is lost', '', 502],
  ])('that %s is not denied', async (_what, body, status) => {
    expect(await paidAnd(body, status)).toMatchObject({
      status: 'succeeded',
      disputed: false,
      review: ['dispute_unread'],
    })
  })

  it('is not read where nothing was accepted', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 2 }))
    answers('GET', GET_TRANSACTION, transaction({ state: 15 }))
    expect(await succeed(withToken())).toMatchObject({ status: 'expired', disputed: false, review: [] })
    expect(allRequested()).toBe(true)
  })
})

describe('the amount', () => {
  const expecting = (value: string, currency = 'EUR') => ({ ...reference, expectedAmount: { value, currency } })
  const read = async (to: Reference<'payment'>, onInvoice: object, onTransaction: object = {}) => {
    answers('GET', GET_INVOICE, invoice(onInvoice))
    answers('GET', GET_TRANSACTION, transaction(onTransaction))
    answers('GET', FILTER, filtered())
    return (await succeed(withToken(to))).amountCheck
  }

  it('is the order’s, whatever the transaction holds after fees', async () => {
    expect(await read(expecting('2.00'), {}, { amount: 1.93, currency: 'USD' })).toBe('exact')
    expect(await read(reference, {}, { amount: 1.93, currency: 'USD' })).toBe('exact')
  })
  it.each([
    ['of the invoice', { amount: 2.01 }, {}],
    ['of the invoice’s currency', { currency: 'USD' }, {}],
    ['of the product', {}, { productAmount: 1.99 }],
    ['of the product’s currency', {}, { productCurrency: 'USD' }],
    ['that cannot be read exactly', { amount: 0.1 + 0.2 }, {}],
    ['that is not there', { amount: null }, {}],
    ['in no currency', { currency: null }, {}],
  ])('is a mismatch %s', async (_what, onInvoice, onTransaction) => {
    expect(await read(expecting('2.00'), onInvoice, onTransaction)).toBe('mismatch')
  })
  it('that was not expected is compared between the two', async () => {
    expect(await read(reference, { amount: 2.5 })).toBe('mismatch')
    expect(await read(reference, { amount: 1e-7 })).toBe('mismatch')
    expect(await read(reference, {}, { productAmount: undefined })).toBe('unchecked')
  })
  it('may come as text', async () => {
    expect(await read(expecting('2.00'), { amount: '2.00' }, { productAmount: '2' })).toBe('exact')
  })
})

describe('what the payer paid and what Payop keeps', () => {
  const read = async (onTransaction: object, onFilter: object | undefined, onInvoice: object = {}) => {
    answers('GET', GET_INVOICE, invoice(onInvoice))
    answers('GET', GET_TRANSACTION, transaction(onTransaction))
    if (onFilter === undefined) answers('GET', FILTER, '', { status: 502 })
    else answers('GET', FILTER, filtered(onFilter))
    const { status, paid, fee } = await succeed(withToken())
    return { status, paid, fee }
  }
  const chosen = { chosenAmount: 2.19, chosenCurrency: 'USD' }
  const noPayment = { payAmount: undefined, payCurrency: undefined }

  it('are in their own currencies, exact', async () => {
    const sums = { payAmount: '3150', payCurrency: 'JPY', totalCommission: 0.1, totalCommissionCurrency: 'EUR' }
    expect(await read({}, sums)).toEqual({
      status: 'succeeded',
      paid: { value: '3150', currency: 'JPY' },
      fee: { value: '0.10', currency: 'EUR' },
    })
  })

  it.each([
    ['not shown by the filter', noPayment],
    ['in no currency', { payCurrency: null }],
    ['more precise than its currency', { payAmount: '98.836951875227' }],
    ['negative', { payAmount: '-2' }],
    ['no amount', { payAmount: {} }],
    ['unread', undefined],
  ])('a payment that is %s is the one that the payer chose', async (_what, onFilter) => {
    expect(await read(chosen, onFilter)).toMatchObject({ paid: { value: '2.19', currency: 'USD' } })
  })

  it.each([
    ['not shown', { totalCommission: undefined }],
    ['in no currency', { totalCommissionCurrency: 7 }],
    ['negative', { totalCommission: '-0.01' }],
    ['no amount', { totalCommission: [] }],
    ['unread', undefined],
  ])('a fee that is %s is left out', async (_what, onFilter) => {
    expect(await read({}, onFilter)).toMatchObject({ status: 'succeeded', fee: undefined })
  })

  it('are left out where neither is shown, and of what was not accepted', async () => {
    const none = { paid: undefined, fee: undefined }
    expect(await read({ chosenAmount: null, chosenCurrency: null }, noPayment)).toMatchObject({ paid: undefined })
    expect(await read({ state: 5 }, {}, { status: 5 })).toEqual({ status: 'failed', ...none })
    expect(await read({ state: 5 }, {})).toEqual({ status: 'unknown', ...none })
  })
})

describe('Payop’s own code of a failure', () => {
  const codeOf = async (onTransaction: object, onInvoice: object = { status: 5 }) => {
    answers('GET', GET_INVOICE, invoice(onInvoice))
    answers('GET', GET_TRANSACTION, transaction(onTransaction))
    answers('GET', FILTER, filtered())
    return (await succeed(withToken())).providerCode
  }

  it.each([
    [{ errorCode: '51' }, '51'],
    [{ errorCode: 51 }, '51'],
    [{ error: { message: 'Declined', code: 'R-05' } }, 'R-05'],
    [{ error: { code: '05' }, errorCode: '' }, '05'],
    [{ error: { message: 'Declined', code: '' }, errorCode: '' }, undefined],
    [{ errorCode: null }, undefined],
    [{ errorCode: 'Ann Buyer, 4111 1111' }, undefined],
    [{ error: [] }, undefined],
  ])('%j is %p', async (fields, code) => {
    expect(await codeOf({ state: 5, ...fields })).toBe(code)
  })

  it('comes with a timeout, and with no success', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 2 }))
    answers('GET', GET_TRANSACTION, transaction({ state: 15, errorCode: 'T1' }))
    expect(await succeed(withToken())).toMatchObject({ status: 'expired', providerCode: 'T1' })
    expect(await codeOf({ errorCode: '00' }, {})).toBeUndefined()
  })
})

describe('an answer about something else is no answer', () => {
  it.each([
    ['another invoice', invoice({ identifier: TRANSACTION }), transaction(), 'data.identifier'],
    ['another transaction', invoice(), transaction({ identifier: INVOICE }), 'data.identifier'],
    [
      'another project',
      invoice(),
      transaction({ application: { identifier: 'other' } }),
      'data.application.identifier',
    ],
    ['an invoice in no state', invoice({ status: null }), transaction(), 'data.status'],
  ])('%s', async (_what, first, second, path) => {
    answers('GET', GET_INVOICE, first)
    answers('GET', GET_TRANSACTION, second)
    expect(await fail(withToken())).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'safe',
      httpStatus: 200,
      paths: [path],
    })
  })

  it('a transaction of another order concludes nothing, and asks for a review', async () => {
    answers('GET', GET_INVOICE, invoice())
    answers('GET', GET_TRANSACTION, transaction({ orderId: 'ORD-9' }))
    expect(await succeed(withToken())).toMatchObject({ status: 'unknown', review: ['reference_mismatch'] })
  })

  it('an invoice of another project is another merchant’s', async () => {
    answers('GET', GET_INVOICE, invoice({ applicationIdentifier: 'other' }))
    expect(await fail(withoutToken())).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'id' }] })
  })

  it('a project’s number may be configured, and may be missing', async () => {
    answers('GET', GET_INVOICE, invoice({ applicationIdentifier: 1607 }))
    const provider = aProvider({ ...hostedOnly, projectId: '1607' })
    expect(await succeed(provider.getStatus(reference))).toMatchObject({ status: 'succeeded' })
    answers('GET', GET_INVOICE, invoice({ applicationIdentifier: undefined, orderIdentifier: undefined }))
    answers('GET', GET_TRANSACTION, transaction({ application: undefined, orderId: undefined }))
    answers('GET', FILTER, filtered())
    expect(await succeed(withToken())).toMatchObject({ status: 'succeeded' })
  })
})

describe('a reference', () => {
  it('by key finds no payment', async () => {
    const error = await fail(withToken({ kind: 'payment', account: 'payop', idempotencyKey: 'order-1001' }))
    expect(error).toMatchObject({ _tag: 'Unsupported', issues: [{ path: 'idempotencyKey' }] })
  })
  it('with an id that is none finds nothing', async () => {
    const error = await fail(withToken({ kind: 'payment', account: 'payop', id: 'order_G@nz' }))
    expect(error).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'id' }] })
  })
})

describe('what the payer does next', () => {
  const next = async (data: object, config = hostedOnly, origin?: string) => {
    const at = origin === undefined ? {} : { origin }
    answers('GET', GET_INVOICE, invoice({ status: 4 }), at)
    answers('GET', STATUS, { data, status: 1 }, at)
    const payment = await succeed(aProvider(config).getStatus(reference))
    expect(payment.status).toBe('processing')
    return payment.nextAction
  }
  const url = 'https://bank.example/a'
  const acs = 'https://acs.example/3ds'
  const fields = { PaReq: 'p', MD: 'm', TermUrl: 'https://payop.com/r' }

  it.each([
    ['waits', { status: 'pending', form: [], url: '' }, wait],
    ['waits, where nothing is said', { status: 'pending' }, wait],
    ['waits, where an unknown word is said', { status: 'thinking', form: [] }, wait],
    [
      'goes to the bank',
      { status: 'pending', form: { method: 'GET', url, fields: [] }, url },
      { type: 'redirect', url },
    ],
    [
      'goes to the bank with the form’s fields',
      { status: 'pending', form: { method: 'GET', url: `${url}?b=1`, fields: { c: '2 3' } } },
      { type: 'redirect', url: `${url}?b=1&c=2+3` },
    ],
    ['goes to the address beside an empty form', { status: 'pending', form: [], url }, { type: 'redirect', url }],
    [
      'submits a 3-D Secure form',
      { status: 'pending', form: { method: 'POST', url: acs, fields } },
      { type: 'submit_form', url: acs, fields },
    ],
    [
      'submits a form without fields',
      { status: 'pending', form: { method: 'post', url: acs, fields: [] } },
      { type: 'submit_form', url: acs, fields: {} },
    ],
    [
      'submits numbers as text',
      { status: 'pending', form: { method: 'POST', url: acs, fields: { n: 7 } } },
      { type: 'submit_form', url: acs, fields: { n: '7' } },
    ],
    ['goes to the form by its older name', { status: 'pending', form: { uri: url } }, { type: 'redirect', url }],
    ['comes home after success', { status: 'success', message: '', form: { url }, url }, { type: 'redirect', url }],
    [
      'comes home after failure',
      { status: 'fail', form: [], url, invoiceIdentifier: { value: INVOICE, null: false } },
      { type: 'redirect', url },
    ],
    ['is done after success', { status: 'success', form: [] }, undefined],
    ['is done after failure', { status: 'fail' }, undefined],
    ['is not sent where scripts run', { status: 'pending', form: { url: 'javascript:alert(1)' } }, wait],
    ['is not sent where user info stands', { status: 'pending', url: 'https://bank.example@evil.example/a' }, wait],
    ['is not sent with a password', { status: 'pending', form: { url: 'https://a:b@bank.example/' } }, wait],
    ['is not sent over plain http', { status: 'pending', url: 'http://bank.example/a' }, wait],
    ['is not sent to this machine', { status: 'pending', url: 'http://127.0.0.1:80/a' }, wait],
    ['is not sent nowhere', { status: 'pending', form: { method: 'POST', url: 'bank', fields } }, wait],
  ])('%s', async (_what, data, action) => {
    expect(await next({ isSuccess: true, ...data })).toEqual(action)
  })

  it('is on this machine, if the account is', async () => {
    const origin = 'http://127.0.0.1:4001'
    const local = { ...hostedOnly, apiUrl: origin, checkoutUrl: 'http://localhost:4002' }
    const bank = 'http://127.0.0.1:4002/bank'
    expect(await next({ status: 'pending', url: bank }, local, origin)).toEqual({ type: 'redirect', url: bank })
    expect(await next({ status: 'pending', url: 'http://bank.example/a' }, local, origin)).toEqual(wait)
  })

  it('is read on a connection of its own: the answer does not name the invoice, and would lead the payer to another bank page', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 4 }))
    answers('GET', GET_TRANSACTION, transaction({ state: 4 }))
    answers('GET', STATUS, pending)
    const adapter = anAccount()
    const wires: WireRequest[] = []
    const call = createCall((wire) => {
      wires.push(wire)
      return adapter.send(wire)
    })
    await succeed(adapter.read.payment(reference, call))
    expect(wires.map(({ exchange, answer }) => [exchange, answer])).toEqual([
      ['payop.invoices.get', 'named'],
      ['payop.transactions.get', 'named'],
      ['payop.checkouts.check_status', undefined],
    ])
  })

  it('is read with the token, if there is one', async () => {
    answers('GET', GET_INVOICE, invoice({ status: 4 }))
    answers('GET', GET_TRANSACTION, transaction({ state: 4 }))
    const sent = answers('GET', STATUS, pending)
    expect(await succeed(withToken())).toMatchObject({ status: 'processing', nextAction: wait })
    expect(sent[0]?.headers.authorization).toBe('Bearer jwt.made.up')
  })

  it.each([
    [401, 'Full authentication is required to access this resource.', 'authentication'],
    [403, 'Access denied.', 'permission'],
  ])('fails the read, where %i asks a person to put something right', async (status, message, reason) => {
    answers('GET', GET_INVOICE, invoice({ status: 4 }))
    answers('GET', STATUS, { message }, { status })
    expect(await fail(withoutToken())).toMatchObject({ _tag: 'Refused', reason })
  })

  it.each([
    [422, { message: 'No text of a table' }],
    [500, ''],
    [429, { message: 'Too many requests from ip' }],
  ])('is to wait, where it cannot be read otherwise (%i)', async (status, body) => {
    answers('GET', GET_INVOICE, invoice({ status: 4 }))
    answers('GET', STATUS, body, { status })
    expect(await succeed(withoutToken())).toMatchObject({ status: 'processing', nextAction: wait })
  })

  it('never sets the status', async () => {
    expect(await next({ status: 'success', url })).toEqual({ type: 'redirect', url })
    expect(await next({ status: 'fail', url })).toEqual({ type: 'redirect', url })
  })
})

describe('an account by another name', () => {
  it('reads its own references', async () => {
    answers('GET', GET_INVOICE, invoice())
    const own = { ...reference, account: 'europe' }
    const provider = aProvider({ ...hostedOnly, account: 'europe' })
    expect((await succeed(provider.getStatus(own))).reference).toEqual(own)
    expect(await fail(aProvider(complete).getStatus(own))).toMatchObject({ _tag: 'InvalidRequest' })
  })
})
