import { type OperationName, omitUndefined, type PaymentError } from '../../core/index.js'
import type {
  AttemptState,
  LogRecord,
  ObjectKey,
  OperationState,
  OperationView,
  UnresolvedRecord,
} from '../../ledger/index.js'

/** One attempt at an operation, at one account. */
export interface AttemptSummary {
  /** From 1. */
  readonly n: number
  /** The account that was tried. */
  readonly account: string
  /** Where the attempt stands. */
  readonly state: AttemptState
  /** How many dispatches of it are recorded. */
  readonly dispatchCount: number
  /** What ended it: the error's tag, and the gateway's HTTP status if one came. */
  readonly endedBy?: string
}

/** An operation with its attempts, without the request. It is plain data: it survives `JSON.stringify` and `structuredClone`. */
export interface OperationSummary {
  /** The operation's id. */
  readonly id: string
  /** The money method. */
  readonly name: OperationName
  /** The idempotency key of the call. */
  readonly idempotencyKey: string
  /** The merchant's order number. A refund has its payment's. */
  readonly merchantReference?: string
  /** Where the operation stands. */
  readonly state: OperationState
  /** In the order they are tried. */
  readonly accounts: readonly string[]
  /** Nothing is sent after it, in milliseconds since the epoch. */
  readonly deadline: number
  /** When paymux polls it next by itself, in milliseconds since the epoch. Absent: not by itself. */
  readonly nextPollAt?: number
  /**
   * Why it does not go on although it is polled. `no_account`: its deadline has passed, and the workers that polled it do not have
   * its account. Any other: its record cannot be read, with the code of the error. Absent: it goes on.
   */
  readonly stalled?: string
  /** Whether a worker holds it now. */
  readonly inProgress: boolean
  /** The attempts, first to last. */
  readonly attempts: readonly AttemptSummary[]
  /** The object, once it was executed. */
  readonly object?: ObjectKey
  /** The last error, while there is no object. */
  readonly error?: PaymentError
  /** When the key was claimed, in milliseconds since the epoch. */
  readonly createdAt: number
  /** When its personal data was erased, in milliseconds since the epoch. Absent: it was not. */
  readonly erasedAt?: number
}

/** An operation without its attempts, as `resolve` gives it. */
export type ResolvedOperation = Omit<OperationSummary, 'attempts' | 'inProgress'>

/** An operation that waits for `resolve`. */
export interface UnresolvedOperation extends ResolvedOperation {
  /** Since when it has been in its state, in milliseconds since the epoch, by the ledger's clock. */
  readonly since: number
}

/** One line of the log of what was tried for an operation. */
export type LogEntry = LogRecord

/** The summary of a record, without its attempts. */
export const summaryOfRecord = (record: Omit<UnresolvedRecord, 'since'>): ResolvedOperation => {
  const { id, name, idempotencyKey, merchantReference, state, accounts, deadline, nextPollAt, createdAt } = record
  return {
    id,
    name,
    idempotencyKey,
    ...omitUndefined({ merchantReference }),
    state,
    accounts,
    deadline,
    ...omitUndefined({ nextPollAt, stalled: record.stalled, object: record.object, error: record.error }),
    createdAt,
    ...omitUndefined({ erasedAt: record.erasedAt }),
  }
}

/** The summary of an operation that waits for `resolve`. */
export const summaryOfUnresolved = (record: UnresolvedRecord): UnresolvedOperation => ({
  ...summaryOfRecord(record),
  since: record.since,
})

/** The summary of an operation. */
export const summaryOf = ({ operation, attempts, leased }: OperationView): OperationSummary => ({
  ...summaryOfRecord(operation),
  inProgress: leased,
  attempts: attempts.map(({ n, account, state, dispatchCount, endedBy }) => ({
    n,
    account,
    state,
    dispatchCount,
    ...omitUndefined({ endedBy }),
  })),
})
