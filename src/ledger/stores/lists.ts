import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { DAY, kinds, type PaymentError } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import type {
  EventFilter,
  ListedOperation,
  ListPage,
  ListRequest,
  ObjectFilter,
  ObjectSummary,
  OperationFilter,
  OutboxEntry,
  SummaryLine,
  SummaryQuery,
} from '../lists.js'
import { operationStateNames } from '../records.js'
import { HALF, listedOperation, objectSummary, summaryLine, summaryLineOfDay } from './list-rows.js'
import { type Conditions, type Listed, type PageQuery, pageQuery } from './pages.js'
import type { Query } from './reads.js'
import { eventPayload, outboxEntry } from './rows.js'
import { isOneOf, now, raw, sql } from './sql.js'
import { decryptRow, objectCurrency, objectMinorUnits, type Row, tables } from './tables.js'

const paged = <A>(
  { sql: statement, read }: PageQuery,
  record: (encryption: Encryption, row: Row) => E.Either<PaymentError, A>,
): Query<ListPage<A>> => ({
  sql: statement,
  isAdHoc: true,
  decode: (encryption, rows) => read(rows, (row) => record(encryption, row)),
})

const isGiven = <A>(value: A | undefined): value is A => value !== undefined

const objects: Listed = {
  table: 'paymux_objects',
  names: ['account', 'kind', 'id'],
  columns: [
    ...['account', 'kind', 'id', 'operation_id', 'idempotency_key', 'merchant_reference', 'abandoned'],
    ...['status', 'status_since', 'expected_minor_units', 'expected_currency'],
    ...['captured_minor_units', 'captured_currency', 'reserved', 'refunded'],
    ...[
      'reservation_minor_units',
      'reservation_currency',
      'disputed',
      'needs_review',
      'created_at',
      'updated_at',
      'erased_at',
    ],
  ],
}

/** The first of the given fields that has an index is searched by, the rarest first; the others are compared. */
const objectConditions = (filter: ObjectFilter): Conditions => {
  const { kind, status, account, currency, merchantReference, review, disputed } = filter
  const indexed = [
    merchantReference === undefined ? undefined : sql`merchant_reference = ${merchantReference}`,
    review === true ? raw('needs_review = 1') : undefined,
    disputed === true ? raw('disputed = 1') : undefined,
    status === undefined ? undefined : sql`status = ${status}`,
    account === undefined ? undefined : sql`account = ${account}`,
    currency === undefined ? undefined : sql`${raw(objectCurrency)} = ${currency}`,
    kind === undefined ? undefined : sql`kind = ${kind}`,
  ].filter(isGiven)
  const others = [
    review === false ? raw('needs_review = 0') : undefined,
    disputed === false ? raw('disputed = 0') : undefined,
  ].filter(isGiven)
  const [lead, ...filters] = indexed
  return lead === undefined
    ? { leads: kinds.map((one) => sql`kind = ${one}`), filters: others }
    : { leads: [lead], filters: [...filters, ...others] }
}

const operations: Listed = {
  table: 'paymux_operations',
  names: ['id'],
  columns: [
    ...['id', 'name', 'idempotency_key', 'merchant_reference', 'accounts', 'deadline', 'state', 'state_since'],
    ...[
      'attempt',
      'next_poll_at',
      'stalled',
      'object_account',
      'object_kind',
      'object_id',
      'created_at',
      'erased_at',
      'lease_until',
    ],
  ],
  beside: {
    columns: sql`a.account as attempt_account, case when p.lease_until > ${now} then 1 else 0 end as leased`,
    from: sql`join paymux_attempts a on a.operation_id = p.id and a.n = p.attempt`,
  },
}

const operationConditions = ({ state, name, account }: OperationFilter): Conditions => ({
  leads: (state === undefined ? operationStateNames : [state]).map((one) => sql`state = ${one}`),
  filters: [
    name === undefined ? undefined : sql`name = ${name}`,
    account === undefined
      ? undefined
      : sql`exists (select 1 from paymux_attempts a where a.operation_id = paymux_operations.id and a.n = attempt and a.account = ${account})`,
  ].filter(isGiven),
})

