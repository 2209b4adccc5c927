import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { PaymentError } from '../../../core/index.js'
import type { MaintainedLedger } from '../maintained.js'
import { raw, sql } from '../sql.js'
import { type Columns, decryptRow, isAfter, names, type Row, storedValue, type Table, tables } from '../tables.js'

/** All rows of a ledger, in batches: what is in memory at once does not grow with the ledger. */

/** One of the tables of records. */
export type TableName = keyof typeof tables

/**
 * The tables whose rows a ledger consists of, in the order in which they can be written: an attempt refers to its operation. Every one of
 * {@link tables} is among them. What else the database holds is not the ledger's content, and stays where it is:
 *
 * - `paymux_ledger`, `paymux_encryption_keys`: about this database. The fingerprint key and what a restore left are taken over
 * - `paymux_migrations`: the same in every database of this version
 * - `paymux_acquired_jobs`: what running processes work on; none runs
 * - the queue of graphile-worker: made of the rows, by the triggers that put a job there for each that is due
 */
export const copiedTables: readonly TableName[] = [
  'operations',
  'attempts',
  'objects',
  'events',
  'inbox',
  'notificationCounts',
  'log',
  'accounts',
]

/** The tables that hold nothing of the ledger's content. */
export const ownTables: readonly string[] = [
  'paymux_ledger',
  'paymux_encryption_keys',
  'paymux_migrations',
  'paymux_acquired_jobs',
]

/** Rows that are read and written at once. */
const BATCH = 1000

/** The rows of a table that come next after one, by their key. Fewer than {@link BATCH}: there are no more. */
const batchAfter = (ledger: MaintainedLedger, table: Table, last: Row | undefined) =>
  ledger.query(
    sql`select * from ${raw(table.name)} where ${isAfter(table, last)} order by ${names(table.key)} limit ${BATCH}`,
  )

/** Goes through all rows of a table after one, a batch at a time, up to the first error. */
export const eachBatch = async (
  ledger: MaintainedLedger,
  table: Table,
  after: Row | undefined,
  visit: (rows: readonly Row[], last: Row) => Promise<E.Either<PaymentError, unknown>>,
): Promise<E.Either<PaymentError, void>> => {
  let last = after
  for (;;) {
    const rows = await batchAfter(ledger, table, last)
    if (E.isLeft(rows)) return rows
    last = rows.right.at(-1)
    if (last === undefined) return E.right(undefined)
    const visited = await visit(rows.right, last)
    if (E.isLeft(visited)) return visited
    if (rows.right.length < BATCH) return E.right(undefined)
    // SQLite answers at once: others of this process have their turn.
    await turn()
  }
}

/** How many rows each table has. */
export const countRows = async (
  ledger: MaintainedLedger,
): Promise<E.Either<PaymentError, Readonly<Record<TableName, number>>>> => {
  const counts = copiedTables.map((name) => `(select count(*) from ${tables[name].name}) as "${name}"`)
  const rows = await ledger.query(raw(`select ${counts.join(', ')}`))
  if (E.isLeft(rows)) return rows
  const count = (name: TableName) => Number(rows.right[0]?.[name])
  return E.right(Object.fromEntries(copiedTables.map((name) => [name, count(name)])) as Record<TableName, number>)
}

/** How many rows all tables have. */
export const countAllRows = async (ledger: MaintainedLedger): Promise<E.Either<PaymentError, number>> =>
  pipe(
    await countRows(ledger),
    E.map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)),
  )

/** A row as it was read, to be written by another ledger. */
export const columnsOf = (row: Row): Columns =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, storedValue(value)]))

// Drivers give a whole number as number, bigint or text.
const canonical = (row: Row): string =>
  JSON.stringify(
    Object.keys(row)
      .sort()
      .map((name) => [name, row[name] === null ? null : String(row[name])]),
  )

const MODULUS = 1n << 256n

/** How many rows a table has, and a number that stands for what they hold. */
export interface TableDigest {
  /** How many rows it has. */
  readonly rows: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/**
 * Digests what a table holds, decrypted: the sum of the SHA-256 of its rows, modulo 2^256. Two databases sort texts differently, and
 * encrypt each text anew: neither counts. What a row's place is (the number of a line of the log, of an event among
 * those of its subject), stands in the row.
 */
export const digestOf = async (
  ledger: MaintainedLedger,
  name: TableName,
  progress: (rows: number) => void,
): Promise<E.Either<PaymentError, TableDigest>> => {
  const table = tables[name]
  let sum = 0n
  let count = 0
  const visited = await eachBatch(ledger, table, undefined, async (rows) => {
    for (const row of rows) {
      const plain = decryptRow(ledger.encryption, table, row)
      if (E.isLeft(plain)) return plain
      sum = (sum + BigInt(`0x${createHash('sha256').update(canonical(plain.right)).digest('hex')}`)) % MODULUS
    }
    count += rows.length
    progress(rows.length)
    return E.right(undefined)
  })
  return E.isLeft(visited) ? visited : E.right({ rows: count, sha256: sum.toString(16).padStart(64, '0') })
}
