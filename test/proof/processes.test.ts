import nock from 'nock'
import { eventually } from '../eventually.js'
import { describeWithPostgres, killServer, ownPostgres } from '../postgres/server.js'
import { WAIT_LIMIT_MS } from '../time.js'
import { run } from './processes.js'
import { audit, executionsFor, openOf, recordsOf, unresolvedOf } from './workers/audit.js'
import type { Entry } from './workers/book.js'
import { configurationOf } from './workers/configuration.js'
import { type Gateways, startGateways } from './workers/gateways.js'
import { type Intent, oneOfEach, payopPayout } from './workers/intents.js'
import { type LedgerFile, postgresLedger, sqliteLedger } from './workers/ledgers.js'
import type { CallResult } from './workers/messages.js'
import { bundle, type Merchant, type Program, startMerchant } from './workers/process.js'

let program: Program
let gateways: Gateways
beforeAll(async () => {
  nock.restore()
  program = await bundle()
})
afterAll(() => program.remove())
beforeEach(async () => {
  gateways = await startGateways('processes')
})
afterEach(() => gateways.close())

const merchantOn = (ledger: LedgerFile, newKeyOnRecovery = false): Merchant =>
  startMerchant(program, {
    config: configurationOf(gateways, ledger),
    waitMs: 0,
    works: true,
    patienceMs: WAIT_LIMIT_MS,
    newKeyOnRecovery,
  })

const entryOf = (intent: Intent, result: CallResult | undefined): Entry => ({
  intent,
  results: result === undefined ? [] : [result],
  links: new Set(),
  isOver: true,
})

it('4 processes of 16 callers on one key make one call, and are told the same', async () => {
  const lines: string[] = []
  const proof = await run({ long: false, seed: 4217, print: (line) => lines.push(line) })

  expect(proof.passed ? [] : lines).toEqual([])
  expect(proof.counted.executions).toBe(proof.counted.keys)
})

const onStore = (open: () => Promise<LedgerFile>): void => {
  let ledger: LedgerFile
  beforeEach(async () => {
    ledger = await open()
  })
  afterEach(() => ledger.remove())

  it('SIGTERM finishes what is running, and leaves nothing leased', async () => {
    const merchant = merchantOn(ledger)
    await merchant.begin()
    const intents = oneOfEach.flatMap((sort) => [sort(1), sort(2), sort(3)])
    const calls = intents.map((intent) => merchant.ask(intent.ask))
    await eventually(() => gateways.requests() > 0)
    const code = await merchant.stop()
    const results = await Promise.all(calls)

    expect(code).toBe(0)
    const records = await recordsOf(ledger)
    expect([...records.values()].filter(({ leased, state }) => leased && state !== 'executed')).toEqual([])
    expect(openOf(records)).toEqual([])
    const entries = intents.map((intent, n) => entryOf(intent, results[n]))
    expect(Object.values(audit(entries, records, executionsFor(entries, gateways))).flat()).toEqual([])
  })

  const killedInside = async (newKeyOnRecovery: boolean) => {
    const intent = payopPayout(1)
    gateways.silencePayout()
    const first = merchantOn(ledger, newKeyOnRecovery)
    await first.begin()
    const call = first.ask(intent.ask)
    await eventually(() => gateways.executed().length > 0)
    await first.kill()
    expect(await call).toBeUndefined()
    expect([...(await recordsOf(ledger)).values()]).toMatchObject([{ state: 'dispatched', leased: true }])

    const second = merchantOn(ledger, newKeyOnRecovery)
    await second.begin()
    const busy = await second.ask(intent.ask)
    await gateways.advance(61_000)
    await ledger.timePasses(61_000)
    await eventually(async () => openOf(await recordsOf(ledger)).length === 0)
    const result = await second.ask(intent.ask)
    await second.stop()
    return { busy, result, executions: gateways.executed().length }
  }

  it('a payout whose process is killed before its answer came is found again, and not sent again', async () => {
    const { busy, result, executions } = await killedInside(false)

    expect(busy).toMatchObject({ ok: false, tag: 'InProgress' })
    expect(result).toMatchObject({ ok: true, replayed: true })
    expect(executions).toBe(1)
  })

  it('… and a process that gives it a new key does send it again: the log would show it', async () => {
    expect((await killedInside(true)).executions).toBe(2)
  })
}

describe('on SQLite', () => onStore(sqliteLedger))

describeWithPostgres('on PostgreSQL', (server) => onStore(() => postgresLedger(server)))

describeWithPostgres(
  'a PostgreSQL server that is killed under load',
  (server) => {
    it('has what was acknowledged, and lets nothing be doubled', async () => {
      const ledger = await postgresLedger(server)
      const merchant = merchantOn(ledger)
      const entries: Entry[] = []
      try {
        await merchant.begin()
        let isOver = false
        let n = 0
        const call = async (): Promise<void> => {
          while (!isOver && merchant.isAlive()) {
            n += 1
            const intent = oneOfEach[n % oneOfEach.length]?.(n)
            if (intent !== undefined) entries.push(entryOf(intent, await merchant.ask(intent.ask)))
          }
        }
        const callers = Promise.all(Array.from({ length: 16 }, call))
        await eventually(() => gateways.executed().length > 10)
        await killServer(server)
        await eventually(() => entries.length > 60 || !merchant.isAlive())
        isOver = true
        await callers
        expect(merchant.isAlive()).toBe(true)
        for (let look = 0; look < 4; look += 1) {
          await gateways.advance(121_000)
          await ledger.timePasses(121_000, 'operations')
          await eventually(async () => {
            const open = await ledger.rows(
              `select 1 from paymux_operations where lease_until > ${Date.now()} or next_poll_at <= ${Date.now()}`,
            )
            return open.length === 0
          })
        }
        const records = await recordsOf(ledger)
        const executions = executionsFor(entries, gateways)
        expect(entries.filter(({ results }) => results[0]?.ok === true).length).toBeGreaterThan(0)
        expect(audit(entries, records, executions)).toEqual({
          'executed twice': [],
          'false records': [],
          'links beyond one': [],
          'wrong amounts': [],
          conflicts: [],
          'executed for nobody': [],
        })
        expect(unresolvedOf(entries, records, executions)).toEqual([])
      } finally {
        await merchant.kill()
        await ledger.remove()
      }
    })
  },
  ownPostgres,
)
