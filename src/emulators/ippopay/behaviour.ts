import { isRecord } from '../kit/input.js'
import type { SettingRules } from '../kit/settings.js'

/**
 * How a refusal leaves the gateway; IppoPay documents none.
 * - `http200`: 200 and `success: false`.
 * - `http4xx`: 400, 404 or 409 and `success: false`.
 * - `gateway`: 4xx and only `{ message }`, as the API gateway in front of IppoPay writes.
 * - `html`, `truncated`: an HTML page; JSON that stops half-way.
 * - `timeout-after-commit`: every POST is carried out, or refused, and none is answered.
 * - `reset`: the connection of a refused request is reset.
 * A refused key or address (401) and an unknown route (404) always answer at once.
 */
export type FailureStyle = 'http200' | 'http4xx' | 'gateway' | 'html' | 'truncated' | 'timeout-after-commit' | 'reset'

export type OrderField = 'payment_url' | 'public_key' | 'createdAt' | 'mode' | 'trans_id'

export interface Behaviour {
  failureStyle: FailureStyle
  /**
   * Where test keys work: `apitest` as in the official Node client (and live keys not there), `v1` as in the docs (and
   * `/apitest/v1/pg` does not exist), `any` for every valid key everywhere, since the evidence conflicts.
   */
  testPath: 'any' | 'apitest' | 'v1'
  /** Source addresses the authenticated routes admit; `null` admits all. */
  ipAllowList: string[] | null
  /** Which fields, undocumented or documented only for a time, an order shows. */
  orderFields: OrderField[]
  /** Writes `db` for debit cards in `paymentModes`, as the documentation's answers do. */
  echoDb: boolean
  /** Which try is "the transaction" of an order that has several. */
  transactionChoice: 'success_wins' | 'latest' | 'first'
  /** What the transaction of an untried order answers: a refusal with HTTP 200, or with 404. */
  noTransaction: 'http200' | 'http404'
  /** The word `refund_status` takes when a refund is accepted; no word but `not_requested` is known. */
  refundStatus: string
  /** A later word for `refund_status`, and when it comes; `null` leaves it to `decideRefund`. */
  refundDecision: { status: string; afterMs: number } | null
  /** Refuses a `trans_ref` or `beneficiary_ref` that is taken. Off shows what happens if IppoPay does not. */
  enforceUniqueRefs: boolean
  /** Milliseconds between accepted, queued, processing and success of a transfer; `null` leaves it to `advanceTransfer`. */
  transferStepMs: number | null
  /** The body of a notification; the real one is unknown. */
  notificationShape: 'rest' | 'flat' | 'form'
}

export const defaultBehaviour = (): Behaviour => ({
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
  notificationShape: 'rest',
})

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isWholeMs = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const ORDER_FIELDS: readonly unknown[] = ['payment_url', 'public_key', 'createdAt', 'mode', 'trans_id']

export const BEHAVIOUR_RULES: SettingRules<Behaviour> = {
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
  refundStatus: { expected: 'a word', allows: isText },
  refundDecision: {
    expected: 'null or an object of status and afterMs',
    allows: (value) => value === null || (isRecord(value) && isText(value.status) && isWholeMs(value.afterMs)),
  },
  enforceUniqueRefs: [true, false],
  transferStepMs: { expected: 'null or whole milliseconds', allows: (value) => value === null || isWholeMs(value) },
  notificationShape: ['rest', 'flat', 'form'],
}
