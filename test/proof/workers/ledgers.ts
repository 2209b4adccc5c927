import { execFile, fork } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Pool } from 'pg'
import { createDatabase, dropDatabase, killServer, type PostgresServer } from '../../postgres/server.js'
import type { SqlAnswer, SqlOrder } from './messages.js'
import { bundle, type Program, withoutJest } from './process.js'

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
  /** Whether nobody is in the middle of a transaction: who is stopped in one holds up everybody. */
  readonly isFree: () => Promise<boolean>
  readonly remove: () => Promise<void>
}

/** A ledger in a SQLite file. */
export interface SqliteLedger extends LedgerFile {
  readonly name: 'SQLite'
  /**
   * Lets a process that has the file open copy it, which drops that process's locks, and lets another program open and close it.
   * Tells whether `-wal` was deleted meanwhile.
   */
  readonly isCopiedAndVisited: (copy: (from: string, to: string) => Promise<void>) => Promise<boolean>
}

/** A ledger in a PostgreSQL database. */
export interface PostgresLedger extends LedgerFile {
  readonly name: 'PostgreSQL'
  /** Kills the server, whoever else uses it, and waits until it is up again. */
  readonly killServer: () => Promise<void>
}

type SqlBody = SqlOrder extends infer O ? (O extends SqlOrder ? Omit<O, 'order'> : never) : never

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

/** Opens a SQLite file in a process of its own, which ends to close it. */
const openSqlProcess = (program: Program, file: string) => {
  const child = fork(program.file, [file], { env: withoutJest(), execArgv: [], serialization: 'advanced' })
  const waiting = new Map<number, (answer: SqlAnswer) => void>()
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let orders = 0
  child.on('message', (answer: SqlAnswer) => {
    waiting.get(answer.order)?.(answer)
    waiting.delete(answer.order)
  })
  void exited.then(() => {
    for (const [order, give] of waiting) give({ order, rows: [], problem: 'the process ended' })
  })
  const ask = async (body: SqlBody): Promise<readonly Row[]> => {
    orders += 1
    const order = orders
    const { rows, problem } = await new Promise<SqlAnswer>((give) => {
      waiting.set(order, give)
      child.send({ ...body, order } satisfies SqlOrder)
    })
    if (problem !== undefined) throw new Error(problem)
    return rows
  }
  return {
    ask,
    close: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Another program opens the file, reads it, and closes it. libsql's SQLite deletes `-wal` if it sees nobody else at the file. */
const visit = async (file: string): Promise<void> => {
  const program = `const Database = require('libsql')
    const database = new Database(process.argv[1])
    database.exec('begin; select count(*) from paymux_operations; commit')
    database.close()`
  await promisify(execFile)(process.execPath, ['-e', program, file], { env: withoutJest() })
}

/** A SQLite file in a folder of its own. */
export const sqliteLedger = async (): Promise<SqliteLedger> => {
  const folder = mkdtempSync(join(tmpdir(), 'paymux-proof-'))
  const file = join(folder, 'ledger.db')
  const program = await bundle('sql-process')
  let sql = openSqlProcess(program, file)
  const all = (text: string): Promise<readonly Row[]> => sql.ask({ what: 'read', sql: text })
  const isThere = async (): Promise<boolean> =>
    (await all("select name from sqlite_master where name = 'paymux_events'")).length > 0
  const wal = (): number | undefined => statSync(`${file}-wal`, { throwIfNoEntry: false })?.ino
  return {
    name: 'SQLite',
    store: { type: 'sqlite', file },
    rows: all,
    timePasses: async (ms, forWhat = 'all') => {
      if (await isThere()) await sql.ask({ what: 'write', statements: earlier(ms, forWhat) })
    },
    isFree: async () => (await sql.ask({ what: 'probe' })).length > 0,
    integrity: async () => String(Object.values((await all('pragma integrity_check'))[0] ?? {})[0]),
    remove: async () => {
      await sql.close()
      program.remove()
      rmSync(folder, { recursive: true, force: true })
    },
    isCopiedAndVisited: async (copy) => {
      await sql.close()
      const before = wal()
      await copy(file, `${file}.copy`)
      await visit(file)
      const isLost = before !== undefined && wal() !== before
      sql = openSqlProcess(program, file)
      return isLost
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
export const postgresLedger = async (server: PostgresServer): Promise<PostgresLedger> => {
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
    isFree: async () => {
      // What runs on the server ends by itself; what waits for its client does not.
      for (; ; await delay(2)) {
        const found = await rows(`select state from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`)
        if (found.every(({ state }) => state !== 'active')) return found.length === 0
        if (found.some(({ state }) => state !== 'active')) return false
      }
    },
    integrity: async () => 'ok',
    killServer: () => killServer(server),
    remove: async () => {
      await pool.end()
      await onceUp(() => dropDatabase(server, url))
    },
  }
}
