import type { ObjectKey } from '../../ledger/index.js'
import type { queries } from '../../paymux/promises.js'
import { subject, time } from '../format.js'
import { openSetup, type Run, withLedger } from '../open.js'
import type { Column } from '../output.js'
import { readCount } from '../pages.js'

interface NotificationOptions {
  readonly account?: string
  readonly limit?: string
}

/** A notification that waits for its object, without its body. */
interface Waiting {
  readonly account: string
  readonly object?: ObjectKey
  readonly reported: Readonly<Record<string, string>>
  readonly receivedAt: number
  readonly deliveries: number
  readonly unlistedSource: boolean
  readonly state: string
}

const waitingColumns: readonly Column<Waiting>[] = [
  { name: 'received', cell: ({ receivedAt }) => time(receivedAt) },
  { name: 'account', cell: ({ account }) => account },
  { name: 'about', cell: ({ object }) => (object === undefined ? undefined : subject(object)) },
  {
    name: 'reports',
    cell: ({ reported }) =>
      Object.entries(reported)
        .map((pair) => pair.join(' '))
        .join(', '),
  },
  { name: 'deliveries', cell: ({ deliveries }) => deliveries, align: 'right' },
  { name: 'state', cell: ({ state }) => state },
  { name: 'source', cell: ({ unlistedSource }) => (unlistedSource ? 'unlisted' : 'listed') },
]

type Counted = readonly [account: string, counts: queries.ReportedAccount['notifications']]

const countColumns: readonly Column<Counted>[] = [
  { name: 'account', cell: ([account]) => account },
  { name: 'quarantined', cell: ([, { quarantined }]) => quarantined, align: 'right' },
  { name: 'rejected', cell: ([, { rejected }]) => rejected, align: 'right' },
  { name: 'unlisted source', cell: ([, { unlistedSource }]) => unlistedSource, align: 'right' },
  { name: 'over quota', cell: ([, { overQuota }]) => overQuota, align: 'right' },
]

/** `paymux notifications`: those that match nothing that the ledger has, and what was not as it should be in the last 24 hours. */
export const run: Run<NotificationOptions> = async (invocation) => {
  const { options, output } = invocation
  const limit = options.limit === undefined ? 100 : readCount('--limit', options.limit, 10_000)
  const { accounts } = await withLedger(invocation, true, (ledger) => ledger.health())
  const { configuration } = await openSetup(invocation)
  const [{ openStore }, { PaymentFailure }] = await Promise.all([
    import('../../paymux/setup.js'),
    import('../../paymux/promises.js'),
  ])
  const store = await openStore(configuration, { readOnly: true })()
  if (store._tag === 'Left') throw new PaymentFailure(store.left)
  const entries = await store.right.unmatched(Number.MAX_SAFE_INTEGER, limit, options.account)()
  await store.right.close()
  if (entries._tag === 'Left') throw new PaymentFailure(entries.left)
  const unmatched: readonly Waiting[] = entries.right.map(
    ({ body: _personal, dedupeKey: _key, tokenHash: _hash, ...entry }) => entry,
  )
  const counts = Object.entries(accounts)
    .filter(([account]) => options.account === undefined || account === options.account)
    .map(([account, { notifications }]): Counted => [account, notifications])
  if (options.json === true) output.json({ unmatched, last24Hours: Object.fromEntries(counts) })
  else {
    output.table(waitingColumns)(unmatched)
    output.note('In the last 24 hours:')
    output.table(countColumns)(counts)
  }
  return undefined
}
