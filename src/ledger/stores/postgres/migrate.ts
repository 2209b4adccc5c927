import * as E from 'fp-ts/lib/Either.js'
import type { Pool, PoolClient } from 'pg'
import type { PaymentError } from '../../../core/index.js'
import { type AppliedMigration, migrationsTable, upgradeOf } from '../statements.js'
import { checkServer } from './check-server.js'
import { prepared } from './commit.js'
import { type Drivers, openPool } from './driver.js'
import { queueStatements, WORKER_SCHEMA } from './queue.js'
import { configure } from './session.js'
import { silent } from './work.js'

// One process migrates, the others wait. The number is ours: the first bytes of SHA-256 of 'paymux'.
const LOCK = '2803263284'

const upgrade = async (client: PoolClient): Promise<E.Either<PaymentError, void>> => {
  await client.query('begin')
  await client.query(migrationsTable)
  const { rows } = await client.query<AppliedMigration>('select id, checksum from paymux_migrations order by id')
  const found = upgradeOf('postgres', rows)
  if (E.isLeft(found)) {
    await client.query('rollback')
    return found
  }
  const { statements, record } = found.right
  for (const statement of statements) await client.query(statement)
  if (statements.length > 0) for (const statement of queueStatements) await client.query(statement)
  for (const one of record) await client.query(prepared(one))
  await client.query('commit')
  return E.right(undefined)
}

const underLock = async ({ worker }: Drivers, pool: Pool): Promise<E.Either<PaymentError, void>> => {
  const client = await pool.connect()
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`)
    await worker.runMigrations({ pgPool: pool, schema: WORKER_SCHEMA, logger: silent(worker) })
    return await upgrade(client)
  } finally {
    // Gives back the lock, whatever happened.
    client.release(true)
  }
}

/** Brings the database of a server that can keep a ledger up to date: our tables and the queue's, under a lock. */
export const migrate = async (drivers: Drivers, url: string): Promise<E.Either<PaymentError, void>> => {
  const checked = await checkServer(drivers, url)
  if (E.isLeft(checked)) return checked
  // One connection holds the lock while the queue's migrations take another.
  const pool = openPool(drivers, { connectionString: url, max: 2, onConnect: configure('migration') })
  try {
    return await underLock(drivers, pool)
  } finally {
    await pool.end()
  }
}
