import type { Kind, Money, OperationName, Review, StatusOf } from '../../../core/index.js'
import type { objectEvents } from '../../events/events.js'

/** What a status rests on: the answer to the request, a read, an operator's attestation, or a deadline that passed. */
export type EvidenceSource = 'answer' | 'read' | 'operator' | 'deadline'

/** The events that an operator is called for. */
export type Noticed = Exclude<keyof typeof objectEvents, 'late_success' | 'reopened'>

/** Two amounts that differ. */
export interface Mismatch {
  /** The amount that was asked for. Absent: it is not known. */
  readonly expected?: Money
  /** The one that the gateway reported: of the object, or what was paid for it. Absent: it could not be read. */
  readonly reported?: Money
}

/** Why an operator should look at an object. */
export interface ReviewReasons {
  /** The reviews of its result. */
  readonly review: readonly Review[]
  /** The amounts, if they differ. */
  readonly mismatch?: Mismatch
}

/** What happened at an account. */
interface AtAccount {
  /** The account. */
  readonly account: string
}

/** What the gateway holds. */
interface WithId extends AtAccount {
  /** The gateway's id. Absent: it has none. */
  readonly id?: string
}

/** How an attempt ended, or a request without an answer. */
interface Ended extends AtAccount {
  /** The error's tag, and its phase or reason, and the HTTP status if one came. */
  readonly why?: string
}

/** What happened several times on end. */
interface Repeated extends AtAccount {
  /** How many times. */
  readonly times: number
  /** The last time, in milliseconds since the epoch. */
  readonly until: number
}

/** An event of the outbox. */
interface OfEvent {
  /** The type of the event. */
  readonly type: string
}

/** An event of the outbox, with its deliveries. */
interface Delivered extends OfEvent {
  /** How many deliveries at least one subscriber did not take. */
  readonly tries: number
}

/** A call of a money method. */
interface Called {
  /** The money method. */
  readonly name: OperationName
  /** The key of the call. */
  readonly idempotencyKey: string
  /** The amount of the request. Absent: a refund of what was not refunded yet. */
  readonly amount?: Money
}

/** The accounts of a call. */
interface Routed {
  /** The money method. A refund goes to the account of its payment. */
  readonly name: OperationName
  /** In the order in which they are tried. */
  readonly accounts: readonly string[]
}

/** A dispatch of an attempt. */
interface Dispatched extends AtAccount {
  /** Whether the request creates something that moves no money by itself. */
  readonly creates: boolean
  /** Counts the dispatches of the attempt, from 1. */
  readonly times: number
}

/** What an operator attested. */
interface Attested {
  /** Whether the gateway executed it. */
  readonly executed: boolean
  /** Who said so. It may be personal data. */
  readonly attestedBy?: string
  /** Where it was seen. It may hold personal data. */
  readonly note?: string
}

/** What a notification reported. */
interface Notified extends AtAccount {
  /** The gateway's words or numbers as reported, by resource. */
  readonly reported: Readonly<Record<string, string>>
  /** How many times it came. */
  readonly times: number
}

/** A status that was recorded. */
interface Changed extends AtAccount {
  /** What it is. */
  readonly kind: Kind
  /** The status that was recorded. */
  readonly status: StatusOf<Kind>
  /** What that rests on. */
  readonly evidence: EvidenceSource
  /** The gateway's own words by resource. */
  readonly providerState: Readonly<Record<string, string>>
  /** The amount that the gateway reported. */
  readonly amount?: Money
  /** The amounts, if they differ. */
  readonly mismatch?: Mismatch
  /** Whether the object had been recorded as over. */
  readonly isLate: boolean
}

/** Why an operator was called. */
interface NoticedParams extends AtAccount, ReviewReasons {
  /** The event that an operator was called by. */
  readonly what: Noticed
}

/** What the sentence of each step is made of. */
export interface StepParams {
  /** The call that claimed the idempotency key. */
  readonly called: Called
  /** A call under the same key, after everything before it had provably executed nothing. */
  readonly called_again: Pick<Called, 'idempotencyKey'>
  /** The accounts were chosen. */
  readonly routed: Routed
  /** A dispatch of an attempt was recorded. */
  readonly dispatched: Dispatched
  /** The gateway answered with the object. */
  readonly answered: WithId
  /** A read found the object of an operation whose answer was lost. */
  readonly found: WithId
  /** The gateway refused. */
  readonly refused: Ended
  /** No request left. */
  readonly unsent: Ended
  /** What an attempt created was given up, without having been given out. */
  readonly abandoned: Ended
  /** No usable answer came. */
  readonly unanswered: Ended
  /** Polls that did not find the object. */
  readonly polled: Repeated
  /** A worker acquired the lease of one that did not record how its work ended. */
  readonly lease_acquired: AtAccount
  /** The workers that polled the operation do not have its account. */
  readonly deferred: Repeated
  /** The ledger was restored from a backup: what was sent after that has no record. */
  readonly restored: AtAccount
  /** paymux can find out nothing more by itself. */
  readonly requires_resolution: AtAccount
  /** An operator closed the operation. */
  readonly attested: Attested
  /** A notification came. */
  readonly notified: Notified
  /** A status was recorded. */
  readonly changed: Changed
  /** What an operator should look at. */
  readonly noticed: NoticedParams
  /** The last read, which changed nothing. */
  readonly unchanged: AtAccount
  /** Every subscriber took an event. */
  readonly delivered: Delivered
  /** An event that is not delivered yet. */
  readonly undelivered: Delivered
  /** An event that this version of paymux, or its keys, cannot read. */
  readonly unreadable: OfEvent
}

/** What happened in a step. */
export type StepCode = keyof StepParams
