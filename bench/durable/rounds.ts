import { inTurn, ratioOf, type Spread } from '../statistics.js'
import type { Ledger } from './ledgers.js'
import { startSubject, type Usable, using } from './measured.js'
import type { Rows } from './subjects/ceiling.js'

/** How much is measured. */
export interface Extent {
  readonly rounds: number
  /** Things done in a round, a multiple of ten. */
  readonly times: number
  readonly warmUp: number
}

/** What a process of ours does, so many times, numbered on from a number. */
export interface Worker {
  readonly subject: Usable
  readonly run: (from: number, times: number) => Promise<Took>
}

/** Milliseconds: by the clock, and of each single thing. */
export interface Took {
  readonly wall: number
  readonly latencies: readonly number[]
}

/** What is measured: over which ledger, if over any, and how many things are under way at once. */
export interface Line {
  readonly what: string
  readonly ledger?: Ledger
  readonly atOnce: number
  /** Starts a process that is ready for the things with these numbers. */
  readonly start: (from: number, count: number) => Promise<Worker>
}

/** What a thing cost, round by round, and what the driver does at best. */
export interface Figures {
  readonly what: string
  readonly perSecond: readonly number[]
  readonly latencies: readonly number[]
  /** Microseconds of our process. */
  readonly cpu: readonly number[]
  /** Of each thing. */
  readonly commits: number
  readonly flushes: number
  /** Durable rows per second by the driver alone, with as many at once. */
  readonly ceiling: readonly number[]
  /** One after the other. */
  readonly oneByOne: readonly number[]
  /** Our commits to the driver's rows. */
  readonly ratio: Spread
}

// Enough for a second or so: each waits for the disk.
const ROWS_ONE_BY_ONE = 500

const startCeiling = async ({ ledger, atOnce }: Line) => {
  if (ledger === undefined)
    return { together: async () => Number.NaN, oneByOne: async () => Number.NaN, stop: () => {} }
  const { ask, stop } = await startSubject<object, Rows, { readonly wall: number }>('ceiling', { place: ledger.place })
  const rows = async (times: number, at: number): Promise<number> =>
    (times / (await ask({ times, atOnce: at })).wall) * 1000
  const together = Math.ceil(3000 / atOnce) * atOnce
  return { together: () => rows(together, atOnce), oneByOne: () => rows(ROWS_ONE_BY_ONE, 1), stop }
}

/** Flushes of the disk for each thing, by a process of its own: a server's count is of that process alone. */
const countFlushes = async ({ ledger, start }: Line, from: number, times: number): Promise<number> => {
  const { subject, run } = await start(from, times)
  const before = await ledger?.flushes()
  const { used } = await using(subject, () => run(from, times))
  subject.stop()
  const after = await ledger?.flushes()
  return (before === undefined || after === undefined ? used.flushes : after - before) / times
}

/** Measures round by round, ours and the driver's in another order each time. */
export const measureRounds = async (line: Line, { rounds, times, warmUp }: Extent): Promise<Figures> => {
  const all = warmUp + rounds * times
  const flushes = await countFlushes(line, all, times)
  const limits = await startCeiling(line)
  const { subject, run } = await line.start(0, all)
  await run(0, warmUp)
  const perSecond: number[] = []
  const latencies: number[] = []
  const cpu: number[] = []
  const commits: number[] = []
  const ceiling: number[] = []
  const oneByOne: number[] = []
  const steps = [
    async (round: number) => {
      const { done, used } = await using(subject, () => run(warmUp + round * times, times))
      perSecond.push((times / done.wall) * 1000)
      latencies.push(...done.latencies)
      cpu.push(used.cpu / times)
      commits.push(used.commits / times)
    },
    async () => void ceiling.push(await limits.together()),
    async () => void oneByOne.push(await limits.oneByOne()),
  ]
  for (let round = 0; round < rounds; round += 1) for (const step of inTurn(steps, round)) await step(round)
  subject.stop()
  limits.stop()
  return {
    what: line.what,
    perSecond,
    latencies,
    cpu,
    commits: commits.reduce((sum, one) => sum + one, 0) / rounds,
    flushes,
    ceiling,
    oneByOne,
    ratio: ratioOf(
      perSecond.map((one, round) => one * (commits[round] ?? 0)),
      ceiling,
    ),
  }
}
