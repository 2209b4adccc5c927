import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { createDatabase, dropDatabase, sharedPostgres } from '../../test/postgres/server.js'
import type { Place } from './shop.js'

/** A ledger of its own, made for one measurement. */
export interface Ledger {
  readonly name: 'SQLite' | 'PostgreSQL'
  readonly place: Place
  /** How often the server has flushed its log, where the store is a server. */
  readonly flushes: () => Promise<number | undefined>
  readonly remove: () => Promise<void>
}

const sqlite = async (): Promise<Ledger> => {
  const folder = await mkdtemp(join(tmpdir(), 'paymux-bench-'))
  return {
    name: 'SQLite',
    place: { type: 'sqlite', file: join(folder, 'ledger.db') },
    flushes: async () => undefined,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const counted = async (url: string, sql: string): Promise<number> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: string }>(sql)
    return Number(rows[0]?.count)
  } finally {
    await client.end()
  }
}

// A connection that ends tells its counts a moment later.
const TOLD_MS = 300

const postgres = async (): Promise<Ledger> => {
  const server = sharedPostgres()
  if ('reason' in server) throw new Error(`no PostgreSQL server: ${server.reason}`)
  const url = await createDatabase(server)
  return {
    name: 'PostgreSQL',
    place: { type: 'postgres', url },
    flushes: async () => {
      await delay(TOLD_MS)
      return counted(url, `select sum(fsyncs) as count from pg_stat_io where object = 'wal'`)
    },
    remove: () => dropDatabase(server, url),
  }
}

/** Both stores, the one that needs nothing first. */
export const ledgers: readonly (() => Promise<Ledger>)[] = [sqlite, postgres]
