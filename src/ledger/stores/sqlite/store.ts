import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../../core/index.js'
import type { Committed, Store, Write } from '../../store.js'
import {
  acquireRead,
  acquireReads,
  acquireReconciliation,
  createErasure,
  createReencryption,
  lists,
  type Query,
  type Row,
  raw,
  reads,
  type Script,
  type Sql,
  type Statement,
  statementsOf,
} from '../statements.js'
import { backUp } from './backup.js'
import { createCondition } from './condition.js'
import type { Connection } from './connection.js'
import { notAnswered } from './driver.js'
import { type Done, groupCommit } from './group-commit.js'
import type { OpenedLedger } from './open.js'
import { createWorkers } from './work.js'

/** Applies writes, up to the first whose guard does not hold. To be run in a transaction. */
const apply = (connection: Connection, writes: readonly (readonly Statement[])[]): Done<Committed> => {
  for (const [index, statements] of writes.entries())
    for (const { sql, guarded } of statements) {
      const affected = connection.run(sql)
      if (guarded && affected !== 1) return { keep: false, value: { done: false, index } }
    }
  return { keep: true, value: { done: true } }
}

/** Runs a script. To be run in a transaction. */
const runScript = <A>(connection: Connection, script: Script<A>): A => {
  let step = script.next()
  while (step.done !== true) step = script.next(step.value.map(connection.all))
  return step.value
}

/** The port over an open database that is up to date. */
export const storeOver = (connection: OpenedLedger, clock: () => number): Store => {
  const { encryption, ledger } = connection
  const condition = createCondition(connection.files)
  const group = groupCommit(connection, condition)
  const workers = createWorkers(connection, group, clock)
  const rowsOf = (ask: () => readonly Row[]): E.Either<PaymentError, readonly Row[]> => {
    const broken = condition.error()
    return broken === undefined ? E.tryCatch(ask, notAnswered) : E.left(broken)
  }
  const read = <A>({ sql, isAdHoc, decode }: Query<A>): TE.TaskEither<PaymentError, A> =>
    TE.fromIOEither(() =>
      pipe(
        rowsOf(() => (isAdHoc ? connection.allAdHoc(sql) : connection.all(sql))),
        E.flatMap((rows) => decode(encryption, rows)),
      ),
    )
  const commit = async (writes: readonly Write[]): Promise<E.Either<PaymentError, Committed>> => {
    const statements = E.tryCatch(() => writes.map((write) => statementsOf(encryption, write)), notAnswered)
    if (E.isLeft(statements)) return statements
    const committed = await group.commit(() => apply(connection, statements.right))
    if (E.isRight(committed) && committed.right.done) workers.committed(writes)
    return committed
  }
  const database = {
    query: async (statement: Sql) => rowsOf(() => connection.all(statement)),
    commit: (statements: readonly Sql[]) =>
      group.commit(() => ({ keep: true, value: statements.map((statement) => connection.run(statement)) })),
  }
  const flush: Store['erasure']['flush'] = () => () =>
    new Promise((done) => {
      group.between(() =>
        done(
          pipe(
            rowsOf(() => connection.allAdHoc(raw('pragma wal_checkpoint(truncate)'))),
            E.map(([row]) => Number(row?.busy) === 0),
          ),
        ),
      )
    })
  return {
    commit: (writes) => () => commit(writes),
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
    acquireReads: (account, wanted) => () =>
      group.commit(() => ({ keep: true, value: runScript(connection, acquireReads(account, wanted)) })),
    acquireRead: (account, perSecond) => () =>
      group.commit(() => ({ keep: true, value: runScript(connection, acquireRead(account, perSecond)) })),
    runDue: workers.runDue,
    acquireReconciliation: (account, leaseMs) =>
      pipe(
        () =>
          group.commit(() => ({ keep: true, value: runScript(connection, acquireReconciliation(account, leaseMs)) })),
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
    fingerprint: encryption.fingerprint,
    reencryption: createReencryption(encryption, ledger.state, database),
    erasure: createErasure(encryption, { ...database, flush, keptElsewhere: [] }),
    work: workers.work,
    now: () => read(reads.now()),
    backup: (path) => () =>
      new Promise((done) => {
        group.between(() => done(backUp(connection, condition, path)))
      }),
    close: async () => {
      await group.close()
      // A broken one would bring what it wrote last into files that are another's by now, and delete what stands beside them.
      if (condition.brokenBy() === undefined) connection.close()
    },
  }
}
