import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, omitUndefined, type PaymentError, unreachable } from '../../../core/index.js'
import { MOVED } from '../../ledger-status.js'
import type { Row, SqlValue } from '../statements.js'

/** A statement, prepared. Integers come back as bigints. */
export interface Prepared {
  /** Gives how many rows were affected. */
  readonly run: (params: readonly SqlValue[]) => number
  readonly all: (params: readonly SqlValue[]) => readonly Row[]
}

/** One open database. Everything throws what the driver throws. */
export interface Driver {
  readonly exec: (text: string) => void
  readonly prepare: (text: string) => Prepared
  readonly close: () => void
}

/** Opens a file, or `:memory:`. */
export type OpenDriver = (file: string) => Driver

// The used parts of the two drivers, written out: a merchant's project may have the types of neither.
interface Connection<S> {
  exec(text: string): unknown
  prepare(text: string): S
  close(): void
}
interface Statement {
  run(...params: unknown[]): { readonly changes: number | bigint }
  all(...params: unknown[]): readonly unknown[]
}
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => Connection<Statement & { setReadBigInts(on: boolean): void }>
}
type Libsql = new (file: string) => Connection<Statement & { safeIntegers(on: boolean): unknown }>

// A number is bound as a double, and a double is no integer in an expression.
const bound = (params: readonly SqlValue[]): SqlValue[] =>
  params.map((param) => (typeof param === 'number' ? BigInt(param) : param))

const prepared = (statement: Statement): Prepared => ({
  run: (params) => Number(statement.run(...bound(params)).changes),
  all: (params) => statement.all(...bound(params)) as readonly Row[],
})

const driver = <S extends Statement>(connection: Connection<S>, withBigInts: (statement: S) => unknown): Driver => ({
  exec: (text) => {
    connection.exec(text)
  },
  prepare: (text) => {
    const statement = connection.prepare(text)
    withBigInts(statement)
    return prepared(statement)
  },
  close: () => connection.close(),
})

const overNode =
  ({ DatabaseSync }: NodeSqlite): OpenDriver =>
  (file) =>
    driver(new DatabaseSync(file), (statement) => statement.setReadBigInts(true))

const overLibsql =
  (Database: Libsql): OpenDriver =>
  (file) =>
    driver(new Database(file), (statement) => statement.safeIntegers(true))

// Those that say something to an operator. https://www.sqlite.org/rescode.html
const resultCodes = {
  SQLITE_BUSY: 5,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
} as const

/** A result code of SQLite. */
export type ResultCode = keyof typeof resultCodes

/** Which of SQLite's result codes a driver gives, extended ones included. `errcode` is node:sqlite's, `code` the peer's. */
export const codeOf = (error: unknown): ResultCode | undefined => {
  const { code, errcode } = Object(error)
  const isIt = (name: string, number: number): boolean =>
    typeof errcode === 'number'
      ? (errcode & 0xff) === number
      : typeof code === 'string' && (code === name || code.startsWith(`${name}_`))
  const [found] = Object.entries(resultCodes).find(([name, number]) => isIt(name, number)) ?? []
  return found as ResultCode | undefined
}

/** Whether the database refused a write, because the ledger is not open any more. */
export const isMoved = (error: unknown): boolean => error instanceof Error && error.message.includes(MOVED)

/** The store did not answer, and why. The driver's message may hold values, and is never shown. */
export const notAnswered = (error?: unknown): PaymentError =>
  unreachable('store', omitUndefined({ code: isMoved(error) ? MOVED : codeOf(error) }))

const notInstalled = (): PaymentError =>
  invalidConfig([
    { path: 'store', expected: 'Node 22.13 or later, or the package libsql to be installed: npm install libsql' },
  ])

/** Node's own SQLite, if this Node has it. */
const nodeSqlite = (): NodeSqlite | undefined => process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined

// Imported in a try statement: bundlers take it as a package that may be missing.
const importLibsql = async (): Promise<Libsql> => {
  try {
    return (await import('libsql')).default
  } catch (error) {
    throw new Error('libsql does not load', { cause: error })
  }
}

/** Node's own SQLite if this Node has it, else the optional peer libsql. Gives `InvalidConfig` if there is neither. */
export const loadDriver = (
  builtIn: () => NodeSqlite | undefined = nodeSqlite,
  peer: () => Promise<Libsql> = importLibsql,
): TE.TaskEither<PaymentError, OpenDriver> => {
  const own = builtIn()
  return own === undefined ? TE.tryCatch(async () => overLibsql(await peer()), notInstalled) : TE.right(overNode(own))
}
