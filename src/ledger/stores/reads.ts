import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { HOUR, type OperationName, type PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import type { OperationsOf } from '../lists.js'
import {
  type AccountReads,
  type AccountRecord,
  type AttemptRecord,
  ENTRIES_OF_OBJECT,
  type EventRecord,
  type InboxBefore,
  type InboxRecord,
  type LedgerHealth,
  type LogRecord,
  MOST_COUNTED,
  type ObjectKey,
  type ObjectRecord,
  type OperationView,
  openStates,
  type ReportedNotification,
  type Restoration,
  type UnmatchedEntries,
  type UnresolvedRecord,
  unmatchedStates,
} from '../records.js'
import { accountsToRead } from './acquire-reads.js'
import { whyNotOpened } from './ledger-status.js'
import {
  accountReadsRecord,
  accountRecord,
  attemptColumnNames,
  attemptRecord,
  eventRecord,
  healthRecord,
  inboxBefore,
  inboxRecord,
  logRecord,
  objectRecord,
  operationRecord,
  ownKey,
  reportedColumnNames,
  reportedNotification,
  restorationRecord,
  unmatchedEntries,
  unresolvedOperation,
} from './rows.js'
import { isOneOf, list, now, raw, type Sql, sql } from './sql.js'
import { decryptRow, isUnresolved, type Row, type Table, tables } from './tables.js'

/** Whether keys are looked up because the ledger was restored. */
const isRestored = sql`case when restored_until > ${now} then 1 else 0 end`

/** One read as SQL, and what its rows mean. */
export interface Query<A> {
  readonly sql: Sql
  /** Its text is one of many, by what is asked for: it is not kept prepared. */
  readonly isAdHoc?: true
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

/** An operation of its rows, one for each attempt. */
const viewOf = (encryption: Encryption, rows: readonly [Row, ...Row[]]): E.Either<PaymentError, OperationView> => {
  const [row] = rows
  const attempts = rows.map(attemptPart).filter(({ n }) => n !== null)
  return pipe(
    E.Do,
    E.bind('operation', () => decrypted(encryption, tables.operations, operationRecord)(row)),
    E.bind('attempts', () => readRows(attempts, decrypted(encryption, tables.attempts, attemptRecord))),
    E.map((read) => ({ ...read, leased: Number(row.leased) === 1 })),
  )
}

const view = (where: Sql): Query<OperationView | undefined> => ({
  sql: sql`${withAttempts} where ${where} order by a.n`,
  decode: (encryption, [row, ...others]) =>
    row === undefined ? E.right(undefined) : viewOf(encryption, [row, ...others]),
})

const byOperation = (rows: readonly Row[]): ReadonlyArray<readonly [Row, ...Row[]]> => {
  const groups = new Map<unknown, [Row, ...Row[]]>()
  for (const row of rows) {
    const group = groups.get(row.id)
    if (group === undefined) groups.set(row.id, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

const isOf = (what: OperationsOf): Sql =>
  'merchantReference' in what
    ? sql`merchant_reference = ${what.merchantReference}`
    : sql`reservation_account = ${what.payment.account} and reservation_id = ${what.payment.id}`

const open = raw(isOneOf('state', openStates))
const isFreeUnresolved = sql`${raw(isUnresolved)} and lease_until <= ${now}`

const recent = sql`from paymux_notification_counts c where c.account = a.name and c.hour > ${now} / ${raw(String(HOUR))} - 24`
/** What came to the addresses of the account `a` in the last 24 hours. */
const recentCounts = sql`(select coalesce(sum(received), 0) ${recent} and c.unlisted_source = 1) as unlisted_source,
      (select coalesce(sum(rejected), 0) ${recent}) as rejected,
      (select coalesce(sum(quarantined), 0) ${recent}) as quarantined,
      (select coalesce(sum(over_quota), 0) ${recent}) as over_quota`
const isUnmatched = raw(isOneOf('state', unmatchedStates))
const isDueAt = (requested: '= 0' | '= 1' | 'in (0, 1)'): Sql =>
  sql`o.account = a.name and o.read_requested ${raw(requested)} and o.next_read_at <= ${now}`

const most = raw(String(MOST_COUNTED))
const countOf = (rows: Sql): Sql => sql`(select count(*) from (select 1 as one from ${rows} limit ${most}) as counted)`
const isUndelivered = raw('paymux_events where delivered_at is null')
const isUnreadable = raw('paymux_events where delivered_at is null and unreadable = 1')
const unresolved = sql`paymux_operations where ${isFreeUnresolved}`
const indeterminate = raw("paymux_operations where state = 'indeterminate'")
const oldestOf = (operations: Sql): Sql =>
  sql`(select min(state_since) from (select state_since from ${operations} limit ${most}) as waiting)`

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
  inboxBefore: ({
    account,
    dedupeKey,
    object,
  }: Pick<InboxRecord, 'account' | 'dedupeKey' | 'object'>): Query<InboxBefore> => ({
    sql: sql`select case when exists (select 1 from paymux_inbox where account = ${account} and dedupe_key = ${dedupeKey}) then 1 else 0 end as stored,
      (select count(*) from (select 1 from paymux_inbox where object_account = ${object?.account ?? ''} and object_kind = ${object?.kind ?? ''} and object_id = ${object?.id ?? ''} limit ${ENTRIES_OF_OBJECT}) as entries) as about`,
    decode: (_encryption, [row]) => inboxBefore(row),
  }),
  notificationsAbout: ({ account, kind, id }: ObjectKey, limit: number): Query<readonly ReportedNotification[]> =>
    all(
      tables.inbox,
      reportedNotification,
      sql`select ${raw(reportedColumnNames.join(', '))} from paymux_inbox where object_account = ${account} and object_kind = ${kind} and object_id = ${id} order by received_at, account, dedupe_key limit ${limit}`,
    ),
  unmatched: (before: number, limit: number, account?: string): Query<readonly InboxRecord[]> =>
    all(
      tables.inbox,
      inboxRecord,
      sql`select * from paymux_inbox where ${isUnmatched} and received_at < ${before}${account === undefined ? raw('') : sql` and account = ${account}`} order by unlisted_source, received_at, account, dedupe_key limit ${limit}`,
    ),
  unclaimedPayments: (accounts: readonly string[], limit: number): Query<readonly InboxRecord[]> =>
    all(
      tables.inbox,
      inboxRecord,
      sql`select * from paymux_inbox where state = 'unmatched' and object_kind = 'payment' and account in (${list(accounts)}) order by received_at, account, dedupe_key limit ${limit}`,
    ),
  abandonedAttempt: (account: string, gatewayKey?: string): Query<AttemptRecord | undefined> => {
    const which = gatewayKey === undefined ? sql`gateway_key is not null` : sql`gateway_key = ${gatewayKey}`
    return first(
      tables.attempts,
      attemptRecord,
      sql`select * from paymux_attempts where account = ${account} and state = 'abandoned' and ${which} order by operation_id, n limit 1`,
    )
  },
  succeededFor: (merchantReference: string, limit: number): Query<readonly ObjectRecord[]> =>
    all(
      tables.objects,
      objectRecord,
      sql`select * from paymux_objects where merchant_reference = ${merchantReference} and kind = 'payment' and status = 'succeeded' order by status_since, account, id limit ${limit}`,
    ),
  objectsFor: (merchantReference: string, limit: number): Query<readonly ObjectRecord[]> =>
    all(
      tables.objects,
      objectRecord,
      sql`select * from paymux_objects where merchant_reference = ${merchantReference} order by created_at, account, kind, id limit ${limit}`,
    ),
  operationsFor: (what: OperationsOf, limit: number): Query<readonly OperationView[]> => ({
    sql: sql`${withAttempts} where o.id in (select id from paymux_operations where ${isOf(what)} order by created_at, id limit ${limit}) order by o.created_at, o.id, a.n`,
    decode: (encryption, rows) =>
      E.traverseArray((group: readonly [Row, ...Row[]]) => viewOf(encryption, group))(byOperation(rows)),
  }),
  unmatchedEntries: (before: number): Query<readonly UnmatchedEntries[]> => ({
    sql: sql`select account, count(*) as entries, min(received_at) as first, max(received_at) as last from paymux_inbox where ${isUnmatched} and received_at < ${before} group by account order by account`,
    decode: (_encryption, rows) => readRows(rows, unmatchedEntries),
  }),
  // What comes after an event that waits waits with it: subscribers see one order.
  dueEvents: (subject: string, limit: number): Query<readonly EventRecord[]> => ({
    sql: sql`select * from paymux_events e where e.subject = ${subject} and e.delivered_at is null and not exists (select 1 from paymux_events w where w.subject = e.subject and w.delivered_at is null and w.next_delivery_at > ${now} and w.sequence <= e.sequence) order by e.sequence limit ${limit}`,
    decode: (encryption, rows) => readableRows(rows, decrypted(encryption, tables.events, eventRecord)),
  }),
  unresolved: (limit: number): Query<readonly UnresolvedRecord[]> => ({
    sql: sql`select * from paymux_operations where ${isFreeUnresolved} order by created_at, id limit ${limit}`,
    // One that cannot be read hides no other.
    decode: (encryption, rows) =>
      readRows<UnresolvedRecord>(rows, (row) =>
        unresolvedOperation(row, decrypted(encryption, tables.operations, operationRecord)(row)),
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
  accountReads: (account: string): Query<(AccountReads & { readonly now: number }) | undefined> =>
    first(
      tables.accounts,
      accountReadsRecord,
      sql`select failing_since, failing_reason, failing_reported, events, reads_version, ${now} as now from paymux_accounts where name = ${account}`,
    ),
  accountsToRead: (): Query<readonly string[]> => ({
    sql: accountsToRead,
    decode: (_encryption, rows) => E.right(rows.map(({ name }) => String(name))),
  }),
  accounts: (): Query<readonly AccountRecord[]> =>
    all(tables.accounts, accountRecord, sql`select * from paymux_accounts order by name`),
  restoration: (): Query<Restoration | undefined> => ({
    sql: sql`select status, ${isRestored} as is_restored, taken_at, restored_at, restored_until from paymux_ledger`,
    decode: (_encryption, rows) => {
      const closed = whyNotOpened(rows)
      if (closed !== undefined) return E.left(closed)
      const [row] = rows
      return row === undefined ? E.right(undefined) : restorationRecord(row)
    },
  }),
  // Each column that begins with `ledger_` is the same in all rows.
  health: (): Query<LedgerHealth> => ({
    sql: sql`select ${now} as ledger_now,
      (select max(id) from paymux_migrations) as ledger_schema_version,
      ${countOf(unresolved)} as ledger_unresolved,
      ${oldestOf(unresolved)} as ledger_oldest_unresolved,
      ${countOf(indeterminate)} as ledger_indeterminate,
      ${oldestOf(indeterminate)} as ledger_oldest_indeterminate,
      ${countOf(isUndelivered)} as ledger_undelivered_events,
      (select min(created_at) from ${isUndelivered}) as ledger_oldest_undelivered,
      ${countOf(isUnreadable)} as ledger_unreadable_events,
      (select min(created_at) from ${isUnreadable}) as ledger_oldest_unreadable,
      l.status as ledger_status, ${isRestored} as is_restored, l.taken_at, l.restored_at, l.restored_until,
      a.name, a.failing_since, a.failing_reason, a.reconciliation,
      ${countOf(sql`paymux_objects o where ${isDueAt('in (0, 1)')}`)} as due_reads,
      (select min(at) from (select min(o.next_read_at) as at from paymux_objects o where ${isDueAt('= 0')}
        union all select min(o.next_read_at) from paymux_objects o where ${isDueAt('= 1')}) as oldest) as oldest_due_at,
      ${countOf(sql`paymux_objects o where o.account = a.name and o.read_error is not null`)} as failed_reads,
      ${recentCounts}
      from paymux_ledger l left join paymux_accounts a on true order by a.name`,
    decode: (_encryption, rows) => healthRecord(rows),
  }),
  log: (operationId: string): Query<readonly LogRecord[]> =>
    all(tables.log, logRecord, sql`select * from paymux_log where operation_id = ${operationId} order by id`),
  now: (): Query<number> => ({
    sql: sql`select ${now} as now`,
    decode: (_encryption, rows) => E.right(Number(rows[0]?.now)),
  }),
} as const
