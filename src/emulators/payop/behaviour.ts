import type { SettingRules } from '../kit/settings.js'

/** Where Payop's behaviour varies or is not known. Each default is the likeliest or the documented one. */
export interface PayopBehaviour {
  /** `data` of invoices/create: the id, or an empty string. */
  createBodyId: 'uuid' | 'empty'
  /** `data` of refunds/create. */
  refundBodyId: 'empty' | 'uuid'
  /** Whether invoices/create and refunds/create send the `identifier` header. */
  identifierHeader: 'on' | 'off'
  /** Status code of a successful create. */
  successStatus: 200 | 201
  /** Status code of an unknown invoice or transaction. */
  notFoundStatus: 422 | 404
  /** How an overdue invoice reads. */
  overdueGet: 'status2' | 'isOverdue' | 'http422'
  /** Whether errors carry a root `status`. Errors of withdrawal items always carry 0. */
  rootStatusOnErrors: 'absent' | 0
  /** Whether check-invoice-status wants the JWT. */
  checkStatusAuth: 'open' | 'jwt'
  /** A token that is no JWT at all: 401 `Authorization token invalid`, or 422 `Syntax error, malformed JSON`. */
  garbledToken: 'invalid' | 'syntax_error'
  /** How PHP encodes an empty map. */
  emptyMaps: 'array' | 'object'
  /** Who bears the (made-up, 3 %) fee: with `merchant` the transaction amount is net, with `payer` the payer is charged more. */
  feeMode: 'none' | 'merchant' | 'payer'
  /** How a timeout is told in the IPN; a read always says 15. */
  timeoutIpn: '5+message' | 15
  /** Whether states 1, 4 and 9 are notified too. */
  ipnOnNonFinal: 'off' | 'on'
  /** Whether the IPN of an accepted payment carries an error message, as the documented sample does. */
  ipnErrorOnAccepted: 'off' | 'on'
  /** Milliseconds before the second delivery, the third, and so on; made up. */
  ipnRetrySchedule: readonly number[]
  /** Scales the retry schedule. */
  ipnRetryFactor: number
  /** The sender's address, told in `X-Forwarded-For`; null sends no such header. */
  ipnSourceIp: string | null
  /** What becomes of `{{txid}}` in a return address when there is no transaction. */
  templateTxidMissing: 'empty' | 'literal'
  /** State of a transaction after a void. */
  voidState: 3 | 5 | 15
  /** With false a batch is executed item by item up to the first wrong one. */
  batchAtomic: boolean
  /** Whether a request that failed uses up its idempotency key. */
  consumeKeyOnFailure: boolean
  /** Status code of the errors of withdrawal items; one documented page prints them under 401. */
  withdrawalErrorStatus: 422 | 401
  /** Status of an invoice whose transaction is pre-approved. */
  preApprovedInvoiceStatus: 0 | 1 | 4
  /** With `on`, a first decline is not final: another acquirer is tried under the same invoice and transaction. */
  paymentRouting: 'off' | 'on'
  /** The historic checkout/capture with `authOnly`. */
  capture: 'off' | 'on'
  cardTokenization: 'on' | 'not_available' | 'unavailable'
  /** With `declined`, checkout/create answers `isSuccess: false` and makes no transaction. */
  checkoutCreate: 'accepted' | 'declined'
  /** How often check-invoice-status answers without a form before it has one. */
  pollsBeforeForm: number
  /** Whether `query[identifier]` of the lists is honoured. */
  listFilter: 'honoured' | 'ignored'
  /** Older documentation calls `order.items` optional. */
  orderItems: 'required' | 'optional'
  /** Milliseconds until a refund or withdrawal is accepted; null waits for an admin decision. */
  decideAfterMs: number | null
  /** Milliseconds until a pre-approved transaction is decided; null waits for an admin decision. */
  preApprovedAfterMs: number | null
  preApprovedOutcome: 'accepted' | 'failed'
  /** Milliseconds until a pending transaction times out; null never. */
  transactionTimeoutMs: number | null
  /** Milliseconds between the timeout and the money when the payer chooses to pay late. */
  payLateAfterMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export const DEFAULT_BEHAVIOUR: Readonly<PayopBehaviour> = {
  createBodyId: 'uuid',
  refundBodyId: 'empty',
  identifierHeader: 'on',
  successStatus: 200,
  notFoundStatus: 422,
  overdueGet: 'status2',
  rootStatusOnErrors: 'absent',
  checkStatusAuth: 'open',
  garbledToken: 'invalid',
  emptyMaps: 'array',
  feeMode: 'none',
  timeoutIpn: '5+message',
  ipnOnNonFinal: 'off',
  ipnErrorOnAccepted: 'off',
  ipnRetrySchedule: [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, ...Array.from({ length: 23 }, () => HOUR)],
  ipnRetryFactor: 1,
  ipnSourceIp: '18.199.249.46',
  templateTxidMissing: 'empty',
  voidState: 5,
  batchAtomic: true,
  consumeKeyOnFailure: false,
  withdrawalErrorStatus: 422,
  preApprovedInvoiceStatus: 4,
  paymentRouting: 'off',
  capture: 'off',
  cardTokenization: 'on',
  checkoutCreate: 'accepted',
  pollsBeforeForm: 0,
  listFilter: 'honoured',
  orderItems: 'required',
  decideAfterMs: 3_000,
  preApprovedAfterMs: MINUTE,
  preApprovedOutcome: 'accepted',
  transactionTimeoutMs: HOUR,
  payLateAfterMs: MINUTE,
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0
const whole = { expected: 'a whole number from 0', allows: isCount }
const wholeOrNull = { expected: 'a whole number from 0, or null', allows: (v: unknown) => v === null || isCount(v) }
const onOff = ['on', 'off'] as const

export const BEHAVIOUR_RULES: SettingRules<PayopBehaviour> = {
  createBodyId: ['uuid', 'empty'],
  refundBodyId: ['empty', 'uuid'],
  identifierHeader: onOff,
  successStatus: [200, 201],
  notFoundStatus: [422, 404],
  overdueGet: ['status2', 'isOverdue', 'http422'],
  rootStatusOnErrors: ['absent', 0],
  checkStatusAuth: ['open', 'jwt'],
  garbledToken: ['invalid', 'syntax_error'],
  emptyMaps: ['array', 'object'],
  feeMode: ['none', 'merchant', 'payer'],
  timeoutIpn: ['5+message', 15],
  ipnOnNonFinal: onOff,
  ipnErrorOnAccepted: onOff,
  ipnRetrySchedule: {
    expected: 'a list of whole milliseconds',
    allows: (value) => Array.isArray(value) && value.every(isCount),
  },
  ipnRetryFactor: { expected: 'a positive number', allows: (value) => typeof value === 'number' && value > 0 },
  ipnSourceIp: { expected: 'text or null', allows: (value) => value === null || typeof value === 'string' },
  templateTxidMissing: ['empty', 'literal'],
  voidState: [3, 5, 15],
  batchAtomic: [true, false],
  consumeKeyOnFailure: [true, false],
  withdrawalErrorStatus: [422, 401],
  preApprovedInvoiceStatus: [0, 1, 4],
  paymentRouting: onOff,
  capture: onOff,
  cardTokenization: ['on', 'not_available', 'unavailable'],
  checkoutCreate: ['accepted', 'declined'],
  pollsBeforeForm: whole,
  listFilter: ['honoured', 'ignored'],
  orderItems: ['required', 'optional'],
  decideAfterMs: wholeOrNull,
  preApprovedAfterMs: wholeOrNull,
  preApprovedOutcome: ['accepted', 'failed'],
  transactionTimeoutMs: wholeOrNull,
  payLateAfterMs: whole,
}
