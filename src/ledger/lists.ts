import type { Either } from 'fp-ts/lib/Either.js'
import type { Json, Kind, Money, OperationName, PaymentError, StatusOf } from '../core/index.js'
import type { EventRecord, ObjectKey, OperationRecord, OperationState } from './records.js'

/** What is listed of the ledger, and by what. Times are milliseconds since the epoch. */

/** In which order a list comes, by when its entries were recorded first. */
export type ListOrder = 'newest_first' | 'oldest_first'

/** A place between two entries of a list: when the one before it was recorded first, and its names. */
export type Position = readonly [at: number, ...names: readonly string[]]

/** Which part of a list is wanted. */
export interface PageRequest {
  /** The earliest time of first record, included. Default: the first. */
  readonly from?: number
  /** The latest one, not included. Default: the last. */
  readonly to?: number
  /** The order. */
  readonly order: ListOrder
  /** Where the page before it ended. Absent: the first page. */
  readonly after?: Position
  /** How many entries at most, from 1 to {@link LONGEST_PAGE}. */
  readonly limit: number
}

/** A page has at most so many entries. */
export const LONGEST_PAGE = 1000

/**
 * A part of a list. It may have fewer entries than were asked for, or none, although there are more: only so many rows are
 * looked at for one page.
 */
export interface ListPage<A> {
  /** The entries, in their order. */
  readonly items: readonly A[]
  /** Where it ends. Absent: there is no more. */
  readonly next?: Position
}

/** A part of a list of what a filter leaves. */
export interface ListRequest<Filter> {
  /** Which part. */
  readonly page: PageRequest
  /** Of what. */
  readonly filter: Filter
}

/** Which payments, refunds and payouts are listed: those that every given field holds for. */
export interface ObjectFilter {
  /** What it is. */
  readonly kind?: Kind
  /** Where it stands. */
  readonly status?: StatusOf<Kind>
  /** The account that holds it. */
  readonly account?: string
  /** The currency of {@link ObjectSummary.amount}. */
  readonly currency?: string
  /** The merchant's order number. */
  readonly merchantReference?: string
  /** Whether an operator should look at it: {@link ObjectSummary.needsReview}. */
  readonly review?: boolean
  /** Whether the payer's bank took the money back, or tries to. */
  readonly disputed?: boolean
}

/** A payment, refund or payout as lists show it: what the ledger has of it in clear. It is plain data. */
export interface ObjectSummary extends ObjectKey {
  /** Where it stands. */
  readonly status: StatusOf<Kind>
  /** When the status was recorded, in milliseconds since the epoch. */
  readonly statusSince: number
  /** What was asked for; else what was captured, or what is reserved for it. Absent: it is not known. */
  readonly amount?: Money
  /** Of payments: what was captured. Absent: nothing, or it is not known. */
  readonly captured?: Money
  /** Of payments that were captured: what refunds of this ledger have given back. */
  readonly refunded?: Money
  /** Of payments that were captured: what refunds that are not over hold back. */
  readonly reserved?: Money
  /** The payer's bank took the money back, or tries to. */
  readonly disputed: boolean
  /**
   * An operator should look at it: its result has a `review` or another amount than was expected, or a read contradicts a recorded
   * success.
   */
  readonly needsReview: boolean
  /** An abandoned attempt made it: its link was not given to the caller. */
  readonly abandoned: boolean
  /** The merchant's order number. A refund has its payment's. */
  readonly merchantReference?: string
  /** The idempotency key of the call that made it. */
  readonly idempotencyKey?: string
  /** The operation that made it. Absent: none of this ledger did. */
  readonly operationId?: string
  /** When it was recorded first, in milliseconds since the epoch. */
  readonly createdAt: number
  /** When its record last changed, in milliseconds since the epoch. */
  readonly updatedAt: number
  /** When its personal data was erased, in milliseconds since the epoch. Absent: it was not, or something happened since. */
  readonly erasedAt?: number
}

/** Which operations are listed: those that every given field holds for. */
export interface OperationFilter {
  /** Where it stands. */
  readonly state?: OperationState
  /** The money method. */
  readonly name?: OperationName
  /** The account of its current attempt. */
  readonly account?: string
}

/** An operation as lists show it: what the ledger has of it in clear. It is plain data. */
export interface ListedOperation
  extends Pick<
    OperationRecord,
    | 'id'
    | 'name'
    | 'idempotencyKey'
    | 'merchantReference'
    | 'state'
    | 'accounts'
    | 'deadline'
    | 'nextPollAt'
    | 'stalled'
    | 'object'
    | 'createdAt'
    | 'erasedAt'
  > {
  /** Since when it has been in its state, in milliseconds since the epoch, by the store's clock. */
  readonly since: number
  /** The account of its current attempt. */
  readonly account: string
  /** Whether a worker holds it now. */
  readonly inProgress: boolean
}

/** Which operations are found: those of a merchant's order number, or the refunds of a payment. */
export type OperationsOf =
  | { readonly merchantReference: string }
  | { readonly payment: Pick<ObjectKey, 'account' | 'id'> }

/** Which events are listed: those that every given field holds for. */
export interface EventFilter {
  /** What it is about. */
  readonly subject?: string
  /** What happened. */
  readonly type?: string
  /** Whether some subscriber has not taken it yet. */
  readonly undelivered?: boolean
}

/** An event of the outbox, with what became of it. Times are milliseconds since the epoch. */
export interface OutboxEntry {
  /** The event, without its payload. */
  readonly event: Omit<EventRecord, 'payload'>
  /** What it holds beside its header, by its type; or why that cannot be read. */
  readonly payload: Either<PaymentError, Json>
  /** When every subscriber had taken it. Absent: not yet. */
  readonly deliveredAt?: number
  /** When it is delivered next, at the earliest: events of its subject before it come first. Absent: it is delivered. */
  readonly nextDeliveryAt?: number
  /** When it is delivered once more, at the earliest, because that was asked for. */
  readonly redeliverAt?: number
}

/** Which objects are counted, and how. Times are milliseconds since the epoch. */
export interface SummaryQuery {
  /** Recorded first at this time or later. */
  readonly from: number
  /** Recorded first before this time. */
  readonly to: number
  /** A line for each UTC day, too. Default: for the whole period. */
  readonly by?: 'day'
}

/** How many objects that are alike there are, and how much they come to. It is plain data. */
export interface SummaryLine {
  /** The UTC day of the first record: `2026-11-28`. Absent: the lines are not by day. */
  readonly day?: string
  /** The account that holds them. */
  readonly account: string
  /** What they are. */
  readonly kind: Kind
  /** Where they stand now. */
  readonly status: StatusOf<Kind>
  /** How many there are. */
  readonly count: number
  /** The sum of {@link ObjectSummary.amount}. Absent: of these it is not known. */
  readonly amount?: Money
  /** Of payments: the sum of what was captured. Absent: nothing was. */
  readonly captured?: Money
  /** Of payments: the sum of what refunds of this ledger have given back. Absent: nothing was captured. */
  readonly refunded?: Money
}
