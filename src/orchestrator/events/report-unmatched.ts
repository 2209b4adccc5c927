import * as E from 'fp-ts/lib/Either.js'
import { DAY, omitUndefined } from '../../core/index.js'
import { buildEvents, type InboxRecord, type Store, toStoredJson, type Write } from '../../ledger/index.js'
import type { Context } from '../context.js'
import type { EventType, UnmatchedNotification } from './events.js'

/** A notification that no object was found for is reported when it is this old, in milliseconds. */
export const UNMATCHED_REPORTED_MS = 7 * DAY

const BATCH = 100

const reporting = (entry: InboxRecord, now: number): readonly Write[] => {
  const { account, dedupeKey, object, reported, receivedAt, deliveries } = entry
  const notification: UnmatchedNotification = { reported, receivedAt, deliveries, ...omitUndefined({ object }) }
  const type: EventType = 'notification.unmatched'
  const events = buildEvents(
    `notification:${account}:${dedupeKey}`,
    0,
    [type],
    toStoredJson({ account, notification }),
    now,
  )
  return [
    ...events.map((event) => ({ write: 'event', event }) as const),
    { write: 'inbox_state', of: { account, dedupeKey }, state: 'reported' },
  ]
}

const oldest = async (store: Store, before: number): Promise<readonly InboxRecord[]> => {
  const found = await store.unmatched(before, BATCH)()
  return E.isLeft(found) ? [] : found.right
}

/**
 * Emits an event for each notification that named an object which the ledger has not recorded for seven days, once, and at
 * most a hundred at a time. Gives how many. The rest follows with the next call.
 */
export const reportUnmatched = async ({ store, now }: Pick<Context, 'store' | 'now'>): Promise<number> => {
  const before = now() - UNMATCHED_REPORTED_MS
  // A notification and the record of its object that were committed side by side did not see each other.
  const matches = (await oldest(store, before)).flatMap(({ object }): readonly Write[] =>
    object === undefined ? [] : [{ write: 'match', object, at: now() }],
  )
  if (matches.length > 0) await store.commit(matches)()
  let reported = 0
  for (const entry of await oldest(store, before)) {
    // Not done: another worker has emitted it.
    const committed = await store.commit(reporting(entry, now()))()
    if (E.isRight(committed) && committed.right.done) reported += 1
  }
  return reported
}
