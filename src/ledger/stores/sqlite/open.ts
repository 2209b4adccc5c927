import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, type PaymentError, unreachable } from '../../../core/index.js'
import { type EncryptionKeys, noEncryption } from '../../encryption.js'
import { type OpenedEncryption, openEncryption } from '../../open-encryption.js'
import type { MaintenanceOptions } from '../maintained.js'
import {
  checkUpToDate,
  keepLedgerEncryption,
  ledgerEncryptionOf,
  ledgerEncryptionRows,
  ledgerStatusRow,
  type Migration,
  migrationsTable,
  type Row,
  raw,
  sql,
  upgradeOf,
  whyNotOpened,
  whyNotUpgraded,
} from '../statements.js'
import { type Connection, connect } from './connection.js'
import { codeOf, notAnswered, type OpenDriver } from './driver.js'
import { createPrivately, rememberFiles } from './files.js'

const noFile = (expected: string): PaymentError => invalidConfig([{ path: 'store.file', expected }])

const notOpened = (): PaymentError => noFile('a file in a folder that is there and can be written to')

/** Why a file that opened cannot be used. What may pass can be tried again; a file that is wrong is `InvalidConfig`. */
const notPrepared = (error: unknown): PaymentError => {
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB') return noFile('a ledger of paymux, or no file yet')
  return code === 'SQLITE_READONLY' || code === 'SQLITE_CANTOPEN' ? notOpened() : notAnswered(error)
}

const MEMORY = ':memory:'

/** While opening, writers of another process are waited for, in milliseconds. */
const OPENING_WAIT_MS = 10_000
/** Later, waiting holds up the event loop. */
const READING_WAIT_MS = 50

/** A write-ahead log lets processes read while one writes. It takes shared memory, which network disks do not have. */
const isLogged = (connection: Connection): boolean => {
  const [row] = connection.all(raw('pragma journal_mode = wal'))
  return row?.journal_mode === 'wal' || row?.journal_mode === 'memory'
}

/** Whether the file has such a log already. */
const hasLog = (connection: Connection): boolean => {
  const [row] = connection.all(raw('pragma journal_mode'))
  return row?.journal_mode === 'wal'
}

/** Where SQLite has the file open: links are followed. Empty in memory. */
const openedAt = (connection: Connection): string => {
  const [row] = connection.all(raw('pragma database_list'))
  return String(row?.file ?? '')
}

/** An open ledger that is up to date. */
export interface OpenedLedger extends Connection, OpenedEncryption {}

/** How a ledger is opened. Default of `accepted`: `open` alone. */
export interface OpeningOptions extends Partial<MaintenanceOptions> {
  /** Default: nothing is encrypted. */
  readonly encryption?: EncryptionKeys
  /** The migrations, in order. Default: all. */
  readonly known?: readonly Migration[]
}

const appliedTo = (connection: Connection) =>
  connection
    .all(raw('select id, checksum from paymux_migrations'))
    .map(({ id, checksum }) => ({ id: Number(id), checksum: String(checksum) }))

const hasTable = (connection: Connection, name: string): boolean =>
  connection.all(sql`select name from sqlite_master where name = ${name}`).length > 0

const notThere = noFile('the file of a ledger')

/** The row of a ledger that says how it stands. None: the ledger is not made yet. */
const statusRows = (connection: Connection): readonly Row[] =>
  hasTable(connection, 'paymux_ledger') ? connection.all(ledgerStatusRow) : []

const upgradeSchema = (
  connection: Connection,
  { known, accepted, mustExist = false, keepsSchema = false }: OpeningOptions,
): E.Either<PaymentError, void> => {
  const status = statusRows(connection)
  if (mustExist && status.length === 0) return E.left(notThere)
  const closed = whyNotOpened(status, accepted)
  if (closed !== undefined) return E.left(closed)
  connection.exec(migrationsTable)
  const due = upgradeOf('sqlite', appliedTo(connection), known)
  if (E.isLeft(due)) return due
  if (keepsSchema) return E.right(undefined)
  const held = whyNotUpgraded(status, due.right)
  if (held !== undefined) return E.left(held)
  for (const statement of due.right.statements) connection.exec(statement)
  for (const record of due.right.record) connection.run(record)
  return E.right(undefined)
}

