import * as E from 'fp-ts/lib/Either.js'
import type {
  Kind,
  PaymentError,
  PaymentProvider,
  PaymentRequest,
  PayoutRequest,
  Results,
} from '../../src/core/index.js'
import type { Store } from '../../src/ledger/index.js'
import { sharedPostgres } from '../postgres/server.js'
import { WAIT_LIMIT_MS } from '../time.js'
import { eachOf, type Prove } from './proof.js'
import { accountsOf, type Gateways, startGateways } from './stage/gateways.js'
import { canaries, hostedPayment, idOf } from './stage/plays.js'
import { openStage } from './stage/stage.js'
import { type NewPlace, postgresOn, sqliteFile } from './stage/stores.js'

/**
 * 64 workers on one key: four processes on one ledger, as far as one process of ours can play them, each with 16 calls at
 * once. One call in ten asks for something else under the same key. The gateway is asked exactly once for each key, and
 * everybody is told the same.
 */

const PROCESSES = 4
const CALLERS = 16
/** Every so many calls asks for another amount. */
const OTHER_EVERY = 10

/** How many keys at once: 64 calls wait for one database, and none of them for longer than its limits. */
const AT_ONCE = 1

interface CallInput {
  readonly key: string
  readonly amount: string
}

interface Contest {
  readonly route: string
  readonly gateway: keyof Pick<Gateways, 'payop' | 'ippopay'>
  readonly call: (provider: PaymentProvider, input: CallInput) => Promise<E.Either<PaymentError, Results[Kind]>>
}

const payment = ({ key, amount }: CallInput): PaymentRequest => ({
  ...hostedPayment('EUR', amount),
  idempotencyKey: key,
})

const payout = ({ key, amount }: CallInput): PayoutRequest => ({
  idempotencyKey: key,
  amount: { value: amount, currency: 'INR' },
  merchantReference: key,
  beneficiary: {
    type: 'indian_bank_account',
    accountNumber: canaries.accountNumber,
    ifsc: 'TEST0000001',
    name: canaries.beneficiary,
  },
})

const contests: readonly Contest[] = [
  {
    route: 'POST /v1/invoices/create',
    gateway: 'payop',
    call: (provider, input) => provider.createPayment(payment(input))(),
  },
  {
    route: 'POST /v1/payout/transfer/request',
    gateway: 'ippopay',
    call: (provider, input) => provider.payout(payout(input))(),
  },
]

/** What the callers of one key got. */
export interface Tally {
  readonly results: readonly string[]
  readonly conflicts: number
  readonly inProgress: number
  readonly others: readonly string[]
}

const tallyOf = (result: readonly E.Either<PaymentError, Results[Kind]>[]): Tally => {
  const tags = result.flatMap((one) => (E.isLeft(one) ? [one.left._tag] : []))
  return {
    results: result.flatMap((one) => (E.isRight(one) ? [idOf(one.right)] : [])),
    conflicts: tags.filter((tag) => tag === 'Conflict').length,
    inProgress: tags.filter((tag) => tag === 'InProgress').length,
    others: tags.filter((tag) => tag !== 'Conflict' && tag !== 'InProgress'),
  }
}

/** What is wrong with what the callers of a key got, and with what the gateway did for it. */
const problemsOf = (tally: Tally, executions: number, others: number, patient: boolean): readonly string[] => {
  const losers = PROCESSES * CALLERS - others
  return [
    ...(executions === 1 ? [] : [`${executions} executions`]),
    ...(new Set(tally.results).size === 1 ? [] : [`${new Set(tally.results).size} different results`]),
    // Who came first decides what the key stands for.
    ...([others, losers].includes(tally.conflicts) ? [] : [`${tally.conflicts} conflicts`]),
    ...(patient && tally.inProgress > 0 ? [`${tally.inProgress} left waiting`] : []),
    ...tally.others,
  ]
}

interface Counts {
  keys: number
  calls: number
  executions: number
  results: number
  conflicts: number
  inProgress: number
  problems: string[]
}

interface RaceOptions {
  readonly keys: number
  readonly newPlace: NewPlace
  /** How long a caller waits for the winner, in milliseconds; 0: it gets `InProgress`. */
  readonly waitMs: number
  /** Begins the keys: the gateways remember those of earlier races. */
  readonly prefix: string
  /** What the processes' stores are wrapped in: a test's way to break them. */
  readonly wrapped?: (store: Store) => Store
}

