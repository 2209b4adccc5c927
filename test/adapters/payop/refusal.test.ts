import { endpoints } from '../../../src/adapters/payop/index.js'
import type { PaymentError, WireAnswer } from '../../../src/core/index.js'
import { left } from '../../either.js'
import { gist } from './support.js'

const answer = (status: number, body: unknown): WireAnswer => ({ status, headers: {}, body: JSON.stringify(body) })
/** What an answer to a payout request, which carried a token, stands for. */
const toPayout = (status: number, body: unknown): PaymentError =>
  left(endpoints.createWithdrawals.interpret(answer(status, body)))
/** What an answer to a request without a token stands for. */
const toInvoice = (status: number, body: unknown): PaymentError =>
  left(endpoints.createInvoice.interpret(answer(status, body)))

const reasonOf = (error: PaymentError): string => (error._tag === 'Refused' ? error.reason : error._tag)

describe('texts decide before codes do', () => {
  it.each([
    [422, 'Wrong signature', 'signature'],
    [401, 'Full authentication is required to access this resource.', 'authentication'],
    [401, 'Authorization token invalid', 'authentication'],
    [401, 'Unable find authenticated user', 'authentication'],
    [403, 'Access denied.', 'permission'],
    [403, 'Card tokenization is not available for your application. Please contact support', 'permission'],
    [404, 'Application not found', 'configuration'],
    [422, 'Method must be enabled to use it', 'configuration'],
    [
      422,
      'Method 7 is not supported for the payouts. Please get in touch with our support or select another method.',
      'configuration',
    ],
    [422, 'The selected currency GBP is not supported by method 14. Please select another one.', 'configuration'],
    [400, "Unable decrypt message. Please check if it's properly encrypted", 'configuration'],
    [422, 'Invoice is overdue', 'expired'],
    [
      401,
      'The total amount of funds on the balances is insufficient to process the payment - 13213.01 EUR',
      'insufficient_funds',
    ],
    [401, 'The specified amount 140000 exceeds the permissible limit - 100000.00 Euro', 'amount_limit'],
    [
      422,
      'The specified amount 5 is less than the permissible minimum for the selected currency - 10.00 Euro',
      'amount_limit',
    ],
    [422, 'Refund amount is bigger than transaction amount', 'amount_limit'],
    [404, 'Bank details for iban DE00 not found', 'bank_details'],
    [404, 'Bank details for account number 7 not found', 'bank_details'],
    [422, `Invoice (0c0ffee0) not found`, 'not_found'],
    [404, 'Transaction not found', 'not_found'],
    [415, 'Unsupported media type. Only json allowed', 'validation'],
    [401, 'Decoded batch withdrawal request should be a collection of withdrawal objects', 'validation'],
    [429, 'Too many requests from ip', 'RateLimited'],
    [400, 'Too many requests from ip', 'RateLimited'],
    [409, 'Not unique idempotency key', 'Indeterminate'],
    [422, 'Card tokenization is temporarily unavailable. Please contact support', 'Indeterminate'],
    [422, 'Something went wrong, try again or contact support.', 'Indeterminate'],
  ])('%i %s: %s', (status, message, reason) => {
    expect(reasonOf(toPayout(status, { message }))).toBe(reason)
    expect(reasonOf(toPayout(status, { message, status: 0 }))).toBe(reason)
    expect(reasonOf(toPayout(status, { message: { data: [message] } }))).toBe(reason)
  })
})

describe('codes decide where no text does', () => {
  it.each([
    [400, 'validation'],
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not_found'],
    [405, 'validation'],
    [409, 'Indeterminate'],
    [415, 'validation'],
    [422, 'validation'],
    [429, 'RateLimited'],
    [418, 'Indeterminate'],
    [302, 'Indeterminate'],
    [408, 'Indeterminate'],
    [424, 'Indeterminate'],
    [500, 'Indeterminate'],
    [504, 'Indeterminate'],
  ])('%i: %s', (status, reason) => {
    expect(reasonOf(toInvoice(status, { message: 'No text of a table' }))).toBe(reason)
  })
})

it.each(['Withdrawal is in processing', 'Operation timed out', 'The result is pending, check later'])(
  'a text that leaves it open is Indeterminate, whatever status comes with it: %s',
  (message) => {
    for (const status of [400, 403, 409, 422]) expect(reasonOf(toPayout(status, { message }))).toBe('Indeterminate')
  },
)

