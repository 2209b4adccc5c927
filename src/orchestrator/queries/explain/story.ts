import type { Kind, Money, Reference, StatusOf } from '../../../core/index.js'
import type { LogRecord, ObjectRecord, OperationView, ReportedNotification } from '../../../ledger/index.js'
import type { Resolution } from '../../operations/resolve.js'
import type { ListedEvent } from '../pages.js'
import type { StepCode, StepParams } from './step-params.js'

/** What the ledger has of one object, or of an operation that has none. One of the two is there. */
export interface Facts {
  readonly object?: ObjectRecord
  /** The operation that made the object, or that has none. */
  readonly view?: OperationView
  /** The log of the operation, in its order. */
  readonly log: readonly LogRecord[]
  /** The events about the object and about the operation. */
  readonly events: readonly ListedEvent[]
  /** The notifications that named the object. */
  readonly notifications: readonly ReportedNotification[]
  /** Of payments: their refunds, and the operations of refunds that have no object. */
  readonly related: readonly Pick<Facts, 'object' | 'view'>[]
}

/** Who did something. `shop`: the caller and its subscribers. */
export type Actor = 'shop' | 'paymux' | 'gateway' | 'operator'

/** One step of a story: what it is made of, and a sentence of it. */
export type StoryStep<Code extends StepCode = StepCode> = {
  readonly [One in Code]: {
    /** When it was recorded, in milliseconds since the epoch. */
    readonly at: number
    /** What happened. */
    readonly code: One
    /** Who did it. */
    readonly by: Actor
    /** What the sentence is made of. */
    readonly params: StepParams[One]
    /** The sentence, without the time. */
    readonly text: string
  }
}[Code]

/** A call that an operator may make next. What stands in `<>` is for the operator to fill in. */
export type NextCall = {
  /** When to make it: `if it is there`. */
  readonly condition: string
} & (
  | {
      /** The method. */
      readonly method: 'resolve'
      /** Its arguments. */
      readonly arguments: readonly [operationId: string, resolution: Resolution]
    }
  | {
      /** The method. */
      readonly method: 'getStatus'
      /** Its arguments. */
      readonly arguments: readonly [reference: Reference<Kind>]
    }
)

/** What happens next, by whom. */
export interface NextStep {
  /**
   * - `send`: paymux sends it
   * - `poll`: paymux looks for it at the gateway
   * - `in_progress`: a process works on it now
   * - `resolve`: an operator looks at the gateway and calls `resolve`
   * - `review`: an operator should look at the object
   * - `pay`: the payer has to act
   * - `read`: paymux reads it
   * - `call_again`: a call under the same key starts again
   * - `nothing`: nothing, unless a notification or a call asks for a read
   */
  readonly what: 'send' | 'poll' | 'in_progress' | 'resolve' | 'review' | 'pay' | 'read' | 'call_again' | 'nothing'
  /** When paymux does something by itself next, in milliseconds since the epoch. */
  readonly at?: number
  /** Of `resolve`: since when it has waited for an operator, in milliseconds since the epoch. */
  readonly since?: number
  /** The sentences, with the calls. */
  readonly text: string
  /** The calls that an operator may make. */
  readonly calls: readonly NextCall[]
}

/** What an object is, where it stands, and how much it is about. */
export interface StorySubject {
  /** What it is. */
  readonly kind: Kind
  /** Where it stands. `unknown` also for an operation whose outcome is not known; `none`: nothing was executed. */
  readonly status: StatusOf<Kind> | 'none'
  /** The account that holds it, or that was tried last. */
  readonly account?: string
  /** The gateway's id. Absent: it has none, or it is not known. */
  readonly id?: string
  /** The operation that made it. Absent: none of this ledger did. */
  readonly operationId?: string
  /** The idempotency key of the call that made it. */
  readonly idempotencyKey?: string
  /** The merchant's order number. A refund has its payment's. */
  readonly merchantReference?: string
  /** The amount that was asked for; else the one that the gateway reports. Absent: it is not known. */
  readonly amount?: Money
}

/** The amounts of a payment. */
export interface StoryMoney {
  /** What was asked for. */
  readonly expected?: Money
  /** What was captured. Absent: nothing, or it is not known. */
  readonly captured?: Money
  /** Of a payment that was captured: what refunds have given back. */
  readonly refunded?: Money
  /** Of a payment that was captured: what refunds that are not over hold back. */
  readonly reserved?: Money
  /** Of a payment that was captured: what can still be refunded. */
  readonly refundable?: Money
}

/** The story of one payment, refund or payout, or of a call that made none, as data and as plain English. It is plain data. */
export interface Story {
  /** What it is about. */
  readonly subject: StorySubject
  /** Where it stands, in one sentence. */
  readonly headline: string
  /** What happened, oldest first. */
  readonly steps: readonly StoryStep[]
  /** What happens next. */
  readonly next: NextStep
  /** Of payments: the amounts. */
  readonly money?: StoryMoney
  /** Of payments: their refunds, and the calls of `refund` that made none. */
  readonly related: readonly StorySubject[]
  /** The time zone of the times in the texts. */
  readonly timeZone: string
  /** All of it in lines of plain text. */
  readonly text: string
}
