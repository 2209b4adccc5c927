import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { QueryConfig } from 'pg'
import { invalidRequest, type PaymentError } from '../../../core/index.js'
import type { Encryption, EncryptionKeys } from '../../encryption.js'
import { MOVED, readableStatuses } from '../../ledger-status.js'
import type { OpenedEncryption } from '../../open-encryption.js'
import { readOnlyStore } from '../../read-only.js'
import type { Committed, Store, Work, Write } from '../../store.js'
import {
  acquireRead,
  acquireReads,
  acquireReconciliation,
  createErasure,
  createReencryption,
  lists,
  type Query,
  type Row,
  reads,
  type Sql,
  statementsOf,
} from '../statements.js'
import { adHoc, commit, prepared, runScript, type Step } from './commit.js'
import { type Drivers, loadDrivers, notAnswered, notOpened, openPool, serverAddress } from './driver.js'
import { migrate, readAsItIs } from './migrate.js'
import { runDueJobs } from './run-due.js'
import { configure } from './session.js'
import { workOn } from './work.js'

/** Where a PostgreSQL store is, and how its records are encrypted. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. The database is the ledger's alone. */
  readonly url: string
  /** Encrypt requests, answers and notifications at rest. */
  readonly encryption: EncryptionKeys
  /** The most connections for commits and reads. Background work has its own. Default: 16. */
  readonly poolSize?: number
  /** Nothing is written, and the schema stays as it is. Default: `false`. */
  readonly readOnly?: boolean
}

const stepsOf = (encryption: Encryption, writes: readonly Write[]): readonly Step[] =>
  writes.flatMap((write, index) => statementsOf(encryption, write).map((statement) => ({ ...statement, index })))

const noBackup = (): PaymentError =>
  invalidRequest([{ path: 'backup', expected: 'a ledger in SQLite; pg_dump makes a backup of one in PostgreSQL' }])