describe('a message of any shape', () => {
  it('names the fields of a map', () => {
    const message = { checkStatusUrl: ['This value should not be blank.'], 'currencies [0]': ['Not a currency.'] }
    expect(gist(toInvoice(422, { message }))).toEqual({
      _tag: 'Refused',
      outcome: 'refused',
      retry: 'never',
      reason: 'validation',
      httpStatus: 422,
      // The other is no plain name.
      fields: ['checkStatusUrl'],
    })
  })

  it('is a validation under whatever code, if it is a map', () => {
    const message = { data: ["Incorrect withdrawal data on element with index 0: param 'method' must be integer"] }
    expect(toPayout(401, { message, status: 0 })).toMatchObject({ reason: 'validation', fields: ['data'] })
    expect(toPayout(200, { message, status: 0 })).toMatchObject({ reason: 'validation', fields: ['data'] })
  })

  it('tells nothing, if it is another system’s in a list', () => {
    const message = [{ message: 'cURL error 7: account not found' }]
    for (const status of [200, 422, 500])
      expect(toPayout(status, { message, status: 0, data: [] })).toMatchObject({ _tag: 'Indeterminate' })
  })

  it('may be a list of texts, or nested', () => {
    expect(toInvoice(422, { message: ['Wrong signature'] })).toMatchObject({ reason: 'signature' })
    expect(toInvoice(422, { message: { a: { b: ['Wrong signature'] } } })).toMatchObject({ reason: 'signature' })
    const deep = JSON.parse(`${'['.repeat(3000)}"Wrong signature"${']'.repeat(3000)}`)
    expect(toInvoice(422, { message: deep })).toMatchObject({ reason: 'validation', httpStatus: 422 })
  })

  it('may be missing beside status 0', () => {
    expect(toInvoice(422, { status: 0 })).toMatchObject({ reason: 'validation' })
    expect(toInvoice(200, { status: 0 })).toMatchObject({ _tag: 'Indeterminate' })
    expect(toInvoice(200, { data: 'invoice-1', status: 0 })).toMatchObject({ _tag: 'Indeterminate' })
    expect(toInvoice(200, { message: 'Wrong signature' })).toMatchObject({ reason: 'signature', httpStatus: 200 })
  })

  it('within a success is no refusal', () => {
    const data = { isSuccess: true, message: 'Wrong signature', txid: null }
    expect(endpoints.createCheckout.interpret(answer(200, { data, message: 'note', status: 1 }))._tag).toBe('Right')
  })

  it('is foreign where it is not Payop’s envelope', () => {
    for (const body of [{ error: 'nope' }, { errors: ['nope'] }, [], 'nope', null, { success: false }])
      for (const status of [401, 422, 429]) expect(toInvoice(status, body)).toMatchObject({ _tag: 'Indeterminate' })
  })
})

describe('a key that was seen before', () => {
  it('was registered', () => {
    expect(gist(toPayout(409, { message: 'Not unique idempotency key' }))).toEqual({
      _tag: 'Indeterminate',
      outcome: 'unknown',
      retry: 'after_read',
      phase: 'answer',
      httpStatus: 409,
      registered: true,
    })
  })
})

describe('a garbled token', () => {
  it.each([
    'Syntax error, malformed JSON',
    'Malformed UTF-8 characters, possibly incorrectly encoded',
    'Unexpected control character found',
  ])('is complained about as "%s", which is about the body where there was no token', (message) => {
    expect(toPayout(422, { message })).toMatchObject({ reason: 'authentication', retry: 'same_key' })
    expect(toInvoice(422, { message })).toMatchObject({ reason: 'validation' })
    expect(left(endpoints.checkInvoiceStatus.interpret(answer(422, { message })))).toMatchObject({
      reason: 'validation',
    })
    expect(left(endpoints.checkInvoiceStatusWithToken.interpret(answer(422, { message })))).toMatchObject({
      reason: 'authentication',
    })
  })
})

describe('waiting', () => {
  it('comes with RateLimited, if the gateway says how long', () => {
    const limited = { ...answer(429, { message: 'Too many requests from ip' }), headers: { 'retry-after': '60' } }
    expect(left(endpoints.getBalances.interpret(limited))).toMatchObject({ _tag: 'RateLimited', retryAfterMs: 60_000 })
  })
})
