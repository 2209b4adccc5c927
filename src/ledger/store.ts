import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type Evidence,
  type Kind,
  type MinorUnits,
  type OperationName,
  type PaymentError,
  SECOND,
} from '../core/index.js'
import type {
  EventFilter,
  ListedOperation,
  ListPage,
  ListRequest,
  ObjectFilter,
  ObjectSummary,
  OperationFilter,
  OperationsOf,
  OutboxEntry,
  SummaryLine,
  SummaryQuery,
} from './lists.js'
import type {
  AccountReads,
  AccountRecord,
  AttemptRecord,
  EventRecord,
  InboxBefore,
  InboxRecord,
  LedgerHealth,
  LogRecord,
  NotificationCounts,
  NotificationQuota,
  ObjectKey,
  ObjectRecord,
  OperationRecord,
  OperationView,
  Reconciliation,
  ReportedNotification,
  Restoration,
  UnmatchedEntries,
  UnresolvedRecord,
} from './records.js'

/** An object is read at most once in this many milliseconds because of notifications. */
export const READ_SPACING_MS = 5 * SECOND

/** Counts of notifications are kept for this many hours: quotas need the last one, `health` the last 24. */
export const COUNTS_KEPT_HOURS = 48

/** How evidence changed a recorded status. It is not stored: who listens to commits gets it. */
export interface StatusChange {
  /** The status before. Absent: it is recorded for the first time. */
  readonly from?: ObjectRecord['status']
  /** What the change rests on. */
  readonly evidence: Evidence<Kind>['source']
}

