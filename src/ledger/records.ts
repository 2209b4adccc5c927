import {
  type AnyReference,
  type CheckedRequests,
  DAY,
  type Draft,
  type Effect,
  type Json,
  type Kind,
  type MinorUnits,
  type OperationName,
  type PaymentError,
  type Snapshot,
  type StatusOf,
} from '../core/index.js'
import type { LedgerStatus } from './ledger-status.js'

/**
 * Where an operation stands.
 * - `prepared`: claimed, and nothing of its current attempt was dispatched: it may be sent until its deadline
 * - `dispatched`: the dispatch of an attempt is recorded, so a request may have left; what became of it is not recorded yet
 * - `indeterminate`: no usable answer came; only evidence closes it, never time
 * - `executed`: the gateway holds the object
 * - `refused`: the gateway refused it, and a repeat is useless
 * - `canceled`: nothing was sent, or all that was sent was refused in a way that allows the same key again; paymux sends
 *   nothing more by itself, and the caller's next call under the key starts a new attempt
 */
export type OperationState = 'prepared' | 'dispatched' | 'indeterminate' | 'executed' | 'refused' | 'canceled'

/** For each state of an operation, those that may follow it. */
export const operationStates = {
  prepared: ['dispatched', 'canceled', 'refused'],
  dispatched: ['prepared', 'indeterminate', 'executed', 'refused', 'canceled'],
  indeterminate: ['dispatched', 'prepared', 'executed', 'refused', 'canceled'],
  executed: [],
  refused: [],
  canceled: ['prepared'],
} as const satisfies Readonly<Record<OperationState, readonly OperationState[]>>

/** Every state of an operation. */
export const operationStateNames = Object.keys(operationStates) as readonly OperationState[]

/**
 * What is known of an operation in each state: `unsent`: nothing of its current attempt was dispatched. `unanswered`: a
 * request may have left, and its outcome is not recorded. `over`: nothing more is sent or read for it.
 */
const operationStages = {
  prepared: 'unsent',
  dispatched: 'unanswered',
  indeterminate: 'unanswered',
  executed: 'over',
  refused: 'over',
  canceled: 'over',
} as const satisfies Readonly<Record<OperationState, 'unsent' | 'unanswered' | 'over'>>

/** Whether something of an operation is still to be sent or found out. */
const isOpen = (state: OperationState): boolean => operationStages[state] !== 'over'

/** The states in which something of an operation is still to be sent or found out. */
export const openStates = operationStateNames.filter(isOpen)

/** The states in which nothing more is sent or read for an operation. */
export const overStates = operationStateNames.filter((state) => !isOpen(state))

/** Whether a request of an operation may have left, and its outcome is not recorded. */
export const isUnanswered = (state: OperationState): boolean => operationStages[state] === 'unanswered'

/** The states in which a request of an operation may have left, and its outcome is not recorded. */
export const unansweredStates = operationStateNames.filter(isUnanswered)

/**
 * Where one try at one account stands. `open`: not dispatched yet. `dispatched`: a request may have left. `executed`: the
 * gateway holds the object. `unsent`: no request left. `refused`: the gateway refused it. `abandoned`: what it created at the
 * gateway was never given to the caller, and another attempt took its place.
 */
export type AttemptState = 'open' | 'dispatched' | 'executed' | 'unsent' | 'refused' | 'abandoned'

/** For each state of an attempt, those that may follow it. */
export const attemptStates = {
  open: ['dispatched', 'unsent', 'refused'],
  dispatched: ['dispatched', 'executed', 'unsent', 'refused', 'abandoned'],
  executed: [],
  unsent: [],
  refused: [],
  abandoned: [],
} as const satisfies Readonly<Record<AttemptState, readonly AttemptState[]>>

/** What the submission of an attempt may do at the gateway. */
export type SubmissionEffect = Exclude<Effect, 'reads'>

const everySubmissionEffect: Readonly<Record<SubmissionEffect, true>> = { creates: true, moves_money: true }

/** Everything that a submission may do at a gateway. */
export const submissionEffects = Object.keys(everySubmissionEffect) as readonly SubmissionEffect[]

/** Every state of an attempt. */
export const attemptStateNames = Object.keys(attemptStates) as readonly AttemptState[]

/** Names one object of one account. `id` is the gateway's id, or `key:` and the idempotency key if the gateway gives none. */
export interface ObjectKey {
  /** The account that holds the object. */
  readonly account: string
  /** What it is. */
  readonly kind: Kind
  /** The gateway's id, or one made of the idempotency key. */
  readonly id: string
}

