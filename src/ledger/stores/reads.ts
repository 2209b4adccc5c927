import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { OperationName, PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import {
  type AccountRecord,
  type AttemptRecord,
  type EventRecord,
  type InboxRecord,
  type LedgerHealth,
  type LogRecord,
  type ObjectKey,
  type ObjectRecord,
  type OperationView,
  openStates,
  type UnresolvedRecord,
} from '../records.js'
import {
  accountRecord,
  attemptColumnNames,
  attemptRecord,
  eventRecord,
  healthRecord,
  inboxRecord,
  logRecord,
  objectRecord,
  operationRecord,
  ownKey,
  unreadableOperation,
} from './rows.js'
import { isOneOf, now, raw, type Sql, sql } from './sql.js'
import { decryptRow, type Row, type Table, tables } from './tables.js'

/** One read as SQL, and what its rows mean. */
export interface Query<A> {
  readonly sql: Sql
  readonly decode: (encryption: Encryption, rows: readonly Row[]) => E.Either<PaymentError, A>
}

type FromRow<A> = (row: Row) => E.Either<PaymentError, A>

/** Reads rows. Gives the error of the first that cannot be read. */
const readRows = <A>(rows: readonly Row[], read: FromRow<A>): E.Either<PaymentError, readonly A[]> =>
  E.traverseArray(read)(rows)

/** Reads rows up to the first that cannot be read, whose error is given if it is the first of all. */
const readableRows = <A>(rows: readonly Row[], read: FromRow<A>): E.Either<PaymentError, readonly A[]> => {
  const records: A[] = []
  for (const row of rows) {
    const record = read(row)
    if (E.isLeft(record)) return records.length === 0 ? record : E.right(records)
    records.push(record.right)
  }
  return E.right(records)
}

const decrypted =
  <A>(encryption: Encryption, table: Table, read: FromRow<A>): FromRow<A> =>
  (row) => {
    const plain = decryptRow(encryption, table, row)
    return E.isLeft(plain) ? plain : read(plain.right)
  }

const all = <A>(table: Table, record: FromRow<A>, statement: Sql): Query<readonly A[]> => ({
  sql: statement,
  decode: (encryption, rows) => readRows(rows, decrypted(encryption, table, record)),
})

const first = <A>(table: Table, record: FromRow<A>, statement: Sql): Query<A | undefined> => ({
  sql: statement,
  decode: (encryption, [row]) => (row === undefined ? E.right(undefined) : decrypted(encryption, table, record)(row)),
})

const attemptPart = (row: Row): Row =>
  Object.fromEntries(attemptColumnNames.map((name) => [name, row[`attempt_${name}`] ?? null]))

const withAttempts: Sql = sql`select o.*, case when o.lease_until > ${now} then 1 else 0 end as leased, ${raw(
  attemptColumnNames.map((name) => `a.${name} as attempt_${name}`).join(', '),
)} from paymux_operations o left join paymux_attempts a on a.operation_id = o.id`

const view = (where: Sql): Query<OperationView | undefined> => ({
  sql: sql`${withAttempts} where ${where} order by a.n`,
  decode: (encryption, rows) => {
    const [row] = rows
    if (row === undefined) return E.right(undefined)
    const attempts = rows.map(attemptPart).filter(({ n }) => n !== null)
    return pipe(
      E.Do,
      E.bind('operation', () => decrypted(encryption, tables.operations, operationRecord)(row)),
      E.bind('attempts', () => readRows(attempts, decrypted(encryption, tables.attempts, attemptRecord))),
      E.map((read) => ({ ...read, leased: Number(row.leased) === 1 })),
    )
  },
})

const open = raw(isOneOf('state', openStates))
const isUnresolved = sql`${open} and (next_poll_at is null or stalled is not null) and lease_until <= ${now}`

/** The reads of the port. */
export const reads = {
  operation: (id: string): Query<OperationView | undefined> => view(sql`o.id = ${id}`),
  operationByKey: (name: OperationName, key: string): Query<OperationView | undefined> =>
    view(sql`o.name = ${name} and o.idempotency_key = ${key}`),
  attemptByToken: (tokenHash: string): Query<AttemptRecord | undefined> =>
    first(tables.attempts, attemptRecord, sql`select * from paymux_attempts where token_hash = ${tokenHash}`),
  object: ({ account, kind, id }: ObjectKey): Query<ObjectRecord | undefined> =>
    first(
      tables.objects,
      objectRecord,
      sql`select * from paymux_objects where account = ${account} and kind = ${kind} and id = ${id}`,
    ),
  unmatched: (before: number, limit: number): Query<readonly InboxRecord[]> =>
    all(
      tables.inbox,
      inboxRecord,
      sql`select * from paymux_inbox where state = 'unmatched' and received_at < ${before} order by received_at, account, dedupe_key limit ${limit}`,
    ),
  // What comes after an event that waits waits with it: subscribers see one order.
  dueEvents: (subject: string, limit: number): Query<readonly EventRecord[]> => ({
    sql: sql`select * from paymux_events e where e.subject = ${subject} and e.delivered_at is null and not exists (select 1 from paymux_events w where w.subject = e.subject and w.delivered_at is null and w.next_delivery_at > ${now} and w.sequence <= e.sequence) order by e.sequence limit ${limit}`,
    decode: (encryption, rows) => readableRows(rows, decrypted(encryption, tables.events, eventRecord)),
  }),
  unresolved: (limit: number): Query<readonly UnresolvedRecord[]> => ({
    sql: sql`select * from paymux_operations where ${isUnresolved} order by created_at, id limit ${limit}`,
    // One that cannot be read hides no other.
    decode: (encryption, rows) =>
      readRows<UnresolvedRecord>(rows, (row) =>
        pipe(
          row,
          decrypted(encryption, tables.operations, operationRecord),
          E.orElse((error): E.Either<PaymentError, UnresolvedRecord> => unreadableOperation(row, error)),
        ),
      ),
  }),
  openOperationsAt: (account: string, limit: number): Query<readonly string[]> => ({
    sql: sql`select o.id from paymux_operations o join paymux_attempts a on a.operation_id = o.id and a.n = o.attempt where o.${open} and exists (select 1 from ${(dialect) => dialect.each('o.accounts')} where each.value = ${account} and each.key >= a.position) order by o.created_at, o.id limit ${limit}`,
    decode: (_encryption, rows) => E.right(rows.map(({ id }) => String(id))),
  }),
  followedAt: (account: string, limit: number): Query<readonly ObjectKey[]> => ({
    sql: sql`select account, kind, id from paymux_objects where account = ${account} and next_read_at is not null order by created_at, kind, id limit ${limit}`,
    decode: (_encryption, rows) => readRows(rows, ownKey),
  }),
  accounts: (): Query<readonly AccountRecord[]> =>
    all(tables.accounts, accountRecord, sql`select * from paymux_accounts order by name`),
  // Each column that begins with `ledger_` is the same in all rows.
  health: (): Query<LedgerHealth> => ({
    sql: sql`select ${now} as ledger_now,
      (select count(*) from paymux_operations where ${isUnresolved}) as ledger_unresolved,
      a.name, a.failing_since, a.failing_reason,
      (select count(*) from paymux_objects o where o.account = a.name and o.next_read_at <= ${now}) as due_reads,
      (select min(o.next_read_at) from paymux_objects o where o.account = a.name and o.next_read_at <= ${now}) as oldest_due_at
      from (select 1) as ledger left join paymux_accounts a on true order by a.name`,
    decode: (_encryption, rows) => healthRecord(rows),
  }),
  log: (operationId: string): Query<readonly LogRecord[]> =>
    all(tables.log, logRecord, sql`select * from paymux_log where operation_id = ${operationId} order by id`),
  now: (): Query<number> => ({
    sql: sql`select ${now} as now`,
    decode: (_encryption, rows) => E.right(Number(rows[0]?.now)),
  }),
} as const