/** One guarded write. Those of one {@link Store.commit} happen together or not at all. */
export type Write =
  /**
   * Inserts an operation, leased to the writer for `leaseMs`. Guard: no other operation has its name and idempotency key, and, unless
   * the key was looked up at the gateways, the ledger is not in the time of a {@link Restoration}.
   */
  | {
      readonly write: 'claim'
      readonly operation: OperationRecord
      readonly leaseMs: number
      readonly isLookedUp?: boolean
    }
  /**
   * Acquires the lease of an operation: `fence` rises by one, and the lease is the writer's. Guard: the fence is still
   * `fence`, and no worker holds a live lease, by the store's clock.
   */
  | { readonly write: 'acquire_lease'; readonly id: string; readonly fence: number; readonly leaseMs: number }
  /** Lengthens the lease from now. Guard: the fence, and that the lease was not given back. */
  | { readonly write: 'renew_lease'; readonly id: string; readonly fence: number; readonly leaseMs: number }
  /**
   * Replaces an operation (its id, key, fingerprint and request stay), and gives the lease back unless `keepLease`. Guard:
   * the fence is still the record's, and the stored state is `from`. One that leaves `canceled` is guarded as a claim is, too.
   */
  | {
      readonly write: 'operation'
      readonly operation: OperationRecord
      readonly from: OperationRecord['state']
      readonly keepLease: boolean
      readonly isLookedUp?: boolean
    }
  /** Inserts or replaces an attempt. Guard: a new one is not there yet; a changed one is there. */
  | { readonly write: 'attempt'; readonly attempt: AttemptRecord; readonly is: 'new' | 'changed' }
  /** Inserts an object. Guard: no object has its key. */
  | { readonly write: 'new_object'; readonly object: ObjectRecord; readonly change?: StatusChange }
  /**
   * Replaces an object, and ends a read of it; `reserved`, `refunded` and `refreshRequests` stay as they are stored. If a
   * refresh was requested since `refreshRequestsSeen`, the next read is due within {@link READ_SPACING_MS}. Guard: the stored
   * version is `version`.
   */
  | {
      readonly write: 'object'
      readonly object: ObjectRecord
      readonly version: number
      readonly refreshRequestsSeen: number
      readonly change?: StatusChange
    }
  /**
   * A read of an object failed, because of `error`. The next is due after as long again as nothing was read, by the store's
   * clock, and within `minMs` and `maxMs`; or within {@link READ_SPACING_MS}, if a refresh was requested since
   * the record was read. No guard: an object that was written since then stays as it is.
   */
  | {
      readonly write: 'unread'
      readonly object: ObjectKey
      readonly error: string
      readonly minMs: number
      readonly maxMs: number
      /** Absent: the record cannot be read. */
      readonly of?: Pick<ObjectRecord, 'version' | 'refreshRequests'>
    }
  /** Replaces how the reads of an account end. Guard: the stored version is one less. */
  | { readonly write: 'account_reads'; readonly account: string; readonly reads: AccountReads }
  /**
   * Records how a comparison of an account's lists ended. The next is due `nextMs` from now, by the store's clock. No guard: of two that
   * ended at once, the later one stands.
   */
  | {
      readonly write: 'reconciled'
      readonly account: string
      readonly reconciliation: Reconciliation
      readonly nextMs: number
    }
  /** Requests a refresh of an object at `at` or earlier. No guard: without the object, nothing is written. */
  | { readonly write: 'request_refresh'; readonly object: ObjectKey; readonly at: number }
  /**
   * Makes an operation due at `at` or earlier if it is `dispatched` or `indeterminate`; a live lease is waited for. What the schedule had
   * before stays in `scheduledPollAt`. No guard:
   * an operation that is over, or of which no request was sent, stays as it is.
   */
  | { readonly write: 'request_poll'; readonly id: string; readonly at: number }
  /**
   * Puts off an operation that could not be read, and lists it as unresolved. No guard: one that is over, or that a worker holds,
   * stays as it is.
   */
  | { readonly write: 'stall'; readonly id: string; readonly at: number; readonly why: string }
  /**
   * Adds to what refunds have reserved of a payment, in minor units, below zero to give back. Guard: it stays between what
   * was refunded and what was captured, in the same currency. `clipped`: the sum is brought between the two instead; what it
   * exceeds the captured amount by is kept, and what is given back comes off that first.
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
  /**
   * Counts a notification in its account's hour, by the store's clock. Guard, if there is a `quota`: what the hour has of its
   * kind of source stays within it.
   */
  | { readonly write: 'notification_count'; readonly counts: NotificationCounts; readonly quota?: NotificationQuota }
  /** Deletes the counts of more than {@link COUNTS_KEPT_HOURS} hours ago, by the store's clock. No guard. */
  | { readonly write: 'forget_counts' }
  /**
   * Changes the state of the entries that point at an object, of an account's unmatched entries received before a time, or of
   * one entry that is not `known`. No guard.
   */
  | {
      readonly write: 'inbox_state'
      readonly of:
        | ObjectKey
        | { readonly account: string; readonly unmatchedBefore: number }
        | { readonly account: string; readonly dedupeKey: string }
      readonly state: InboxRecord['state']
    }
  /**
   * The entries that wait for this object (`unmatched`, `unclaimed`, `reported`) become `known`. If there are any, a refresh is
   * requested for `at`. No guard: without the object, they wait on.
   */
  | { readonly write: 'match'; readonly object: ObjectKey; readonly at: number }
  /** As `match`, for every object that an unmatched entry received before `before` points at. */
  | { readonly write: 'match_unmatched'; readonly before: number; readonly at: number }
  /** An event was taken by every subscriber. */
  | { readonly write: 'delivered'; readonly id: string }
  /** An event was not taken: its `tries` rise by one, and it is tried again at `nextDeliveryAt`. */
  | { readonly write: 'undelivered'; readonly id: string; readonly nextDeliveryAt: number }
  /**
   * Asks for one more delivery of an event, now, by the store's clock: of one that is not delivered, in its turn. Guard: there is one
   * with this id.
   */
  | { readonly write: 'redeliver'; readonly id: string }
  /** The delivery that was asked for at `redeliverAt` was taken. No guard: if another was asked for since then, it is made, too. */
  | { readonly write: 'redelivered'; readonly id: string; readonly redeliverAt: number }
  /** It was not taken: the event's `tries` rise by one, and it is tried again at `at`. No guard, as `redelivered`. */
  | { readonly write: 'not_redelivered'; readonly id: string; readonly redeliverAt: number; readonly at: number }
  /**
   * The first event of a subject that is not delivered cannot be read: its `tries` rise by one, and it is tried again after as long
   * again as it has waited, by the store's clock, from 5 seconds to an hour.
   */
  | { readonly write: 'unreadable_event'; readonly subject: string }
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
  /** Deliver what is due of one subject's events, in order. */
  | { readonly job: 'events'; readonly subject: string }
  /** Deliver one event once more. */
  | { readonly job: 'redelivery'; readonly id: string }

/** How many reads of an account to acquire. */
export interface ReadsWanted {
  /** Reads in a second at most, over all processes of the ledger. As many may come at once after a quiet time. */
  readonly perSecond: number
  /** How many at most. */
  readonly limit: number
}

/** Which jobs to run, and until when. */
export interface DueJobs {
  /** How many run at once. */
  readonly concurrency: number
  /** Asked before each job: whether it may begin. */
  readonly mayBegin: () => boolean
}

