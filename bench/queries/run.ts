import { arch, cpus, loadavg, type } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { Client } from 'pg'
import type { PaymentError } from '../../src/core/index.js'
import {
  type ListPage,
  noEncryption,
  type ObjectFilter,
  type ObjectRecord,
  type PageRequest,
  type Store,
  type Write,
} from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { type Ledger, ledgers } from '../durable/ledgers.js'
import { action, percentile, print, printTable } from '../durable/print.js'
import { APART_MS, FIRST_AT, seeding } from './seed.js'

/**
 * `npm run bench:queries`: prints how long the queries take on a ledger of BENCH_SIZE objects (default: 100000), with as many operations
 * and events, over both stores, as Markdown. BENCH_STORE (SQLite, PostgreSQL) chooses, BENCH_TIMES says how often each is asked.
 * Timings are no tests: a target that is missed is printed, and the exit code stays 0.
 */
const size = Number(process.env.BENCH_SIZE ?? 100_000)
const times = Number(process.env.BENCH_TIMES ?? 50)
const isChosen = (name: string): boolean => [undefined, name].includes(process.env.BENCH_STORE)

const TARGET_MS = 20
const LIMIT = 100

const right = <A>(result: E.Either<PaymentError, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const ask = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => right(await task())

/** Runs statements beside the store, as a program that has the database open. */
type Run = (statements: readonly string[]) => Promise<void>

const inSqlite =
  (file: string): Run =>
  async (statements) => {
    const driver = (await ask(loadDriver()))(file)
    driver.exec('pragma synchronous = off')
    for (const statement of statements) driver.exec(statement)
    driver.close()
  }

const inPostgres =
  (url: string): Run =>
  async (statements) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('set synchronous_commit = off')
    for (const statement of statements) await client.query(statement)
    await client.end()
  }

const onPlace = ({ place }: Ledger) =>
  place.type === 'sqlite'
    ? {
        run: inSqlite(place.file),
        open: openSqlite({ file: place.file, encryption: noEncryption }),
        after: ['analyze'],
      }
    : {
        run: inPostgres(place.url),
        open: openPostgres({ url: place.url, encryption: noEncryption }),
        after: ['vacuum analyze'],
      }

/** A page that begins at a time of its own each time. */
const pageAt = (n: number): PageRequest => ({
  order: n % 2 === 0 ? 'newest_first' : 'oldest_first',
  limit: LIMIT,
  ...(n % 2 === 0 ? { to: timeAt(n) } : { from: timeAt(n) }),
})

const timeAt = (n: number): number => FIRST_AT + (((n * 7919) % 1000) / 1000) * size * APART_MS

interface Case {
  readonly what: string
  /** Whether it is among what a page is promised for. */
  readonly isPage: boolean
  readonly times: number
  readonly ask: (store: Store, n: number) => Promise<number>
}

const countOf = ({ items }: ListPage<unknown>): number => items.length

const listing = (what: string, filter: ObjectFilter): Case => ({
  what,
  isPage: true,
  times,
  ask: async (store, n) => countOf(await ask(store.listObjects({ filter, page: pageAt(n) }))),
})

const nothing = {}

const cases: readonly Case[] = [
  listing('everything', nothing),
  listing('kind: payment', { kind: 'payment' }),
  listing('kind: payout', { kind: 'payout' }),
  listing('status: succeeded', { status: 'succeeded' }),
  listing('status: reversed', { status: 'reversed' }),
  listing('account: spare', { account: 'spare' }),
  listing('currency: USD', { currency: 'USD' }),
  listing('merchantReference', { merchantReference: 'ORD-77' }),
  listing('review: true', { review: true }),
  listing('disputed: true', { disputed: true }),
  listing('kind: payment, status: failed', { kind: 'payment', status: 'failed' }),
  listing('account: spare, currency: USD, status: failed', { account: 'spare', currency: 'USD', status: 'failed' }),
  listing('status: succeeded, account: nowhere', { status: 'succeeded', account: 'nowhere' }),
  listing('review: false, disputed: false', { review: false, disputed: false }),
  {
    what: 'listOperations, state: indeterminate',
    isPage: true,
    times,
    ask: async (store, n) =>
      countOf(await ask(store.listOperations({ filter: { state: 'indeterminate' }, page: pageAt(n) }))),
  },
  {
    what: 'listOperations, account: spare',
    isPage: true,
    times,
    ask: async (store, n) =>
      countOf(await ask(store.listOperations({ filter: { account: 'spare' }, page: pageAt(n) }))),
  },
  {
    what: 'listEvents, undelivered: true',
    isPage: true,
    times,
    ask: async (store, n) => countOf(await ask(store.listEvents({ filter: { undelivered: true }, page: pageAt(n) }))),
  },
  {
    what: 'listEvents, type: payment.failed',
    isPage: true,
    times,
    ask: async (store, n) =>
      countOf(await ask(store.listEvents({ filter: { type: 'payment.failed' }, page: pageAt(n) }))),
  },
  {
    what: 'health',
    isPage: false,
    times,
    ask: async (store) => (await ask(store.health())).accounts.length,
  },
  {
    what: 'summary of a day, by day',
    isPage: false,
    times: 5,
    ask: async (store, n) =>
      (await ask(store.summary({ from: timeAt(n), to: timeAt(n) + 86_400_000, by: 'day' }))).length,
  },
  {
    what: 'summary of everything',
    isPage: false,
    times: 3,
    ask: async (store) => (await ask(store.summary({ from: 0, to: Number.MAX_SAFE_INTEGER }))).length,
  },
]

