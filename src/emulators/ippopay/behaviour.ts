import { isRecord } from '../kit/input.js'
import { isCount, type SettingRules } from '../kit/settings.js'

/**
 * How IppoPay answers a refusal; it documents none.
 * - `http200`: 200 and `success: false`.
 * - `http4xx`: 400, 404 or 409 and `success: false`.
 * - `gateway`: 4xx and only `{ message }`, as the API gateway in front of IppoPay writes.
 * - `html`, `truncated`: an HTML page; JSON that stops half-way.
 * - `timeout-after-commit`: every POST is executed, or refused, and none is answered.
 * - `reset`: the connection of a refused request is reset.
 *
 * A wrong key or address (401) and an unknown route (404) are always answered at once.
 */
export type FailureStyle = 'http200' | 'http4xx' | 'gateway' | 'html' | 'truncated' | 'timeout-after-commit' | 'reset'

/** A field of an order that is undocumented, or was documented for a time only. */
export type OrderField = 'payment_url' | 'public_key' | 'createdAt' | 'mode' | 'trans_id'

/**
 * What IppoPay does where its documents contradict each other or are silent. Each setting may be changed at any time.
 * Source: `docs/gateways/ippopay.md`, which says what is documented and what is not.
 */
export interface IppoPayBehaviour {
  /** How a refusal is answered. Default: `http200`. */
  failureStyle: FailureStyle
  /**
   * Where test keys work. `apitest`: under `/apitest` only, where live keys do not, as in the official Node client. `v1`: under
   * `/v1`, as in the documentation, and `/apitest/v1/pg` does not exist. `any`: every valid key everywhere. Default: `any`.
   */
  testPath: 'any' | 'apitest' | 'v1'
  /** Source addresses that may call the authenticated routes; `null` is all. Default: `null`. */
  ipAllowList: string[] | null
  /** Which undocumented fields an order has. Default: all but `payment_url`. */
  orderFields: OrderField[]
  /** Whether `paymentModes` has `db` for debit cards, as the answers of the documentation do. Default: false. */
  echoDb: boolean
  /** Which attempt is the transaction of an order that has several. Default: `success_wins`, else the latest. */
  transactionChoice: 'success_wins' | 'latest' | 'first'
  /** Status of the refusal if an order has no transaction. Default: `http200`. */
  noTransaction: 'http200' | 'http404'
  /** What `refund_status` becomes when a refund is accepted. Only `not_requested` is documented. Default: `requested`. */
  refundStatus: string
  /** What `refund_status` becomes `afterMs` milliseconds later; `null` waits for `decideRefund`. Default: `null`. */
  refundDecision: {
    /** The word that the refund gets. */
    status: string
    /** How long after the request, in milliseconds of the emulator's clock. */
    afterMs: number
  } | null
  /** Whether a `trans_ref` or `beneficiary_ref` that is taken is refused. Default: true. */
  enforceUniqueRefs: boolean
  /** Milliseconds of each step of a transfer from accepted to success; `null` waits for `advanceTransfer`. Default: 1000. */
  transferStepMs: number | null
  /**
   * How a transfer that is executed is answered. `timed_out` and `processing`: by `success: false` and words that leave the result
   * open. Default: `accepted`, as documented.
   */
  transferAnswer: 'accepted' | 'timed_out' | 'processing'
  /** The body of a notification, which is not documented. Default: `rest`, the answers of the API. */
  notificationShape: 'rest' | 'flat' | 'form'
}

export const defaultBehaviour = (): IppoPayBehaviour => ({
  failureStyle: 'http200',
  testPath: 'any',
  ipAllowList: null,
  orderFields: ['public_key', 'createdAt', 'mode', 'trans_id'],
  echoDb: false,
  transactionChoice: 'success_wins',
  noTransaction: 'http200',
  refundStatus: 'requested',
  refundDecision: null,
  enforceUniqueRefs: true,
  transferStepMs: 1_000,
  transferAnswer: 'accepted',
  notificationShape: 'rest',
})

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const ORDER_FIELDS: readonly unknown[] = ['payment_url', 'public_key', 'createdAt', 'mode', 'trans_id']

export const BEHAVIOUR_RULES: SettingRules<IppoPayBehaviour> = {
  failureStyle: ['http200', 'http4xx', 'gateway', 'html', 'truncated', 'timeout-after-commit', 'reset'],
  testPath: ['any', 'apitest', 'v1'],
  ipAllowList: {
    expected: 'null or a list of addresses',
    allows: (value) => value === null || (Array.isArray(value) && value.every(isText)),
  },
  orderFields: {
    expected: `a list of ${ORDER_FIELDS.join(', ')}`,
    allows: (value) => Array.isArray(value) && value.every((field) => ORDER_FIELDS.includes(field)),
  },
  echoDb: [true, false],
  transactionChoice: ['success_wins', 'latest', 'first'],
  noTransaction: ['http200', 'http404'],
  refundStatus: { expected: 'text', allows: isText },
  refundDecision: {
    expected: 'null or an object of status and afterMs',
    allows: (value) => value === null || (isRecord(value) && isText(value.status) && isCount(value.afterMs)),
  },
  enforceUniqueRefs: [true, false],
  transferStepMs: { expected: 'null or whole milliseconds', allows: (value) => value === null || isCount(value) },
  transferAnswer: ['accepted', 'timed_out', 'processing'],
  notificationShape: ['rest', 'flat', 'form'],
}
