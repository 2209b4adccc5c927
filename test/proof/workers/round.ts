import { setTimeout as delay } from 'node:timers/promises'
import { omitUndefined } from '../../../src/core/index.js'
import { WAIT_LIMIT_MS } from '../../time.js'
import {
  audit,
  eventsOff,
  executionsFor,
  type Findings,
  openOf,
  type Recorded,
  recordsOf,
  reservationsOff,
  storyOf,
  unresolvedOf,
} from './audit.js'
import { type Book, type Entry, openBook } from './book.js'
import { configurationOf } from './configuration.js'
import { type Gateways, startGateways } from './gateways.js'
import { payopPayout, sorts } from './intents.js'
import type { LedgerFile, PostgresLedger, SqliteLedger } from './ledgers.js'
import { createLives, type Faults } from './lives.js'
import type { Message, Settings } from './messages.js'
import { type Merchant, type Program, startMerchant } from './process.js'
import { createRandom } from './random.js'

/** One ledger, killed many times. */
export interface Round {
  readonly program: Program
  readonly ledger: SqliteLedger | PostgresLedger
  readonly seed: number
  readonly kills: number
  /** What befalls processes besides. */
  readonly faults?: Faults
  /** The seeded bug of the negative control, which payouts alone are asked for with. */
  readonly newKeyOnRecovery?: boolean
}

/** What a round came to. */
export interface RoundResult {
  readonly findings: Findings
  readonly counted: Readonly<Record<string, number>>
  /** What happened to a key that something is wrong with. */
  readonly stories: readonly string[]
}

const CALLERS = 16
/** A silent gateway holds a caller up for so long. Answers come within it on a slow machine, too. */
const PATIENCE_MS = 5_000
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// Mostly longer than a lease, so that what the dead held can be had.
const downtimes = [0, 10 * SECOND, 31 * SECOND, 31 * SECOND, 45 * SECOND, 2 * MINUTE] as const
// The waits between looks at what is not known, in order, and more days than are looked on.
const polls = [MINUTE, MINUTE, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR]
const MOST_DAYS = 40

/** Hears events as a consumer would: what comes first of each number has to come in order, without gaps. */
const createListener = () => {
  const last = new Map<string, number>()
  const gaps: string[] = []
  let delivered = 0
  return {
    listen: ({ subject, sequence }: Extract<Message, { readonly says: 'event' }>): void => {
      delivered += 1
      const before = last.get(subject) ?? 0
      if (sequence > before + 1) gaps.push(`${subject}#${sequence}`)
      last.set(subject, Math.max(before, sequence))
    },
    gaps: () => gaps,
    heard: () => [...last.values()].reduce((sum, count) => sum + count, 0),
    delivered: () => delivered,
  }
}

const isQuiet = async (ledger: LedgerFile): Promise<boolean> => {
  const now = Date.now()
  const rows = await ledger.rows(`select
    (select count(*) from paymux_operations where state in ('prepared', 'dispatched', 'indeterminate')
      and (next_poll_at <= ${now} or lease_until > ${now})) as due`)
  return Number(rows[0]?.due) === 0
}

const untilQuiet = async (ledger: LedgerFile): Promise<void> => {
  for (const until = Date.now() + WAIT_LIMIT_MS; !(await isQuiet(ledger)); await delay(10))
    if (Date.now() > until) throw new Error('the recovery does not come to rest')
}

const passTime = async (ms: number, gateways: Gateways, ledger: LedgerFile, forWhat?: 'operations'): Promise<void> => {
  await gateways.advance(ms)
  await ledger.timePasses(ms, forWhat)
}

/** Calls again, as a merchant does, until there is an answer that ends it. */
const callOwed = async (merchant: Merchant, book: Book, gateways: Gateways, ledger: LedgerFile): Promise<void> => {
  for (let tries = 0; book.owed().some(({ isOver }) => !isOver); tries += 1) {
    if (tries === 20) throw new Error('a call never ends')
    await passTime(31 * SECOND, gateways, ledger)
    book.restarted()
    const entries = book.owed()
    await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let n = caller; n < entries.length; n += CALLERS) {
          const entry = book.next()
          book.record(entry, await merchant.ask(entry.intent.ask))
        }
      }),
    )
  }
}

/** Lets all the time pass that there are looks for. */
const drain = async (gateways: Gateways, ledger: LedgerFile): Promise<void> => {
  const waits = [...polls, ...Array.from({ length: MOST_DAYS }, () => DAY)]
  for (const wait of waits) {
    const open = openOf(await recordsOf(ledger))
    if (open.every(({ unresolved }) => unresolved)) return
    await passTime(wait + SECOND, gateways, ledger, 'operations')
    await untilQuiet(ledger)
  }
}

const untilDelivered = async (ledger: LedgerFile): Promise<void> => {
  for (const until = Date.now() + WAIT_LIMIT_MS; Date.now() < until; await delay(20)) {
    const rows = await ledger.rows('select count(*) as waiting from paymux_events where delivered_at is null')
    if (Number(rows[0]?.waiting) === 0) return
    await ledger.timePasses(MINUTE)
  }
  throw new Error('events are not delivered')
}

