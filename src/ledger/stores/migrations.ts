import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, type PaymentError } from '../../core/index.js'
import { firstSchema } from './schema.js'
import { type Database, type Sql, sql } from './sql.js'
import { triggerStatements } from './triggers.js'

/** A change of the schema. Once released it never changes. */
export interface Migration {
  /** From 1, without gaps. */
  readonly id: number
  readonly name: string
  readonly statements: (database: Database) => readonly string[]
}

/** A migration as the database remembers it. */
export interface AppliedMigration {
  readonly id: number
  readonly checksum: string
}

/** All migrations, in order. */
export const migrations: readonly Migration[] = [{ id: 1, name: 'ledger', statements: firstSchema }]

/** Where the migrations are remembered. To be run first, and under a lock. */
export const migrationsTable = `create table if not exists paymux_migrations (
  id integer primary key,
  name text not null,
  checksum text not null
)`

const checksumOf = (migration: Migration, database: Database): string =>
  createHash('sha256')
    .update(JSON.stringify(migration.statements(database)))
    .digest('hex')

const unusable = (expected: string): E.Either<PaymentError, never> =>
  E.left(invalidConfig([{ path: 'store', expected }]))

const isAltered = (database: Database, known: readonly Migration[], { id, checksum }: AppliedMigration): boolean => {
  const migration = known.find((one) => one.id === id)
  return migration !== undefined && checksumOf(migration, database) !== checksum
}

/** What it takes to bring a database up to date: statements to run in order, in one transaction. None where it is. */
export interface Upgrade {
  /** Plain statements, then the triggers made anew. */
  readonly statements: readonly string[]
  /** Remembers what was run. */
  readonly record: readonly Sql[]
}

/**
 * The upgrade of a database by what it remembers. Gives `InvalidConfig` for a database that a newer version has changed,
 * or that was made by other migrations than these.
 */
export const upgradeOf = (
  database: Database,
  applied: readonly AppliedMigration[],
  known: readonly Migration[] = migrations,
): E.Either<PaymentError, Upgrade> => {
  if (applied.some(({ id }) => id > known.length))
    return unusable('a database that no newer version of paymux has changed')
  if (applied.some((one) => isAltered(database, known, one)))
    return unusable('a database that was made by this version of paymux or an earlier one')
  const due = known.filter(({ id }) => !applied.some((one) => one.id === id))
  if (due.length === 0) return E.right({ statements: [], record: [] })
  return E.right({
    statements: [...due.flatMap((migration) => migration.statements(database)), ...triggerStatements(database)],
    record: due.map(
      (migration) =>
        sql`insert into paymux_migrations (id, name, checksum) values (${migration.id}, ${migration.name}, ${checksumOf(migration, database)})`,
    ),
  })
}

/**
 * Whether a database can be read as it is, by what it remembers. Gives `InvalidConfig` as {@link upgradeOf} does, and for a database that
 * an upgrade is due for: who only reads makes none.
 */
export const checkUpToDate = (
  database: Database,
  applied: readonly AppliedMigration[],
  known: readonly Migration[] = migrations,
): E.Either<PaymentError, void> => {
  const due = upgradeOf(database, applied, known)
  if (E.isLeft(due)) return due
  if (due.right.statements.length === 0) return E.right(undefined)
  return unusable(
    applied.length === 0
      ? 'a ledger of paymux: a ledger that is opened read-only is not created'
      : 'a ledger of the schema of this version: open it once without readOnly, which brings its schema up to date',
  )
}
