import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import type { Vault } from '../vault.js'
import { list, type Part, raw, type Sql, type SqlValue, sql } from './sql.js'

/** The tables whose rows are records: what identifies a row, and what is sealed in it. */
export const tables = {
  operations: { name: 'paymux_operations', key: ['id'], sealed: ['request', 'error'] },
  attempts: { name: 'paymux_attempts', key: ['operation_id', 'n'], sealed: ['draft'] },
  objects: { name: 'paymux_objects', key: ['account', 'kind', 'id'], sealed: ['snapshot'] },
  events: { name: 'paymux_events', key: ['id'], sealed: ['payload'] },
  inbox: { name: 'paymux_inbox', key: ['account', 'dedupe_key'], sealed: ['body'] },
  log: { name: 'paymux_log', key: [], sealed: [] },
  accounts: { name: 'paymux_accounts', key: ['name'], sealed: [] },
} as const satisfies Readonly<Record<string, Table>>

/** One of {@link tables}. */
export interface Table {
  readonly name: string
  readonly key: readonly string[]
  readonly sealed: readonly string[]
}

/** The columns of a row to write. */
export type Columns = Readonly<Record<string, SqlValue>>

/** A row as a driver reads it. */
export type Row = Readonly<Record<string, unknown>>

// Where a sealed text stands: it opens there and nowhere else.
const placeOf = (table: Table, row: Row, column: string): string =>
  JSON.stringify([table.name, column, ...table.key.map((name) => String(row[name]))])

/** A row with what is sealed in it sealed. */
export const sealRow = (vault: Vault, table: Table, row: Columns): Columns => {
  const sealed: Record<string, SqlValue> = { ...row }
  for (const column of table.sealed) {
    const plain = row[column]
    if (typeof plain === 'string') sealed[column] = vault.seal(plain, placeOf(table, row, column))
  }
  return sealed
}

/** A row with what is sealed in it opened. */
export const openRow = (vault: Vault, table: Table, row: Row): E.Either<PaymentError, Row> => {
  const opened: Record<string, unknown> = { ...row }
  for (const column of table.sealed) {
    const sealed = row[column]
    if (typeof sealed !== 'string') continue
    const plain = vault.open(sealed, placeOf(table, row, column))
    if (E.isLeft(plain)) return plain
    opened[column] = plain.right
  }
  return E.right(opened)
}

/** Inserts a row. */
export const insert = (table: Table, row: Readonly<Record<string, Part>>): Sql =>
  sql`insert into ${raw(`${table.name} (${Object.keys(row).join(', ')})`)} values (${list(Object.values(row))})`

/** The `column = value` of an update. */
export const assign = (columns: Readonly<Record<string, Part>>): Sql =>
  list(Object.entries(columns).map(([name, value]) => sql`${raw(name)} = ${value}`))
