import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import { openStates, overStates } from '../records.js'
import { isOneOf, list, type Part, raw, type Sql, type SqlValue, sql, storableText } from './sql.js'

/** The tables whose rows are records: what identifies a row, and which of its columns are encrypted. */
export const tables = {
  operations: {
    name: 'paymux_operations',
    key: ['id'],
    encrypted: ['request', 'error'],
    reduced: 'request',
  },
  attempts: { name: 'paymux_attempts', key: ['operation_id', 'n'], encrypted: ['draft'] },
  objects: {
    name: 'paymux_objects',
    key: ['account', 'kind', 'id'],
    encrypted: ['snapshot', 'metadata'],
    version: 'version',
    reduced: 'snapshot',
  },
  events: { name: 'paymux_events', key: ['id'], encrypted: ['payload'], reduced: 'payload' },
  inbox: { name: 'paymux_inbox', key: ['account', 'dedupe_key'], encrypted: ['body'] },
  notificationCounts: {
    name: 'paymux_notification_counts',
    key: ['account', 'unlisted_source', 'hour'],
    encrypted: [],
  },
  log: {
    name: 'paymux_log',
    key: ['id'],
    boundTo: ['operation_id', 'n', 'at', 'what', 'fence'],
    encrypted: ['attestation'],
  },
  accounts: { name: 'paymux_accounts', key: ['name'], encrypted: [] },
} as const satisfies Readonly<Record<string, Table>>

/** The currency that an object is about: of what was asked for, of what was captured, or of what is reserved for it. */
export const objectCurrency = 'coalesce(expected_currency, captured_currency, reservation_currency)'

/** How much it is about, in minor units of {@link objectCurrency}. */
export const objectMinorUnits = 'coalesce(expected_minor_units, captured_minor_units, reservation_minor_units)'

/**
 * An operation that is not over, and waits for nothing but an operator or does not go on. A worker may hold it. What it is not is
 * listed, because SQLite would search the index of states for what it is, in place of the index of these.
 */
export const isUnresolved = `not ${isOneOf('state', overStates)} and (next_poll_at is null or stalled is not null)`

/**
 * An operation that is over without an object, and was not erased: nothing else erases it. What it is not is listed, as in
 * {@link isUnresolved}.
 */
export const isKeptOperation = `object_id is null and not ${isOneOf('state', [...openStates, 'executed'])} and erased_at is null`

/** An object that is over and was not erased. */
export const isKeptObject = 'over_at is not null and erased_at is null'

/** An event that was delivered and not erased. */
export const isKeptEvent = 'delivered_at is not null and erased_at is null'

/** What lines of the log say that decided nothing. */
export const thinned: readonly string[] = ['lease_acquired', 'polled', 'deferred']

/** A line of the log that decided nothing. */
export const isThinned = isOneOf('what', thinned)

/** One of {@link tables}. */
export interface Table {
  /** The name in the database. */
  readonly name: string
  /** The columns that identify a row. */
  readonly key: readonly string[]
  /** The columns that are encrypted at rest. */
  readonly encrypted: readonly string[]
  /** The columns that an encrypted text is bound to, if the database makes the key. Default: the key. */
  readonly boundTo?: readonly string[]
  /** The column that rises whenever they are written anew, if there is one. */
  readonly version?: string
  /**
   * The encrypted column that holds a reduced text once `erased_at` says that the row was erased. The text begins with
   * {@link ERASED} then: triggers see that, and not what is encrypted.
   */
  readonly reduced?: string
}

/** Begins the text of a row that was erased. */
export const ERASED = 'erased.'

/** A stored text as it was encrypted. */
export const withoutPrefix = (text: string): string => (text.startsWith(ERASED) ? text.slice(ERASED.length) : text)

/** The columns of a row to write. */
export type Columns = Readonly<Record<string, SqlValue>>

/** A row as a driver reads it. */
export type Row = Readonly<Record<string, unknown>>

const withVersion = (columns: readonly string[], { version }: Table): readonly string[] => [
  ...columns,
  ...(version === undefined ? [] : [version]),
]

/** The columns that name a row as it is now. */
export const identityOf = (table: Table): readonly string[] => withVersion(table.key, table)

/** The columns that an encrypted text is bound to. */
export const boundTo = (table: Table): readonly string[] => withVersion(table.boundTo ?? table.key, table)

// Names the row, its version and the column: a text that was moved, or put back, does not decrypt.
const associatedData = (table: Table, row: Row, column: string): string =>
  JSON.stringify([table.name, column, ...boundTo(table).map((name) => storableText(String(row[name])))])

/** A row with its private columns encrypted. */
export const encryptRow = (encryption: Encryption, table: Table, row: Columns): Columns => {
  const encrypted: Record<string, SqlValue> = { ...row }
  for (const column of table.encrypted) {
    const plain = row[column]
    if (typeof plain !== 'string') continue
    const isReduced = column === table.reduced && (row.erased_at ?? null) !== null
    encrypted[column] = `${isReduced ? ERASED : ''}${encryption.encrypt(plain, associatedData(table, row, column))}`
  }
  return encrypted
}

/** A row with its private columns decrypted. Gives what {@link Encryption.decrypt} gives. */
export const decryptRow = (encryption: Encryption, table: Table, row: Row): E.Either<PaymentError, Row> => {
  const decrypted: Record<string, unknown> = { ...row }
  for (const column of table.encrypted) {
    const text = row[column]
    if (typeof text !== 'string') continue
    const plain = encryption.decrypt(withoutPrefix(text), associatedData(table, row, column))
    if (E.isLeft(plain)) return plain
    decrypted[column] = plain.right
  }
  return E.right(decrypted)
}

/** Columns with commas between them. */
export const names = (columns: readonly string[]): Sql => raw(columns.join(', '))

/** A value that was read, to be written again as it is. */
export const storedValue = (value: unknown): SqlValue =>
  typeof value === 'bigint' || typeof value === 'number' || value === null ? value : String(value)

/** The condition that a row comes after another one by its key: all tables are gone through in that order. */
export const isAfter = (table: Table, last: Row | undefined): Sql =>
  last === undefined
    ? raw('true')
    : sql`(${names(table.key)}) > (${list(table.key.map((name) => storedValue(last[name])))})`

/** Inserts a row. */
export const insert = (table: Table, row: Readonly<Record<string, Part>>): Sql =>
  sql`insert into ${raw(`${table.name} (${Object.keys(row).join(', ')})`)} values (${list(Object.values(row))})`

/** Inserts a row, if a condition holds. */
export const insertIf = (table: Table, row: Readonly<Record<string, Part>>, condition: Sql): Sql =>
  sql`insert into ${raw(`${table.name} (${Object.keys(row).join(', ')})`)} select ${list(Object.values(row))} where ${condition}`

/** The `column = value` of an update. */
export const assign = (columns: Readonly<Record<string, Part>>): Sql =>
  list(Object.entries(columns).map(([name, value]) => sql`${raw(name)} = ${value}`))