/** Closes what requires resolution with what the gateways' logs say. */
const resolveAll = async (
  merchant: Merchant,
  entries: readonly Entry[],
  records: ReadonlyMap<string, Recorded>,
  executions: ReturnType<typeof executionsFor>,
): Promise<readonly string[]> => {
  const problems: string[] = []
  const attested = { attestedBy: 'auditor', note: "the gateway's execution log" }
  for (const { intent } of entries) {
    const record = records.get(intent.key)
    if (record === undefined || openOf(new Map([[record.key, record]])).length === 0) continue
    const last = executions.of(intent.key).slice(record.abandoned).at(-1)
    const problem = await merchant.resolve(
      record.id,
      last === undefined
        ? { outcome: 'not_executed', ...attested }
        : {
            outcome: 'executed',
            status: intent.effect === 'creates' ? 'requires_action' : 'processing',
            ...(intent.effect === 'creates' ? { id: last.id } : {}),
            ...attested,
          },
    )
    if (problem !== undefined) problems.push(`${intent.key}: ${problem}`)
  }
  return problems
}

/** What waits for a person, by class. */
const classes = (
  entries: readonly Entry[],
  records: ReadonlyMap<string, Recorded>,
  executions: ReturnType<typeof executionsFor>,
): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { intent } of entries) {
    const record = records.get(intent.key)
    if (record === undefined || openOf(new Map([[record.key, record]])).length === 0) continue
    const times = executions.of(intent.key).length
    const name = `unresolved: ${intent.sort}, ${intent.account}, ${times === 0 ? 'not executed' : 'created, link not released'}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const settingsOf = (round: Round, gateways: Gateways): Settings => ({
  config: configurationOf(gateways, round.ledger),
  waitMs: 0,
  works: true,
  patienceMs: PATIENCE_MS,
  newKeyOnRecovery: round.newKeyOnRecovery ?? false,
})

const auditNow = async (book: Book, ledger: LedgerFile, gateways: Gateways): Promise<Findings> => {
  const entries = book.entries()
  return audit(entries, await recordsOf(ledger), executionsFor(entries, gateways))
}

/** Kills a merchant's process again and again, lets the last one finish, and audits what became of it all. */
export const playRound = async (round: Round): Promise<RoundResult> => {
  const { program, ledger, kills } = round
  const random = createRandom(round.seed)
  const gateways = await startGateways(String(round.seed))
  const book = openBook(random, round.newKeyOnRecovery === true ? [payopPayout] : sorts, gateways.pay)
  const listener = createListener()
  const settings = settingsOf(round, gateways)
  const started: Merchant[] = []
  const start = (clockAheadMs?: number): Merchant => {
    const one = startMerchant(program, { ...settings, ...omitUndefined({ clockAheadMs }) }, listener.listen)
    started.push(one)
    return one
  }
  const lives = createLives({ ledger, gateways, book, random, start }, kills, round.faults ?? {})
  let merchant = start()
  let standby = start()
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      gateways.unspoil()
      gateways.spoil(random, 300)
      book.restarted()
      await lives.next(merchant)
      merchant = standby
      standby = start()
      await passTime(random.one(downtimes), gateways, ledger)
    }
    gateways.unspoil()
    const last = merchant
    if (!(await last.begin())) throw new Error('the last process did not start')
    await lives.finish()
    // Leases of a process whose clock was ahead last longer.
    if (round.faults?.['clocks apart'] !== undefined) await passTime(10 * MINUTE, gateways, ledger)
    await callOwed(last, book, gateways, ledger)
    if (round.newKeyOnRecovery === true)
      return { findings: await auditNow(book, ledger, gateways), counted: { kills }, stories: [] }
    await drain(gateways, ledger)

    const entries = book.entries()
    const executions = executionsFor(entries, gateways)
    const drained = await recordsOf(ledger)
    const unresolved = unresolvedOf(entries, drained, executions)
    const unresolvedClasses = classes(entries, drained, executions)
    const waiting = await last.unresolved()
    const open = openOf(drained)
    const notUnresolved = open.filter(({ id }) => !waiting.includes(id)).map(({ key }) => key)
    const problems = await resolveAll(last, entries, drained, executions)
    await untilDelivered(ledger)
    const records = await recordsOf(ledger)
    const findings: Findings = {
      ...audit(entries, records, executions),
      ...lives.findings(),
      unresolved,
      'open and not listed as unresolved': notUnresolved,
      'not resolvable': problems,
      'open after resolve': openOf(records).map(({ key }) => key),
      'reservations off': await reservationsOff(ledger, entries, executions),
      'events off': [...(await eventsOff(ledger)), ...listener.gaps()],
      'not whole': (await ledger.integrity()) === 'ok' ? [] : [await ledger.integrity()],
    }
    const wrong = new Set([...Object.values(findings)].flat())
    const stories: string[] = []
    for (const entry of entries.filter(({ intent }) => wrong.has(intent.key)).slice(0, 3))
      stories.push(entry.intent.key, ...(await storyOf(ledger, entry, executions)))
    const exitCode = await last.stop()
    return {
      stories,
      findings: { ...findings, 'exit code': exitCode === 0 ? [] : [String(exitCode)] },
      counted: {
        kills,
        ...lives.counted(),
        operations: records.size,
        'requests that stage or move money': gateways.requests(),
        'of these spoiled': gateways.faults(),
        ...gateways.duplicated(),
        'calls repeated under their key': book.repeats(),
        executed: [...records.values()].filter(({ state }) => state === 'executed').length,
        'waiting for an operator': open.length,
        'events delivered': listener.heard(),
        ...unresolvedClasses,
      },
    }
  } finally {
    await Promise.all(started.map((one) => one.kill()))
    await gateways.close()
  }
}
