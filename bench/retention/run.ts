import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { arch, cpus, loadavg, tmpdir, type } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { Client } from 'pg'
import { type Draft, omitUndefined, type PaymentError, type Snapshot } from '../../src/core/index.js'
import {
  type AttemptRecord,
  noEncryption,
  type ObjectRecord,
  type OperationRecord,
  type RetentionAges,
  type Store,
  type Write,
} from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { storeOver } from '../../src/ledger/stores/sqlite/store.js'
import { paymux } from '../../src/paymux/promises.js'
import { type Ledger, ledgers } from '../durable/ledgers.js'
import { percentile, print, printTable } from '../durable/print.js'
import { paymentsOver } from './seed.js'

/**
 * `npm run bench:retention`: prints what a request for erasure takes and what retention does, in a ledger of BENCH_SIZE payments (default:
 * 100000; PostgreSQL gets a tenth of them) that are old enough, and what erasability costs a payment, as Markdown. BENCH_STORE (SQLite, PostgreSQL) chooses.
 */
const wanted = Number(process.env.BENCH_SIZE ?? 100_000)
const sizeOf = ({ name }: Ledger): number => (name === 'SQLite' ? wanted : Math.ceil(wanted / 10))
const isChosen = (name: string): boolean => [undefined, name].includes(process.env.BENCH_STORE)

const right = <A>(result: E.Either<PaymentError, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const ask = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => right(await task())

const mb = (bytes: number): string => (bytes / 1_000_000).toFixed(0)

/** What is measured of a place: how it is filled, opened, and how many bytes it takes. */
const onPlace = ({ place }: Ledger) => {
  if (place.type === 'sqlite') {
    const beside = async <A>(run: (driver: ReturnType<Awaited<ReturnType<typeof load>>>) => A): Promise<A> => {
      const driver = (await load())(place.file)
      const result = run(driver)
      driver.close()
      return result
    }
    const load = () => ask(loadDriver())
    return {
      open: openSqlite({ file: place.file, encryption: noEncryption }),
      fill: (statements: readonly string[]) =>
        beside((driver) => {
          driver.exec('pragma synchronous = off')
          for (const statement of statements) driver.exec(statement)
        }),
      // What is free is used again; a copy does without it.
      bytes: () =>
        beside((driver) => {
          const copy = `${place.file}.copy`
          driver.exec(`vacuum into '${copy}'`)
          const used = statSync(copy).size
          rmSync(copy)
          return { whole: statSync(place.file).size, used }
        }),
    }
  }
  const { url } = place
  const beside = async <A>(run: (client: Client) => Promise<A>): Promise<A> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const result = await run(client)
    await client.end()
    return result
  }
  const bytesNow = (client: Client) =>
    client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')
  return {
    open: openPostgres({ url, encryption: noEncryption }),
    fill: (statements: readonly string[]) =>
      beside(async (client) => {
        await client.query('set synchronous_commit = off')
        for (const statement of [...statements, 'vacuum analyze']) await client.query(statement)
      }),
    bytes: () =>
      beside(async (client) => {
        const whole = Number((await bytesNow(client)).rows[0]?.bytes)
        await client.query('vacuum full')
        return { whole, used: Number((await bytesNow(client)).rows[0]?.bytes) }
      }),
  }
}

const REQUESTS = 100

/** How long requests for erasure take, all over the ledger, through the object that a merchant has. */
const measureErase = async ({ place }: Ledger, size: number): Promise<void> => {
  const europe = { adapter: 'payop', publicKey: 'application-bench', secretKey: 'made-up-for-this-bench' } as const
  const shop = await paymux({ accounts: { europe }, store: place })
  const took: number[] = []
  const cpu = process.cpuUsage()
  for (let n = 0; n < REQUESTS; n += 1) {
    const started = performance.now()
    const { erased } = await shop.erase({ merchantReference: `ORD-${Math.floor((n * size) / REQUESTS)}` })
    if (erased.length !== 1) throw new Error('nothing was erased')
    took.push(performance.now() - started)
  }
  const { user, system } = process.cpuUsage(cpu)
  await shop.stop()
  printTable(
    ['erase, one order', 'CPU ms', 'p50 ms', 'p95 ms', 'max ms'],
    [
      [
        `${REQUESTS} of ${size}`,
        ((user + system) / 1000 / REQUESTS).toFixed(1),
        ...[0.5, 0.95, 1].map((part) => percentile(took, part).toFixed(1)),
      ],
    ],
  )
}

