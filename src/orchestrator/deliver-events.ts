import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { EventRecord, Store } from '../ledger/index.js'
import { eventOf, type PaymuxEvent } from './events.js'

/**
 * Takes an event. It may come more than once and, where an earlier delivery is still being worked on, at the same time: keep
 * the `id`, or the highest `sequence` of each `subject`, with what you do about it. Where it rejects, it comes again.
 */
export type Subscriber = (event: PaymuxEvent) => Promise<void>

/** Who gave no answer, or rejected. */
export interface Failure {
  readonly subscriber: string
  readonly event: PaymuxEvent
  /** What it rejected with. Absent: it did not come to an end in time. */
  readonly cause?: unknown
}

/** What delivery works with. */
export interface Delivery {
  readonly store: Pick<Store, 'dueEvents' | 'commit'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** By name. */
  readonly subscribers: ReadonlyMap<string, Subscriber>
  /** How long a subscriber may take for one event, in milliseconds. */
  readonly limitMs?: number
  /** Hears of what was not taken. */
  readonly failed?: (failure: Failure) => void
}

// A job that is not over within a minute is handed to somebody else: the last event begins early enough.
const SUBSCRIBER_LIMIT_MS = 30_000
const BEGINS_WITHIN_MS = 20_000
const BATCH = 50

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 60 * 60_000

const pauseAfter = (tries: number): number => Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), LONGEST_PAUSE_MS)

/** Hands an event to one subscriber, and gives why it was not taken. */
const hand = async (
  name: string,
  subscriber: Subscriber,
  event: PaymuxEvent,
  limitMs: number,
): Promise<Failure | undefined> => {
  const failure = { subscriber: name, event }
  const over = new AbortController()
  const taken = async (): Promise<Failure | undefined> => {
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

/** Hands an event to every subscriber at once, and gives those that did not take it. */
const handToAll = async (record: EventRecord, delivery: Delivery): Promise<readonly Failure[]> => {
  const { subscribers, limitMs = SUBSCRIBER_LIMIT_MS } = delivery
  const event = eventOf(record)
  const failures = await Promise.all([...subscribers].map(([name, take]) => hand(name, take, event, limitMs)))
  return failures.filter((failure) => failure !== undefined)
}

/**
 * The job of a worker: delivers what is due of one subject's events, in their order, each to every subscriber and at least
 * once. The first that somebody does not take stops it, and comes again after 5 s, then twice as long, up to an hour; those
 * behind it wait. Without subscribers they all wait, and are looked at hourly.
 */
export const deliverEvents = async (subject: string, delivery: Delivery): Promise<void> => {
  const { store, now, subscribers, failed = () => undefined } = delivery
  const begun = now()
  const due = await store.dueEvents(subject, BATCH)()
  if (E.isLeft(due)) return
  const [first] = due.right
  if (subscribers.size === 0 && first !== undefined) {
    await store.commit([{ write: 'undelivered', id: first.id, nextAt: begun + LONGEST_PAUSE_MS }])()
    return
  }
  for (const record of due.right) {
    if (now() - begun >= BEGINS_WITHIN_MS) return
    const failures = await handToAll(record, delivery)
    failures.forEach(failed)
    const { id, tries } = record
    if (failures.length > 0) {
      await store.commit([{ write: 'undelivered', id, nextAt: now() + pauseAfter(tries) }])()
      return
    }
    const committed = await store.commit([{ write: 'delivered', id }])()
    // It comes again. What is behind it may not overtake it.
    if (E.isLeft(committed)) return
  }
}