/** What a refund holds back of a captured amount while it may execute. */
export interface Reservation {
  /** The account of the payment. */
  readonly account: string
  /** The payment's {@link ObjectKey.id}. */
  readonly id: string
  /** How much is held back. */
  readonly amount: MinorUnits
  /** Whether it counts now: a refund that provably did not execute gives it back. */
  readonly held: boolean
}

/** One call of a money method under its idempotency key. Times are milliseconds since the epoch. */
export interface OperationRecord {
  /** Made by paymux: a UUID. */
  readonly id: string
  /** The money method. */
  readonly name: OperationName
  /** The caller's key. */
  readonly idempotencyKey: string
  /** HMAC-SHA256 of the caller's request under the ledger's own key, hexadecimal: neither account nor gateway is in it. */
  readonly fingerprint: string
  /** The caller's checked request, the one of `name`. Encrypted at rest. */
  readonly request: CheckedRequests[OperationName]
  /** The merchant's order number. A refund has its payment's, if the ledger knows it. */
  readonly merchantReference?: string
  /** The accounts in the order they are tried. Set by the claim. */
  readonly accounts: readonly string[]
  /** No request is sent after this time. Set by the claim. */
  readonly deadline: number
  /** Where it stands. */
  readonly state: OperationState
  /** Rises each time a worker acquires the lease; a write under an older one is refused. */
  readonly fence: number
  /** Number of the current attempt, from 1. */
  readonly attempt: number
  /** When the next poll is due. Absent: nothing is done without a caller or an operator. */
  readonly nextPollAt?: number
  /**
   * Why it does not go on although it is polled: `no_account` if its deadline has passed and no worker that polled it has its
   * account, or the code of the error if it cannot be read. Absent: it goes on. It is listed as unresolved.
   */
  readonly stalled?: string
  /** How many polls of the schedule have not found the object. */
  readonly pollCount: number
  /** When the schedule has its next poll, if a notification asked for one before that. */
  readonly scheduledPollAt?: number
  /** An event said that it waits for an operator. */
  readonly requiresResolution?: true
  /** Of refunds: what is held back of the payment. */
  readonly reservation?: Reservation
  /** The object, once `executed`. */
  readonly object?: ObjectKey
  /** The last error, while there is no object. Encrypted at rest. */
  readonly error?: PaymentError
  /** How many events about the operation itself were emitted. */
  readonly events: number
  /** When the key was claimed. */
  readonly createdAt: number
  /** When its personal data was erased: the request is reduced since then. Absent: it was not. */
  readonly erasedAt?: number
}

/** What is told of an operation that waits for an operator. Its request may not be readable. */
export interface UnresolvedRecord
  extends Omit<
    OperationRecord,
    'request' | 'fingerprint' | 'fence' | 'attempt' | 'pollCount' | 'reservation' | 'events'
  > {
  /** Since when it has been in its state, by the store's clock. */
  readonly since: number
}

/** One try at an operation at one account. */
export interface AttemptRecord {
  /** The operation that it is an attempt of. */
  readonly operationId: string
  /** Counts the attempts, from 1. */
  readonly n: number
  /** Index of the account in the operation's list. */
  readonly position: number
  /** The account that it is made at. */
  readonly account: string
  /** Where it stands. */
  readonly state: AttemptState
  /** What the submission does. Known once drafted. */
  readonly effect?: SubmissionEffect
  /** Persisted with the first dispatch, and gone once the operation is erased. Encrypted at rest. */
  readonly draft?: Draft
  /** How many dispatches of it are recorded. */
  readonly dispatchCount: number
  /** When the first dispatch was recorded, by the store's clock. */
  readonly firstDispatchedAt?: number
  /** SHA-256 of the token in its notification address, hexadecimal. */
  readonly tokenHash?: string
  /** Where to read the object if the answer was lost. Persisted with the first dispatch. */
  readonly reference?: AnyReference
  /** The place in a trace of the first dispatch, as the header `traceparent` of W3C Trace Context. A recovery links to it. */
  readonly traceparent?: string
  /** The `_tag` of the error that ended it, and the gateway's HTTP status if one came. */
  readonly endedBy?: string
}

/** An operation with all its attempts, first to last. */
export interface OperationView {
  /** The operation. */
  readonly operation: OperationRecord
  /** Its attempts, in their order. */
  readonly attempts: readonly AttemptRecord[]
  /** Whether a worker holds its lease now, by the store's clock. */
  readonly leased: boolean
}

