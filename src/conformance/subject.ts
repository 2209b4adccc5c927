import type {
  Adapter,
  Flow,
  Payment,
  PaymentRequest,
  PayoutRequest,
  RawNotification,
  Reference,
  RefundRequest,
} from '../core/index.js'

/** The one request of a money method that decides. A payment has one for each flow. */
export type Decision =
  | { readonly operation: 'createPayment'; readonly flow: Flow }
  | { readonly operation: 'refund' | 'payout' }

/**
 * What the stand-in gateway is told to do to the next decisive request. `executed` faults do what was asked and then
 * spoil the answer.
 */
export type Fault =
  | 'reset_before_reading'
  | 'silence_before_executing'
  | 'error_500_not_executed'
  | 'foreign_429_not_executed'
  | 'executed_reset'
  | 'executed_silence'
  | 'executed_half_answer'
  | 'executed_html'
  | 'executed_truncated_json'
  | 'executed_502'

/** One decisive request as the stand-in gateway saw it. */
export interface Execution {
  readonly executed: boolean
  /** What the gateway de-duplicates by, where it does. */
  readonly key?: string
}

/** A stand-in gateway: stateful, on a real socket, and telling the truth about what it executed. */
export interface Gateway {
  /** The decisive requests of one kind, in order. */
  readonly executions: (decision: Decision) => readonly Execution[]
  /** How many HTTP requests of any kind arrived. */
  readonly requests: () => number
  /** Spoils the next decisive request. */
  readonly spoil: (decision: Decision, fault: Fault) => void
  /** Spoils the next `times` reads of a payment. */
  readonly spoilReads: (fault: Fault, times: number) => void
  readonly refuseConnections: () => Promise<void>
  /** Acts as the payer. */
  readonly pay: (payment: Payment) => Promise<void>
  readonly decline: (payment: Payment) => Promise<void>
  /** Puts a payment into a state that nobody has documented. */
  readonly inventState: (payment: Payment) => void
  /** Lets every refund and payout come to rest. */
  readonly settle: () => Promise<void>
  /** The notifications posted so far. */
  readonly notifications: () => Promise<readonly RawNotification[]>
}

/** A fresh account at a fresh gateway. */
export interface Stage {
  readonly adapter: Adapter
  /** The same account, by its public keys, with secrets that the gateway does not know. */
  readonly stranger: Adapter
  readonly gateway: Gateway
  readonly close: () => Promise<void>
}

/** Requests that the stand-in gateway accepts. */
export interface Samples {
  /** One for each flow the account offers, under the idempotency key given. */
  readonly payment: (flow: Flow, idempotencyKey: string) => PaymentRequest
  readonly refund: (payment: Reference<'payment'>, idempotencyKey: string) => RefundRequest
  readonly payout: (idempotencyKey: string) => PayoutRequest
  /** A value for each optional field of a payment request, by path, that is correct in itself. */
  readonly optionalPaymentFields: Readonly<Record<string, unknown>>
}

/** What the author of an adapter hands over. */
export interface Subject {
  readonly name: string
  /** What the account offers, as its capabilities declare it. */
  readonly decisions: readonly Decision[]
  readonly start: () => Promise<Stage>
  readonly samples: Samples
  /** Texts that may appear in no error and no identity: credentials, the payer's and beneficiary's data. */
  readonly secrets: readonly string[]
  /** Clauses that cannot hold for this gateway, by their full name, each with its reason. One that does hold is an error, too. */
  readonly exemptions: Readonly<Record<string, string>>
}
