import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { Pool } from 'pg'
import { loadDriver } from '../../../src/ledger/stores/sqlite/driver.js'
import { createDatabase, dropDatabase, type PostgresServer } from '../../postgres/server.js'
import { WAIT_LIMIT_MS } from '../../time.js'

type Row = Readonly<Record<string, unknown>>

/** The ledger of a proof, seen from outside: as its tables, without a line of the library's. */
export interface LedgerFile {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** `store` of a configuration file. */
  readonly store: unknown
  readonly rows: (sql: string) => Promise<readonly Row[]>
  /**
   * Lets time pass, for what is under way or for all of it: everything that it remembers lies so much further back. That is
   * what a later look at the clocks sees, the ledger's and the processes', and no clock has to be replaced.
   */
  readonly timePasses: (ms: number, forWhat?: 'operations' | 'all') => Promise<void>
  /** `ok`, or what is wrong, in the database's own words; PostgreSQL has none. */
  readonly integrity: () => Promise<string>
  readonly remove: () => Promise<void>
}

const open = "state in ('prepared', 'dispatched', 'indeterminate')"

/** Operations that are over have no time that matters. */
const operationsEarlier = (ms: number): readonly string[] => [
  `update paymux_operations set next_poll_at = next_poll_at - ${ms}, deadline = deadline - ${ms}, lease_until = lease_until - ${ms}
    where ${open}`,
  `update paymux_attempts set first_dispatched_at = first_dispatched_at - ${ms}
    where first_dispatched_at is not null and operation_id in (select id from paymux_operations where ${open})`,
  `update paymux_acquired_jobs set until = until - ${ms}`,
]

const restEarlier = (ms: number): readonly string[] => [
  `update paymux_objects set status_since = status_since - ${ms}, suspected_since = suspected_since - ${ms},
    last_read_at = last_read_at - ${ms}, next_read_at = next_read_at - ${ms}`,
  `update paymux_events set next_delivery_at = next_delivery_at - ${ms} where delivered_at is null`,
]

const earlier = (ms: number, forWhat: 'operations' | 'all'): readonly string[] => [
  ...operationsEarlier(ms),
  ...(forWhat === 'all' ? restEarlier(ms) : []),
]

/** A SQLite file in a folder of its own. */
export const sqliteLedger = async (): Promise<LedgerFile> => {
  const folder = mkdtempSync(join(tmpdir(), 'paymux-proof-'))
  const file = join(folder, 'ledger.db')
  const driver = await loadDriver()()
  if (E.isLeft(driver)) throw new Error(driver.left.message)
  const database = driver.right(file)
  database.exec(`pragma busy_timeout = ${WAIT_LIMIT_MS}`)
  const all = (sql: string): readonly Row[] => database.prepare(sql).all([])
  const isThere = (): boolean => all("select name from sqlite_master where name = 'paymux_events'").length > 0
  return {
    name: 'SQLite',
    store: { type: 'sqlite', file },
    rows: async (sql) => all(sql),
    timePasses: async (ms, forWhat = 'all') => {
      if (!isThere()) return
      database.exec('begin immediate')
      for (const statement of earlier(ms, forWhat)) database.exec(statement)
      database.exec('commit')
    },
    integrity: async () => String(Object.values(all('pragma integrity_check')[0] ?? {})[0]),
    remove: async () => {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Tries again where the server took a transaction back: workers hold rows that this one wants, and the other way round. */
const unlessTakenBack = async (transaction: () => Promise<unknown>): Promise<void> => {
  for (let tries = 1; ; tries += 1)
    try {
      await transaction()
      return
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== '40P01' || tries === 5) throw error
    }
}

const CANNOT_CONNECT_NOW = '57P03'

/** A server that was killed may be on its way up. */
const onceUp = async <A>(ask: () => Promise<A>): Promise<A> => {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Object(error).code !== CANNOT_CONNECT_NOW) throw error
      await delay(20)
    }
  }
}

/** A database of its own on a server. */
export const postgresLedger = async (server: PostgresServer): Promise<LedgerFile> => {
  const url = await createDatabase(server)
  const pool = new Pool({ connectionString: url, max: 2 })
  pool.on('error', () => {})
  const rows = async (sql: string): Promise<readonly Row[]> => (await onceUp(() => pool.query(sql))).rows
  const isThere = async (): Promise<boolean> =>
    (
      await rows(
        "select to_regclass('paymux_events') is not null and to_regclass('paymux_acquired_jobs') is not null as there",
      )
    )[0]?.there === true
  return {
    name: 'PostgreSQL',
    store: { type: 'postgres', url },
    rows,
    timePasses: async (ms, forWhat = 'all') => {
      if (!(await isThere())) return
      const ago = `interval '${ms} milliseconds'`
      // Jobs that somebody has are left to him.
      const jobs = `update paymux_worker._private_jobs set run_at = run_at - ${ago}
        where id in (select id from paymux_worker._private_jobs where is_available for update skip locked)`
      // What sweeps each minute sweeps now: it wakes up who waits for jobs, too.
      const statements = [...earlier(ms, forWhat), jobs, 'select paymux_sweep()']
      await unlessTakenBack(() => onceUp(() => pool.query(statements.join(';\n'))))
    },
    integrity: async () => 'ok',
    remove: async () => {
      await pool.end()
      await onceUp(() => dropDatabase(server, url))
    },
  }
}
