import * as E from 'fp-ts/lib/Either.js'
import type { Pool, PoolClient } from 'pg'
import { invalidConfig, type PaymentError } from '../../../core/index.js'
import type { EncryptionKeys } from '../../encryption.js'
import { type OpenedEncryption, openEncryption } from '../../open-encryption.js'
import type { MaintenanceOptions } from '../maintained.js'
import {
  type AppliedMigration,
  checkUpToDate,
  keepLedgerEncryption,
  ledgerEncryptionOf,
  ledgerEncryptionRows,
  ledgerStatusRow,
  migrationsTable,
  type Row,
  type Sql,
  tables,
  upgradeOf,
  whyNotOpened,
  whyNotUpgraded,
} from '../statements.js'
import { checkServer } from './check-server.js'
import { prepared } from './commit.js'
import { type Drivers, openPool } from './driver.js'
import { queueStatements, WORKER_SCHEMA } from './queue.js'
import { configure } from './session.js'
import { silent } from './work.js'

// One process migrates, the others wait. The number is ours: the first bytes of SHA-256 of 'paymux'.
export const LOCK = '2803263284'

/** How a ledger is opened. Default of `accepted`: `open` alone. */
export interface OpeningOptions extends Omit<Partial<MaintenanceOptions>, 'readOnly'> {
  readonly keys: EncryptionKeys
}

type Opened = E.Either<PaymentError, OpenedEncryption>

const isThere = async (client: PoolClient, table: string): Promise<boolean> => {
  const { rows } = await client.query<{ is_there: boolean }>(`select to_regclass('${table}') is not null as is_there`)
  return rows[0]?.is_there === true
}

const rowsOf = async (client: PoolClient, statement: Sql): Promise<readonly Row[]> =>
  (await client.query<Row>(prepared(statement))).rows

/** The row of a ledger that says how it stands. None: the ledger is not made yet. */
const statusRows = async (client: PoolClient): Promise<readonly Row[]> =>
  (await isThere(client, 'paymux_ledger')) ? rowsOf(client, ledgerStatusRow) : []

const notThere: PaymentError = invalidConfig([{ path: 'store.url', expected: 'the database of a ledger' }])

/** Whether a ledger that is there may be opened, and its keys are these, before the queue or anything else is changed. */
const compareKeys = async (client: PoolClient, options: OpeningOptions): Promise<Opened> => {
  const { keys, accepted, mustExist = false } = options
  const status = await statusRows(client)
  if (mustExist && status.length === 0) return E.left(notThere)
  const closed = whyNotOpened(status, accepted)
  if (closed !== undefined) return E.left(closed)
  const stored = (await isThere(client, 'paymux_ledger')) ? await rowsOf(client, ledgerEncryptionRows) : []
  return openEncryption(keys, ledgerEncryptionOf(stored))
}

const applied = async (client: PoolClient): Promise<readonly AppliedMigration[]> =>
  (await client.query<AppliedMigration>('select id, checksum from paymux_migrations order by id')).rows

const upgrade = async (client: PoolClient, options: OpeningOptions): Promise<Opened> => {
  await client.query('begin')
  await client.query(migrationsTable)
  const found = upgradeOf('postgres', await applied(client))
  if (E.isLeft(found)) {
    await client.query('rollback')
    return found
  }
  const held = whyNotUpgraded(await statusRows(client), found.right)
  if (held !== undefined) {
    await client.query('rollback')
    return E.left(held)
  }
  const { statements, record } = found.right
  for (const statement of statements) await client.query(statement)
  if (statements.length > 0) for (const statement of queueStatements) await client.query(statement)
  for (const one of record) await client.query(prepared(one))
  const opened = await compareKeys(client, options)
  if (E.isLeft(opened)) {
    await client.query('rollback')
    return opened
  }
  // What another process is writing in plain text is there before it is refused.
  if (opened.right.ledger.state === 'migrating')
    for (const { name } of Object.values(tables)) await client.query(`lock table ${name} in share row exclusive mode`)
  for (const one of keepLedgerEncryption(opened.right.ledger)) await client.query(prepared(one))
  await client.query('commit')
  return opened
}

const underLock = async ({ worker }: Drivers, pool: Pool, options: OpeningOptions): Promise<Opened> => {
  const client = await pool.connect()
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`)
    const compared = await compareKeys(client, options)
    if (E.isLeft(compared)) return compared
    if (options.keepsSchema === true) {
      const found = upgradeOf('postgres', await applied(client))
      return E.isLeft(found) ? found : compared
    }
    await worker.runMigrations({ pgPool: pool, schema: WORKER_SCHEMA, logger: silent(worker) })
    return await upgrade(client, options)
  } finally {
    // Gives back the lock, whatever happened.
    client.release(true)
  }
}

/**
 * Brings the database of a server that can keep a ledger up to date: our tables and the queue's, under a lock. Gives
 * `InvalidConfig` for keys that are not the ledger's: then nothing is written.
 */
export const migrate = async (drivers: Drivers, url: string, options: OpeningOptions): Promise<Opened> => {
  const checked = await checkServer(drivers, url, false)
  if (E.isLeft(checked)) return checked
  // One connection holds the lock while the queue's migrations take another.
  const pool = openPool(drivers, { connectionString: url, max: 2, onConnect: configure('migration') })
  try {
    return await underLock(drivers, pool, options)
  } finally {
    await pool.end()
  }
}

/**
 * Reads what a ledger says of itself, and writes nothing. A standby will do, and a user who may only select. Gives `InvalidConfig` if
 * there is no ledger, or its schema is not this version's.
 */
export const readAsItIs = async (drivers: Drivers, url: string, options: OpeningOptions): Promise<Opened> => {
  const checked = await checkServer(drivers, url, true)
  if (E.isLeft(checked)) return checked
  const pool = openPool(drivers, { connectionString: url, max: 1, onConnect: configure('ledger') })
  try {
    const client = await pool.connect()
    try {
      const found = checkUpToDate('postgres', (await isThere(client, 'paymux_migrations')) ? await applied(client) : [])
      return E.isLeft(found) ? found : await compareKeys(client, options)
    } finally {
      client.release(true)
    }
  } finally {
    await pool.end()
  }
}
