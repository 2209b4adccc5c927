import { setTimeout as delay } from 'node:timers/promises'
import { LEASE_MS } from '../../../src/orchestrator/context.js'
import { executionsFor } from './audit.js'
import type { Book, Entry } from './book.js'
import type { Gateways } from './gateways.js'
import type { PostgresLedger, SqliteLedger } from './ledgers.js'
import type { CallResult } from './messages.js'
import type { Merchant } from './process.js'
import type { Random } from './random.js'

/** What befalls a process before it is killed. `killed`: nothing. */
export type Life = 'killed' | 'paused' | 'clocks apart' | 'server killed' | 'file copied'

/** How often each of them befalls a process in a round; the rest are only killed. */
export type Faults = Readonly<Partial<Record<Exclude<Life, 'killed'>, number>>>

/** What the lives of a round take place in. */
export interface World {
  readonly ledger: SqliteLedger | PostgresLedger
  readonly gateways: Gateways
  readonly book: Book
  readonly random: Random
  /** Starts a process whose clock is ahead of the machine's by so many milliseconds. */
  readonly start: (clockAheadMs?: number) => Merchant
}

/** The lives of the processes of a round, one after the other. */
export interface Lives {
  /** Lives the next life, and kills who lived it. The process is one that waits to begin. */
  readonly next: (merchant: Merchant) => Promise<void>
  /** Continues who is still paused once that took longer than a lease, and kills it. */
  readonly finish: () => Promise<void>
  /** How often what befell processes. */
  readonly counted: () => Readonly<Record<string, number>>
  /** What was wrong with them. */
  readonly findings: () => Readonly<Record<string, readonly string[]>>
}

const CALLERS = 16
/** How far the clocks of two processes are from the machine's: one ahead, one behind. */
const CLOCK_OFF_MS = 5 * 60_000
/** Longer than a lease by more than timers are late. */
const PAUSE_MS = LEASE_MS + 1_000

// Work, not time: a machine that is busy would otherwise kill what has not begun to send.
const LONGEST_LIFE_MS = 5_000

interface Running {
  readonly merchant: Merchant
  readonly begun: Promise<boolean>
  /** Over when no caller calls any more. */
  readonly called: Promise<unknown>
  /** What is called for now. */
  readonly inFlight: ReadonlySet<Entry>
}

interface Paused extends Running {
  /** When it was paused, by a clock that does not jump. */
  readonly since: number
  /** The fences of what was leased then. */
  readonly leased: ReadonlyMap<string, number>
}

/** The lives of a round in a random order. Pauses come first: others live and die while they last. */
const shuffled = (random: Random, kills: number, faults: Faults): Life[] => {
  const of = (life: Exclude<Life, 'killed'>): Life[] => Array.from({ length: faults[life] ?? 0 }, () => life)
  const apart = [...of('clocks apart'), ...of('server killed'), ...of('file copied')]
  const lives: Life[] = Array.from({ length: kills - (faults.paused ?? 0) }, (_, n) => apart[n] ?? 'killed')
  for (let n = lives.length - 1; n > 0; n -= 1) {
    const other = random.between(0, n)
    const life = lives[n] ?? 'killed'
    lives[n] = lives[other] ?? 'killed'
    lives[other] = life
  }
  return [...of('paused'), ...lives]
}

const isBroken = (result: CallResult | undefined): boolean =>
  result !== undefined && !result.ok && result.code?.startsWith('ERR_LEDGER_') === true

