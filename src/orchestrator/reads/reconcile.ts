import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  areOthers,
  catchThrown,
  createCall,
  decideTransition,
  indeterminate,
  type JobTrace,
  type Kind,
  kinds,
  type Listed,
  type Listing,
  MINUTE,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type Period,
  sameAmount,
  traced,
} from '../../core/index.js'
import { buildEvents, type ObjectRecord, objectKeyOf, subjectOf, toStoredJson, type Write } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { type EventType, type ListedObject, toListedObject } from '../events/events.js'
import { checkListing } from './check-listing.js'

/** What the comparison of one list of one account with the ledger showed. */
export interface ReconciledList {
  /** The account. */
  readonly account: string
  /** The kind of objects that the list holds. */
  readonly kind: Kind
  /** Why the list could not be read. */
  readonly error?: PaymentError
  /** How many entries the gateway listed. */
  readonly listed: number
  /** How many of them could not be read. */
  readonly unreadable: number
  /** What the gateway lists and the ledger does not know. Each is told once, by the event `reconciliation.missing_in_ledger`. */
  readonly missingInLedger: readonly ListedObject[]
  /** What the list shows in a later status than the ledger, or with another amount. paymux reads it back soon. */
  readonly staleInLedger: readonly ListedObject[]
}

// An object that was made just now may be about to be recorded.
const SETTLED_AFTER_MS = 10 * MINUTE
const BATCH = 100

const listOf = (adapter: Adapter, kind: Kind) => {
  const list = adapter.list?.[kind]
  return list === undefined ? undefined : (period: Period) => list(period, createCall(adapter.send))
}

const isOtherAmount = ({ expectedAmount, flags }: ObjectRecord, amount: MinorUnits | undefined): boolean =>
  expectedAmount !== undefined &&
  amount !== undefined &&
  !sameAmount(expectedAmount, amount) &&
  !flags.includes('amount_mismatch')

const isOtherwiseNamed = ({ snapshot, flags }: ObjectRecord, names: Listed<Kind>['names']): boolean =>
  areOthers(snapshot.names, names) && !flags.includes('reference_mismatch')

/** Whether a read would find something new. */
const isStale = (record: ObjectRecord, { status, amount, names }: Listed<Kind>): boolean => {
  const { action, alert } = decideTransition<Kind>(record.kind, record.status, status)
  if (isOtherwiseNamed(record, names)) return true
  return action !== 'keep' || (alert && !record.flags.includes(`alert:${status}`)) || isOtherAmount(record, amount)
}

/** One commit of its own for each: its guard tells whether the event was emitted before. */
const reporting = (entry: Listed<Kind>, now: number): readonly Write[] => {
  const type: EventType = 'reconciliation.missing_in_ledger'
  const subject = `listed:${subjectOf(objectKeyOf(entry.reference))}`
  return buildEvents(
    subject,
    0,
    [type],
    toStoredJson({ account: entry.reference.account, listed: toListedObject(entry) }),
    now,
  ).map((event) => ({ write: 'event', event }) as const)
}

/** An operation whose answer was lost may have made an object that is listed and not recorded: it is polled soon. */
const requestPolls = async (account: string, { store, now }: Context): Promise<readonly Write[]> => {
  const unfinished = await store.openOperationsAt(account, BATCH)()
  return E.isLeft(unfinished) ? [] : unfinished.right.map((id) => ({ write: 'request_poll', id, at: now() }) as const)
}

interface Compared {
  readonly missingInLedger: readonly Listed<Kind>[]
  readonly staleInLedger: readonly Listed<Kind>[]
}

const compare = async (
  objects: readonly Listed<Kind>[],
  { store }: Context,
): Promise<E.Either<PaymentError, Compared>> => {
  const missingInLedger: Listed<Kind>[] = []
  const staleInLedger: Listed<Kind>[] = []
  for (const entry of objects) {
    const found = await store.object(objectKeyOf(entry.reference))()
    if (E.isLeft(found)) return found
    if (found.right === undefined) missingInLedger.push(entry)
    else if (isStale(found.right, entry)) staleInLedger.push(entry)
  }
  return E.right({ missingInLedger, staleInLedger })
}

/** Requests the reads, and emits events about what is new. */
const follow = async (
  account: string,
  { missingInLedger, staleInLedger }: Compared,
  context: Context,
): Promise<void> => {
  const { store, now } = context
  const refreshes = staleInLedger.map(
    ({ reference }) => ({ write: 'request_refresh', object: objectKeyOf(reference), at: now() }) as const,
  )
  const isOurs = missingInLedger.some(({ names }) => names?.key !== undefined)
  const writes = [...refreshes, ...(isOurs ? await requestPolls(account, context) : [])]
  if (writes.length > 0) await store.commit(writes)()
  for (const entry of missingInLedger) await store.commit(reporting(entry, now()))()
}

const reconcileList = async (
  adapter: Adapter,
  kind: Kind,
  list: (period: Period) => TE.TaskEither<PaymentError, Listing<Kind>>,
  period: Period,
  context: Context,
): Promise<ReconciledList> => {
  const about = { account: adapter.account, kind }
  const nothing = { ...about, listed: 0, unreadable: 0, missingInLedger: [], staleInLedger: [] }
  const to = Math.min(period.to, context.now() - SETTLED_AFTER_MS)
  const listing = await pipe(
    catchThrown<Listing<Kind>>(
      () => list({ from: period.from, to }),
      () => indeterminate('reads', 'answer'),
    ),
    TE.flatMapEither((given) => checkListing(adapter, kind, given)),
  )()
  context.recordOutcome(adapter.account, E.isLeft(listing) ? listing.left : undefined)
  if (E.isLeft(listing)) return { ...nothing, error: listing.left }
  const { objects, unreadable } = listing.right
  const counted = { listed: objects.length + unreadable, unreadable }
  const compared = await compare(objects, context)
  if (E.isLeft(compared)) return { ...nothing, ...counted, error: compared.left }
  await follow(adapter.account, compared.right, context)
  const { missingInLedger, staleInLedger } = compared.right
  return {
    ...about,
    ...counted,
    missingInLedger: missingInLedger.map(toListedObject),
    staleInLedger: staleInLedger.map(toListedObject),
  }
}

const endOfReconciliation = ({
  listed,
  unreadable,
  missingInLedger,
  staleInLedger,
  error,
}: ReconciledList): Partial<JobTrace> => ({
  found: listed,
  unreadable,
  missingInLedger: missingInLedger.length,
  staleInLedger: staleInLedger.length,
  ...omitUndefined({ errorType: error?._tag }),
})

/**
 * Compares what the gateways list with what the ledger holds, both ways: what a gateway lists and the ledger does not know
 * is told by an event, and what is stale in the ledger is read back. Accounts without lists are left out; an object that is
 * missing from a list proves nothing. A list that could not be read is an entry with an `error`.
 */
export const reconcile = async (
  adapters: readonly Adapter[],
  period: Period,
  context: Context,
  by: JobTrace['by'] = 'caller',
): Promise<readonly ReconciledList[]> => {
  const reconciled: ReconciledList[] = []
  for (const adapter of adapters) {
    for (const kind of kinds) {
      const list = listOf(adapter, kind)
      if (list === undefined) continue
      const compared = await traced(
        'job',
        () => ({ job: 'reconcile', by, account: adapter.account, kind }),
        () => reconcileList(adapter, kind, list, period, context),
        endOfReconciliation,
      )
      reconciled.push(compared)
    }
  }
  return reconciled
}
