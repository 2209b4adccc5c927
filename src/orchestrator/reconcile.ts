import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  callOver,
  indeterminate,
  judge,
  type Kind,
  type Listed,
  type Listing,
  type Money,
  type PaymentError,
  type Period,
  sameMoney,
} from '../core/index.js'
import { eventsOf, type ObjectRecord, objectKeyOf, requestJson, subjectOf, type Write } from '../ledger/index.js'
import type { Context } from './context.js'
import type { EventType } from './events.js'
import { contained } from './send.js'

/** What comparing one list of one account with the ledger showed. */
export interface Reconciled {
  readonly account: string
  readonly kind: Kind
  /** Why there is no list. */
  readonly error?: PaymentError
  /** Entries that the gateway listed, and those of them that could not be read. */
  readonly listed: number
  readonly unreadable: number
  /** What the gateway lists and the ledger does not know. Each is told once, as `reconciliation.unrecorded`. */
  readonly unrecorded: readonly Listed<Kind>[]
  /** What the list shows further than the ledger has it, or with another amount. It is read back soon. */
  readonly behind: readonly Listed<Kind>[]
}

// What was made just now may be about to be recorded.
const SETTLED_AFTER_MS = 10 * 60_000
const BATCH = 100

const listOf = (adapter: Adapter, kind: Kind) => {
  const list = adapter.list?.[kind]
  return list === undefined ? undefined : (period: Period) => list(period, callOver(adapter.send))
}

const isOtherAmount = ({ expected, flags }: ObjectRecord, amount: Money | undefined): boolean =>
  expected !== undefined && amount !== undefined && !sameMoney(expected, amount) && !flags.includes('amount_mismatch')

/** Whether a read would tell something new. */
const isBehind = (record: ObjectRecord, { status, amount }: Listed<Kind>): boolean => {
  const { verdict, alert } = judge<Kind>(record.kind, record.status, status)
  return verdict !== 'keep' || (alert && !record.flags.includes(`alert:${status}`)) || isOtherAmount(record, amount)
}

/** Told in one commit of its own: its guard tells whether it was told before. */
const telling = (entry: Listed<Kind>, now: number): readonly Write[] => {
  const type: EventType = 'reconciliation.unrecorded'
  const subject = `listed:${subjectOf(objectKeyOf(entry.reference))}`
  return eventsOf(subject, 0, [type], requestJson(entry), now).map((event) => ({ write: 'event', event }) as const)
}

/** An operation whose answer was lost may have made what is listed and not recorded: it is looked up soon. */
const ringingUnfinished = async (account: string, { store, now }: Context): Promise<readonly Write[]> => {
  const unfinished = await store.unfinishedAt(account, BATCH)()
  return E.isLeft(unfinished) ? [] : unfinished.right.map((id) => ({ write: 'ring_operation', id, at: now() }) as const)
}

interface Compared {
  readonly unrecorded: readonly Listed<Kind>[]
  readonly behind: readonly Listed<Kind>[]
}

const compare = async (
  objects: readonly Listed<Kind>[],
  { store }: Context,
): Promise<E.Either<PaymentError, Compared>> => {
  const unrecorded: Listed<Kind>[] = []
  const behind: Listed<Kind>[] = []
  for (const entry of objects) {
    const found = await store.object(objectKeyOf(entry.reference))()
    if (E.isLeft(found)) return found
    if (found.right === undefined) unrecorded.push(entry)
    else if (isBehind(found.right, entry)) behind.push(entry)
  }
  return E.right({ unrecorded, behind })
}

/** Calls for the reads, and tells what nobody told before. */
const follow = async (account: string, { unrecorded, behind }: Compared, context: Context): Promise<void> => {
  const { store, now } = context
  const rings = behind.map(({ reference }) => ({ write: 'ring', object: objectKeyOf(reference), at: now() }) as const)
  const isOurs = unrecorded.some(({ key }) => key !== undefined)
  const bells = [...rings, ...(isOurs ? await ringingUnfinished(account, context) : [])]
  if (bells.length > 0) await store.commit(bells)()
  for (const entry of unrecorded) await store.commit(telling(entry, now()))()
}

const reconcileList = async (
  adapter: Adapter,
  kind: Kind,
  list: (period: Period) => TE.TaskEither<PaymentError, Listing<Kind>>,
  period: Period,
  context: Context,
): Promise<Reconciled> => {
  const about = { account: adapter.account, kind }
  const nothing = { ...about, listed: 0, unreadable: 0, unrecorded: [], behind: [] }
  const to = Math.min(period.to, context.now() - SETTLED_AFTER_MS)
  const listing = await contained<Listing<Kind>>(
    () => list({ from: period.from, to }),
    () => indeterminate('reads', 'answer'),
  )()
  context.heard(adapter.account, E.isLeft(listing) ? listing.left : undefined)
  if (E.isLeft(listing)) return { ...nothing, error: listing.left }
  const { objects, unreadable } = listing.right
  const counted = { listed: objects.length + unreadable, unreadable }
  const compared = await compare(objects, context)
  if (E.isLeft(compared)) return { ...nothing, ...counted, error: compared.left }
  await follow(adapter.account, compared.right, context)
  return { ...about, ...counted, ...compared.right }
}

const kinds = ['payment', 'refund', 'payout'] as const satisfies readonly Kind[]

/**
 * Compares what the gateways list with what the ledger holds, both ways: what a gateway lists and the ledger does not know
 * is told, and what the ledger has not come as far with is read back. Only where an account has lists; what is missing from
 * one proves nothing. Never fails: what could not be listed says so.
 */
export const reconcile = async (
  adapters: readonly Adapter[],
  period: Period,
  context: Context,
): Promise<readonly Reconciled[]> => {
  const reconciled: Reconciled[] = []
  for (const adapter of adapters) {
    for (const kind of kinds) {
      const list = listOf(adapter, kind)
      if (list !== undefined) reconciled.push(await reconcileList(adapter, kind, list, period, context))
    }
  }
  return reconciled
}
