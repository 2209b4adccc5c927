import type { AnyReference, Draft, Effect, Json, Kind, Money, Operation, StatusOf } from '../core/index.js'

/**
 * Where an operation stands.
 * - `prepared`: claimed, and nothing of its current attempt was marked: it may be sent until its deadline
 * - `dispatched`: an attempt is marked, so a request may have left; what became of it is not recorded yet
 * - `indeterminate`: no usable answer came; only evidence closes it, never time
 * - `executed`: the gateway holds the object
 * - `refused`: the gateway said no for good
 * - `canceled`: nothing was sent, or all that was sent was refused in a way that allows the same key again; paymux sends
 *   nothing more by itself, and the caller's next call under the key starts a new attempt
 */
export const operationStates = {
  prepared: ['dispatched', 'canceled', 'refused'],
  dispatched: ['prepared', 'indeterminate', 'executed', 'refused', 'canceled'],
  indeterminate: ['dispatched', 'prepared', 'executed', 'canceled'],
  executed: [],
  refused: [],
  canceled: ['prepared'],
} as const

/** The state of an operation; {@link operationStates} says which may follow which. */
export type OperationState = keyof typeof operationStates

/**
 * Where one try at one account stands. `open`: not marked yet. `marked`: a request may have left. `orphaned`: what it
 * staged at the gateway was never handed out, and another attempt took its place.
 */
export const attemptStates = {
  open: ['marked', 'unsent', 'refused'],
  marked: ['marked', 'executed', 'unsent', 'refused', 'orphaned'],
  executed: [],
  unsent: [],
  refused: [],
  orphaned: [],
} as const

/** The state of an attempt; {@link attemptStates} says which may follow which. */
export type AttemptState = keyof typeof attemptStates

/** Names one object of one account. `id` is the gateway's id, or `key:` and the idempotency key where the gateway gives none. */
export interface ObjectKey {
  readonly account: string
  readonly kind: Kind
  readonly id: string
}

/** What a refund holds back of a captured amount while it may execute. */
export interface Reservation {
  readonly account: string
  /** The payment's {@link ObjectKey.id}. */
  readonly id: string
  readonly amount: Money
  /** Whether it counts now: a refund that provably did not execute gives it back. */
  readonly held: boolean
}

/** One call of a money method under its idempotency key. Times are milliseconds since the epoch. */
export interface OperationRecord {
  readonly id: string
  readonly operation: Operation
  readonly key: string
  /** SHA-256 of the caller's request, hexadecimal: neither account nor gateway is in it. */
  readonly fingerprint: string
  /** The caller's checked request. Encrypted at rest. */
  readonly request: Json
  readonly merchantReference?: string
  /** In the order they are tried. Frozen at the claim. */
  readonly accounts: readonly string[]
  /** Nothing is sent after it. Frozen at the claim. */
  readonly deadline: number
  readonly state: OperationState
  /** Rises with each change of hands; a write under an older one is refused. */
  readonly fence: number
  /** Number of the current attempt, from 1. */
  readonly attempt: number
  /** When the next look at it is due. Absent: nothing is done without a caller or an operator. */
  readonly nextAt?: number
  /** Looks at the gateway that have not found it. */
  readonly checks: number
  readonly reservation?: Reservation
  /** The object, once `executed`. */
  readonly object?: ObjectKey
  /** The error told last, as JSON, while there is no object. */
  readonly error?: Json
  /** Events told about the operation itself. */
  readonly events: number
  readonly createdAt: number
}

/** One try at an operation at one account. */
export interface AttemptRecord {
  readonly operationId: string
  /** From 1. */
  readonly n: number
  /** Index of the account in the operation's list. */
  readonly position: number
  readonly account: string
  readonly state: AttemptState
  /** What the decisive request does. Known once drafted. */
  readonly effect?: Exclude<Effect, 'reads'>
  /** Frozen with the first mark. Encrypted at rest. */
  readonly draft?: Draft
  /** How many times it was marked as about to be sent. */
  readonly marks: number
  readonly firstMarkedAt?: number
  /** SHA-256 of the token in its notification address, hexadecimal. */
  readonly tokenHash?: string
  /** Where to look for the object when the answer was lost. Frozen with the first mark. */
  readonly reference?: AnyReference
  /** The `_tag` of the error that ended it, and the gateway's HTTP status where one came. */
  readonly outcome?: string
}