/** The call that made an object, as the object's results and events carry it. */
export interface ObjectOrigin {
  /** The operation that made the object. */
  readonly operationId: string
  /** The caller's key. */
  readonly idempotencyKey: string
  /** The merchant's order number. A refund has its payment's. */
  readonly merchantReference?: string
  /** The metadata of the request. Encrypted at rest. */
  readonly metadata?: Readonly<Record<string, string>>
  /** The request's optional fields that the gateway has no place for, by path. */
  readonly notPassedOn: readonly string[]
}

/** A payment, refund or payout as it stands in the ledger. Times are milliseconds since the epoch. */
export interface ObjectRecord<K extends Kind = Kind> extends ObjectKey {
  /** What it is. */
  readonly kind: K
  /** The call that made it. Absent: no operation of this ledger made it. */
  readonly origin?: ObjectOrigin
  /** An abandoned attempt created it: its link was not given to the caller, and an event is emitted if it succeeds. */
  readonly abandoned: boolean
  /** Where it stands, after all evidence so far. */
  readonly status: StatusOf<K>
  /** When the status was recorded. */
  readonly statusSince: number
  /** Rises with each recorded read; a read that began under an older one is not recorded. */
  readonly version: number
  /** How many events about it were emitted. */
  readonly events: number
  /** The amount that it is expected to have, if it is known. */
  readonly expectedAmount?: MinorUnits
  /** Of payments: what was captured. */
  readonly captured?: MinorUnits
  /** Of payments: what refunds have reserved of the captured amount, in minor units. */
  readonly reserved: bigint
  /** Of payments: what refunds have given back, in minor units. */
  readonly refunded: bigint
  /** Of refunds: what is held back of the payment for it. */
  readonly reservation?: Reservation
  /** The payer's bank took the money back, or tries to. */
  readonly disputed: boolean
  /** When a read first contradicted a recorded success, while none has agreed with it since. */
  readonly suspectedSince?: number
  /** What an operator was called for already: reviews, and alerts by the status that was read. */
  readonly flags: readonly string[]
  /** The gateway's own words by resource, as of the last read. */
  readonly providerState: Readonly<Record<string, string>>
  /** What the gateway reported last, with the recorded status. Encrypted at rest. */
  readonly snapshot: Snapshot<K>
  /** When it was read last. 0: it was never read. The answer to a submission is not a read. */
  readonly lastReadAt: number
  /** When it is read next. Absent: only if a notification or a caller asks for it. */
  readonly nextReadAt?: number
  /** How many refreshes notifications have requested. */
  readonly refreshRequests: number
  /** When it was recorded first. */
  readonly createdAt: number
  /** When the record last changed. */
  readonly updatedAt: number
  /** Since when nothing is expected to happen to it: the age of its personal data. Absent: it is open, disputed or under review. */
  readonly overAt?: number
  /** When its personal data was erased: the snapshot is reduced since then. Absent: it was not, or something happened since. */
  readonly erasedAt?: number
}

/** An event. Subscribers get it at least once, in the order of `sequence` for each subject. */
export interface EventRecord {
  /** The same in all deliveries. */
  readonly id: string
  /** What happened: `payment.succeeded`, `payment.late_success`, `refund.failed`, … */
  readonly type: string
  /**
   * What it is about: `payment:<account>:<id>` or `operation:<id>`; what the ledger has no record of:
   * `notification:<account>:<dedupe key>`, `listed:<kind>:<account>:<id>`.
   */
  readonly subject: string
  /** From 1, without gaps, for each subject. */
  readonly sequence: number
  /** What the event holds beside its header, by its type. Encrypted at rest. */
  readonly payload: Json
  /** When it was recorded. */
  readonly createdAt: number
  /** How many deliveries at least one subscriber did not take. */
  readonly tries: number
  /** When its personal data was erased: the payload is reduced since then. Absent: it was not. */
  readonly erasedAt?: number
}

/**
 * What became of a notification. `known`: the ledger has the object, and a refresh of it was requested. `unmatched`: the
 * ledger does not have the object yet. `unclaimed`: nor was it found to be of an abandoned attempt. `quarantined`: the
 * notification was admitted and could not be understood. `reported`: it was unmatched for so long that an event was emitted.
 */
export type InboxState = 'known' | 'unmatched' | 'unclaimed' | 'quarantined' | 'reported'

