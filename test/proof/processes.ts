import { setTimeout as delay } from 'node:timers/promises'
import { sharedPostgres } from '../postgres/server.js'
import { WAIT_LIMIT_MS } from '../time.js'
import type { Effort, Prove } from './proof.js'
import { configurationOf } from './workers/configuration.js'
import { type Gateways, startGateways } from './workers/gateways.js'
import { type Intent, oneOfEach, rivalOf } from './workers/intents.js'
import { type LedgerFile, postgresLedger, sqliteLedger } from './workers/ledgers.js'
import type { CallResult } from './workers/messages.js'
import { bundle, type Merchant, type Program, startMerchant } from './workers/process.js'

const PROCESSES = 4
const CALLERS = 16
const AGAIN_MS = 20
const MOST_TRIES = 500

interface Called {
  readonly intent: Intent
  readonly result: CallResult | undefined
  readonly inProgress: number
}

/** Calls until it is told what became of it. */
const untilAnswered = async (merchant: Merchant, intent: Intent): Promise<Called> => {
  for (let inProgress = 0; ; inProgress += 1) {
    const result = await merchant.ask(intent.ask)
    const isBusy = result !== undefined && !result.ok && result.tag === 'InProgress'
    if (!isBusy || inProgress === MOST_TRIES) return { intent, result, inProgress }
    await delay(AGAIN_MS)
  }
}

/** One caller in sixteen wants something else under the same key. */
const callersOf = (merchants: readonly Merchant[], intent: Intent, rival: Intent): readonly Promise<Called>[] =>
  merchants.flatMap((merchant, process) =>
    Array.from({ length: CALLERS }, (_, caller) => untilAnswered(merchant, caller === process * 5 ? rival : intent)),
  )

const executionsOf = (gateways: Gateways, { route, currency, amount }: Intent): number =>
  gateways.executed().filter((one) => one.route === route && one.currency === currency && one.amount === amount).length

/** What is wrong with what the callers of a key got, given that the winner is known. */
const problemsOf = (winner: Intent, calls: readonly Called[]): readonly string[] => {
  const winners = calls.filter(({ intent }) => intent === winner).map(({ result }) => result)
  const losers = calls.filter(({ intent }) => intent !== winner).map(({ result }) => result)
  const results = winners.flatMap((result) => (result?.ok === true ? [result] : []))
  const ids = new Set(results.map(({ id }) => id))
  const links = new Set(results.map(({ link }) => link))
  const first = results.filter(({ replayed }) => !replayed).length
  return [
    ...(results.length === winners.length ? [] : [`${winners.length - results.length} did not get the result`]),
    ...(ids.size === 1 && links.size === 1 ? [] : [`${ids.size} ids and ${links.size} links`]),
    ...(first === 1 ? [] : [`${first} got a result of their own`]),
    ...(losers.every((result) => result?.ok === false && result.tag === 'Conflict')
      ? []
      : ['another request was no conflict']),
  ]
}

interface Counts {
  keys: number
  executions: number
  'most for one key': number
  calls: number
  'answered InProgress': number
  conflicts: number
  wrong: number
}

const raceFor = async (
  merchants: readonly Merchant[],
  gateways: Gateways,
  intent: Intent,
  counts: Counts,
): Promise<readonly string[]> => {
  const rival = rivalOf(intent)
  const calls = await Promise.all(callersOf(merchants, intent, rival))
  const ours = executionsOf(gateways, intent)
  const executions = ours + executionsOf(gateways, rival)
  counts.keys += 1
  counts.executions += executions
  counts['most for one key'] = Math.max(counts['most for one key'], executions)
  counts.calls += calls.reduce((sum, { inProgress }) => sum + inProgress + 1, 0)
  counts['answered InProgress'] += calls.reduce((sum, { inProgress }) => sum + inProgress, 0)
  counts.conflicts += calls.filter(({ result }) => result?.ok === false && result.tag === 'Conflict').length
  const problems = problemsOf(ours > 0 ? intent : rival, calls)
  return [...(executions === 1 ? [] : [`${executions} executions`]), ...problems].map((one) => `${intent.key}: ${one}`)
}

const PRINTED = 5
const AT_ONCE = 3

const raceAll = async (
  keys: number,
  program: Program,
  ledger: LedgerFile,
  counts: Counts,
  { seed, print }: Effort,
): Promise<void> => {
  const gateways = await startGateways(`${ledger.name}-${seed}`)
  const merchants = Array.from({ length: PROCESSES }, (_, process) =>
    startMerchant(program, {
      config: configurationOf(gateways, ledger),
      // Half of them wait for the winner, half get InProgress at once.
      waitMs: process % 2 === 0 ? 0 : 10_000,
      works: true,
      patienceMs: WAIT_LIMIT_MS,
      newKeyOnRecovery: false,
    }),
  )
  try {
    const begun = await Promise.all(merchants.map((merchant) => merchant.begin()))
    if (begun.includes(false)) throw new Error('a process did not begin')
    for (let key = 0; key < keys; key += AT_ONCE) {
      const races = oneOfEach.slice(0, AT_ONCE).map(async (_, n) => {
        const sort = oneOfEach[(key + n) % oneOfEach.length]
        return sort === undefined || key + n >= keys ? [] : raceFor(merchants, gateways, sort(key + n), counts)
      })
      const problems = (await Promise.all(races)).flat()
      counts.wrong += problems.length
      for (const problem of problems.slice(0, PRINTED)) print(`  WRONG ${problem}`)
    }
    const codes = await Promise.all(merchants.map((merchant) => merchant.stop()))
    if (codes.some((code) => code !== 0)) counts.wrong += 1
  } finally {
    await Promise.all(merchants.map((merchant) => merchant.kill()))
    await gateways.close()
  }
}

/** Four processes of sixteen callers want the same at once, key after key, and some something else under the same key. */
export const run: Prove = async (effort) => {
  // On each of the two stores.
  const keys = effort.long ? 2_500 : 50
  const counts: Counts = {
    keys: 0,
    executions: 0,
    'most for one key': 0,
    calls: 0,
    'answered InProgress': 0,
    conflicts: 0,
    wrong: 0,
  }
  const server = sharedPostgres()
  if (!('url' in server)) throw new Error(`no PostgreSQL server: ${server.reason}`)
  const program = await bundle()
  try {
    for (const open of [sqliteLedger, () => postgresLedger(server)]) {
      const ledger = await open()
      const began = performance.now()
      try {
        await raceAll(keys, program, ledger, counts, effort)
        effort.print(`${ledger.name}: ${keys} keys, ${Math.round((performance.now() - began) / 1000)} s`)
      } finally {
        await ledger.remove()
      }
    }
  } finally {
    program.remove()
  }
  const passed = counts.wrong === 0 && counts.executions === counts.keys && counts['most for one key'] === 1
  return { name: '4 processes x 16 callers', counted: { ...counts }, passed }
}
