import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidRequest, omitUndefined, type PaymentError, parseOwnJson } from '../../core/index.js'
import type {
  EventFilter,
  ListedOperation,
  ListOrder,
  ListPage,
  ListRequest,
  ObjectFilter,
  ObjectSummary,
  OperationFilter,
  OutboxEntry,
  Position,
  Store,
} from '../../ledger/index.js'
import { type EventType, eventOfOutbox, type PaymuxEvent } from '../events/events.js'

/** Which part of a list is wanted. Times are milliseconds since the epoch. */
export interface PageQuery {
  /** Recorded first at this time or later. Default: the first time. */
  readonly from?: number
  /** Recorded first before this time. Default: the last time. */
  readonly to?: number
  /** How many entries at most: 1 to 1000. Default: 100. */
  readonly limit?: number
  /** `nextCursor` of the page before, of a list with the same fields. Default: the first page. */
  readonly cursor?: string | undefined
  /** By the time of the first record. Default: `newest_first`. */
  readonly order?: ListOrder
}

/** Which payments, refunds and payouts are listed: those that every given field holds for. */
export interface ObjectQuery extends ObjectFilter, PageQuery {}

/** Which operations are listed: those that every given field holds for. */
export interface OperationQuery extends OperationFilter, PageQuery {}

/** Which events are listed: those that every given field holds for. */
export interface EventQuery extends Omit<EventFilter, 'type'>, PageQuery {
  /** What happened. */
  readonly type?: EventType
}

/**
 * A part of a list. It may have fewer entries than were asked for, or none, although there are more: then there is a cursor. It is
 * plain data.
 */
export interface Page<A> {
  /** The entries, in their order. */
  readonly items: readonly A[]
  /** What asks for the next page: hand it back as `cursor`. Absent: there is no more. */
  readonly nextCursor?: string
}

/** An event of the outbox, with what became of it. It is plain data. Times are milliseconds since the epoch. */
export interface ListedEvent {
  /** The same in all deliveries of the event. */
  readonly id: string
  /** What happened. */
  readonly type: string
  /** What it is about. */
  readonly subject: string
  /** From 1, without gaps, for each subject. */
  readonly sequence: number
  /** When it was recorded. */
  readonly at: number
  /** When every subscriber had taken it. Absent: not yet. */
  readonly deliveredAt?: number
  /** When it is delivered next, at the earliest: events of its subject before it come first. Absent: it is delivered. */
  readonly nextDeliveryAt?: number
  /** When it is delivered once more, at the earliest, because `redeliver` asked for it. Absent: it did not. */
  readonly redeliverAt?: number
  /** How many deliveries at least one subscriber did not take. */
  readonly tries: number
  /** When its personal data was erased: what `event` lacks may have been there. Absent: it was not. */
  readonly erasedAt?: number
  /** The event as subscribers get it. Absent: it cannot be read. */
  readonly event?: PaymuxEvent
  /** Why it cannot be read, by this version of paymux or with its keys. */
  readonly error?: PaymentError
}

/** A position as text that callers hand back. */
const cursorOf = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url')

const isText = (value: unknown): value is string => typeof value === 'string'

/** The position that a cursor stands for; `undefined` if it is no cursor of a list whose entries have so many names. */
export const positionOf = (cursor: string, names: number): Position | undefined => {
  const position = parseOwnJson(Buffer.from(cursor, 'base64url').toString())
  if (!Array.isArray(position)) return undefined
  const [at, ...rest]: readonly unknown[] = position
  const isComplete = typeof at === 'number' && Number.isSafeInteger(at) && rest.length === names
  return isComplete && rest.every(isText) ? [at, ...rest] : undefined
}

const pageOf = <A, B>({ items, next }: ListPage<A>, shown: (item: A) => B): Page<B> => ({
  items: items.map(shown),
  ...omitUndefined({ nextCursor: next === undefined ? undefined : cursorOf(next) }),
})

const itself = <A>(item: A): A => item

/** An entry of the outbox, with its event. */
export const listedEvent = (entry: OutboxEntry): ListedEvent => {
  const { id, type, subject, sequence, createdAt: at, tries, erasedAt } = entry.event
  const { deliveredAt, nextDeliveryAt, redeliverAt } = entry
  const event = eventOfOutbox(entry)
  return {
    id,
    type,
    subject,
    sequence,
    at,
    ...omitUndefined({ deliveredAt, nextDeliveryAt, redeliverAt }),
    tries,
    ...omitUndefined({ erasedAt }),
    ...(E.isRight(event) ? { event: event.right } : { error: event.left }),
  }
}

/** A page of payments, refunds and payouts. */
export const listObjects = (
  request: ListRequest<ObjectFilter>,
  store: Store,
): TE.TaskEither<PaymentError, Page<ObjectSummary>> =>
  pipe(
    store.listObjects(request),
    TE.map((page) => pageOf(page, itself)),
  )

/** A page of operations. */
export const listOperations = (
  request: ListRequest<OperationFilter>,
  store: Store,
): TE.TaskEither<PaymentError, Page<ListedOperation>> =>
  pipe(
    store.listOperations(request),
    TE.map((page) => pageOf(page, itself)),
  )

/** A page of the outbox. An event that cannot be read is among them, with the reason. */
export const listEvents = (
  request: ListRequest<EventFilter>,
  store: Store,
): TE.TaskEither<PaymentError, Page<ListedEvent>> =>
  pipe(
    store.listEvents(request),
    TE.map((page) => pageOf(page, listedEvent)),
  )

const noEvent: PaymentError = invalidRequest([{ path: 'eventId', expected: 'the id of an event of this ledger' }])

/** Asks for one more delivery of an event. Gives `InvalidRequest` for an id that the ledger does not have. */
export const redeliver = (id: string, store: Store): TE.TaskEither<PaymentError, void> =>
  pipe(
    store.commit([{ write: 'redeliver', id }]),
    TE.flatMapEither(({ done }) => (done ? E.right(undefined) : E.left(noEvent))),
  )
