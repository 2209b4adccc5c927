import type * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import type { LedgerStatus } from '../ledger-status.js'
import type { OpenedEncryption } from '../open-encryption.js'
import type { Database, Sql } from './sql.js'
import type { Columns, Row, Table } from './tables.js'
import type { Statement } from './writes.js'

/** What is wrong with a database itself, whatever its rows say. */
export interface DatabaseFinding {
  /** `damaged`: it cannot be read as it was written. `schema_differs`: it is not what this version of paymux makes. */
  readonly code: 'damaged' | 'schema_differs'
  /** The table. */
  readonly table: string
  /** The column, constraint, index, trigger or function. Absent: the table. */
  readonly what?: string
}

/** A ledger as those have it open who copy or check it whole: its rows, whatever they mean. */
export interface MaintainedLedger extends OpenedEncryption {
  readonly database: Database
  /** Gives `Unreachable` with phase `store`. */
  readonly query: (statement: Sql) => Promise<E.Either<PaymentError, readonly Row[]>>
  /**
   * Runs statements in one durable transaction, while no process opens the ledger. Gives whether they stand: if a guarded one does not
   * affect exactly one row, nothing is written.
   */
  readonly commit: (statements: readonly Statement[]) => Promise<E.Either<PaymentError, boolean>>
  /** Inserts rows as they are, the numbers that the database counts up included. */
  readonly insertRows: (table: Table, rows: readonly Columns[]) => readonly Statement[]
  /** Has what the database counts up go on after the rows that are there. */
  readonly goOnCounting: readonly Statement[]
  /** Compares the schema with what this version makes, and asks the database whether it is sound. */
  readonly checkDatabase: () => Promise<E.Either<PaymentError, readonly DatabaseFinding[]>>
  readonly close: () => Promise<void>
}

/** How a ledger is opened to be copied, checked or marked as a whole. */
export interface MaintenanceOptions {
  /** A ledger in another status is not opened. */
  readonly accepted: readonly LedgerStatus[]
  /** One that is not there is not created. Default: `false`. */
  readonly mustExist?: boolean
  /** Nothing is written, and no schema is brought up to date. Default: `false`. */
  readonly readOnly?: boolean
  /** The schema may be one of an earlier version, and stays so. Default: `false`. */
  readonly keepsSchema?: boolean
}
