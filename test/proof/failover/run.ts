import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, Catalog } from '../../../src/core/index.js'
import type { Store } from '../../../src/ledger/index.js'
import { sharedPostgres } from '../../postgres/server.js'
import { eachOf, type Prove, randomFrom } from '../proof.js'
import { accountsOf, type Gateways, startGateways } from '../stage/gateways.js'
import { openStage, type Stage } from '../stage/stage.js'
import { type NewPlace, postgresOn, sqliteFile } from '../stage/stores.js'
import { booksOf } from './audit.js'
import { flakyCatalog } from './flaky.js'
import { type Collected, collect, type Intent } from './merchant.js'

/**
 * Failover under faults across both emulators: payments in rupees, which both accounts take, with a quarter of the submissions
 * spoiled at random, callers that call twice at once and again, and payers who pay every link that anybody was
 * given and every UPI payment that was begun. No intent is ever captured twice, and what was abandoned stays unpaid.
 */

const AT_ONCE = 12
const BATCH = 2_500

/** What was counted, and what was wrong. */
export interface Counts {
  intents: number
  captured: number
  'read as succeeded': number
  uncollected: number
  'orders made': number
  'orders abandoned': number
  'attempts beyond the first': number
  'faults injected': number
  'closed by a person': number
  problems: string[]
}

interface FailoverOptions {
  readonly intents: number
  readonly newPlace: NewPlace
  readonly seed: number
  /** Begins the keys. */
  readonly prefix: string
  /** Break the adapters, or the processes' stores: a test's ways to see the proof fail. */
  readonly changed?: (adapter: Adapter) => Adapter
  readonly wrapped?: (store: Store) => Store
}

const intentsOf = ({ intents, prefix }: FailoverOptions, random: () => number): readonly Intent[] =>
  Array.from({ length: intents }, (_, n) => ({
    key: `${prefix}-${String(n).padStart(8, '0')}`,
    flow: random() < 0.25 ? 'upi_intent' : 'hosted',
    isImpatient: random() < 0.3,
  }))

const openedOver = async (gateways: Gateways, catalog: Catalog, { newPlace }: FailoverOptions): Promise<Stage> =>
  openStage(newPlace, {
    accounts: accountsOf(gateways),
    routes: [
      {
        to: [
          { account: 'payop', weight: 1 },
          { account: 'ippopay', weight: 1 },
        ],
      },
    ],
    catalog,
    waitMs: 2_000,
  })

/** The payer's bank takes the money for every UPI payment that was begun, whatever the caller knows of it. */
const resolveAll = ({ ippopay }: Gateways): void => {
  for (const { orderId } of ippopay.orders())
    for (const { transId, status } of ippopay.transactions(orderId))
      if (status === 'pending') ippopay.decidePayment(transId, 'success')
}

/** What the gateways' books say against the results that callers got. */
const audit = (gateways: Gateways, collected: ReadonlyMap<string, Collected>, counts: Counts): void => {
  const books = booksOf(gateways)
  for (const [key, { released, attempts, resolved, results }] of collected) {
    const { orders, captured } = books.get(key) ?? { orders: 0, captured: 0 }
    counts['orders made'] += orders
    counts['orders abandoned'] += orders - captured
    counts['attempts beyond the first'] += Math.max(attempts - 1, 0)
    counts['closed by a person'] += resolved
    counts.captured += captured
    if (released.length === 0) counts.uncollected += 1
    if (captured > 1) counts.problems.push(`${key}: captured ${captured} times; results ${results.join(', ')}`)
    if (released.length > 1) counts.problems.push(`${key}: ${released.length} links were handed out`)
    if (captured < released.length) counts.problems.push(`${key}: handed out, and not captured`)
  }
}

/** Collects once from every intent, under faults, and counts. */
export const collectUnderFaults = async (options: FailoverOptions): Promise<Counts> => {
  const { intents, seed, changed, wrapped } = options
  const random = randomFrom(seed)
  const gateways = await startGateways({
    payop: { behaviour: { transactionTimeoutMs: null }, seed: `payop-${seed}` },
    ippopay: { seed: `ippopay-${seed}` },
  })
  const { catalog, struck } = flakyCatalog(gateways, random, changed)
  const stage = await openedOver(gateways, catalog, options)
  const providers = wrapped
    ? [await stage.openOver(wrapped), await stage.openOver(wrapped)]
    : [stage.paymux, await stage.open()]
  const collected = new Map<string, Collected>()
  await eachOf(intentsOf(options, random), AT_ONCE, async (intent) => {
    collected.set(intent.key, await collect(stage, gateways, providers, intent))
  })
  resolveAll(gateways)
  const counts: Counts = {
    intents,
    captured: 0,
    'read as succeeded': 0,
    uncollected: 0,
    'orders made': 0,
    'orders abandoned': 0,
    'attempts beyond the first': 0,
    'faults injected': Object.values(struck).reduce((sum, times) => sum + times, 0),
    'closed by a person': 0,
    problems: [],
  }
  audit(gateways, collected, counts)
  await readBack(stage, collected, counts)
  await stage.close()
  await gateways.close()
  return counts
}

const READS = 8

/** What was captured reads as succeeded, in the ledger's own words, as soon as a read comes through. */
const readBack = async (stage: Stage, collected: ReadonlyMap<string, Collected>, counts: Counts): Promise<void> => {
  const references = [...collected].flatMap(([key, { released }]) => released.map((reference) => ({ key, reference })))
  await eachOf(references, AT_ONCE, async ({ key, reference }) => {
    let status = 'unread'
    for (let n = 0; n < READS && status !== 'succeeded'; n += 1) {
      const result = await stage.paymux.getStatus(reference)()
      if (E.isRight(result)) status = result.right.status
    }
    if (status === 'succeeded') counts['read as succeeded'] += 1
    else counts.problems.push(`${key}: captured, and reads as ${status}`)
  })
}

const batchesOf = (intents: number): readonly number[] => [
  ...Array.from({ length: Math.floor(intents / BATCH) }, () => BATCH),
  ...(intents % BATCH === 0 ? [] : [intents % BATCH]),
]

/** The proof: four fifths of the payments on SQLite and one on PostgreSQL, where there is one. */
export const run: Prove = async ({ long, seed, print }) => {
  const all = long ? 50_000 : 500
  const server = sharedPostgres()
  const places: readonly (readonly [string, NewPlace, number])[] =
    'url' in server
      ? [
          ['sqlite', sqliteFile, all * 0.8],
          ['postgres', postgresOn(server), all * 0.2],
        ]
      : [['sqlite', sqliteFile, all]]
  const totals: Record<string, number> = {}
  const problems: string[] = []
  for (const [name, newPlace, share] of places)
    for (const [n, intents] of batchesOf(share).entries()) {
      const counts = await collectUnderFaults({ intents, newPlace, seed: seed + n, prefix: `${name}-${seed}-${n}` })
      const { problems: found, ...numbers } = counts
      print(`${name}: ${intents} payments, ${counts.captured} captured, ${counts['faults injected']} faults`)
      for (const problem of found.slice(0, 10)) print(problem)
      problems.push(...found)
      for (const [what, number] of Object.entries(numbers)) totals[what] = (totals[what] ?? 0) + number
    }
  return {
    name: 'failover under faults',
    counted: { ...totals, problems: problems.length },
    passed: problems.length === 0,
  }
}
