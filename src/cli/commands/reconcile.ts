import type { ReconciledList } from '../../paymux/promises.js'
import { exitCodes } from '../exit.js'
import { money, readTime, time } from '../format.js'
import { type Run, withLedger } from '../open.js'
import type { Column } from '../output.js'

interface ReconcileOptions {
  readonly from?: string
  readonly to?: string
}

type Listed = ReconciledList['missingInLedger'][number]

interface Finding {
  readonly list: ReconciledList
  readonly finding: 'missing in ledger' | 'stale in ledger' | 'not listed'
  readonly object?: Listed
}

const findingsOf = (list: ReconciledList): readonly Finding[] => [
  ...(list.error === undefined ? [] : [{ list, finding: 'not listed' } as const]),
  ...list.missingInLedger.map((object) => ({ list, finding: 'missing in ledger', object }) as const),
  ...list.staleInLedger.map((object) => ({ list, finding: 'stale in ledger', object }) as const),
]

const idOf = (object: Listed | undefined): string | undefined => {
  if (object === undefined) return undefined
  return 'id' in object.reference ? object.reference.id : `key:${object.reference.idempotencyKey}`
}

const columns: readonly Column<Finding>[] = [
  { name: 'account', cell: ({ list }) => list.account },
  { name: 'kind', cell: ({ list }) => list.kind },
  { name: 'finding', cell: ({ finding }) => finding },
  { name: 'id', cell: ({ object }) => idOf(object) },
  { name: 'status', cell: ({ object }) => object?.status },
  { name: 'amount', cell: ({ object }) => money(object?.amount), align: 'right' },
  { name: 'error', cell: ({ list, object }) => (object === undefined ? list.error?.message : undefined) },
]

const DAY_MS = 86_400_000

/** `paymux reconcile`: what the gateways list, compared with the ledger, both ways. */
export const run: Run<ReconcileOptions> = (invocation) =>
  withLedger(invocation, false, async (ledger) => {
    const { options, output } = invocation
    const now = Date.now()
    const from = options.from === undefined ? now - 2 * DAY_MS : readTime('--from', options.from, now)
    const to = options.to === undefined ? now : readTime('--to', options.to, now)
    const progress = output.progress(`comparing ${time(from)} to ${time(to)}`)
    const lists = await ledger.reconcile({ from, to }).finally(progress.end)
    const findings = lists.flatMap(findingsOf)
    if (options.json === true) output.json(lists)
    else output.table(columns)(findings)
    for (const { account, kind, listed, unreadable } of lists)
      output.note(
        `${account}: ${listed} of kind ${kind} listed${unreadable === 0 ? '' : `, ${unreadable} of them unreadable`}`,
      )
    if (lists.length === 0) output.note('No account has a list to compare with.')
    return findings.length > 0 || lists.some(({ unreadable }) => unreadable > 0) ? exitCodes.findings : exitCodes.done
  })
