import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../../core/index.js'
import type { Store, Work } from '../../store.js'
import type { Vault } from '../../vault.js'
import { type Query, reads, statementsOf } from '../statements.js'
import { commit, configure, prepared } from './commit.js'
import { type Drivers, loadDrivers, notAnswered, notOpened, openPool, serverAddress } from './driver.js'
import { migrate } from './migrate.js'
import { workOn } from './work.js'

/** Where a PostgreSQL store is, and what seals what it keeps. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. The database is the ledger's alone. */
  readonly url: string
  /** Seals requests, answers and notifications at rest. */
  readonly vault: Vault
  /** Connections at most, for commits and reads; 16 unless told. Background work has its own. */
  readonly poolSize?: number
}

const isError = (error: unknown): error is PaymentError =>
  typeof error === 'object' && error !== null && '_tag' in error

const attempt = <A>(effect: () => Promise<A>): TE.TaskEither<PaymentError, A> =>
  TE.tryCatch(effect, (error) => (isError(error) ? error : notAnswered(error)))

const storeOver = (drivers: Drivers, { url, vault, poolSize = 16 }: PostgresOptions): Store => {
  const pool = openPool(drivers, { connectionString: url, max: poolSize, pipeline: true, onConnect: configure })
  const works = new Set<Work>()
  const read = <A>(query: Query<A>): TE.TaskEither<PaymentError, A> =>
    pipe(
      attempt(() => pool.query(prepared(query.sql))),
      TE.flatMapEither(({ rows }) => query.decode(vault, rows)),
    )
  return {
    commit: (writes) =>
      attempt(() =>
        commit(
          pool,
          writes.flatMap((write, index) => statementsOf(vault, write).map((statement) => ({ ...statement, index }))),
        ),
      ),
    operation: (id) => read(reads.operation(id)),
    operationByKey: (operation, key) => read(reads.operationByKey(operation, key)),
    attemptByToken: (tokenHash) => read(reads.attemptByToken(tokenHash)),
    object: (key) => read(reads.object(key)),
    unmatched: (before, limit) => read(reads.unmatched(before, limit)),
    dueEvents: (subject, limit) => read(reads.dueEvents(subject, limit)),
    parked: (limit) => read(reads.parked(limit)),
    unfinishedAt: (account, limit) => read(reads.unfinishedAt(account, limit)),
    followedAt: (account, limit) => read(reads.followedAt(account, limit)),
    accounts: () => read(reads.accounts()),
    log: (operationId) => read(reads.log(operationId)),
    now: () => read(reads.now()),
    work: (handle, concurrency) => {
      const work = workOn(drivers, url, handle, concurrency)
      works.add(work)
      return work
    },
    close: async () => {
      await Promise.all([...works].map((work) => work.stop()))
      await pool.end()
    },
  }
}

/**
 * Opens a ledger in PostgreSQL 12 or later, and brings its tables up to date. Any number of processes may work on one. Needs
 * the packages pg and graphile-worker. A server with asynchronous replicas may lose, in a failover, what it answered for;
 * one with synchronous replicas does not.
 *
 * Gives `InvalidConfig` where a package is missing, the address is none, the server does not let us in, or a newer version
 * of paymux has changed the database, and `Unreachable` with phase `store` where the server does not answer.
 */
export const openPostgres = (options: PostgresOptions): TE.TaskEither<PaymentError, Store> =>
  pipe(
    TE.fromEither(serverAddress(options.url)),
    TE.flatMap(() => loadDrivers),
    TE.flatMap((drivers) =>
      pipe(
        TE.tryCatch(() => migrate(drivers, options.url), notOpened),
        TE.flatMapEither((migrated) => migrated),
        TE.map(() => storeOver(drivers, options)),
      ),
    ),
  )
