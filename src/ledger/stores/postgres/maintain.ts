import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pool } from 'pg'
import type { PaymentError } from '../../../core/index.js'
import type { OpenedEncryption } from '../../open-encryption.js'
import type { MaintainedLedger, MaintenanceOptions } from '../maintained.js'
import { type Columns, type Row, raw, type Statement, sql, type Table } from '../statements.js'
import { SHOW_SCHEMA, schemaFindings } from './check-schema.js'
import { adHoc, prepared } from './commit.js'
import { type Drivers, loadDrivers, notAnswered, notOpened, openPool, serverAddress } from './driver.js'
import type { PostgresOptions } from './index.js'
import { LOCK, migrate, readAsItIs } from './migrate.js'
import { configure } from './session.js'

const plain = (value: Columns[string]): string | number | null => (typeof value === 'bigint' ? String(value) : value)

/** All rows as one parameter: a statement takes 65,535 of them. */
const insertAll = ({ name }: Table, rows: readonly Columns[]): readonly Statement[] => {
  const [first] = rows
  if (first === undefined) return []
  const columns = raw(Object.keys(first).join(', '))
  const json = JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]))),
  )
  const statement = sql`insert into ${raw(name)} (${columns}) overriding system value select ${columns} from json_populate_recordset(null::${raw(name)}, ${json}::json)`
  return [{ sql: statement, guarded: false }]
}

const runAll = async (pool: Pool, statements: readonly Statement[]): Promise<boolean> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // A process that opens the ledger holds it, too: it does not read what is changed here before it is committed.
    await client.query(`select pg_advisory_xact_lock(${LOCK})`)
    for (const { sql: statement, guarded } of statements) {
      const { rowCount } = await client.query(adHoc(statement))
      if (guarded && rowCount !== 1) {
        await client.query('rollback')
        client.release()
        return false
      }
    }
    await client.query('commit')
    client.release()
    return true
  } catch (error) {
    // Closing the connection ends its transaction.
    client.release(true)
    throw error
  }
}

const goOnCounting: Statement = {
  sql: raw(
    `select setval(pg_get_serial_sequence('paymux_log', 'id'), (select coalesce(max(id), 0) + 1 from paymux_log), false)`,
  ),
  guarded: false,
}

const maintained = (pool: Pool, opened: OpenedEncryption): MaintainedLedger => ({
  ...opened,
  database: 'postgres',
  query: (statement) => TE.tryCatch(async () => (await pool.query<Row>(prepared(statement))).rows, notAnswered)(),
  commit: (statements) => TE.tryCatch(() => runAll(pool, statements), notAnswered)(),
  insertRows: insertAll,
  goOnCounting: [goOnCounting],
  checkDatabase: TE.tryCatch(async () => schemaFindings((await pool.query<Row>(SHOW_SCHEMA)).rows), notAnswered),
  close: () => pool.end(),
})

const open = async (
  drivers: Drivers,
  { url, encryption: keys }: PostgresOptions,
  { readOnly = false, ...maintenance }: MaintenanceOptions,
): Promise<E.Either<PaymentError, MaintainedLedger>> => {
  const opened = await (readOnly ? readAsItIs : migrate)(drivers, url, { keys, ...maintenance })
  if (E.isLeft(opened)) return opened
  const onConnect = configure(readOnly ? 'check' : 'migration')
  const pool = openPool(drivers, { connectionString: url, max: 2, query_timeout: 0, onConnect })
  return E.right(maintained(pool, opened.right))
}

/** Opens a ledger in PostgreSQL to copy, check or mark it. Gives what opening it gives, and `InvalidConfig` for a database without one. */
export const maintainPostgres = (
  options: PostgresOptions,
  maintenance: MaintenanceOptions,
): TE.TaskEither<PaymentError, MaintainedLedger> =>
  pipe(
    TE.fromEither(serverAddress(options.url)),
    TE.flatMap(() => loadDrivers),
    TE.flatMap((drivers) => TE.tryCatch(() => open(drivers, options, maintenance), notOpened)),
    TE.flatMapEither((opened) => opened),
  )
