import { type Launched, launch } from './launch.js'
import { inTurn, median, ratioOf } from './statistics.js'
import type { Cost, Slice } from './telemetry/subject.js'

/**
 * `npm run bench:telemetry`: what the seams cost while nothing listens, and what each listener costs, as Markdown. BENCH_ROUNDS, BENCH_CALLS
 * and BENCH_PAYMENTS say how much is measured. Timings are no tests.
 */
const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise)
const rounds = numberFrom('BENCH_ROUNDS', 15)

interface Line {
  readonly slice: Slice
  readonly costs: Cost[]
}

const linesOf = (slices: readonly Slice[]): readonly Line[] => slices.map((slice) => ({ slice, costs: [] }))

const cpuOf = ({ costs }: Line): readonly number[] => costs.map(({ cpu }) => cpu)

/** Slice by slice, in another order each round, after a warm-up. */
const measure = async ({ ask }: Launched<unknown, Slice, Cost>, lines: readonly Line[]): Promise<void> => {
  for (const { slice } of lines) await ask(slice)
  for (let round = 0; round < rounds; round += 1)
    for (const { slice, costs } of inTurn(lines, round)) costs.push(await ask(slice))
}

const printTable = (what: string, unit: string, per: number, lines: readonly Line[]): void => {
  const [yardstick] = lines
  if (yardstick === undefined) return
  const rows = lines.map((line) => {
    const { median: middle, min, max } = ratioOf(cpuOf(line), cpuOf(yardstick))
    const cost = (median(cpuOf(line)) / per).toFixed(per === 1 ? 0 : 1)
    return `| ${line.slice.variant} | ${cost} | ${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}) |`
  })
  process.stdout.write([`| ${what} | CPU ${unit} | ratio |`, '| --- | --- | --- |', ...rows, '', ''].join('\n'))
}

const main = async (): Promise<void> => {
  const gateways = await launch<{ readonly europe: object }>(new URL('./durable/subjects/gateways.ts', import.meta.url))
  const subject = await launch<unknown, Slice, Cost>(
    new URL('./telemetry/subject.ts', import.meta.url),
    [],
    [JSON.stringify(gateways.hello.europe)],
  )
  const times = { calls: numberFrom('BENCH_CALLS', 200_000), payments: numberFrom('BENCH_PAYMENTS', 60) }
  const silent: readonly Slice[] = [
    { what: 'calls', variant: 'a call alone', times: times.calls },
    { what: 'calls', variant: 'traced, nothing listens', times: times.calls },
  ]
  const calls = linesOf(silent)
  const heard = linesOf([
    ...silent,
    { what: 'calls', variant: 'traced, a listener that does nothing', times: times.calls },
  ])
  const payments = linesOf([
    { what: 'payments', variant: 'nothing listens', times: times.payments },
    { what: 'payments', variant: 'lines', times: times.payments },
    { what: 'payments', variant: 'spans and metrics', times: times.payments },
    { what: 'payments', variant: 'spans, metrics and lines', times: times.payments },
  ])
  try {
    // A process in which nothing ever listens is the usual one. Node takes longer for a channel that was once listened to.
    await measure(subject, calls)
    await measure(subject, heard)
    await measure(subject, payments)
  } finally {
    subject.stop()
    gateways.stop()
  }
  printTable('an awaited call', 'ns', 1, calls)
  printTable('the same, once something has listened', 'ns', 1, heard)
  printTable('createPayment, SQLite in memory', 'µs', 1000, payments)
  const [alone, unheard] = calls
  const [payment] = payments
  if (alone === undefined || unheard === undefined || payment === undefined) return
  const seam = median(unheard.costs.map(({ cpu }, round) => cpu - (alone.costs[round]?.cpu ?? 0)))
  const count = payment.costs[0]?.traces ?? 0
  const whole = median(cpuOf(payment))
  process.stdout.write(
    `A payment passes ${count} seams of ${seam.toFixed(0)} ns: ${((count * seam * 100) / whole).toFixed(3)} % of its ${(whole / 1000).toFixed(0)} µs.\n`,
  )
}

await main()