/** An object that a worker is to read. */
export interface AcquiredRead extends ObjectKey {
  /** A notification asked for it. */
  readonly isRequested?: true
}

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

/** What is erased at once: an object with all that belongs to it, or an operation that has none. */
export type Erasable = ObjectKey | { readonly operationId: string }

/** For how long personal data is kept, in milliseconds. What is absent is kept without limit. */
export interface RetentionAges {
  /** Of objects and operations that are over, since then. */
  readonly personalDataMs?: number
  /** Bodies of notifications, since they came. */
  readonly notificationsMs?: number
  /** What events hold, since they were delivered. */
  readonly eventsMs?: number
  /** Lines of the log that decided nothing, since they were written. */
  readonly logMs?: number
}

/** Where a store cannot erase: rows and logs that the server keeps until later. */
export type KeptElsewhere = 'dead_rows' | 'write_ahead_log' | 'replicas'

/** Erases personal data. Keys, fingerprints, amounts, states and ids stay. */
export interface Erasure {
  /**
   * Erases what the ledger keeps about a person in an object, its operation and attempts, its events, its notifications and the
   * attestations in its log, in one transaction; or in an operation that is over without an object. Gives whether it is erased now:
   * not if it is not over, or has changed meanwhile. What was erased before stays as it is. Gives `Unreachable` with phase
   * `store` if a part of it cannot be read: then nothing is erased.
   */
  readonly erase: (what: Erasable) => TaskEither<PaymentError, boolean>
  /**
   * Erases a batch of what has been kept for longer than that, by the store's clock. Gives whether there may be more. What cannot
   * be read stays. Several processes may do so.
   */
  readonly next: (ages: RetentionAges) => TaskEither<PaymentError, boolean>
  /** Brings what was erased out of the ledger's files, too. Gives whether that is done: not while another process reads. */
  readonly flush: () => TaskEither<PaymentError, boolean>
  /** Where it stays for a while, beside files. */
  readonly keptElsewhere: readonly KeptElsewhere[]
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
  /** What the inbox has already when a notification comes. */
  readonly inboxBefore: (
    entry: Pick<InboxRecord, 'account' | 'dedupeKey' | 'object'>,
  ) => TaskEither<PaymentError, InboxBefore>
  /** The notifications that point at an object, in the order in which they came first. It reads nothing that is encrypted. */
  readonly notificationsAbout: (
    object: ObjectKey,
    limit: number,
  ) => TaskEither<PaymentError, readonly ReportedNotification[]>
  /** Unmatched entries received before `before`, of one account or of all: those from listed sources first, then oldest first. */
  readonly unmatched: (
    before: number,
    limit: number,
    account?: string,
  ) => TaskEither<PaymentError, readonly InboxRecord[]>
  /** The accounts that have unmatched entries received before `before`, by name. */
  readonly unmatchedEntries: (before: number) => TaskEither<PaymentError, readonly UnmatchedEntries[]>
  /** Unmatched entries of these accounts, one or more, that name a payment, oldest first. */
  readonly unclaimedPayments: (
    accounts: readonly string[],
    limit: number,
  ) => TaskEither<PaymentError, readonly InboxRecord[]>
  /** An abandoned attempt at an account whose draft names this `key`. Default: any key. */
  readonly abandonedAttempt: (
    account: string,
    gatewayKey?: string,
  ) => TaskEither<PaymentError, AttemptRecord | undefined>
  /** The payments of a merchant's order number that stand as `succeeded`, in the order in which that was recorded. */
  readonly succeededFor: (merchantReference: string, limit: number) => TaskEither<PaymentError, readonly ObjectRecord[]>
  /** Events of a subject that are not delivered yet, in order, up to the first that is not due: none overtakes another. */
  readonly dueEvents: (subject: string, limit: number) => TaskEither<PaymentError, readonly EventRecord[]>
  /**
   * Operations that are not over and wait for nothing but an operator, or that do not go on, oldest first. One that cannot be
   * read is among them, with the reason as its `error`.
   */
  readonly unresolved: (limit: number) => TaskEither<PaymentError, readonly UnresolvedRecord[]>
  /** Ids of operations that are not over and have not left this account behind, at most `limit`. */
  readonly openOperationsAt: (account: string, limit: number) => TaskEither<PaymentError, readonly string[]>
  /** Objects of this account that are still read back, oldest first. */
  readonly followedAt: (account: string, limit: number) => TaskEither<PaymentError, readonly ObjectKey[]>
  /** Every account that was recorded, by name. */
  readonly accounts: () => TaskEither<PaymentError, readonly AccountRecord[]>
  /** A page of payments, refunds and payouts. */
  readonly listObjects: (request: ListRequest<ObjectFilter>) => TaskEither<PaymentError, ListPage<ObjectSummary>>
  /** A page of operations. */
  readonly listOperations: (
    request: ListRequest<OperationFilter>,
  ) => TaskEither<PaymentError, ListPage<ListedOperation>>
  /** A page of the outbox. */
  readonly listEvents: (request: ListRequest<EventFilter>) => TaskEither<PaymentError, ListPage<OutboxEntry>>
  /** An event of the outbox, by its id. */
  readonly event: (id: string) => TaskEither<PaymentError, OutboxEntry | undefined>
  /** How many objects there are and how much they come to, by account, kind, status and currency, and by day if that is asked for. */
  readonly summary: (query: SummaryQuery) => TaskEither<PaymentError, readonly SummaryLine[]>
  /** The objects of a merchant's order number, oldest first. */
  readonly objectsFor: (merchantReference: string, limit: number) => TaskEither<PaymentError, readonly ObjectRecord[]>
  /** The operations of a merchant's order number, or the refunds of a payment, oldest first. */
  readonly operationsFor: (what: OperationsOf, limit: number) => TaskEither<PaymentError, readonly OperationView[]>
  /**
   * The backup that the ledger was restored from, as long as keys are looked up because of it. Gives `Unreachable` with a code
   * `ERR_LEDGER_…` if the ledger is not open any more: it was moved since this process opened it.
   */
  readonly restoration: () => TaskEither<PaymentError, Restoration | undefined>
  /** How work on the ledger stands. One read: it is asked for every few seconds. */
  readonly health: () => TaskEither<PaymentError, LedgerHealth>
  /** The log of an operation, in the order it was written. */
  readonly log: (operationId: string) => TaskEither<PaymentError, readonly LogRecord[]>
  /** How the reads of an account end, and the store's time. `undefined`: the account was not recorded. */
  readonly accountReads: (
    account: string,
  ) => TaskEither<PaymentError, (AccountReads & { readonly now: number }) | undefined>
  /** The accounts, by name, that have objects whose `nextReadAt` has come. */
  readonly accountsToRead: () => TaskEither<PaymentError, readonly string[]>
  /**
   * Acquires objects of an account that are due to be read, as many as the account's budget has left, for all processes of the
   * ledger alike. Those that a notification asked for come first, three of four; then those that have been due for longest.
   * What is acquired is not given out again until its read is recorded, or a minute has passed.
   */
  readonly acquireReads: (account: string, wanted: ReadsWanted) => TaskEither<PaymentError, readonly AcquiredRead[]>
  /** Takes one read of what the ledger has no object of from the same budget. Gives whether the budget had one left. */
  readonly acquireRead: (account: string, perSecond: number) => TaskEither<PaymentError, boolean>
  /**
   * Hands every due job to `handle`, at most `concurrency` at a time, until stopped: operations whose `nextPollAt` has come and
   * that no worker holds, subjects with events to deliver, and events to deliver once more. A job is due again until a
   * commit says otherwise; the same one is not handed out twice at once, and one whose worker has not been heard of for 30 seconds is
   * handed to another. `handle` never rejects. Several processes may work on one store. It goes on by itself after a failure;
   * `observe` is given each failure of the store that holds the work up, and `undefined` whenever the work is not held up.
   */
  readonly work: (
    handle: (job: Job) => Promise<void>,
    concurrency: number,
    observe?: (failure: PaymentError | undefined) => void,
  ) => Work
  /**
   * Hands the jobs that are due now to `handle`, as `work` does, until none is left, or until one may not begin. Gives how many it handed
   * out, and whether more may be due.
   */
  readonly runDue: (
    handle: (job: Job) => Promise<void>,
    jobs: DueJobs,
  ) => TaskEither<PaymentError, { readonly ran: number; readonly more: boolean }>
  /**
   * Acquires the comparison of an account's lists with the ledger for `leaseMs`, if it is due. Gives how the last one ended, or
   * `undefined` if none is due, or another process has it.
   */
  readonly acquireReconciliation: (
    account: string,
    leaseMs: number,
  ) => TaskEither<PaymentError, { readonly last?: Reconciliation } | undefined>
  /** HMAC-SHA256 of a text under the ledger's own key, hexadecimal. The key never changes. Each use begins its texts in its own way. */
  readonly fingerprint: (text: string) => string
  /** The work that `migrate` of the encryption asks for. */
  readonly reencryption: Reencryption
  /** What erases personal data. */
  readonly erasure: Erasure
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