/** Races the callers over fresh keys and counts. */
export const raceOnKeys = async (gateways: Gateways, options: RaceOptions): Promise<Counts> => {
  const { keys, newPlace, waitMs, prefix, wrapped } = options
  const { payop, ippopay } = accountsOf(gateways)
  const routes = [
    { when: { currency: ['EUR'] }, to: ['payop'] },
    { when: { currency: ['INR'] }, to: ['ippopay'] },
  ]
  const stage = await openStage(newPlace, { accounts: { payop, ippopay }, routes, waitMs })
  const opening = Array.from({ length: PROCESSES }, () => (wrapped ? stage.openOver(wrapped) : stage.open()))
  const providers: readonly PaymentProvider[] = await Promise.all(opening)
  const counts: Counts = { keys, calls: 0, executions: 0, results: 0, conflicts: 0, inProgress: 0, problems: [] }

  const race = async (contest: Contest, key: string, turn: number): Promise<void> => {
    const calls = Array.from({ length: CALLERS }, () => providers).flat()
    const others = calls.filter((_, n) => (n + turn) % OTHER_EVERY === 0).length
    const result = await Promise.all(
      calls.map((provider, n) =>
        contest.call(provider, { key, amount: (n + turn) % OTHER_EVERY === 0 ? '12.00' : '11.00' }),
      ),
    )
    const tally = tallyOf(result)
    const made = new Set(tally.results)
    const executions = gateways[contest.gateway]
      .executions()
      .filter(({ route, executed, id = '', key: known = '' }) => {
        return route === contest.route && executed && (made.has(id) || made.has(known))
      }).length
    counts.calls += calls.length
    counts.results += tally.results.length
    counts.conflicts += tally.conflicts
    counts.inProgress += tally.inProgress
    counts.problems.push(...problemsOf(tally, executions, others, waitMs > 0).map((problem) => `${key}: ${problem}`))
  }

  const before = contests.map(({ gateway }) => gateways[gateway].executions().length)
  const names = Array.from({ length: keys }, (_, n) => `${prefix}-${String(n).padStart(8, '0')}`)
  await eachOf(names, AT_ONCE, async (key, n) => {
    const contest = contests[n % contests.length]
    if (contest !== undefined) await race(contest, key, n)
  })
  // What was executed under no key that a caller used is in here, too.
  counts.executions = contests.flatMap(({ gateway, route }, n) =>
    gateways[gateway]
      .executions()
      .slice(before[n])
      .filter((execution) => execution.route === route && execution.executed),
  ).length
  if (counts.executions !== keys) counts.problems.push(`${counts.executions} executions for ${keys} keys`)
  await stage.close()
  return counts
}

/** The proof: half of the keys with callers that wait, half with callers that do not, on every store there is. */
export const run: Prove = async ({ long, seed, print }) => {
  const gateways = await startGateways()
  const server = sharedPostgres()
  const places: readonly (readonly [string, NewPlace])[] = [
    ['sqlite', sqliteFile],
    ...('url' in server ? ([['postgres', postgresOn(server)]] as const) : []),
  ]
  // Half of the keys with callers that wait; in a test run, a hundred over all stores.
  const keys = long ? 2_500 : Math.ceil(50 / places.length)
  const totals = { stores: places.length, keys: 0, calls: 0, executions: 0, results: 0, conflicts: 0, 'in progress': 0 }
  let problems = 0
  for (const [name, newPlace] of places)
    for (const waitMs of [0, WAIT_LIMIT_MS]) {
      const counts = await raceOnKeys(gateways, {
        keys,
        newPlace,
        waitMs,
        prefix: `${name}-${waitMs}-${seed}`,
      })
      print(`${name}, ${waitMs > 0 ? 'waiting' : 'not waiting'}: ${counts.keys} keys, ${counts.executions} executions`)
      for (const problem of counts.problems.slice(0, 10)) print(problem)
      problems += counts.problems.length
      totals.keys += counts.keys
      totals.calls += counts.calls
      totals.executions += counts.executions
      totals.results += counts.results
      totals.conflicts += counts.conflicts
      totals['in progress'] += counts.inProgress
    }
  await gateways.close()
  return { name: '64 workers on one key', counted: { ...totals, problems }, passed: problems === 0 }
}