/** Plays the lives of a round. */
export const createLives = (world: World, kills: number, faults: Faults): Lives => {
  const { ledger, gateways, book, random, start } = world
  const lives = shuffled(random, kills, faults)
  const counts: Record<string, number> = {}
  const wrong: Record<string, string[]> = { 'ended by itself': [], 'sent though broken': [] }
  let paused: Paused | undefined

  const count = (what: string, times = 1): void => {
    counts[what] = (counts[what] ?? 0) + times
  }

  /** Calls for what is next, at one process or at several at once. */
  const callNext = async (merchants: readonly Merchant[], inFlight: Set<Entry>): Promise<CallResult | undefined> => {
    const entry = book.next()
    inFlight.add(entry)
    const results = await Promise.all(merchants.map(({ ask }) => ask(entry.intent.ask)))
    inFlight.delete(entry)
    for (const result of results) book.record(entry, result)
    return results.find(isBroken)
  }

  /** Callers, one call after the other as long as all processes live and their ledger is whole. */
  const begin = (merchant: Merchant, others: readonly Merchant[] = []): Running => {
    const all = [merchant, ...others]
    const inFlight = new Set<Entry>()
    const call = async (): Promise<void> => {
      while (all.every(({ isAlive }) => isAlive())) if ((await callNext(all, inFlight)) !== undefined) return
    }
    const begun = Promise.all(all.map((one) => one.begin())).then((ready) => ready.every(Boolean))
    const called = begun.then((isReady) => (isReady ? Promise.all(Array.from({ length: CALLERS }, call)) : []))
    return { merchant, begun, called, inFlight }
  }

  const end = async (life: Life, { merchant, called }: Running, others: readonly Merchant[] = []): Promise<void> => {
    for (const one of [merchant, ...others]) {
      if (!one.isAlive()) wrong['ended by itself']?.push(life)
      await one.kill()
    }
    await called
  }

  /** A random piece of work at the gateways, and a little longer. */
  const work = async (): Promise<void> => {
    const enough = gateways.requests() + random.between(1, 16)
    for (const until = Date.now() + LONGEST_LIFE_MS; gateways.requests() < enough && Date.now() < until; )
      await delay(2)
    await delay(random.between(0, 40))
  }

  const leases = async (): Promise<ReadonlyMap<string, number>> => {
    const rows = await ledger.rows(`select id, fence from paymux_operations where lease_until > ${Date.now()}`)
    return new Map(rows.map(({ id, fence }) => [String(id), Number(fence)]))
  }

  /** Stops it where it is, but not within a transaction: that would hold up everybody, and nothing would be recovered. */
  const pause = async (running: Running): Promise<Paused> => {
    const { merchant, inFlight } = running
    for (;;) {
      merchant.pause()
      // The signal takes effect a moment later.
      await delay(5)
      if (await ledger.isFree()) break
      merchant.continue()
      await delay(random.between(1, 10))
    }
    // Who waits for it asks another process.
    for (const entry of inFlight) book.record(entry, undefined)
    return { ...running, since: performance.now(), leased: await leases() }
  }

  const resume = async (one: Paused): Promise<void> => {
    const now = await ledger.rows('select id, fence from paymux_operations')
    const taken = now.filter(({ id, fence }) => Number(fence) > (one.leased.get(String(id)) ?? Number(fence)))
    count('leases of paused processes that others acquired', taken.length)
    count('pauses longer than the lease')
    one.merchant.continue()
  }

  const isOver = ({ since }: Paused): boolean => performance.now() - since > PAUSE_MS

  const finish = async (): Promise<void> => {
    if (paused === undefined) return
    const one = paused
    await delay(Math.max(0, PAUSE_MS - (performance.now() - one.since)))
    await resume(one)
    await work()
    await end('paused', one)
    paused = undefined
  }

  const breakBy = async (running: Running, { isCopiedAndVisited }: SqliteLedger): Promise<void> => {
    const { merchant, called } = running
    count('SQLite files copied by their own process')
    if (!(await isCopiedAndVisited(merchant.copy))) return
    count('SQLite files that lost their -wal so')
    await called
    // Whatever is called for from now on has to be refused before anything is sent.
    const fresh = Array.from({ length: CALLERS }, () => book.anew())
    await Promise.all(fresh.map(async (entry) => book.record(entry, await merchant.ask(entry.intent.ask))))
    const executions = executionsFor(book.entries(), gateways)
    for (const { intent, results } of fresh)
      if (!results.every(isBroken) || executions.of(intent.key).length > 0)
        wrong['sent though broken']?.push(intent.key)
  }

  const liveApart = async (): Promise<void> => {
    const [ahead, behind] = [start(CLOCK_OFF_MS), start(-CLOCK_OFF_MS)]
    const running = begin(ahead, [behind])
    if (await running.begun) await work()
    await work()
    await end('clocks apart', running, [behind])
    count('pairs of processes whose clocks are 10 minutes apart')
  }

  /** Some processes die while they begin. */
  const liveAlone = async (running: Running): Promise<void> => {
    if (random.next() < 0.1) return delay(random.between(0, 100))
    await running.begun
    await work()
  }

  const befall = async (life: Life, running: Running): Promise<void> => {
    if (life === 'killed') return liveAlone(running)
    await running.begun
    await work()
    if (life === 'file copied' && ledger.name === 'SQLite') await breakBy(running, ledger)
    if (life === 'server killed' && ledger.name === 'PostgreSQL') {
      count('PostgreSQL servers killed')
      await ledger.killServer()
      await work()
    }
  }

  /** While a process is paused no other is, and no file is copied: the paused one still holds its locks. */
  const choose = (): Life | undefined => {
    const at = lives.findIndex((life) => paused === undefined || (life !== 'paused' && life !== 'file copied'))
    return lives.splice(at, at === -1 ? 0 : 1)[0]
  }

  return {
    next: async (merchant) => {
      let life = choose()
      if (life === undefined) {
        await finish()
        life = choose() ?? 'killed'
      }
      if (life === 'clocks apart') {
        await merchant.kill()
        return liveApart()
      }
      const running = begin(merchant)
      const continued = paused !== undefined && isOver(paused) ? paused : undefined
      if (continued !== undefined) {
        await running.begun
        await resume(continued)
      }
      await befall(life, running)
      if (life === 'paused') {
        paused = await pause(running)
        return
      }
      await end(life, running)
      if (continued !== undefined) {
        await end('paused', continued)
        paused = undefined
      }
    },
    finish,
    counted: () => counts,
    findings: () => wrong,
  }
}