const everyInboxState: Readonly<Record<InboxState, true>> = {
  known: true,
  unmatched: true,
  unclaimed: true,
  quarantined: true,
  reported: true,
}

/** Every state of a notification. */
export const inboxStateNames = Object.keys(everyInboxState) as readonly InboxState[]

/** The states of a notification that waits for its object, and was not reported. */
export const unmatchedStates: readonly InboxState[] = ['unmatched', 'unclaimed']

/** A notification as it was admitted. */
export interface InboxRecord {
  /** The account whose address it came to. */
  readonly account: string
  /** The same for deliveries that report the same: an HMAC-SHA256 under the ledger's own key, hexadecimal. */
  readonly dedupeKey: string
  /** What it points at. Absent: it could not be understood. */
  readonly object?: ObjectKey
  /** The gateway's words or numbers as reported, by resource. */
  readonly reported: Readonly<Record<string, string>>
  /** The body as it came. Absent: it was erased. Encrypted at rest. */
  readonly body?: string
  /** SHA-256 of the token in the address, hexadecimal, if it was the address of an attempt. */
  readonly tokenHash?: string
  /** When it came first. */
  readonly receivedAt: number
  /** How many times it came. */
  readonly deliveries: number
  /** It came first from an address that is not among the account's sources. */
  readonly unlistedSource: boolean
  /** What became of it. */
  readonly state: InboxState
}

/** A notification about an object, in clear: without its body. */
export type ReportedNotification = Pick<
  InboxRecord,
  'account' | 'reported' | 'receivedAt' | 'deliveries' | 'unlistedSource'
>

/** What a notification adds to the counts of its account and hour. */
export interface NotificationCounts {
  /** The account whose address it came to. */
  readonly account: string
  /** It came from an address that is not among the account's sources. These are counted apart. */
  readonly unlistedSource: boolean
  /** 1 if it could not be understood. */
  readonly quarantined: 0 | 1
  /** 1 if it was rejected for its source. */
  readonly rejected: 0 | 1
  /** 1 if it was not stored, because the hour's quota was used up. */
  readonly overQuota: 0 | 1
  /** 1 if it made a new entry that matches nothing. */
  readonly entries: 0 | 1
  /** The bytes of that entry. */
  readonly bytes: number
}

/** How many entries that match nothing one account may get in an hour, and of how many bytes. */
export interface NotificationQuota {
  /** The most entries. */
  readonly entries: number
  /** The most bytes. */
  readonly bytes: number
}

/** What the inbox has already when a notification comes. */
export interface InboxBefore {
  /** Whether it came before. */
  readonly isStored: boolean
  /** How many entries point at its object. It is not counted beyond {@link ENTRIES_OF_OBJECT}. */
  readonly aboutObject: number
}

/** An object gets this many entries in the inbox, and no more. A refresh is requested all the same. */
export const ENTRIES_OF_OBJECT = 100

/** The unmatched entries of one account. Times are milliseconds since the epoch. */
export interface UnmatchedEntries {
  /** The account. */
  readonly account: string
  /** How many there are. */
  readonly count: number
  /** When the first of them came. */
  readonly firstReceivedAt: number
  /** When the last of them came. */
  readonly lastReceivedAt: number
}

/** Who said what became of an operation, and where it was seen. */
export interface Attestation {
  /** Who attests it: an operator's name or address. */
  readonly attestedBy: string
  /** Where it was seen. */
  readonly note: string
}

/** One line of the append-only log of what was tried. Holds no body and no header, and personal data only in its attestation. */
export interface LogRecord {
  /** The operation. */
  readonly operationId: string
  /** The number of the attempt, from 1. */
  readonly n: number
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number
  /** What happened: `claimed`, `dispatched`, `executed`, `refused`, `unsent`, `indeterminate`, `abandoned`, `polled`, `resolved`, … */
  readonly what: string
  /** The fence of the worker that wrote it. */
  readonly fence: number
  /** Tag, phase or reason, and the HTTP status, if there are any. */
  readonly detail?: string
  /** Of `resolved`: what an operator attested. Absent once the operation is erased. Encrypted at rest. */
  readonly attestation?: Attestation
}

/** Which account of which gateway a name stands for. The same name with another identity is refused. */
export interface AccountRecord {
  /** The name in the configuration. */
  readonly name: string
  /** What identifies the account at its gateway. It holds no secret. */
  readonly identity: Readonly<Record<string, string>>
}

