import { type Execution, type Fault, startIppoPayEmulator, startPayopEmulator } from '../../../src/emulators/index.js'
import type { Random } from './random.js'

/** One request that creates something or moves money, as the gateway's own log has it. */
export interface Executed {
  readonly route: string
  readonly currency: string
  /** Minor units. */
  readonly amount: bigint
  readonly id: string
  /** By the gateway's clock. */
  readonly at: number
  /** Whether it came from the same request as the one before: a proxy delivered that twice, and nobody sent it twice. */
  readonly again: boolean
}

/** Both emulators, as the outside world of a proof. They live in the process of the auditor, which nobody kills. */
export interface Gateways {
  /** The accounts `europe` and `india` of a configuration file. */
  readonly accounts: Readonly<Record<string, unknown>>
  /** What was executed, whatever the client saw. */
  readonly executed: () => readonly Executed[]
  /** The answers of this many exchanges to come, about 15 in 100 of them spoiled. */
  readonly spoil: (random: Random, exchanges: number) => void
  readonly unspoil: () => void
  /** The answer to the next payout at Payop does not come, though it is executed. */
  readonly silencePayout: () => void
  /** Requests on the log's routes that met a fault. */
  readonly faults: () => number
  /** Of these, the requests that met each of the {@link duplicates}. */
  readonly duplicated: () => Readonly<Record<Duplicate, number>>
  /** How many requests on the log's routes came. */
  readonly requests: () => number
  readonly pay: (account: string, id: string) => void
  readonly advance: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** The faults that make two of one: of a request, or of an answer on a connection that is kept. */
export const duplicates = ['answered_twice', 'answered_before_next', 'delivered_twice'] as const

type Duplicate = (typeof duplicates)[number]

/** Each spoils one exchange. */
const faults: readonly Fault[] = [
  { kind: 'reset_after_executing' },
  { kind: 'reset_after_executing' },
  { kind: 'silence_after_executing' },
  { kind: 'half_answer' },
  { kind: 'truncated_json' },
  { kind: 'wrong_content_type' },
  { kind: 'status', status: 502, effect: true },
  { kind: 'status', status: 504, effect: true },
  { kind: 'status', status: 502, effect: false },
  { kind: 'status', status: 500, effect: false },
  { kind: 'reset_before_reading' },
  { kind: 'silence_before_executing' },
  { kind: 'latency', ms: 60 },
  { kind: 'answered_twice', ms: 0 },
  { kind: 'answered_twice', ms: 5 },
  { kind: 'answered_before_next' },
  { kind: 'delivered_twice' },
]
const SHARE = 0.15
const UNSPOILED = { kind: 'latency', ms: 0 } as const

/** What to inject, one after the other: runs of exchanges that nothing happens to, and faults between. */
const plans = (random: Random, exchanges: number): readonly { readonly fault: Fault; readonly times: number }[] => {
  const list: { fault: Fault; times: number }[] = []
  for (let count = 0; count < exchanges; count += 1) {
    const last = list.at(-1)
    if (random.next() < SHARE) list.push({ fault: random.one(faults), times: 1 })
    else if (last?.fault === UNSPOILED) last.times += 1
    else list.push({ fault: UNSPOILED, times: 1 })
  }
  return list
}

/** A second delivery begins when the first is over, by the gateway's clock: this is long enough for a busy machine. */
const DELIVERED_WITHIN_MS = 2_000

/** The entries that stem from the second delivery of a request: the same once more, of those that were delivered twice. */
const secondDeliveries = (log: readonly Execution[]): ReadonlySet<Execution> => {
  const seconds = new Set<Execution>()
  const firsts = new Map<string, Execution>()
  for (const entry of log) {
    if (entry.fault !== 'delivered_twice' || !entry.executed) continue
    const what = `${entry.route} ${entry.amount} ${entry.currency}`
    const first = firsts.get(what)
    if (first !== undefined && entry.at - first.at <= DELIVERED_WITHIN_MS) {
      seconds.add(entry)
      firsts.delete(what)
    } else firsts.set(what, entry)
  }
  return seconds
}

const minor = (decimal: string): bigint => BigInt(Math.round(Number(decimal) * 100))

/** Starts both. Their ids and credentials depend on the seed. */
export const startGateways = async (seed: string): Promise<Gateways> => {
  const payop = await startPayopEmulator({ seed: `payop-${seed}` })
  const ippopay = await startIppoPayEmulator({ seed: `ippopay-${seed}`, balancePaise: 1_000_000_000_00 })
  for (const currency of ['EUR']) payop.setBalance(currency, 1_000_000_000)
  const both = [payop, ippopay]
  const log = () => both.flatMap((emulator) => emulator.executions())
  const met = (kind: Duplicate): number =>
    both.reduce((sum, emulator) => {
      const entries = emulator.executions()
      const seconds = secondDeliveries(entries)
      return sum + entries.filter((entry) => entry.fault === kind && !seconds.has(entry)).length
    }, 0)
  return {
    accounts: {
      europe: { adapter: 'payop', apiUrl: payop.apiUrl, checkoutUrl: payop.checkoutUrl, ...payop.credentials },
      india: {
        adapter: 'ippopay',
        apiUrl: ippopay.apiUrl,
        checkoutUrl: ippopay.checkoutUrl,
        ...ippopay.credentials,
        payouts: { ...ippopay.credentials.payouts, uniqueRefsProven: true },
      },
    },
    executed: () =>
      both.flatMap((emulator) => {
        const entries = emulator.executions()
        const seconds = secondDeliveries(entries)
        return entries
          .filter(({ executed, amount }) => executed && amount !== undefined)
          .map((entry) => {
            const { route, id = '', amount = '', currency = '', at } = entry
            return { route, id, at, currency, amount: minor(amount), again: seconds.has(entry) }
          })
      }),
    spoil: (random, exchanges) => {
      for (const emulator of both) for (const plan of plans(random, exchanges)) emulator.inject({ route: '*', ...plan })
    },
    unspoil: () => {
      for (const emulator of both) emulator.clearFaults()
    },
    silencePayout: () =>
      payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'silence_after_executing' } }),
    faults: () => log().filter(({ fault }) => fault !== undefined && fault !== 'latency').length,
    duplicated: () => ({
      answered_twice: met('answered_twice'),
      answered_before_next: met('answered_before_next'),
      delivered_twice: met('delivered_twice'),
    }),
    requests: () => log().length,
    pay: (account, id) => {
      if (account === 'europe') payop.act(id, 'pay')
      else ippopay.pay(id, 'success')
    },
    advance: async (ms) => {
      await Promise.all(both.map((emulator) => emulator.clock.advance(ms)))
    },
    close: async () => {
      await Promise.all(both.map((emulator) => emulator.close()))
    },
  }
}
