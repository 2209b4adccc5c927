import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pool, PoolConfig } from 'pg'
import { invalidConfig, omitUndefined, type PaymentError, unreachable } from '../../../core/index.js'
import { MOVED } from '../../ledger-status.js'
import { MOVED_SQLSTATE } from '../statements.js'

/** The two packages a PostgreSQL store needs: optional peers. */
export interface Drivers {
  readonly pg: typeof import('pg')
  readonly worker: typeof import('graphile-worker')
}

// A CommonJS package is under `default` if it is loaded by `import`, and is the module itself if by `require`.
const moduleOf = <M extends object>(loaded: M): M => ('default' in loaded ? (loaded.default as M) : loaded)

const missing = (): PaymentError =>
  invalidConfig([
    {
      path: 'store.type',
      expected: 'the packages pg and graphile-worker to be installed: npm install pg graphile-worker',
    },
  ])

/** Loads the drivers. Gives `InvalidConfig` if one is not installed. */
export const loadDrivers: TE.TaskEither<PaymentError, Drivers> = async () => {
  // Imported in a try statement: bundlers take them as packages that may be missing.
  try {
    const pg = await import('pg')
    const worker = await import('graphile-worker')
    return E.right({ pg: moduleOf(pg), worker: moduleOf(worker) })
  } catch {
    return E.left(missing())
  }
}

const CONNECT_MS = 5_000
/** The server gives up a statement, and an idle transaction, after this many milliseconds. */
export const STATEMENT_MS = 10_000

/** A pool of connections that emits no unhandled error: a failure shows in the query that it breaks. */
export const openPool = ({ pg }: Drivers, config: PoolConfig): Pool => {
  const pool = new pg.Pool({
    connectionTimeoutMillis: CONNECT_MS,
    // The server should have answered by then, and cannot be asked why not.
    query_timeout: STATEMENT_MS + CONNECT_MS,
    keepAlive: true,
    application_name: 'paymux',
    ...config,
  })
  const ignore = () => {}
  pool.on('error', ignore)
  // A connection in use emits its own errors. Without a listener they end the process.
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

const field = (error: unknown, name: 'code' | 'severity'): string | undefined => {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' && /^[A-Z0-9_]{1,40}$/.test(value) ? value : undefined
}

// What the driver says itself has no code.
const ownWords: readonly (readonly [RegExp, string])[] = [
  [/^(Query read timeout|timeout exceeded when trying to connect|.* due to connection timeout)$/, 'ETIMEDOUT'],
  [/^Connection terminated( unexpectedly)?$/, 'ECONNRESET'],
]

const ownCodeOf = (error: unknown): string | undefined =>
  error instanceof Error ? ownWords.find(([words]) => words.test(error.message))?.[1] : undefined

/** The SQLSTATE of the server, or the system's error code. Its message may hold values, and is never shown. */
export const codeOf = (error: unknown): string | undefined => {
  const code = field(error, 'code')
  return code === MOVED_SQLSTATE ? MOVED : (code ?? ownCodeOf(error))
}

/** Whether the server itself said no, and lives on: then nothing of the transaction was written. */
export const isRefused = (error: unknown): boolean => field(error, 'severity') === 'ERROR'

/** The store did not answer. */
export const notAnswered = (error: unknown): PaymentError =>
  unreachable('store', omitUndefined({ code: codeOf(error) }))

const notThere = 'a user, a password and a database that the server accepts'
const noRights =
  'a user that may create schemas in the database, and tables in the schema that its search_path names first'
const noWrites = 'a server that takes writes, no standby'

/** What the URL has to be changed to, by what the server says of it as it is. */
const wrongUrl: Readonly<Record<string, string>> = {
  '28000': 'a user and an address that the server admits (pg_hba.conf), and TLS if it asks for it',
  '28P01': notThere,
  '3D000': notThere,
  '3F000': noRights,
  '42501': noRights,
  '25006': noWrites,
}

// The server says it with a code that stands for much else, and so do poolers.
const wrongParameter = /^unsupported startup parameter/

/**
 * The store could not be opened. `InvalidConfig` if the server refuses the user, does not know the database, gives no right to create
 * tables, or takes no writes.
 */
export const notOpened = (error: unknown): PaymentError => {
  const code = codeOf(error) ?? ''
  const expected =
    error instanceof Error && wrongParameter.test(error.message)
      ? 'an address without parameters that the pooler does not take'
      : wrongUrl[code]
  return expected === undefined
    ? notAnswered(error)
    : invalidConfig([{ path: 'store.url', expected: `${expected} (SQLSTATE ${code})` }])
}

/** The address of a server, if it is one. */
export const serverAddress = (url: string): E.Either<PaymentError, string> =>
  /^postgres(ql)?:\/\/[^\s]+$/.test(url)
    ? E.right(url)
    : E.left(invalidConfig([{ path: 'store.url', expected: 'postgres://user:password@host:port/database' }]))
