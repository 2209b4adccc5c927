import * as E from 'fp-ts/lib/Either.js'
import { DAY, omitUndefined, traced } from '../../core/index.js'
import {
  buildEvents,
  type InboxRecord,
  type Store,
  toStoredJson,
  type UnmatchedEntries,
  type Write,
} from '../../ledger/index.js'
import type { Context } from '../context.js'
import type { EventType, Unmatched } from './events.js'

/** A notification that no object was found for is reported when it is this old, in milliseconds. */
export const UNMATCHED_REPORTED_MS = 7 * DAY

/** An event carries at most so many of the notifications that it counts. */
const SHOWN = 100

const reporting = (
  { account, ...counted }: UnmatchedEntries,
  shown: readonly InboxRecord[],
  before: number,
  now: number,
): readonly Write[] => {
  const unmatched: Unmatched = {
    ...counted,
    notifications: shown.map(({ object, reported, receivedAt, deliveries }) => ({
      reported,
      receivedAt,
      deliveries,
      ...omitUndefined({ object }),
    })),
  }
  const type: EventType = 'notification.unmatched'
  // The same for two workers that report at once: the database takes the event of one.
  const subject = `notifications:${account}:${shown[0]?.dedupeKey}`
  const events = buildEvents(subject, 0, [type], toStoredJson({ account, unmatched }), now)
  return [
    ...events.map((event) => ({ write: 'event', event }) as const),
    { write: 'inbox_state', of: { account, unmatchedBefore: before }, state: 'reported' },
  ]
}

/** Reports those of one account. Gives how many. What fails is tried again with the next call. */
const report = async (store: Store, entries: UnmatchedEntries, before: number, now: number): Promise<number> => {
  const shown = await store.unmatched(before, SHOWN, entries.account)()
  // Another worker has reported them.
  if (E.isLeft(shown) || shown.right.length === 0) return 0
  const committed = await store.commit(reporting(entries, shown.right, before, now))()
  return E.isRight(committed) && committed.right.done ? entries.count : 0
}

/**
 * Emits one event for each account with notifications that named an object which the ledger has not recorded for seven days:
 * a flood of forgeries is one alarm, and hides no other. Each notification is reported once. Gives how many were.
 */
export const reportUnmatched = (context: Pick<Context, 'store' | 'now'>): Promise<number> =>
  traced(
    'job',
    () => ({ job: 'report_unmatched', by: 'worker' }),
    () => reportAll(context),
    (did) => ({ did }),
  )

const reportAll = async ({ store, now }: Pick<Context, 'store' | 'now'>): Promise<number> => {
  const before = now() - UNMATCHED_REPORTED_MS
  // A notification and the record of its object that were committed side by side did not see each other.
  await store.commit([{ write: 'match_unmatched', before, at: now() }])()
  const accounts = await store.unmatchedEntries(before)()
  let reported = 0
  for (const entries of E.isLeft(accounts) ? [] : accounts.right)
    reported += await report(store, entries, before, now())
  return reported
}
