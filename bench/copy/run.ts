import { randomBytes } from 'node:crypto'
import { arch, cpus, loadavg, type } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { noEncryption } from '../../src/ledger/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import {
  type AccountConfig,
  checkLedger,
  copyLedger,
  type PaymentError,
  type PaymuxConfig,
} from '../../src/paymux/index.js'
import { type Ledger, ledgers } from '../durable/ledgers.js'
import { print, printTable } from '../durable/print.js'
import { seeding } from '../queries/seed.js'

/**
 * `npm run bench:copy`: prints how long it takes to copy a ledger of BENCH_SIZE payments (default: 100000), with their operations, attempts
 * and events, and three lines of the log for each, to the other store and back, and to check it, as Markdown. It is encrypted on its way.
 */
const size = Number(process.env.BENCH_SIZE ?? 100_000)

const right = async <A>(task: TaskEither<PaymentError, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const log = `insert into paymux_log (operation_id, n, at, what, fence)
  select o.id, 1, o.created_at, w.what, 1 from paymux_operations o, (select 'claimed' as what union all select 'dispatched' union all select 'executed') w`

const fill = async (file: string): Promise<void> => {
  const store = await right(openSqlite({ file, encryption: noEncryption }))
  await store.close()
  const driver = (await right(loadDriver()))(file)
  driver.exec('pragma synchronous = off')
  for (const statement of [...seeding(size), log]) driver.exec(statement)
  driver.close()
}

const account: AccountConfig = { adapter: 'ippopay', mode: 'live', publicKey: 'made-up', secretKey: 'made-up' }
const accounts = { europe: account }

const configurationOf = ({ place }: Ledger, encrypted: boolean): PaymuxConfig => {
  const store = place.type === 'sqlite' ? { type: place.type, file: place.file } : { type: place.type, url: place.url }
  const encryption = { current: 'k1', keys: { k1: randomBytes(32).toString('base64') } }
  return { accounts, store, ...(encrypted ? { encryption } : {}) }
}

/** Seconds from one report to the last of each step, and the most memory that the process had. */
const measured = async (
  run: (onProgress: (progress: { readonly step: string }) => void) => Promise<unknown>,
): Promise<{
  readonly seconds: number
  readonly cpu: number
  readonly steps: ReadonlyMap<string, number>
  readonly mib: number
}> => {
  const began = performance.now()
  const before = process.cpuUsage()
  const steps = new Map<string, number>()
  let last = began
  let most = 0
  await run(({ step }) => {
    const now = performance.now()
    steps.set(step, (steps.get(step) ?? 0) + now - last)
    last = now
    most = Math.max(most, process.memoryUsage.rss())
  })
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6, steps, mib: most / 2 ** 20 }
}

const seconds = (ms: number | undefined): string => ((ms ?? 0) / 1000).toFixed(1)

const main = async (): Promise<void> => {
  const [sqlite, postgres] = ledgers
  if (sqlite === undefined || postgres === undefined) throw new Error('two stores are needed')
  const [from, to, back] = [await sqlite(), await postgres(), await sqlite()]
  try {
    if (from.place.type !== 'sqlite') throw new Error('the first store is SQLite')
    await fill(from.place.file)
    const source = configurationOf(from, false)
    const [there, home] = [configurationOf(to, true), configurationOf(back, true)]
    const rows = await right(checkLedger(source))
    const all = Object.values(rows.rows).reduce((sum, count) => sum + count, 0)
    const forth = await measured((onProgress) => right(copyLedger(source, there, { onProgress })))
    const check = await measured((onProgress) => right(checkLedger(there, { onProgress })))
    const again = await measured((onProgress) => right(copyLedger(there, home, { onProgress })))
    print(
      `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${type()} ${arch()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}: ${size} payments, ${all} rows.`,
    )
    printTable(
      ['', 'seconds', 'copying', 'reading', 'CPU of this process, s', 'rows a second', 'most memory, MiB'],
      [
        ['SQLite to PostgreSQL, encrypting', forth] as const,
        ['PostgreSQL to SQLite, under another key', again] as const,
        ['check, PostgreSQL', check] as const,
      ].map(([what, { seconds: total, cpu, steps, mib }]) => [
        what,
        total.toFixed(1),
        seconds(steps.get('copy')),
        seconds(steps.get('verify') ?? steps.get('rows')),
        cpu.toFixed(1),
        Math.round(all / total).toString(),
        mib.toFixed(0),
      ]),
    )
  } finally {
    await Promise.all([from.remove(), to.remove(), back.remove()])
  }
}

await main()
