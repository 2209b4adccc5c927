import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type MinorUnits, type OperationName, type PaymentError, SECOND } from '../core/index.js'
import type {
  AccountRecord,
  AttemptRecord,
  EventRecord,
  InboxRecord,
  LedgerHealth,
  LogRecord,
  ObjectKey,
  ObjectRecord,
  OperationRecord,
  OperationView,
} from './records.js'

/** An object is read at most once in this many milliseconds because of notifications. */
export const READ_SPACING_MS = 5 * SECOND

/** One guarded write. Those of one {@link Store.commit} happen together or not at all. */
export type Write =
  /** Inserts an operation, leased to the writer for `leaseMs`. Guard: no other operation has its name and idempotency key. */
  | { readonly write: 'claim'; readonly operation: OperationRecord; readonly leaseMs: number }
  /**
   * Acquires the lease of an operation: `fence` rises by one, and the lease is the writer's. Guard: the fence is still
   * `fence`, and no worker holds a live lease, by the store's clock.
   */
  | { readonly write: 'acquire_lease'; readonly id: string; readonly fence: number; readonly leaseMs: number }
  /** Lengthens the lease from now. Guard: the fence, and that the lease was not given back. */
  | { readonly write: 'renew_lease'; readonly id: string; readonly fence: number; readonly leaseMs: number }
  /**
   * Replaces an operation (its id, key, fingerprint and request stay), and gives the lease back unless `keepLease`. Guard:
   * the fence is still the record's, and the stored state is `from`.
   */
  | {
      readonly write: 'operation'
      readonly operation: OperationRecord
      readonly from: OperationRecord['state']
      readonly keepLease: boolean
    }
  /** Inserts or replaces an attempt. Guard: a new one is not there yet; a changed one is there. */
  | { readonly write: 'attempt'; readonly attempt: AttemptRecord; readonly is: 'new' | 'changed' }
  /** Inserts an object. Guard: no object has its key. */
  | { readonly write: 'new_object'; readonly object: ObjectRecord }
  /**
   * Replaces an object; `reserved`, `refunded` and `refreshRequests` stay as they are stored. If a refresh was requested
   * since `refreshRequestsSeen`, the next read is due within {@link READ_SPACING_MS}. Guard: the stored version is `version`.
   */
  | {
      readonly write: 'object'
      readonly object: ObjectRecord
      readonly version: number
      readonly refreshRequestsSeen: number
    }
  /** Requests a refresh of an object at `at` or earlier. No guard: without the object, nothing is written. */
  | { readonly write: 'request_refresh'; readonly object: ObjectKey; readonly at: number }
  /**
   * Makes an operation due at `at` or earlier if it is `dispatched` or `indeterminate`; a live lease is waited for. No guard:
   * an operation that is over, or of which no request was sent, stays as it is.
   */
  | { readonly write: 'request_poll'; readonly id: string; readonly at: number }
  /**
   * Adds to what refunds have reserved of a payment, in minor units, below zero to give back. Guard: it stays between what
   * was refunded and what was captured, in the same currency. `clipped`: the sum is brought between the two instead.
   */
  | { readonly write: 'reserve'; readonly object: ObjectKey; readonly amount: MinorUnits; readonly clipped: boolean }
  /** Adds to what was given back of a payment, in minor units, up to what is reserved. No guard. */
  | { readonly write: 'refunded'; readonly object: ObjectKey; readonly amount: MinorUnits }
  /** Appends an event. Guard: its sequence number is free. */
  | { readonly write: 'event'; readonly event: EventRecord }
  /** Appends a line to the log. No guard. */
  | { readonly write: 'log'; readonly log: LogRecord }
  /** Stores a notification. If its key is known, counts the delivery. No guard. */
  | { readonly write: 'inbox'; readonly entry: InboxRecord }
  /** Changes the state of the entries that point at an object, or of one entry. No guard. */
  | {
      readonly write: 'inbox_state'
      readonly of: ObjectKey | { readonly account: string; readonly dedupeKey: string }
      readonly state: InboxRecord['state']
    }
  /**
   * The entries that wait for this object (`unmatched`, `reported`) become `known`. If there are any, a refresh is
   * requested for `at`. No guard: without the object, they wait on.
   */
  | { readonly write: 'match'; readonly object: ObjectKey; readonly at: number }
  /** An event was taken by every subscriber. */
  | { readonly write: 'delivered'; readonly id: string }
  /** An event was not taken: its `tries` rise by one, and it is tried again at `nextDeliveryAt`. */
  | { readonly write: 'undelivered'; readonly id: string; readonly nextDeliveryAt: number }
  /** Records an account. Guard: none has its name, or the one that has it has the same identity, or the one that is `extended`. */
  | {
      readonly write: 'account'
      readonly account: AccountRecord
      readonly extended?: AccountRecord['identity']
    }

