import * as E from 'fp-ts/lib/Either.js'
import { type Adapter, DAY, HOUR, kinds, MINUTE, omitUndefined, type Period } from '../../core/index.js'
import type { Reconciliation } from '../../ledger/index.js'
import type { BackgroundSettings } from '../config/index.js'
import type { Context } from '../context.js'
import { describeError } from '../describe-error.js'
import { type ReconciledList, reconcile } from './reconcile.js'

/** A process that ends while it compares leaves the comparison to others after this long, in milliseconds. */
const LEASE_MS = 30 * MINUTE
/** After a list that could not be had. */
const AGAIN_MS = HOUR
/** If nothing was compared for longer, the next comparison begins no earlier: gateways list no years in one go. */
const LONGEST_MS = 31 * DAY

type Settings = Pick<BackgroundSettings, 'reconcileHours' | 'reconcileDays'>

/** What is compared: from some days before the end of the last comparison, because an object may be listed late. */
const periodOf = (last: Reconciliation | undefined, { reconcileDays }: Settings, now: number): Period => {
  const since = Math.min(Math.max(last?.comparedTo ?? now, now - LONGEST_MS), now)
  return { from: since - reconcileDays * DAY, to: now }
}

const reconciliationOf = (
  lists: readonly ReconciledList[],
  last: Reconciliation | undefined,
  begun: number,
  at: number,
): Reconciliation => {
  const sum = (count: (list: ReconciledList) => number) => lists.reduce((total, list) => total + count(list), 0)
  const failed = lists.find(({ error }) => error !== undefined)?.error
  return {
    at,
    listed: sum(({ listed }) => listed),
    unreadable: sum(({ unreadable }) => unreadable),
    missingInLedger: sum(({ missingInLedger }) => missingInLedger.length),
    staleInLedger: sum(({ staleInLedger }) => staleInLedger.length),
    ...omitUndefined({
      comparedTo: failed === undefined ? begun : last?.comparedTo,
      error: failed === undefined ? undefined : describeError(failed),
    }),
  }
}

const isListing = ({ list }: Adapter): boolean => kinds.some((kind) => list?.[kind] !== undefined)

/**
 * Compares what an account's gateway lists with the ledger, if that is due and no other process does, and records how it ended. Gives
 * whether it did. What fails is tried again within an hour.
 */
export const reconcileIfDue = async (adapter: Adapter, settings: Settings, context: Context): Promise<boolean> => {
  const { store, now } = context
  const { reconcileHours } = settings
  if (reconcileHours === false || !isListing(adapter)) return false
  const { account } = adapter
  const acquired = await store.acquireReconciliation(account, LEASE_MS)()
  if (E.isLeft(acquired) || acquired.right === undefined) return false
  const { last } = acquired.right
  const begun = now()
  const lists = await reconcile([adapter], periodOf(last, settings, begun), context, 'worker')
  const reconciliation = reconciliationOf(lists, last, begun, now())
  const nextMs = reconciliation.error === undefined ? reconcileHours * HOUR : Math.min(AGAIN_MS, reconcileHours * HOUR)
  await store.commit([{ write: 'reconciled', account, reconciliation, nextMs }])()
  return true
}
