import { arch, cpus, loadavg, totalmem, type } from 'node:os'
import { median } from '../statistics.js'
import { measureIngest } from './ingest.js'
import { type Ledger, ledgers } from './ledgers.js'
import { startSubject } from './measured.js'
import { type Accounts, measureOperations } from './operations.js'
import { measureSweep, type Swept } from './poller.js'
import { action, percentile, print, printTable, share, whole } from './print.js'
import type { Extent, Figures } from './rounds.js'

/**
 * `npm run bench:durable`: prints what the ledger costs over both stores, as Markdown. BENCH_ONLY (ingest, operations,
 * poller) and BENCH_STORE (SQLite, PostgreSQL) choose; BENCH_ROUNDS, BENCH_DELIVERIES, BENCH_CALLS and BENCH_PAYMENTS say how
 * much is measured. Timings are no tests: a target that is missed is printed, and the exit code stays 0.
 */
const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise)
const isChosen = (variable: string, name: string): boolean => [undefined, name].includes(process.env[variable])

const rounds = numberFrom('BENCH_ROUNDS', 7)
const extentOf = (times: number): Extent => ({ rounds, times, warmUp: times })

const onLedger = async <A>(
  make: () => Promise<Ledger>,
  use: (ledger: Ledger) => Promise<A>,
): Promise<A | undefined> => {
  const ledger = await make()
  try {
    return isChosen('BENCH_STORE', ledger.name) ? await use(ledger) : undefined
  } finally {
    await ledger.remove()
  }
}

const printFigures = (thing: string, all: readonly Figures[]): void =>
  printTable(
    [
      thing,
      'per second',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'commits',
      'flushes',
      'driver alone: rows/s',
      'one by one: rows/s',
      'commits : rows',
    ],
    all.map(({ what, perSecond, latencies, cpu, commits, flushes, ceiling, oneByOne, ratio }) => [
      what,
      whole(median(perSecond)),
      percentile(latencies, 0.5).toFixed(1),
      percentile(latencies, 0.99).toFixed(1),
      whole(median(cpu)),
      ...(commits === 0
        ? ['–', '–', '–', '–', '–']
        : [
            share(commits),
            share(flushes),
            whole(median(ceiling)),
            whole(median(oneByOne)),
            `${share(ratio.median)} (${share(ratio.min)}–${share(ratio.max)})`,
          ]),
    ]),
  )

const printSweeps = (all: readonly Swept[]): void =>
  printTable(
    [
      'sweep',
      'payments',
      'per second',
      'CPU µs',
      'commits',
      'RSS MB at 10, 50, 100 %',
      'heap MB',
      'loop p99 ms',
      'read again',
    ],
    all.map(({ what, payments, perSecond, cpu, commits, marks, delay, again }) => [
      what,
      whole(payments),
      whole(perSecond),
      whole(cpu),
      share(commits),
      marks.map(({ rss }) => whole(rss / 1e6)).join(', '),
      marks.map(({ heap }) => whole(heap / 1e6)).join(', '),
      delay.toFixed(1),
      whole(again),
    ]),
  )

const load = (): string =>
  `load ${loadavg()
    .map((one) => one.toFixed(1))
    .join(', ')}`

const collected = async <A>(measuring: ReadonlyArray<() => Promise<A | undefined>>): Promise<readonly A[]> => {
  const all: A[] = []
  for (const measure of measuring) {
    const one = await measure()
    if (one !== undefined) all.push(one)
  }
  return all
}

const ingest = async (): Promise<void> => {
  const extent = extentOf(numberFrom('BENCH_DELIVERIES', 4000))
  const all = await collected(
    [false, true].flatMap((works) =>
      ledgers.map((make) => () => onLedger(make, (ledger) => measureIngest(ledger, works, extent))),
    ),
  )
  printFigures('notification to 200', all)
  const target = { SQLite: 1500, PostgreSQL: 1000 } as const
  for (const { what, perSecond, latencies } of all) {
    const name = what === 'SQLite' || what === 'PostgreSQL' ? what : undefined
    if (name === undefined) continue
    print(
      action(`${what}: at least ${target[name]} a second`, median(perSecond) >= target[name]),
      action(`${what}: p99 under 200 ms`, percentile(latencies, 0.99) < 200),
    )
  }
}

const operations = async (): Promise<void> => {
  const extent = extentOf(numberFrom('BENCH_CALLS', 400))
  const gateways = await startSubject<Accounts>('gateways')
  const { europe, india } = gateways.hello
  const durable = (gateway: string, account: Accounts[string] | undefined, works: boolean) =>
    ledgers.map((make) => () => onLedger(make, (ledger) => measureOperations(gateway, account, ledger, works, extent)))
  const all = await collected([
    () => measureOperations('Payop', europe, undefined, false, extent),
    ...durable('Payop', europe, false),
    ...durable('Payop', europe, true),
    () => measureOperations('IppoPay', india, undefined, false, extent),
    ...durable('IppoPay', india, false),
  ])
  gateways.stop()
  printFigures('createPayment, 16 callers', all)
  for (const { what, perSecond } of all.filter(({ what }) => what.includes('SQLite')))
    print(action(`${what}: at least 150 a second`, median(perSecond) >= 150))
}

const poller = async (): Promise<void> => {
  const payments = numberFrom('BENCH_PAYMENTS', 100_000)
  // A server is slower to fill and to sweep; what grows shows with fewer, too.
  const paymentsIn = ({ name }: Ledger): number => (name === 'SQLite' ? payments : payments / 5)
  const all = await collected(
    [0, 2].flatMap((latency) =>
      ledgers.map((make) => () => onLedger(make, (ledger) => measureSweep(ledger, paymentsIn(ledger), latency))),
    ),
  )
  printSweeps(all)
  for (const { what, marks } of all) {
    const [first, , last] = marks
    print(action(`${what}: memory does not grow`, (last?.rss ?? 0) < 1.1 * (first?.rss ?? 0)))
  }
}

const main = async (): Promise<void> => {
  const [cpu] = cpus()
  print(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${type()} ${arch()}, ${cpus().length} cores (${cpu?.model ?? '?'}), ${whole(totalmem() / 2 ** 30)} GiB, ${load()}. ${rounds} rounds.`,
  )
  if (isChosen('BENCH_ONLY', 'ingest')) await ingest()
  if (isChosen('BENCH_ONLY', 'operations')) await operations()
  if (isChosen('BENCH_ONLY', 'poller')) await poller()
  print('', `At the end: ${load()}.`)
}

await main()