const DAY = 86_400_000
const steps: readonly (readonly [what: string, rows: number, ages: RetentionAges])[] = [
  ['bodies of notifications', 1, { notificationsMs: 30 * DAY }],
  ['what events hold', 2, { eventsMs: 90 * DAY }],
  ['payments with operation and attempt', 1, { personalDataMs: 400 * DAY }],
  ['lines of the log', 1, { logMs: 400 * DAY }],
]

const measureRetention = async (ledger: Ledger): Promise<void> => {
  const { open, fill, bytes } = onPlace(ledger)
  const size = sizeOf(ledger)
  await (await ask(open)).close()
  await fill(paymentsOver(size))
  const before = await bytes()
  print('', `## ${ledger.name}, ${size} payments`)
  await measureErase(ledger, size)
  const store = await ask(open)
  const rows: string[][] = []
  for (const [what, each, ages] of steps) {
    const longest: number[] = []
    const cpu = process.cpuUsage()
    const begun = performance.now()
    for (;;) {
      const started = performance.now()
      if (!(await ask(store.erasure.next(ages)))) break
      longest.push(performance.now() - started)
    }
    const { user, system } = process.cpuUsage(cpu)
    const thousands = (size * each) / 1000
    rows.push([
      what,
      String(size * each),
      ((performance.now() - begun) / thousands).toFixed(0),
      ((user + system) / 1000 / thousands).toFixed(0),
      percentile(longest, 0.5).toFixed(0),
      percentile(longest, 1).toFixed(0),
    ])
  }
  await store.close()
  const after = await bytes()
  printTable(['erased', 'rows', 'ms a 1,000', 'CPU ms a 1,000', 'a batch, p50 ms', 'max ms'], rows)
  printTable(
    ['MB', 'before', 'after'],
    [
      ['on disk', mb(before.whole), mb(after.whole)],
      ['of a copy', mb(before.used), mb(after.used)],
    ],
  )
}

const wire: Draft['wire'] = {
  exchange: 'pay.create',
  effect: 'creates',
  method: 'POST',
  base: 'api',
  path: '/',
  auth: 'key',
  headers: {},
  body: 'x'.repeat(600),
}

/** The commits of one hosted payment: claim, dispatch, end with its object, a read that finds it paid, and both deliveries. */
const lifeOf = (n: number): readonly (readonly Write[])[] => {
  const id = `life-${n}`
  const at = 1_800_000_000_000 + n
  const amount = { minorUnits: 4990n, currency: 'EUR' }
  const operation: OperationRecord = {
    id,
    name: 'createPayment',
    idempotencyKey: id,
    fingerprint: 'f'.repeat(64),
    request: { idempotencyKey: id, amount, merchantReference: id, payer: { name: 'x'.repeat(200) }, urls: {} },
    accounts: ['europe'],
    deadline: at,
    state: 'prepared',
    fence: 1,
    attempt: 1,
    pollCount: 0,
    events: 0,
    createdAt: at,
  }
  const attempt: AttemptRecord = {
    operationId: id,
    n: 1,
    position: 0,
    account: 'europe',
    state: 'open',
    dispatchCount: 0,
  }
  const reference = { kind: 'payment', account: 'europe', id } as const
  const snapshot = (status: 'requires_action' | 'succeeded'): Snapshot<'payment'> => ({
    reference,
    status,
    providerState: {},
    amountCheck: 'exact',
    disputed: false,
    review: [],
    nextAction: { type: 'redirect', url: `https://pay.example/${'x'.repeat(400)}` },
  })
  const object = (status: 'requires_action' | 'succeeded', version: number): ObjectRecord<'payment'> => ({
    ...reference,
    abandoned: false,
    status,
    statusSince: at,
    version,
    events: version,
    expectedAmount: amount,
    reserved: 0n,
    refunded: 0n,
    disputed: false,
    flags: [],
    providerState: {},
    snapshot: snapshot(status),
    lastReadAt: 0,
    refreshRequests: 0,
    createdAt: at,
    updatedAt: at,
    ...omitUndefined({ overAt: status === 'succeeded' ? at : undefined }),
  })
  const subject = `payment:europe:${id}`
  const event = (sequence: number, eventType: string): Write => ({
    write: 'event',
    event: {
      id: `${subject}#${sequence}`,
      type: eventType,
      subject,
      sequence,
      payload: { filling: 'x'.repeat(700) },
      createdAt: at,
      tries: 0,
    },
  })
  const log = (what: string): Write => ({ write: 'log', log: { operationId: id, n: 1, at, what, fence: 1 } })
  const dispatched = {
    ...attempt,
    state: 'dispatched',
    dispatchCount: 1,
    draft: { wire, context: null, notPassedOn: [] },
  } as const
  const body = 'x'.repeat(500)
  return [
    [{ write: 'claim', operation, leaseMs: 30_000 }, { write: 'attempt', attempt, is: 'new' }, log('claimed')],
    [
      { write: 'operation', operation: { ...operation, state: 'dispatched' }, from: 'prepared', keepLease: true },
      { write: 'attempt', attempt: dispatched, is: 'changed' },
      log('dispatched'),
    ],
    [
      {
        write: 'operation',
        operation: { ...operation, state: 'executed', object: reference },
        from: 'dispatched',
        keepLease: false,
      },
      { write: 'attempt', attempt: { ...dispatched, state: 'executed' }, is: 'changed' },
      { write: 'new_object', object: object('requires_action', 1) },
      event(1, 'payment.requires_action'),
      log('executed'),
    ],
    [
      {
        write: 'inbox',
        entry: {
          account: 'europe',
          dedupeKey: id,
          object: reference,
          reported: {},
          body,
          receivedAt: at,
          deliveries: 1,
          unlistedSource: false,
          state: 'known',
        },
      },
    ],
    [
      { write: 'object', object: object('succeeded', 2), version: 1, refreshRequestsSeen: 0 },
      event(2, 'payment.succeeded'),
    ],
    [{ write: 'delivered', id: `${subject}#1` }],
    [{ write: 'delivered', id: `${subject}#2` }],
  ]
}

