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

/** The one request of a money method after which the gateway may act. A payment has one for each flow. */
export type Submission =
  | {
      readonly operation: 'createPayment'
      /** The flow of the payment. */
      readonly flow: Flow
    }
  | {
      /** The money method. */
      readonly operation: 'refund' | 'payout'
    }

/**
 * What the test gateway does to the next submission. The faults whose names begin with `executed` do what was requested and
 * then spoil the answer.
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

/** One submission as the test gateway saw it. */
export interface Execution {
  /** Whether it was executed. */
  readonly executed: boolean
  /** What the gateway de-duplicates by. Absent: it has no key. */
  readonly key?: string
}

/** A gateway for tests: stateful, on a real socket, with a log of what it executed. */
export interface Gateway {
  /** The submissions of one kind, in order. */
  readonly executions: (submission: Submission) => readonly Execution[]
  /** How many HTTP requests of any kind arrived. */
  readonly requests: () => number
  /** Spoils the next submission. */
  readonly spoil: (submission: Submission, fault: Fault) => void
  /** Spoils the next `times` reads of a payment. */
  readonly spoilReads: (fault: Fault, times: number) => void
  /** Accepts no connection from now on. */
  readonly refuseConnections: () => Promise<void>
  /** Pays as the payer. */
  readonly pay: (payment: Payment) => Promise<void>
  /** Fails to pay as the payer. */
  readonly decline: (payment: Payment) => Promise<void>
  /** Puts a payment into a state that is not documented. */
  readonly inventState: (payment: Payment) => void
  /** Brings every refund and payout to its end. */
  readonly settle: () => Promise<void>
  /** The notifications posted so far. */
  readonly notifications: () => Promise<readonly RawNotification[]>
}

/** A fresh account at a fresh gateway. */
export interface Fixture {
  /** The adapter under test. */
  readonly adapter: Adapter
  /** The same account, by its public keys, with secrets that the gateway does not know. */
  readonly withUnknownCredentials: Adapter
  /** The gateway that it talks to. */
  readonly gateway: Gateway
  /** Stops the gateway. */
  readonly close: () => Promise<void>
}

/** Requests that the test gateway accepts. */
export interface Samples {
  /** A payment request for each flow that the account offers, under the given idempotency key. */
  readonly payment: (flow: Flow, idempotencyKey: string) => PaymentRequest
  /** A refund request under the given idempotency key. */
  readonly refund: (payment: Reference<'payment'>, idempotencyKey: string) => RefundRequest
  /** A payout request under the given idempotency key. */
  readonly payout: (idempotencyKey: string) => PayoutRequest
  /** A value for each optional field of a payment request, by path, that is valid in itself. */
  readonly optionalPaymentFields: Readonly<Record<string, unknown>>
}

/** What the author of an adapter hands to the suite. */
export interface Subject {
  /** The adapter's name. */
  readonly name: string
  /** The submissions that the account offers, as its capabilities declare them. */
  readonly submissions: readonly Submission[]
  /** Starts a fresh gateway with a fresh account. */
  readonly start: () => Promise<Fixture>
  /** Requests that the gateway accepts. */
  readonly samples: Samples
  /** Texts that may appear in no error and no identity: credentials, the payer's and the beneficiary's data. */
  readonly secrets: readonly string[]
  /** Requirements that cannot hold for this gateway, by their full name, each with its reason. One that does hold is an error, too. */
  readonly exemptions: Readonly<Record<string, string>>
}