const upgrade = (
  connection: Connection,
  path: string,
  options: OpeningOptions,
): E.Either<PaymentError, OpenedEncryption> => {
  // A process whose ledger was broken opens it anew with what SQLite remembers of the files that are gone.
  const { compare, areLocked } = rememberFiles(openedAt(connection), path)
  const code = compare() ?? (areLocked() ? undefined : 'ERR_LEDGER_UNLOCKED')
  if (code !== undefined) return E.left(unreachable('store', { code }))
  const upgraded = upgradeSchema(connection, options)
  if (E.isLeft(upgraded)) return upgraded
  const { encryption = noEncryption } = options
  const opened = openEncryption(encryption, ledgerEncryptionOf(connection.all(ledgerEncryptionRows)))
  if (E.isRight(opened)) for (const statement of keepLedgerEncryption(opened.right.ledger)) connection.run(statement)
  return opened
}

/** Brings a database up to date, one process at a time. If anything is wrong, all of it is taken back. */
const migrate = (
  connection: Connection,
  path: string,
  options: OpeningOptions,
): E.Either<PaymentError, OpenedEncryption> => {
  connection.exec('begin immediate')
  // A driver may close a connection later than it says: the lock is released here in every case.
  const upgraded = E.flatten(E.tryCatch(() => upgrade(connection, path, options), notPrepared))
  connection.exec(E.isRight(upgraded) ? 'commit' : 'rollback')
  return upgraded
}

const prepare = (
  connection: Connection,
  path: string,
  options: OpeningOptions,
): E.Either<PaymentError, OpenedEncryption> => {
  connection.exec(`pragma busy_timeout = ${OPENING_WAIT_MS}`)
  if (!isLogged(connection)) return E.left(noFile('a file on a local disk'))
  // What was answered is on the disk, not on its way there.
  connection.exec('pragma synchronous = full')
  connection.exec('pragma foreign_keys = on')
  // What is deleted or replaced is overwritten, not only forgotten: erased text must not stay in the file.
  connection.exec('pragma secure_delete = on')
  const migrated = migrate(connection, path, options)
  connection.exec(`pragma busy_timeout = ${READING_WAIT_MS}`)
  return migrated
}

/** Reads what a ledger says of itself, and writes nothing, now and later. */
const prepareReading = (
  connection: Connection,
  { encryption = noEncryption, known, accepted }: OpeningOptions,
): E.Either<PaymentError, OpenedEncryption> => {
  connection.exec(`pragma busy_timeout = ${READING_WAIT_MS}`)
  connection.exec('pragma query_only = on')
  const closed = whyNotOpened(statusRows(connection), accepted)
  if (closed !== undefined) return E.left(closed)
  const checked = checkUpToDate('sqlite', hasTable(connection, 'paymux_migrations') ? appliedTo(connection) : [], known)
  return E.isLeft(checked)
    ? checked
    : openEncryption(encryption, ledgerEncryptionOf(connection.all(ledgerEncryptionRows)))
}

/** Creates a missing file. What stands in the way, opening it tells. */
const createMissing = (path: string): void => {
  E.tryCatch(() => createPrivately(path), notAnswered)
}

/**
 * Opens a database and brings it up to date, or only reads it. Gives `InvalidConfig` for keys that are not the ledger's: then nothing is
 * written.
 */
export const openConnection = (
  openDriver: OpenDriver,
  file: string,
  clock: () => number,
  options: OpeningOptions = {},
): E.Either<PaymentError, OpenedLedger> => {
  const path = file === MEMORY ? MEMORY : resolve(file)
  const { readOnly = false, mustExist = false } = options
  if (mustExist && !existsSync(path)) return E.left(notThere)
  if (path !== MEMORY && !readOnly) createMissing(path)
  if (readOnly && !existsSync(path))
    return E.left(noFile('a ledger that is there: one that is opened read-only is not created'))
  const connected = E.tryCatch(() => connect(openDriver(path), clock), notOpened)
  if (E.isLeft(connected)) return connected
  const connection = connected.right
  const prepared = E.flatten(
    E.tryCatch(
      () => (readOnly ? prepareReading(connection, options) : prepare(connection, path, options)),
      notPrepared,
    ),
  )
  if (E.isRight(prepared)) {
    const files = rememberFiles(openedAt(connection), path, !readOnly || hasLog(connection))
    return E.right({ ...connection, ...prepared.right, files })
  }
  connection.close()
  return prepared
}