const events: Listed = {
  table: 'paymux_events',
  names: ['id'],
  columns: [
    ...['id', 'type', 'subject', 'sequence', 'created_at', 'tries'],
    ...['next_delivery_at', 'delivered_at', 'redeliver_at', 'erased_at'],
  ],
  beside: { columns: raw('e.payload'), from: sql`join paymux_events e on e.id = p.id` },
}

const eventConditions = ({ subject, type, undelivered }: EventFilter): Conditions => {
  const indexed = [
    subject === undefined ? undefined : sql`subject = ${subject}`,
    undelivered === true ? raw('delivered_at is null') : undefined,
  ].filter(isGiven)
  const others = [
    type === undefined ? undefined : sql`type = ${type}`,
    undelivered === false ? raw('delivered_at is not null') : undefined,
  ].filter(isGiven)
  const [lead = raw('true'), ...filters] = indexed
  return { leads: [lead], filters: [...filters, ...others] }
}

// Two sums of halves: one of whole amounts could be beyond 64 bits, which SQLite refuses.
const sums = (name: string, amount: string): string =>
  `sum((${amount}) / ${HALF}) as ${name}_high, sum((${amount}) % ${HALF}) as ${name}_low`

const groups = `account, kind, status, ${objectCurrency}, coalesce(captured_currency, ${objectCurrency})`

const line = [
  'account, kind, status',
  `${objectCurrency} as currency`,
  `coalesce(captured_currency, ${objectCurrency}) as captured_in`,
  'count(*) as objects',
  sums('amount', objectMinorUnits),
  sums('captured', 'captured_minor_units'),
  sums('refunded', 'case when captured_minor_units is null then null else refunded end'),
].join(', ')

const ofAnyKind = raw(isOneOf('kind', kinds))

const outboxRecord = (encryption: Encryption, row: Row): E.Either<PaymentError, OutboxEntry> =>
  pipe(
    outboxEntry(row),
    E.map((entry) => ({
      ...entry,
      payload: pipe(decryptRow(encryption, tables.events, row), E.flatMap(eventPayload)),
    })),
  )

/** The reads that list and count. None but that of events reads what is encrypted. */
export const lists = {
  listObjects: ({ page, filter }: ListRequest<ObjectFilter>): Query<ListPage<ObjectSummary>> =>
    paged(pageQuery(objects, objectConditions(filter), page), (_encryption, row) => objectSummary(row)),
  listOperations: ({ page, filter }: ListRequest<OperationFilter>): Query<ListPage<ListedOperation>> =>
    paged(pageQuery(operations, operationConditions(filter), page), (_encryption, row) => listedOperation(row)),
  listEvents: ({ page, filter }: ListRequest<EventFilter>): Query<ListPage<OutboxEntry>> =>
    paged(pageQuery(events, eventConditions(filter), page), outboxRecord),
  event: (id: string): Query<OutboxEntry | undefined> => ({
    sql: sql`select * from paymux_events where id = ${id}`,
    decode: (encryption, [row]) => (row === undefined ? E.right(undefined) : outboxRecord(encryption, row)),
  }),
  summary: ({ from, to, by }: SummaryQuery): Query<readonly SummaryLine[]> => {
    const day = `created_at / ${DAY}`
    const [columns, grouped] = by === 'day' ? [`${day} as day, ${line}`, `${day}, ${groups}`] : [line, groups]
    return {
      sql: sql`select ${raw(columns)} from paymux_objects where ${ofAnyKind} and created_at >= ${from} and created_at < ${to} group by ${raw(grouped)}`,
      decode: (_encryption, rows) => E.traverseArray(by === 'day' ? summaryLineOfDay : summaryLine)(rows),
    }
  },
} as const
