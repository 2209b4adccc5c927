import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Operation, PaymentError } from '../../core/index.js'
import type {
  AccountRecord,
  AttemptRecord,
  EventRecord,
  InboxRecord,
  LogRecord,
  ObjectKey,
  ObjectRecord,
  OperationRecord,
  OperationView,
} from '../records.js'
import type { Vault } from '../vault.js'
import {
  accountRecord,
  attemptRecord,
  eventRecord,
  inboxRecord,
  logRecord,
  objectRecord,
  operationRecord,
  ownKey,
} from './rows.js'
import { now, raw, type Sql, sql } from './sql.js'
import { openRow, type Row, type Table, tables } from './tables.js'

/** One read as SQL, and what its rows mean. */
export interface Query<A> {
  readonly sql: Sql
  readonly decode: (vault: Vault, rows: readonly Row[]) => E.Either<PaymentError, A>
}

const openRows = (vault: Vault, table: Table, rows: readonly Row[]): E.Either<PaymentError, readonly Row[]> => {
  const opened: Row[] = []
  for (const row of rows) {
    const one = openRow(vault, table, row)
    if (E.isLeft(one)) return one
    opened.push(one.right)
  }
  return E.right(opened)
}

const all = <A>(table: Table, record: (row: Row) => A, statement: Sql): Query<readonly A[]> => ({
  sql: statement,
  decode: (vault, rows) =>
    pipe(
      openRows(vault, table, rows),
      E.map((opened) => opened.map(record)),
    ),
})

const first = <A>(table: Table, record: (row: Row) => A, statement: Sql): Query<A | undefined> => ({
  sql: statement,
  decode: (vault, rows) =>
    pipe(
      openRows(vault, table, rows.slice(0, 1)),
      E.map((opened) => opened.map(record)[0]),
    ),
})

/** The columns of the attempt in a row that joins it to its operation. */
const attemptColumns = [
  'operation_id',
  'n',
  'position',
  'account',
  'state',
  'effect',
  'draft',
  'marks',
  'first_marked_at',
  'token_hash',
  'reference',
  'outcome',
]

const attemptPart = (row: Row): Row =>
  Object.fromEntries(attemptColumns.map((name) => [name, row[`attempt_${name}`] ?? null]))

const withAttempts: Sql = sql`select o.*, case when o.lease_until > ${now} then 1 else 0 end as leased, ${raw(
  attemptColumns.map((name) => `a.${name} as attempt_${name}`).join(', '),
)} from paymux_operations o left join paymux_attempts a on a.operation_id = o.id`

const view = (where: Sql): Query<OperationView | undefined> => ({
  sql: sql`${withAttempts} where ${where} order by a.n`,
  decode: (vault, rows) => {
    const [row] = rows
    if (row === undefined) return E.right(undefined)
    const attempts = rows.map(attemptPart).filter(({ n }) => n !== null)
    return pipe(
      E.Do,
      E.bind('operation', () => openRow(vault, tables.operations, row)),
      E.bind('attempts', () => openRows(vault, tables.attempts, attempts)),
      E.map((opened) => ({
        operation: operationRecord(opened.operation),
        attempts: opened.attempts.map(attemptRecord),
        leased: Number(row.leased) === 1,
      })),
    )
  },
})

const open = raw(`state in ('prepared', 'dispatched', 'indeterminate')`)

/** The reads of the port. */
export const reads = {
  operation: (id: string): Query<OperationView | undefined> => view(sql`o.id = ${id}`),
  operationByKey: (operation: Operation, key: string): Query<OperationView | undefined> =>
    view(sql`o.operation = ${operation} and o.key = ${key}`),
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
  dueEvents: (subject: string, limit: number): Query<readonly EventRecord[]> =>
    all(
      tables.events,
      eventRecord,
      sql`select * from paymux_events e where e.subject = ${subject} and e.delivered_at is null and not exists (select 1 from paymux_events w where w.subject = e.subject and w.delivered_at is null and w.next_at > ${now} and w.sequence <= e.sequence) order by e.sequence limit ${limit}`,
    ),
  parked: (limit: number): Query<readonly OperationRecord[]> =>
    all(
      tables.operations,
      operationRecord,
      sql`select * from paymux_operations where ${open} and next_at is null and lease_until <= ${now} order by created_at, id limit ${limit}`,
    ),
  unfinishedAt: (account: string, limit: number): Query<readonly string[]> => ({
    sql: sql`select o.id from paymux_operations o join paymux_attempts a on a.operation_id = o.id and a.n = o.attempt where o.${open} and exists (select 1 from ${(dialect) => dialect.each('o.accounts')} where each.value = ${account} and each.key >= a.position) order by o.created_at, o.id limit ${limit}`,
    decode: (_vault, rows) => E.right(rows.map(({ id }) => String(id))),
  }),
  followedAt: (account: string, limit: number): Query<readonly ObjectKey[]> => ({
    sql: sql`select account, kind, id from paymux_objects where account = ${account} and next_read_at is not null order by created_at, kind, id limit ${limit}`,
    decode: (_vault, rows) => E.right(rows.map(ownKey)),
  }),
  accounts: (): Query<readonly AccountRecord[]> =>
    all(tables.accounts, accountRecord, sql`select * from paymux_accounts order by name`),
  log: (operationId: string): Query<readonly LogRecord[]> =>
    all(tables.log, logRecord, sql`select * from paymux_log where operation_id = ${operationId} order by id`),
  now: (): Query<number> => ({
    sql: sql`select ${now} as now`,
    decode: (_vault, rows) => E.right(Number(rows[0]?.now)),
  }),
} as const
