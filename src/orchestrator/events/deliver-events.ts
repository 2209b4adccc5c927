import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { type DeliveryTrace, HOUR, idInTraces, omitUndefined, traced } from '../../core/index.js'
import { type EventRecord, type Store, whyUnreadable } from '../../ledger/index.js'
import { eventOf, eventOfOutbox, type PaymuxEvent } from './events.js'
import { reportDuplicates } from './report-duplicates.js'

/**
 * Takes an event. An event may come more than once and, while an earlier delivery is still running, at the same time: store
 * its `id`, or the highest `sequence` of each `subject`, with what you do about it. If the subscriber rejects, it comes again.
 */
export type Subscriber = (event: PaymuxEvent) => Promise<void>

/** A delivery that a subscriber did not take. */
export interface DeliveryFailure {
  /** The subscriber's name. */
  readonly subscriber: string
  /** The event. It comes again. */
  readonly event: PaymuxEvent
  /** What the subscriber rejected with. Absent: it did not end in time. */
  readonly cause?: unknown
}

/** What delivery works with. */
export interface Delivery {
  readonly store: Pick<Store, 'dueEvents' | 'commit' | 'event' | 'succeededFor'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** By name. */
  readonly subscribers: ReadonlyMap<string, Subscriber>
  /** How long a subscriber may take for one event, in milliseconds. Default: 30,000. */
  readonly limitMs?: number
  /** No event of a job begins later than so many milliseconds after its first. Default: 20,000. */
  readonly beginsWithinMs?: number
  /** Called with each delivery that was not taken. */
  readonly failed?: (failure: DeliveryFailure) => void
}

/** A subscriber may take so long for one event, in milliseconds. */
export const SUBSCRIBER_LIMIT_MS = 30_000
// Others wait for a worker: what is left of a long list comes as another job.
const BEGINS_WITHIN_MS = 20_000
const BATCH = 50

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = HOUR

const pauseAfter = (tries: number): number => Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), LONGEST_PAUSE_MS)

/** Delivers an event to one subscriber, and gives why it was not taken. */
const deliver = async (
  name: string,
  subscriber: Subscriber,
  event: PaymuxEvent,
  limitMs: number,
): Promise<DeliveryFailure | undefined> => {
  const failure = { subscriber: name, event }
  const over = new AbortController()
  const taken = async (): Promise<DeliveryFailure | undefined> => {
    try {
      await subscriber(event)
      return undefined
    } catch (cause) {
      return { ...failure, cause }
    }
  }
  const tooLate = delay(limitMs, failure, { signal: over.signal, ref: false }).catch(() => failure)
  try {
    return await Promise.race([taken(), tooLate])
  } finally {
    over.abort()
  }
}

const deliveryOf = (
  subscriber: string,
  { id, type, account, operationId }: PaymuxEvent,
  tries: number,
): DeliveryTrace => ({
  type,
  subscriber,
  tries,
  ...omitUndefined({ eventId: idInTraces(id), account, operationId }),
})

/** Delivers an event to all subscribers at once, and gives the failures. */
const deliverToAll = async (
  event: PaymuxEvent,
  tries: number,
  delivery: Delivery,
): Promise<readonly DeliveryFailure[]> => {
  const { subscribers, limitMs = SUBSCRIBER_LIMIT_MS } = delivery
  const deliverTo = ([name, take]: readonly [string, Subscriber]) =>
    traced(
      'delivery',
      () => deliveryOf(name, event, tries),
      () => deliver(name, take, event, limitMs),
      (failure) => ({ taken: failure === undefined }),
    )
  const failures = await Promise.all([...subscribers].map(deliverTo))
  return failures.filter((failure) => failure !== undefined)
}

/** Delivers events in their order, up to the first that is not taken. Gives how many were. */
const deliverInOrder = async (due: readonly EventRecord[], begun: number, delivery: Delivery): Promise<number> => {
  const { store, now, beginsWithinMs = BEGINS_WITHIN_MS, failed = () => undefined } = delivery
  for (const [delivered, record] of due.entries()) {
    if (now() - begun >= beginsWithinMs) return delivered
    const event = eventOf(record)
    if (E.isLeft(event)) {
      // It waits, and those behind it, for a version of paymux that can read it.
      await store.commit([{ write: 'unreadable_event', subject: record.subject }])()
      return delivered
    }
    // The event comes again.
    if (!(await reportDuplicates(event.right, delivery))) return delivered
    const { id, tries } = record
    const failures = await deliverToAll(event.right, tries, delivery)
    failures.forEach(failed)
    if (failures.length > 0) {
      await store.commit([{ write: 'undelivered', id, nextDeliveryAt: now() + pauseAfter(tries) }])()
      return delivered
    }
    const committed = await store.commit([{ write: 'delivered', id }])()
    // The event comes again. The events behind it must not overtake it.
    if (E.isLeft(committed)) return delivered
  }
  return due.length
}

/**
 * The job of a worker: delivers what is due of one subject's events, in their order, each to every subscriber and at least
 * once. The first event that a subscriber does not take stops the job and comes again after 5 s, then after twice as long, up
 * to an hour; those behind it wait. Without subscribers all of them wait, and are tried hourly.
 */
export const deliverEvents = async (subject: string, delivery: Delivery): Promise<void> => {
  const { store, now, subscribers } = delivery
  const begun = now()
  const due = await store.dueEvents(subject, BATCH)()
  if (E.isLeft(due)) {
    // A store that did not answer hands the job out again.
    if (whyUnreadable(due.left) !== undefined) await store.commit([{ write: 'unreadable_event', subject }])()
    return
  }
  const [first] = due.right
  if (first === undefined) return
  if (subscribers.size === 0) {
    await store.commit([{ write: 'undelivered', id: first.id, nextDeliveryAt: begun + LONGEST_PAUSE_MS }])()
    return
  }
  await traced(
    'job',
    () => ({ job: 'deliver_events', by: 'worker', found: due.right.length }),
    () => deliverInOrder(due.right, begun, delivery),
    (did) => ({ did }),
  )
}

/**
 * The job of a worker: delivers an event once more, to every subscriber, as `redeliver` asked. A delivery that is not taken comes
 * again as in {@link deliverEvents}. No other event waits for it.
 */
export const redeliverEvent = async (id: string, delivery: Delivery): Promise<void> => {
  const { store, now, subscribers, failed = () => undefined } = delivery
  const found = await store.event(id)()
  // A store that did not answer hands the job out again.
  if (E.isLeft(found) || found.right?.redeliverAt === undefined) return
  const { redeliverAt } = found.right
  const { tries } = found.right.event
  const again = (pauseMs: number) =>
    store.commit([{ write: 'not_redelivered', id, redeliverAt, at: now() + pauseMs }])()
  const event = eventOfOutbox(found.right)
  if (E.isLeft(event) || subscribers.size === 0) return void (await again(LONGEST_PAUSE_MS))
  const deliverAgain = async (): Promise<number> => {
    const failures = await deliverToAll(event.right, tries, delivery)
    failures.forEach(failed)
    // If the store does not answer, the event comes once more.
    if (failures.length === 0) await store.commit([{ write: 'redelivered', id, redeliverAt }])()
    else await again(pauseAfter(tries))
    return failures.length === 0 ? 1 : 0
  }
  await traced(
    'job',
    () => ({ job: 'redeliver_event', by: 'worker', found: 1 }),
    deliverAgain,
    (did) => ({ did }),
  )
}
