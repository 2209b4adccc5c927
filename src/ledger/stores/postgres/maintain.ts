import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pool } from 'pg'
import type { PaymentError } from '../../../core/index.js'
import type { OpenedEncryption } from '../../open-encryption.js'
import type { DatabaseFinding, MaintainedLedger, MaintenanceOptions } from '../maintained.js'
import {
  type Columns,
  type Row,
  raw,
  refusingTriggerNames,
  type Statement,
  sql,
  type Table,
  upgradeOf,
} from '../statements.js'
import { adHoc, prepared } from './commit.js'
import { type Drivers, loadDrivers, notAnswered, notOpened, openPool, serverAddress } from './driver.js'
import type { PostgresOptions } from './index.js'
import { LOCK, migrate, readAsItIs } from './migrate.js'
import { queueStatements } from './queue.js'
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

// What the server shows of a schema: what stands in a trigger's function, and whether it is called.
const FOUND = `select c.relname as name, t.relname as table_name, '' as body, not i.indisvalid as broken
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where t.relname like 'paymux\\_%' and pg_table_is_visible(t.oid)
  union all
  select g.tgname, t.relname, p.prosrc, g.tgenabled = 'D' from pg_trigger g join pg_class t on t.oid = g.tgrelid
    join pg_proc p on p.oid = g.tgfoid where not g.tgisinternal and t.relname like 'paymux\\_%' and pg_table_is_visible(t.oid)`

const named = (pattern: RegExp, statements: readonly string[]): readonly (readonly [string, string])[] =>
  statements.flatMap((text) => {
    const [, name, table] = pattern.exec(text) ?? []
    return name === undefined || table === undefined ? [] : [[name, table] as const]
  })

const bodies = (statements: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    statements.flatMap((text) => {
      const [, name, body] =
        /^create or replace function (\w+)\(\) returns trigger[^$]*\$\$([\s\S]*)\$\$/.exec(text) ?? []
      return name === undefined || body === undefined ? [] : [[name, body] as const]
    }),
  )

const schemaFindings = (rows: readonly Row[]): readonly DatabaseFinding[] => {
  const upgrade = upgradeOf('postgres', [])
  const statements = [...(E.isRight(upgrade) ? upgrade.right.statements : []), ...queueStatements]
  const expectedBodies = bodies(statements)
  const expected = [
    ...named(/^create index (\w+) on (\w+)/, statements),
    ...named(/^create trigger (\w+) (?:before|after) [\s\S]*? on (\w+) for each/, statements),
  ]
  const found = new Map(rows.map((row) => [String(row.name), row]))
  const isAsMade = (name: string): boolean => {
    const row = found.get(name)
    return row !== undefined && row.broken === false && [undefined, row.body].includes(expectedBodies.get(name))
  }
  const known = new Set([...expected.map(([name]) => name), ...refusingTriggerNames])
  const isStrange = ({ name, body }: Row): boolean => body !== '' && !known.has(String(name))
  return [
    ...expected.filter(([name]) => !isAsMade(name)),
    ...rows.filter(isStrange).map((row) => [String(row.name), String(row.table_name)] as const),
  ].map(([what, table]) => ({ code: 'schema_differs', table, what }))
}

const maintained = (pool: Pool, opened: OpenedEncryption): MaintainedLedger => ({
  ...opened,
  database: 'postgres',
  query: (statement) => TE.tryCatch(async () => (await pool.query<Row>(prepared(statement))).rows, notAnswered)(),
  commit: (statements) => TE.tryCatch(() => runAll(pool, statements), notAnswered)(),
  insertRows: insertAll,
  goOnCounting: [goOnCounting],
  checkDatabase: TE.tryCatch(async () => schemaFindings((await pool.query<Row>(FOUND)).rows), notAnswered),
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