const storeOver = (
  drivers: Drivers,
  { url, poolSize = 16 }: PostgresOptions,
  { encryption, ledger }: OpenedEncryption,
): Store => {
  const pool = openPool(drivers, {
    connectionString: url,
    max: poolSize,
    pipeline: true,
    onConnect: configure('ledger'),
  })
  const works = new Set<Work>()
  // A process that was refused once as a writer says no more about keys: the ledger is another one now.
  let moved: PaymentError | undefined
  const unlessMoved =
    <A>(task: TE.TaskEither<PaymentError, A>): TE.TaskEither<PaymentError, A> =>
    async () =>
      moved === undefined ? task() : E.left(moved)
  const commitAll = async (writes: readonly Write[]): Promise<E.Either<PaymentError, Committed>> => {
    const committed = await pipe(
      TE.tryCatch(async () => commit(pool, stepsOf(encryption, writes)), notAnswered),
      TE.flatMapEither(identity),
    )()
    if (E.isLeft(committed) && 'code' in committed.left && committed.left.code === MOVED) moved = committed.left
    return committed
  }
  const rowsOf = (statement: QueryConfig): TE.TaskEither<PaymentError, readonly Row[]> =>
    pipe(
      TE.tryCatch(() => pool.query<Row>(statement), notAnswered),
      TE.map(({ rows }) => rows),
    )
  const read = <A>({ sql, isAdHoc, decode }: Query<A>): TE.TaskEither<PaymentError, A> =>
    unlessMoved(
      pipe(
        rowsOf(isAdHoc ? adHoc(sql) : prepared(sql)),
        TE.flatMapEither((rows) => decode(encryption, rows)),
      ),
    )
  const database = {
    query: (statement: Sql) => rowsOf(prepared(statement))(),
    commit: (statements: readonly Sql[]) =>
      commit(
        pool,
        statements.map((statement, index) => ({ sql: statement, guarded: false, index })),
      ),
  }
  return {
    commit: (writes) => unlessMoved(() => commitAll(writes)),
    operation: (id) => read(reads.operation(id)),
    operationByKey: (operation, key) => read(reads.operationByKey(operation, key)),
    attemptByToken: (tokenHash) => read(reads.attemptByToken(tokenHash)),
    abandonedAttempt: (account, gatewayKey) => read(reads.abandonedAttempt(account, gatewayKey)),
    object: (key) => read(reads.object(key)),
    inboxBefore: (entry) => read(reads.inboxBefore(entry)),
    notificationsAbout: (object, limit) => read(reads.notificationsAbout(object, limit)),
    unmatched: (before, limit, account) => read(reads.unmatched(before, limit, account)),
    unmatchedEntries: (before) => read(reads.unmatchedEntries(before)),
    unclaimedPayments: (accounts, limit) => read(reads.unclaimedPayments(accounts, limit)),
    succeededFor: (merchantReference, limit) => read(reads.succeededFor(merchantReference, limit)),
    dueEvents: (subject, limit) => read(reads.dueEvents(subject, limit)),
    unresolved: (limit) => read(reads.unresolved(limit)),
    openOperationsAt: (account, limit) => read(reads.openOperationsAt(account, limit)),
    followedAt: (account, limit) => read(reads.followedAt(account, limit)),
    accounts: () => read(reads.accounts()),
    accountReads: (account) => read(reads.accountReads(account)),
    accountsToRead: () => read(reads.accountsToRead()),
    acquireReads: (account, wanted) => TE.tryCatch(() => runScript(pool, acquireReads(account, wanted)), notAnswered),
    acquireRead: (account, perSecond) =>
      TE.tryCatch(() => runScript(pool, acquireRead(account, perSecond)), notAnswered),
    runDue: (handle, jobs) => () => runDueJobs(drivers, url, handle, jobs),
    acquireReconciliation: (account, leaseMs) =>
      pipe(
        TE.tryCatch(() => runScript(pool, acquireReconciliation(account, leaseMs)), notAnswered),
        TE.flatMapEither(identity),
      ),
    listObjects: (request) => read(lists.listObjects(request)),
    listOperations: (request) => read(lists.listOperations(request)),
    listEvents: (request) => read(lists.listEvents(request)),
    event: (id) => read(lists.event(id)),
    summary: (query) => read(lists.summary(query)),
    objectsFor: (merchantReference, limit) => read(reads.objectsFor(merchantReference, limit)),
    operationsFor: (what, limit) => read(reads.operationsFor(what, limit)),
    restoration: () => read(reads.restoration()),
    health: () => read(reads.health()),
    log: (operationId) => read(reads.log(operationId)),
    now: () => read(reads.now()),
    fingerprint: encryption.fingerprint,
    reencryption: createReencryption(encryption, ledger.state, database),
    erasure: createErasure(encryption, {
      ...database,
      flush: () => TE.right(true),
      keptElsewhere: ['dead_rows', 'write_ahead_log', 'replicas'],
    }),
    work: (handle, concurrency, observe) => {
      const work = workOn(drivers, url, handle, concurrency, observe)
      works.add(work)
      return work
    },
    backup: () => TE.fromIOEither(() => E.left(noBackup())),
    close: async () => {
      await Promise.all([...works].map((work) => work.stop()))
      await pool.end()
    },
  }
}

/**
 * Opens a ledger in PostgreSQL 13 or later, directly or through a pooler in session mode, and brings its tables up to date. Any
 * number of processes may work on one. With `readOnly` a standby will do, and a user who may only select. Needs the packages pg and graphile-worker. A server with asynchronous replicas may lose
 * committed records in a failover; one with synchronous replicas does not.
 *
 * Gives `InvalidConfig` if a package is missing, the address is not one, the server refuses the user or the database, a ledger
 * cannot be kept there (an older server, a standby, another encoding than UTF8, a pooler in transaction mode, no right to create
 * tables), a newer version of paymux has changed the database, the keys are not the ledger's, or it is only read and is not there or has
 * an older schema. Gives `Unreachable` with phase `store` if the server does not
 * answer.
 */
export const openPostgres = (options: PostgresOptions): TE.TaskEither<PaymentError, Store> =>
  pipe(
    TE.fromEither(serverAddress(options.url)),
    TE.flatMap(() => loadDrivers),
    TE.flatMap((drivers) =>
      pipe(
        TE.tryCatch(
          () =>
            options.readOnly === true
              ? readAsItIs(drivers, options.url, { keys: options.encryption, accepted: readableStatuses })
              : migrate(drivers, options.url, { keys: options.encryption }),
          notOpened,
        ),
        TE.flatMapEither((migrated) => migrated),
        TE.map((opened) => storeOver(drivers, options, opened)),
        TE.map((store) => (options.readOnly === true ? readOnlyStore(store) : store)),
      ),
    ),
  )