/** What became of a commit: everything was written, or nothing, because the guard of the write at `index` did not hold. */
export type Committed = { readonly done: true } | { readonly done: false; readonly index: number }

/** Something to be done in the background. */
export type Job =
  /** Go on with an operation. */
  | { readonly job: 'operation'; readonly id: string }
  /** Read an object. */
  | { readonly job: 'object'; readonly object: ObjectKey }
  /** Deliver what is due of one subject's events, in order. */
  | { readonly job: 'events'; readonly subject: string }

/** Work in progress. */
export interface Work {
  /** Takes no new jobs, and waits until those that are running have ended. Never rejects. */
  readonly stop: () => Promise<void>
}

/** Encrypts rows that are plain, or encrypted with another key, with the current one. */
export interface Reencryption {
  /** Encrypts some rows. Gives whether there may be more to do. */
  readonly next: () => TaskEither<PaymentError, boolean>
  /** How many rows were visited, and how many there are. `undefined`: there is nothing to do. */
  readonly progress: () => { readonly visited: number; readonly total: number } | undefined
}

/**
 * The durable record. Every method gives `Unreachable` with phase `store` if the store did not answer. Of a
 * {@link Store.commit} that means that nothing was written. If that is not known, because the answer to the commit was lost,
 * it gives `Indeterminate`. A read gives `Unreachable` with phase `store`, code `ERR_STORED_JSON` and the column if this
 * version of paymux cannot read what is stored there. A store whose file was removed or replaced while it was open, or whose disk
 * failed to flush, is broken: it answers nothing more, and each method gives `Unreachable` with a code `ERR_LEDGER_…`.
 */
export interface Store {
  /** Applies writes in one durable transaction: on disk when this answers. */
  readonly commit: (writes: readonly Write[]) => TaskEither<PaymentError, Committed>
  /** An operation with its attempts, by id. */
  readonly operation: (id: string) => TaskEither<PaymentError, OperationView | undefined>
  /** An operation with its attempts, by money method and idempotency key. */
  readonly operationByKey: (
    name: OperationName,
    idempotencyKey: string,
  ) => TaskEither<PaymentError, OperationView | undefined>
  /** The attempt whose notification address holds the token with this hash. */
  readonly attemptByToken: (tokenHash: string) => TaskEither<PaymentError, AttemptRecord | undefined>
  /** An object, by its key. */
  readonly object: (key: ObjectKey) => TaskEither<PaymentError, ObjectRecord | undefined>
  /** Unmatched entries received before `before`, oldest first. */
  readonly unmatched: (before: number, limit: number) => TaskEither<PaymentError, readonly InboxRecord[]>
  /** Events of a subject that are not delivered yet, in order, up to the first that is not due: none overtakes another. */
  readonly dueEvents: (subject: string, limit: number) => TaskEither<PaymentError, readonly EventRecord[]>
  /** Operations that are not over and wait for nothing but an operator, oldest first. */
  readonly unresolved: (limit: number) => TaskEither<PaymentError, readonly OperationRecord[]>
  /** Ids of operations that are not over and have not left this account behind, at most `limit`. */
  readonly openOperationsAt: (account: string, limit: number) => TaskEither<PaymentError, readonly string[]>
  /** Objects of this account that are still read back, oldest first. */
  readonly followedAt: (account: string, limit: number) => TaskEither<PaymentError, readonly ObjectKey[]>
  /** Every account that was recorded, by name. */
  readonly accounts: () => TaskEither<PaymentError, readonly AccountRecord[]>
  /** How work on the ledger stands. One read: it is asked for every few seconds. */
  readonly health: () => TaskEither<PaymentError, LedgerHealth>
  /** The log of an operation, in the order it was written. */
  readonly log: (operationId: string) => TaskEither<PaymentError, readonly LogRecord[]>
  /**
   * Hands every due job to `handle`, at most `concurrency` at a time, until stopped: operations whose `nextPollAt` has come and
   * that no worker holds, objects whose `nextReadAt` has come, and subjects with events to deliver. A job is due again until a
   * commit says otherwise; the same one is not handed out twice at once, and one that is not finished within a minute may be
   * handed to another worker. `handle` never rejects. Several processes may work on one store.
   */
  readonly work: (handle: (job: Job) => Promise<void>, concurrency: number) => Work
  /** HMAC-SHA256 of a text under the ledger's own key, hexadecimal. The key never changes. */
  readonly fingerprint: (text: string) => string
  /** The work that `migrate` of the encryption asks for. */
  readonly reencryption: Reencryption
  /** The store's time, in milliseconds since the epoch. */
  readonly now: () => TaskEither<PaymentError, number>
  /**
   * Writes a consistent copy of everything to a new file with mode 0600, while operations run. Gives `InvalidRequest` if a file
   * is there, if none can be created, or if the store makes no copies itself.
   */
  readonly backup: (path: string) => TaskEither<PaymentError, void>
  /** Closes it, after what is being committed. */
  readonly close: () => Promise<void>
}