/** How the reads of an account end. Times are milliseconds since the epoch, by the store's clock. */
export interface AccountReads {
  /** Since when no read of it has succeeded, while reads failed. Absent: the last one succeeded. */
  readonly failingSince?: number
  /** Why the last read failed: tag, phase or reason, and the HTTP status if one came. No value of a request or an answer. */
  readonly reason?: string
  /** Whether an event said that it is failing. */
  readonly isReported: boolean
  /** How many events about the account were emitted. */
  readonly events: number
  /** Rises with each change. */
  readonly version: number
}

/** The next comparison of an account's lists is due within this many milliseconds. */
export const LONGEST_RECONCILIATION_PAUSE_MS = 7 * DAY

/** How a comparison of what an account's gateway lists with the ledger ended. It is plain data. Times are milliseconds since the epoch. */
export interface Reconciliation {
  /** When it ended. */
  readonly at: number
  /** Up to when everything that the gateway lists was compared. Absent: no comparison has succeeded. */
  readonly comparedTo?: number
  /** How many entries the gateway listed. */
  readonly listed: number
  /** How many of them could not be read. */
  readonly unreadable: number
  /** How many the ledger did not know. */
  readonly missingInLedger: number
  /** How many were in a later status than in the ledger, or had another amount. */
  readonly staleInLedger: number
  /** Why a list could not be had: tag, phase or reason, and the HTTP status if one came. Absent: every list was compared. */
  readonly error?: string
}

/** What the ledger knows about the reads of one account. */
export interface AccountHealth extends Pick<AccountReads, 'failingSince' | 'reason'> {
  /** The account's name. */
  readonly account: string
  /** How the last comparison of its lists with the ledger ended. Absent: there was none. */
  readonly reconciliation?: Reconciliation
  /** How many of its objects are due to be read. Counted up to {@link MOST_COUNTED}. */
  readonly dueReads: number
  /** Since when the first of them has been due. Absent: no object is due. */
  readonly oldestDueAt?: number
  /** What came to its notification addresses in the last 24 hours, and is not as it should be. */
  readonly notifications: {
    /** How many came from unlisted sources. If all do, a proxy is missing in `trustedProxies`. */
    readonly unlistedSource: number
    /** How many of those were rejected. */
    readonly rejected: number
    /** How many could not be understood. */
    readonly quarantined: number
    /** How many were not stored, because the hour's quota was used up. */
    readonly overQuota: number
  }
  /** How many of its objects could not be read the last time, or have a record that cannot be read. Counted as `dueReads`. */
  readonly failedReads: number
}

/** What is counted for `health` is counted up to this number: it answers fast, however much waits. */
export const MOST_COUNTED = 10_000

/**
 * A ledger that was restored from a backup: what happened after it was taken is lost. Times are milliseconds since the epoch, by the
 * store's clock.
 */
export interface Restoration {
  /** When the backup was taken: what was done from then on has no record. */
  readonly takenAt: number
  /** When the ledger was marked as restored, while no process worked on it. */
  readonly restoredAt: number
  /** Until then a key that the ledger does not know may have been used before. */
  readonly until: number
}

/** What the ledger knows about its own state. Times are milliseconds since the epoch, by its clock. */
export interface LedgerHealth {
  /** The store's time. */
  readonly now: number
  /** Whether it can be worked on. */
  readonly status: LedgerStatus
  /** The version of its schema: the number of its last migration. */
  readonly schemaVersion: number
  /** Every account that was recorded, by name. */
  readonly accounts: readonly AccountHealth[]
  /** How many operations wait for an operator. */
  readonly unresolvedOperations: number
  /** Since when the first of them has been in its state. Absent: none waits. */
  readonly oldestUnresolvedAt?: number
  /** How many operations are `indeterminate`: their outcome is not known. Those that wait for an operator are among them. */
  readonly indeterminateOperations: number
  /** Since when the first of them has been so. Absent: none is. */
  readonly oldestIndeterminateAt?: number
  /** How many events some subscriber has not taken. */
  readonly undeliveredEvents: number
  /** When the first of them was recorded. Absent: all were taken. */
  readonly oldestUndeliveredAt?: number
  /** The backup that it was restored from, as long as keys are looked up because of it. */
  readonly restoration?: Restoration
  /** How many events this version of paymux, or its keys, could not read. Those behind them wait. */
  readonly unreadableEvents: number
  /** When the first of them was recorded. Absent: all can be read. */
  readonly oldestUnreadableAt?: number
}

/** A record without some of its fields. */
export const without = <T extends object>(record: T, ...keys: readonly (keyof T)[]): T =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key as keyof T))) as T