/** An operation with all its attempts, first to last. */
export interface OperationView {
  readonly operation: OperationRecord
  readonly attempts: readonly AttemptRecord[]
  /** Whether a worker holds it now, by the store's clock. */
  readonly leased: boolean
}

/** A payment, refund or payout as it stands in the ledger. Times are milliseconds since the epoch. */
export interface ObjectRecord<K extends Kind = Kind> extends ObjectKey {
  readonly kind: K
  readonly operationId?: string
  /** Staged by an attempt that another took the place of: nobody was given its link, and a success of it calls a person. */
  readonly orphaned: boolean
  readonly status: StatusOf<K>
  /** When the status was recorded. */
  readonly statusSince: number
  /** Rises with each recorded read; a read that began under an older one is not recorded. */
  readonly version: number
  /** Events told about the object. */
  readonly events: number
  /** What is expected, where it is known. */
  readonly expected?: Money
  /** Of payments: what was captured, what refunds have reserved of it, and what they have given back. Minor units. */
  readonly captured?: Money
  readonly reserved: bigint
  readonly refunded: bigint
  /** Of refunds: what is held back of the payment for it. */
  readonly reservation?: Reservation
  readonly disputed: boolean
  /** When a read first contradicted a recorded success, while none has agreed with it since. */
  readonly suspectedSince?: number
  /** What a person was called for already: reviews, and alerts by the status that was seen. */
  readonly flags: readonly string[]
  /** The gateway's own words by resource, as of the last read. */
  readonly providerState: Readonly<Record<string, string>>
  /** The last result, as JSON. Encrypted at rest. */
  readonly snapshot: Json
  /** 0 where it was never read: what an answer told is no read. */
  readonly lastReadAt: number
  /** When it is to be read next. Absent: not without a notification or a caller. */
  readonly nextReadAt?: number
  /** Notifications that called for a read so far. */
  readonly rings: number
  readonly createdAt: number
}

/** What subscribers are told, at least once, in the order of `sequence` for each subject. */
export interface EventRecord {
  /** Stable over all deliveries. */
  readonly id: string
  /** `payment.succeeded`, `payment.late_success`, `refund.failed`, … */
  readonly type: string
  /**
   * What it is about: `payment:<account>:<id>` or `operation:<id>`; what the ledger has no record of:
   * `notification:<account>:<dedupe key>`, `listed:<kind>:<account>:<id>`.
   */
  readonly subject: string
  /** From 1, without gaps, for each subject. */
  readonly sequence: number
  /** Encrypted at rest. */
  readonly payload: Json
  readonly createdAt: number
  /** How many times it was handed out and not taken by every subscriber. */
  readonly tries: number
}

/** A notification as it was admitted. */
export interface InboxRecord {
  readonly account: string
  /** Same for deliveries of the same claim. */
  readonly dedupeKey: string
  /** What it points at; absent where it could not be read. */
  readonly object?: ObjectKey
  readonly claimed: Readonly<Record<string, string>>
  /** Encrypted at rest. */
  readonly body: string
  readonly receivedAt: number
  /** How many times it came. */
  readonly deliveries: number
  /**
   * `known`: the ledger has the object, and the bell was rung. `unmatched`: it does not, yet. `quarantined`: admitted and
   * not understood. `reported`: was unmatched for so long that a person was told.
   */
  readonly state: 'known' | 'unmatched' | 'quarantined' | 'reported'
}

/** One line of the append-only log of what was tried. Holds no body, no header and no personal data. */
export interface LogRecord {
  readonly operationId: string
  readonly n: number
  readonly at: number
  /** What happened: `claimed`, `marked`, `executed`, `refused`, `unsent`, `lost`, `orphaned`, `looked_up`, `resolved`, … */
  readonly what: string
  readonly fence: number
  /** Tag, phase or reason, and the HTTP status, where there are any. */
  readonly detail?: string
}

/** Who an account is. The same name with another identity is another account, and is refused. */
export interface AccountRecord {
  readonly name: string
  readonly identity: Readonly<Record<string, string>>
}

/** A record without some of its fields. */
export const without = <T extends object>(record: T, ...keys: readonly (keyof T)[]): T =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key as keyof T))) as T
