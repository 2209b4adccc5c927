import { isRecord } from '../kit/input.js'
import { isCount, type SettingRules } from '../kit/settings.js'

/** The routes that create something. */
export type CreatingRoute = 'invoice' | 'card_token' | 'checkout' | 'refund' | 'withdrawal'

/**
 * What Payop does where its documents contradict each other or are silent. Each default is the documented or the likeliest
 * behaviour. Each setting may be changed at any time. Source: `docs/gateways/payop.md`, which says what is documented where.
 */
export interface PayopBehaviour {
  /** `data` of invoices/create: the id, or an empty string. Default: `uuid`. */
  createBodyId: 'uuid' | 'empty'
  /** `data` of refunds/create: an empty string, or the id. Default: `empty`. */
  refundBodyId: 'empty' | 'uuid'
  /** Whether invoices/create and refunds/create send the header `identifier`. Default: `on`. */
  identifierHeader: 'on' | 'off'
  /** Status code of a successful create, by route. Default: 201 for card tokens, refunds and withdrawals, 200 for the others. */
  successStatus: Readonly<Record<CreatingRoute, 200 | 201>>
  /** Status code of an unknown invoice or transaction. Default: 422. */
  notFoundStatus: 422 | 404
  /** How an overdue invoice is read: `status: 2`, `isOverdue: true`, or a refusal. Default: `status2`. */
  overdueGet: 'status2' | 'isOverdue' | 'http422'
  /** Whether errors have a root `status`. Errors of withdrawal items always have 0. Default: `absent`. */
  rootStatusOnErrors: 'absent' | 0
  /** Whether check-invoice-status requires the token. Default: `open`. */
  checkStatusAuth: 'open' | 'jwt'
  /** How a token that is no JWT is refused: 401 `Authorization token invalid`, or 422 `Syntax error, malformed JSON`. Default: `invalid`. */
  garbledToken: 'invalid' | 'syntax_error'
  /** How an empty map is encoded: as `[]`, as PHP does, or as `{}`. Default: `array`. */
  emptyMaps: 'array' | 'object'
  /** Who bears the made-up fee of 3 %. `merchant`: the transaction's amount is net. `payer`: the payer is charged more. Default: `none`. */
  feeMode: 'none' | 'merchant' | 'payer'
  /**
   * How a timeout looks. `plugins`: transaction and notification say 15, the invoice 2, as the official plugins expect.
   * `documented`: the notification says 5 with the text `timeout`, the transaction 15, the invoice 5. `documented_failed`: the
   * same, and the transaction says 5, too. Default: `plugins`.
   */
  timeout: 'plugins' | 'documented' | 'documented_failed'
  /** Whether states 1, 4 and 9 are notified, too. Default: `off`. */
  ipnOnNonFinal: 'off' | 'on'
  /** Whether the notification of an accepted payment has an error text, as the documented sample has. Default: `off`. */
  ipnErrorOnAccepted: 'off' | 'on'
  /** Milliseconds before the second delivery, before the third, and so on; made up. Default: 1, 5, 10 and 30 minutes, then 23 times an hour. */
  ipnRetrySchedule: readonly number[]
  /** Factor of the retry schedule, above 0. Default: 1. */
  ipnRetryFactor: number
  /** `X-Forwarded-For` of notifications; `null` sends no such header. Default: `18.199.249.46`. */
  ipnSourceIp: string | null
  /** What `{{txid}}` of a return address becomes if there is no transaction. Default: `empty`. */
  templateTxidMissing: 'empty' | 'literal'
  /** State of a transaction after a void. Default: 5. */
  voidState: 3 | 5 | 15
  /** Whether a batch of withdrawals is executed as a whole; with false, item by item up to the first wrong one. Default: true. */
  batchAtomic: boolean
  /** Whether a refused request uses up its idempotency key. Default: false. */
  consumeKeyOnFailure: boolean
  /** Status code of the errors of withdrawal items; one documented page has 401. Default: 422. */
  withdrawalErrorStatus: 422 | 401
  /** Status of an invoice whose transaction is pre-approved. Default: 4. */
  preApprovedInvoiceStatus: 0 | 1 | 4
  /** Whether a first decline is followed by another acquirer, under the same invoice and transaction. Default: `off`. */
  paymentRouting: 'off' | 'on'
  /** Whether checkout/capture with `authOnly` exists, as it once did. Default: `off`. */
  capture: 'off' | 'on'
  /** Whether cards can be tokenized; else 403 or 503. Default: `on`. */
  cardTokenization: 'on' | 'not_available' | 'unavailable'
  /** With `declined`, checkout/create answers `isSuccess: false` and makes no transaction. Default: `accepted`. */
  checkoutCreate: 'accepted' | 'declined'
  /** Whether check-invoice-status has `url` beside a form that is posted; the documents show both. Default: `on`. */
  postFormUrl: 'on' | 'off'
  /** The form of check-invoice-status after a success: its `url` alone, or with `method` and `fields`. Default: `url`. */
  successForm: 'url' | 'whole'
  /** How often check-invoice-status answers without a form before it has one. Default: 0. */
  pollsBeforeForm: number
  /** Whether the lists use `query[identifier]`. Default: `honoured`. */
  listFilter: 'honoured' | 'ignored'
  /** Whether an order must have `items`; older documentation calls them optional. Default: `required`. */
  orderItems: 'required' | 'optional'
  /** Milliseconds until a refund or withdrawal is accepted; `null` waits for a decision. Default: 3000. */
  decideAfterMs: number | null
  /** Milliseconds until a pre-approved transaction is decided; `null` waits for a decision. Default: 60000. */
  preApprovedAfterMs: number | null
  /** How a pre-approved transaction is decided. Default: `accepted`. */
  preApprovedOutcome: 'accepted' | 'failed'
  /** Milliseconds until a pending transaction times out; `null` is never. Default: 3600000. */
  transactionTimeoutMs: number | null
  /** Milliseconds from the timeout to the money, if the payer pays late. Default: 60000. */
  payLateAfterMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export const DEFAULT_BEHAVIOUR: Readonly<PayopBehaviour> = {
  createBodyId: 'uuid',
  refundBodyId: 'empty',
  identifierHeader: 'on',
  successStatus: { invoice: 200, card_token: 201, checkout: 200, refund: 201, withdrawal: 201 },
  notFoundStatus: 422,
  overdueGet: 'status2',
  rootStatusOnErrors: 'absent',
  checkStatusAuth: 'open',
  garbledToken: 'invalid',
  emptyMaps: 'array',
  feeMode: 'none',
  timeout: 'plugins',
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
  postFormUrl: 'on',
  successForm: 'url',
  pollsBeforeForm: 0,
  listFilter: 'honoured',
  orderItems: 'required',
  decideAfterMs: 3_000,
  preApprovedAfterMs: MINUTE,
  preApprovedOutcome: 'accepted',
  transactionTimeoutMs: HOUR,
  payLateAfterMs: MINUTE,
}

const CREATING: readonly CreatingRoute[] = ['invoice', 'card_token', 'checkout', 'refund', 'withdrawal']
const whole = { expected: 'a whole number from 0', allows: isCount }
const wholeOrNull = { expected: 'a whole number from 0, or null', allows: (v: unknown) => v === null || isCount(v) }
const onOff = ['on', 'off'] as const

export const BEHAVIOUR_RULES: SettingRules<PayopBehaviour> = {
  createBodyId: ['uuid', 'empty'],
  refundBodyId: ['empty', 'uuid'],
  identifierHeader: onOff,
  successStatus: {
    expected: `an object of ${CREATING.join(', ')}, each 200 or 201`,
    allows: (value) =>
      isRecord(value) &&
      Object.keys(value).length === CREATING.length &&
      CREATING.every((route) => value[route] === 200 || value[route] === 201),
  },
  notFoundStatus: [422, 404],
  overdueGet: ['status2', 'isOverdue', 'http422'],
  rootStatusOnErrors: ['absent', 0],
  checkStatusAuth: ['open', 'jwt'],
  garbledToken: ['invalid', 'syntax_error'],
  emptyMaps: ['array', 'object'],
  feeMode: ['none', 'merchant', 'payer'],
  timeout: ['plugins', 'documented', 'documented_failed'],
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
  postFormUrl: onOff,
  successForm: ['url', 'whole'],
  pollsBeforeForm: whole,
  listFilter: ['honoured', 'ignored'],
  orderItems: ['required', 'optional'],
  decideAfterMs: wholeOrNull,
  preApprovedAfterMs: wholeOrNull,
  preApprovedOutcome: ['accepted', 'failed'],
  transactionTimeoutMs: wholeOrNull,
  payLateAfterMs: whole,
}