interface Measured extends Pick<Case, 'what' | 'isPage'> {
  readonly rows: number
  /** Milliseconds of this process for each. */
  readonly cpu: number
  readonly latencies: readonly number[]
}

const measure = async (store: Store, { what, isPage, times: count, ask: once }: Case): Promise<Measured> => {
  const latencies: number[] = []
  let rows = 0
  let before = process.cpuUsage()
  for (let n = -3; n < count; n += 1) {
    if (n === 0) before = process.cpuUsage()
    const begun = performance.now()
    rows = Math.max(rows, await once(store, n + 3))
    if (n >= 0) latencies.push(performance.now() - begun)
  }
  const { user, system } = process.cpuUsage(before)
  return { what, isPage, rows, cpu: (user + system) / 1000 / count, latencies }
}

const paymentOf = (n: number): ObjectRecord<'payment'> => {
  const reference = { kind: 'payment', account: 'europe', id: `new-${n}` } as const
  const then = FIRST_AT + size * APART_MS + n
  return {
    ...reference,
    origin: { operationId: `new-${n}`, idempotencyKey: `new-${n}`, merchantReference: `NEW-${n}`, notPassedOn: [] },
    abandoned: false,
    status: 'requires_action',
    statusSince: then,
    version: 1,
    events: 1,
    expectedAmount: { minorUnits: 4990n, currency: 'EUR' },
    reserved: 0n,
    refunded: 0n,
    disputed: false,
    flags: [],
    providerState: {},
    snapshot: {
      reference,
      status: 'requires_action',
      providerState: {},
      amountCheck: 'exact',
      disputed: false,
      review: [],
    },
    lastReadAt: 0,
    nextReadAt: then,
    refreshRequests: 0,
    createdAt: then,
    updatedAt: then,
  }
}

/** The first record of a payment, and a read of it that finds nothing new. */
const recording = (n: number): readonly [first: Write, read: Write] => {
  const object = paymentOf(n)
  const read = { ...object, version: 2, nextReadAt: object.updatedAt + 1, updatedAt: object.updatedAt + 1 }
  return [
    { write: 'new_object', object },
    { write: 'object', object: read, version: 1, refreshRequestsSeen: 0 },
  ]
}

/** What `list` needs and nothing else does. */
const indexes = ['kind', 'status', 'account', 'currency', 'review', 'disputed'].map((name) => `paymux_objects_${name}`)

const BATCH = 250
const BATCHES = 20

/** Microseconds for each payment that is recorded, and for each read of one, in commits of many. */
const costOfObject = async (store: Store, from: number) => {
  const timed = async (writes: readonly Write[]): Promise<number> => {
    const begun = performance.now()
    const committed = await ask(store.commit(writes))
    if (!committed.done) throw new Error('the objects were not recorded')
    return ((performance.now() - begun) * 1000) / writes.length
  }
  const first: number[] = []
  const read: number[] = []
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const writes = Array.from({ length: BATCH }, (_, n) => recording(from + batch * BATCH + n))
    first.push(await timed(writes.map(([one]) => one)))
    read.push(await timed(writes.map(([, other]) => other)))
  }
  return { first: percentile(first, 0.5), read: percentile(read, 0.5) }
}

const measureLedger = async (ledger: Ledger): Promise<void> => {
  const { run, open, after } = onPlace(ledger)
  await (await ask(open)).close()
  const begun = performance.now()
  await run([...seeding(size), ...after])
  print('', `## ${ledger.name}, ${size} objects (seeded in ${Math.round((performance.now() - begun) / 1000)} s)`)
  const store = await ask(open)
  const measured: Measured[] = []
  for (const one of cases) measured.push(await measure(store, one))
  printTable(
    ['query', 'entries', 'CPU ms', 'p50 ms', 'p95 ms', 'max ms'],
    measured.map(({ what, rows, cpu, latencies }) => [
      what,
      String(rows),
      cpu.toFixed(1),
      ...[0.5, 0.95, 1].map((part) => percentile(latencies, part).toFixed(1)),
    ]),
  )
  for (const { what, isPage, latencies } of measured)
    if (isPage) print(action(`${what}: p50 under ${TARGET_MS} ms`, percentile(latencies, 0.5) < TARGET_MS))
  // The first writes after the seeding are dearer.
  await costOfObject(store, 0)
  const withIndexes = await costOfObject(store, BATCH * BATCHES)
  await run(indexes.map((name) => `drop index ${name}`))
  const without = await costOfObject(store, 2 * BATCH * BATCHES)
  printTable(
    [`in commits of ${BATCH}, µs each`, 'with the indexes of lists', 'without'],
    (['first', 'read'] as const).map((name) => [
      name === 'first' ? 'a payment recorded first' : 'a read of it recorded',
      withIndexes[name].toFixed(0),
      without[name].toFixed(0),
    ]),
  )
  await store.close()
}

print(
  `${size} objects, each asked ${times} times, pages of ${LIMIT}. Node ${process.version}, ${cpus().length} cores, ${type()} ${arch()}, load ${loadavg()[0]?.toFixed(1)}.`,
)
for (const make of ledgers) {
  const ledger = await make()
  try {
    if (isChosen(ledger.name)) await measureLedger(ledger)
  } finally {
    await ledger.remove()
  }
}
