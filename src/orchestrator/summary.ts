import { given, type Operation, type PaymentError } from '../core/index.js'
import {
  type AttemptState,
  errorOf,
  type LogRecord,
  type ObjectKey,
  type OperationRecord,
  type OperationState,
  type OperationView,
} from '../ledger/index.js'

/** One try at one account, as it is shown. */
export interface AttemptSummary {
  /** From 1. */
  readonly n: number
  readonly account: string
  readonly state: AttemptState
  /** How many times it was marked as about to be sent. */
  readonly marks: number
  /** What ended it: the error's tag, and the gateway's HTTP status where one came. */
  readonly outcome?: string
}

/** An operation as it is shown: with its attempts, and without the request. */
export interface OperationSummary {
  readonly id: string
  readonly operation: Operation
  readonly idempotencyKey: string
  readonly merchantReference?: string
  readonly state: OperationState
  /** In the order they are tried. */
  readonly accounts: readonly string[]
  /** Nothing is sent after it, in milliseconds since the epoch. */
  readonly deadline: number
  /** When paymux looks at it again by itself, in milliseconds since the epoch. */
  readonly nextCheckAt?: number
  /** A worker is on it. */
  readonly inProgress: boolean
  readonly attempts: readonly AttemptSummary[]
  /** What the gateway made of it. */
  readonly object?: ObjectKey
  /** What was told last, where there is no object. */
  readonly error?: PaymentError
  readonly createdAt: number
}

/** An operation of which the attempts are not shown. */
export type ParkedOperation = Omit<OperationSummary, 'attempts' | 'inProgress'>

/** What was tried, step by step. */
export type LogEntry = LogRecord

/** A record without its request. */
export const summaryOfRecord = (record: OperationRecord): ParkedOperation => {
  const { id, operation, key: idempotencyKey, merchantReference, state, accounts, deadline, nextAt, createdAt } = record
  const error = record.error === undefined ? undefined : errorOf(record.error)
  return {
    id,
    operation,
    idempotencyKey,
    ...given({ merchantReference }),
    state,
    accounts,
    deadline,
    ...given({ nextCheckAt: nextAt, object: record.object, error }),
    createdAt,
  }
}

/** A view without its request. */
export const summaryOf = ({ operation, attempts, leased }: OperationView): OperationSummary => ({
  ...summaryOfRecord(operation),
  inProgress: leased,
  attempts: attempts.map(({ n, account, state, marks, outcome }) => ({
    n,
    account,
    state,
    marks,
    ...given({ outcome }),
  })),
})