const AT_ONCE = 16
const ROUND = 160
const ROUNDS = 24

/** CPU of this process for one payment's commits, in microseconds, with 16 payments at once. */
const costOf = async (store: Store, from: number): Promise<number> => {
  const before = process.cpuUsage()
  const one = async (first: number): Promise<void> => {
    for (let n = first; n < from + ROUND; n += AT_ONCE)
      for (const writes of lifeOf(n)) if (!(await ask(store.commit(writes))).done) throw new Error('not written')
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => one(from + n)))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / ROUND
}

const indexes = ['operations_kept', 'objects_kept', 'events_kept', 'inbox_kept', 'log_thinned']
const triggers = ['operation_erased', 'object_erased', 'event_erased', 'notification_erased', 'notification_kept']
const off = 'pragma secure_delete = off'
const dropIndexes = indexes.map((name) => `drop index paymux_${name}`)
const dropTriggers = triggers.map((name) => `drop trigger paymux_${name}`)

const variants: readonly (readonly [what: string, statements: readonly string[]])[] = [
  ['as it is', []],
  ['without secure_delete', [off]],
  ['without the indexes', dropIndexes],
  ['without the triggers', dropTriggers],
  ['without all three', [off, ...dropIndexes, ...dropTriggers]],
]

/** The variants in turn, so that what else the machine does falls on all of them. */
const measureCommits = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'paymux-bench-'))
  const driver = await ask(loadDriver())
  const stores = variants.map(([what, statements], index) => {
    const opened = right(openConnection(driver, join(folder, `${index}.db`), Date.now))
    for (const statement of statements) opened.exec(statement)
    return { what, store: storeOver(opened, Date.now), costs: [] as number[] }
  })
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const { store, costs } of stores) {
      const cost = await costOf(store, round * ROUND)
      if (round > 0) costs.push(cost)
    }
  print('', `## What it costs a payment, SQLite, ${ROUNDS} rounds of ${ROUND} payments each, in turn`)
  const [asItIs] = stores
  printTable(
    ['', 'CPU µs a payment, median', 'least', 'share'],
    stores.map(({ what, costs }) => [
      what,
      percentile(costs, 0.5).toFixed(0),
      Math.min(...costs).toFixed(0),
      (percentile(costs, 0.5) / percentile(asItIs?.costs ?? [], 0.5)).toFixed(2),
    ]),
  )
  for (const { store } of stores) await store.close()
  rmSync(folder, { recursive: true })
}

print(`Node ${process.version}, ${cpus().length} cores, ${type()} ${arch()}, load ${loadavg()[0]?.toFixed(1)}.`)
for (const make of ledgers) {
  const ledger = await make()
  try {
    if (isChosen(ledger.name)) await measureRetention(ledger)
  } finally {
    await ledger.remove()
  }
}
if (isChosen('SQLite')) await measureCommits()
