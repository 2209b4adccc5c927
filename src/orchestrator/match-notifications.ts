import * as E from 'fp-ts/lib/Either.js'
import { given } from '../core/index.js'
import { eventsOf, type InboxRecord, requestJson, type Store, type Write } from '../ledger/index.js'
import type { Context } from './context.js'
import type { EventType, UnmatchedNotification } from './events.js'

/** A notification that no object was found for is reported when it is this old, in milliseconds. */
export const UNMATCHED_REPORTED_MS = 7 * 24 * 60 * 60 * 1000

const BATCH = 100

const reporting = (entry: InboxRecord, now: number): readonly Write[] => {
  const { account, dedupeKey, object, claimed, receivedAt, deliveries } = entry
  const told: UnmatchedNotification = { claimed, receivedAt, deliveries, ...given({ object }) }
  const type: EventType = 'notification.unmatched'
  const events = eventsOf(`notification:${account}:${dedupeKey}`, 0, [type], requestJson(told), now)
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
 * Tells of notifications that named an object which the ledger has not come to know for seven days, each once, and at most
 * a hundred at a time. Gives how many it told of. What cannot be told now is told the next time.
 */
export const reportUnmatched = async ({ store, now }: Pick<Context, 'store' | 'now'>): Promise<number> => {
  const before = now() - UNMATCHED_REPORTED_MS
  // Where the notification and the record of its object were committed side by side, neither saw the other.
  const matches = (await oldest(store, before)).flatMap(({ object }): readonly Write[] =>
    object === undefined ? [] : [{ write: 'match', object, at: now() }],
  )
  if (matches.length > 0) await store.commit(matches)()
  let reported = 0
  for (const entry of await oldest(store, before)) {
    // Not done: another worker has told of it.
    const committed = await store.commit(reporting(entry, now()))()
    if (E.isRight(committed) && committed.right.done) reported += 1
  }
  return reported
}
