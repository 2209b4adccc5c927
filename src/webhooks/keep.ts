import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../core/index.js'
import {
  ENTRIES_OF_OBJECT,
  type InboxBefore,
  type InboxRecord,
  type NotificationCounts,
  type NotificationQuota,
  type Store,
  type Write,
} from '../ledger/index.js'
import type { Decision } from './answer.js'
import type { Entry } from './parse-notification.js'

/** The bytes of what a sender chose of an entry. */
const bytesOf = ({ body = '', reported, object }: InboxRecord): number =>
  Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify([reported, object?.id]))

const counted = (
  { account, unlistedSource, state }: Pick<InboxRecord, 'account' | 'unlistedSource' | 'state'>,
  change: Partial<NotificationCounts> = {},
): NotificationCounts => ({
  account,
  unlistedSource,
  quarantined: state === 'quarantined' ? 1 : 0,
  rejected: 0,
  overQuota: 0,
  entries: 0,
  bytes: 0,
  ...change,
})

/** Counts a notification that was rejected for its source. */
export const countRejected = (account: string): Write => ({
  write: 'notification_count',
  counts: counted({ account, unlistedSource: true, state: 'known' }, { rejected: 1 }),
})

/** What is written of a notification about an object of the ledger. It is always read; only its entry may be one too many. */
const writesOfKnown = ({ record, requests }: Entry, isOneTooMany: boolean): readonly Write[] => [
  // Counted only where there is something to see: all processes wait for one row of counts.
  ...(record.unlistedSource ? [{ write: 'notification_count', counts: counted(record) } as const] : []),
  ...(isOneTooMany ? [] : [{ write: 'inbox', entry: record } as const]),
  ...requests,
]

/** What is written of a notification that matches nothing. One that came before adds nothing to its account's hour. */
const writesOfUnmatched = (
  { record, requests }: Entry,
  { isStored }: InboxBefore,
  quota: NotificationQuota,
): readonly Write[] => [
  isStored
    ? { write: 'notification_count', counts: counted(record) }
    : { write: 'notification_count', counts: counted(record, { entries: 1, bytes: bytesOf(record) }), quota },
  { write: 'inbox', entry: record },
  ...requests,
]

/**
 * Stores a notification and requests the refresh and poll that it asks for, in one commit. If it matches nothing and the hour's
 * quota of its account is used up, only what it requests is stored.
 */
export const keepEntry = async (
  store: Pick<Store, 'commit' | 'inboxBefore'>,
  entry: Entry,
  quota: NotificationQuota,
): Promise<E.Either<Decision, Decision>> => {
  const { account, state } = entry.record
  const failed: Decision = { reason: 'store', account }
  const before = await store.inboxBefore(entry.record)()
  if (E.isLeft(before)) return E.left(failed)
  const { isStored, aboutObject } = before.right
  const isOneTooMany = state === 'known' && !isStored && aboutObject >= ENTRIES_OF_OBJECT
  const stored: Decision = {
    reason: 'stored',
    account,
    state,
    ...(isStored ? { duplicate: true } : {}),
    ...(isOneTooMany ? { overQuota: true } : {}),
  }
  const commit = (writes: readonly Write[]) => store.commit(writes)()
  if (state === 'known') return answered(await commit(writesOfKnown(entry, isOneTooMany)), stored, failed)
  const isTooLarge = !isStored && bytesOf(entry.record) > quota.bytes
  const written = isTooLarge ? undefined : await commit(writesOfUnmatched(entry, before.right, quota))
  if (written !== undefined && (E.isLeft(written) || written.right.done)) return answered(written, stored, failed)
  const counts = counted(entry.record, { overQuota: 1 })
  const requested = await commit([{ write: 'notification_count', counts }, ...entry.requests])
  return answered(requested, { reason: 'quota', account, overQuota: true }, failed)
}

const answered = (
  committed: E.Either<PaymentError, { readonly done: boolean }>,
  decision: Decision,
  failed: Decision,
): E.Either<Decision, Decision> => (E.isRight(committed) && committed.right.done ? E.right(decision) : E.left(failed))
