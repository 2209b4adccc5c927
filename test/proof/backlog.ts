import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as E from 'fp-ts/lib/Either.js'
import { DAY, HOUR, MINUTE, type Reference, SECOND, type Snapshot } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import { type ObjectRecord, objectKeyOf, type Store, type Write } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import type { Context } from '../../src/orchestrator/context.js'
import { createObjectReader } from '../../src/orchestrator/reads/read-object.js'
import { fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { succeed } from '../either.js'
import { type Proof, type Prove, randomFrom } from './proof.js'

/** A day of one account, by a clock that is moved: more open payments than its budget of reads takes. */
export interface Day {
  /** How many payments are open, and due at the start. */
  readonly payments: number
  /** How long it lasts, in milliseconds. */
  readonly lastsMs: number
  /** All processes are replaced this often. */
  readonly restartMs: number
  /** What share of the payments is notified once, at any time of it. */
  readonly notified: number
  /** How many processes work on the ledger. */
  readonly processes: number
  readonly perSecond: number
  /** A store as each process sees it. Default: as it is. */
  readonly wrapped?: (store: Store) => Store
}

/** What came of it. Shares are of what the budget allows. */
export interface DayResult {
  readonly reads: number
  readonly distinct: number
  /** The least that was read within a restart's time, as a share of the budget. */
  readonly slowest: number
  readonly fastest: number
  readonly notified: number
  /** In 99 of 100 cases, a notified payment was read within this time, in milliseconds. */
  readonly p99Ms: number
  /** How much more memory is in use at the end, in bytes. */
  readonly growth: number
}

const START = Date.UTC(2026, 0, 2)
const POLL_MS = 250
const CONCURRENCY = 16
const LOADED_AT_ONCE = 2_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const heap = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const referenceOf = (n: number) => ({ kind: 'payment', account: 'main', id: `payment-${n}` }) as const

const unpaid = (reference: Reference<'payment'>): Snapshot<'payment'> => ({
  reference,
  status: 'requires_action',
  providerState: {},
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
})

const openPayment = (n: number): ObjectRecord<'payment'> => ({
  ...objectKeyOf<'payment'>(referenceOf(n)),
  kind: 'payment',
  abandoned: false,
  status: 'requires_action',
  statusSince: START,
  version: 1,
  events: 0,
  reserved: 0n,
  refunded: 0n,
  disputed: false,
  flags: [],
  providerState: {},
  snapshot: unpaid(referenceOf(n)),
  lastReadAt: 0,
  nextReadAt: START,
  refreshRequests: 0,
  createdAt: START,
  updatedAt: START,
})

const load = async (store: Store, payments: number): Promise<void> => {
  await succeed(store.commit([{ write: 'account', account: { name: 'main', identity: {} } }]))
  for (let n = 0; n < payments; n += LOADED_AT_ONCE) {
    const count = Math.min(LOADED_AT_ONCE, payments - n)
    const writes = Array.from({ length: count }, (_, i): Write => ({ write: 'new_object', object: openPayment(n + i) }))
    await succeed(store.commit(writes))
  }
}

/** Lives through a day in a file of its own. */
export const liveThrough = async (day: Day, seed: number, print: (line: string) => void): Promise<DayResult> => {
  const { payments, lastsMs, restartMs, processes, perSecond, wrapped = (store) => store } = day
  const folder = mkdtempSync(join(tmpdir(), 'paymux-backlog-'))
  const random = randomFrom(seed)
  let now = START
  const clock = () => now
  const open = async (): Promise<Store> =>
    wrapped(await succeed(openSqlite({ file: join(folder, 'ledger.db'), encryption: noEncryption, clock })))
  const openAll = async () => Promise.all(Array.from({ length: processes }, open))

  // What is counted takes no part in the reads.
  const isRead = new Uint8Array(payments)
  const askedAt = new Map<string, number>()
  const waits: number[] = []
  let reads = 0
  const adapter = {
    ...fakeAdapter(fakeSocket().send),
    read: {
      ...fakeAdapter(fakeSocket().send).read,
      payment: (reference: Reference<'payment'>) => async () => {
        const { id } = objectKeyOf(reference)
        reads += 1
        isRead[Number(id.slice('payment-'.length))] = 1
        const at = askedAt.get(id)
        if (at !== undefined) waits.push(now - at)
        askedAt.delete(id)
        return E.right(unpaid(reference))
      },
    },
  }
  const readerOn = (store: Store) => {
    const context: Context = {
      store,
      adapter: () => adapter,
      now: clock,
      attemptAddress: () => undefined,
      recordOutcome: () => undefined,
    }
    const readObject = createObjectReader(context)
    return async () => {
      const acquired = await succeed(store.acquireReads('main', { perSecond, limit: CONCURRENCY }))
      await Promise.all(acquired.map(readObject))
    }
  }
  const notify = async (store: Store): Promise<void> => {
    const { id } = referenceOf(Math.floor(random() * payments))
    const object = { account: 'main', kind: 'payment', id } as const
    const { lastReadAt = 0 } = (await succeed(store.object(object))) ?? {}
    // What a notification that came before its time waits for is no fault of the queue.
    const at = Math.max(now, lastReadAt + 5 * SECOND)
    if (!askedAt.has(id)) askedAt.set(id, now)
    await succeed(store.commit([{ write: 'request_refresh', object, at }]))
  }

  let stores = await openAll()
  const [first] = stores
  if (first === undefined) throw new Error('a day without a process')
  await load(first, payments)
  print(`${payments} payments are open`)
  const before = heap()
  const shares: number[] = []
  const notifications = Math.round(payments * day.notified)
  const end = START + lastsMs
  let told = 0
  for (let restartAt = START + restartMs; now < end; restartAt += restartMs) {
    const readers = stores.map(readerOn)
    const readBefore = reads
    for (; now < Math.min(restartAt, end); now += POLL_MS) {
      // Until five minutes before the end, so that all of them can be read.
      for (const due = Math.min(1, (now - START) / (lastsMs - 5 * MINUTE)) * notifications; told < due; told += 1)
        await notify(stores[0] ?? first)
      for (const read of readers) await read()
    }
    shares.push((reads - readBefore) / ((perSecond * restartMs) / SECOND))
    print(
      `${Math.round((now - START) / MINUTE)} min: ${reads} reads, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    )
    await Promise.all(stores.map((store) => store.close()))
    stores = await openAll()
  }
  const growth = heap() - before
  await Promise.all(stores.map((store) => store.close()))
  rmSync(folder, { recursive: true, force: true })
  const sorted = [...waits, ...[...askedAt.values()].map((at) => now - at)].sort((a, b) => a - b)
  return {
    reads,
    distinct: isRead.reduce((sum, one) => sum + one, 0),
    slowest: Math.min(...shares),
    fastest: Math.max(...shares),
    notified: sorted.length,
    p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0,
    growth,
  }
}

const MEMORY_BYTES = 16_000_000

/** Whether reads ran at the budget, notified payments were read soon, and memory stayed flat. */
export const isAsItMustBe = ({ payments, perSecond, lastsMs }: Day, result: DayResult): boolean =>
  result.slowest >= 0.99 &&
  result.fastest <= 1.02 &&
  result.distinct >= Math.min(payments, (0.9 * perSecond * lastsMs) / SECOND) &&
  result.p99Ms <= 10 * SECOND &&
  result.growth < MEMORY_BYTES

/** The form of a test run: as many as an earlier queue in memory could not remember. */
export const shortDay: Day = {
  payments: 10_500,
  lastsMs: 10 * MINUTE,
  restartMs: 5 * MINUTE,
  notified: 0.01,
  processes: 2,
  perSecond: 20,
}

const longDay: Day = { ...shortDay, payments: 1_000_000, lastsMs: DAY, restartMs: HOUR }

export const run: Prove = async ({ long, seed, print }): Promise<Proof> => {
  const day = long ? longDay : shortDay
  const result = await liveThrough(day, seed, print)
  return {
    name: 'backlog of reads',
    counted: {
      payments: day.payments,
      reads: result.reads,
      'different payments read': result.distinct,
      notified: result.notified,
      [`ms, in steps of ${POLL_MS}, to read 99 of 100 of them`]: result.p99Ms,
    },
    passed: isAsItMustBe(day, result),
  }
}
