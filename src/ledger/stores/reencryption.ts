import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import type { EncryptionState } from '../open-encryption.js'
import type { Reencryption } from '../store.js'
import { finishReencryption } from './ledger-encryption.js'
import { type Part, raw, type Sql, sql } from './sql.js'
import {
  assign,
  boundTo,
  decryptRow,
  encryptRow,
  identityOf,
  isAfter,
  names,
  type Row,
  storedValue,
  type Table,
  tables,
  withoutPrefix,
} from './tables.js'

/** What it takes of a database. */
export interface Database {
  readonly query: (statement: Sql) => Promise<E.Either<PaymentError, readonly Row[]>>
  /** Runs statements in one transaction. */
  readonly commit: (statements: readonly Sql[]) => Promise<E.Either<PaymentError, unknown>>
}

const BATCH = 100

const encryptedTables: readonly Table[] = Object.values(tables).filter(({ encrypted }) => encrypted.length > 0)

/** The rows of a table that have anything encrypted. */
const encryptedRows = ({ name, encrypted }: Table): Sql =>
  raw(`${name} where (${encrypted.map((column) => `${column} is not null`).join(' or ')})`)

const batchOf = (table: Table, last: Row | undefined): Sql => {
  const also = table.reduced === undefined ? [] : ['erased_at']
  const columns = new Set([...identityOf(table), ...boundTo(table), ...table.encrypted, ...also])
  return sql`select ${names([...columns])} from ${encryptedRows(table)} and ${isAfter(table, last)} order by ${names(table.key)} limit ${BATCH}`
}

const isOutdated = (encryption: Encryption, table: Table, row: Row): boolean =>
  table.encrypted.some((column) => {
    const text = row[column]
    return typeof text === 'string' && !encryption.isCurrent(withoutPrefix(text))
  })

const all = (conditions: readonly Sql[]): Sql => conditions.reduce((both, condition) => sql`${both} and ${condition}`)

/** Writes a row anew, unless it has been written since. */
const rewrite = (encryption: Encryption, table: Table, row: Row): E.Either<PaymentError, Sql> => {
  const plain = decryptRow(encryption, table, row)
  if (E.isLeft(plain)) return plain
  const values = Object.fromEntries(Object.entries(plain.right).map(([name, value]) => [name, storedValue(value)]))
  const encrypted = encryptRow(encryption, table, values)
  const columns = table.encrypted.filter((name) => typeof row[name] === 'string')
  const set: Readonly<Record<string, Part>> = Object.fromEntries(columns.map((name) => [name, encrypted[name] ?? null]))
  const isSame = [...identityOf(table), ...columns].map((name) => sql`${raw(name)} = ${storedValue(row[name])}`)
  return E.right(sql`update ${raw(table.name)} set ${assign(set)} where ${all(isSame)}`)
}

const countOf = (): Sql =>
  sql`select ${encryptedTables.map((table) => sql`(select count(*) from ${encryptedRows(table)})`).reduce((sum, count) => sql`${sum} + ${count}`)} as total`

/**
 * Encrypts every row with the current key, a batch at a time. It is over once a pass over all rows has found none to write:
 * another process may write with an older key meanwhile. Then plain rows are refused, and the other keys are needed no more.
 */
export const createReencryption = (
  encryption: Encryption,
  state: EncryptionState,
  { query, commit }: Database,
): Reencryption => {
  const { current } = encryption
  let isDue = current !== undefined && (state === 'migrating' || state === 'rotating')
  let progress = { visited: 0, total: 0 }
  /** Where the pass stands. Absent: it has not begun. */
  let pass: { readonly table: number; readonly last: Row | undefined; readonly hasFound: boolean } | undefined

  const begin = async (): Promise<E.Either<PaymentError, boolean>> => {
    const counted = await query(countOf())
    if (E.isLeft(counted)) return counted
    progress = { visited: 0, total: Number(counted.right[0]?.total) }
    pass = { table: 0, last: undefined, hasFound: false }
    return E.right(true)
  }
  const finish = async (key: string): Promise<E.Either<PaymentError, boolean>> => {
    const committed = await commit(finishReencryption(key))
    if (E.isLeft(committed)) return committed
    encryption.refusePlain()
    isDue = false
    return E.right(false)
  }
  const rewriteAll = async (table: Table, rows: readonly Row[]): Promise<E.Either<PaymentError, unknown>> => {
    // A row that cannot be decrypted stays as it is: it keeps its key in use, and the pass is made again.
    const statements = rows.map((row) => rewrite(encryption, table, row)).filter(E.isRight)
    return statements.length === 0 ? E.right(undefined) : commit(statements.map(({ right }) => right))
  }
  const visit = async (table: Table, at: NonNullable<typeof pass>): Promise<E.Either<PaymentError, boolean>> => {
    const rows = await query(batchOf(table, at.last))
    if (E.isLeft(rows)) return rows
    const outdated = rows.right.filter((row) => isOutdated(encryption, table, row))
    const written = await rewriteAll(table, outdated)
    if (E.isLeft(written)) return written
    const last = rows.right.length < BATCH ? undefined : rows.right.at(-1)
    progress = { ...progress, visited: progress.visited + rows.right.length }
    pass = { table: at.table + (last === undefined ? 1 : 0), last, hasFound: at.hasFound || outdated.length > 0 }
    return E.right(true)
  }
  const next = async (): Promise<E.Either<PaymentError, boolean>> => {
    if (!isDue || current === undefined) return E.right(false)
    if (pass === undefined) return begin()
    const table = encryptedTables[pass.table]
    if (table !== undefined) return visit(table, pass)
    return pass.hasFound ? begin() : finish(current)
  }

  return { next: () => next, progress: () => (isDue ? progress : undefined) }
}
