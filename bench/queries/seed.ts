import { type Snapshot, toResult } from '../../src/core/index.js'
import { toStoredText } from '../../src/ledger/index.js'

/** Rows of so many payments, with their operations and events, as one SQL text for both databases. They are written at once. */

/** When the first of them was recorded, in milliseconds since the epoch, and how far apart they are. */
export const FIRST_AT = 1_760_000_000_000
export const APART_MS = 997

/** A column, and what it holds in row `i`. */
export type Columns = Readonly<Record<string, string>>

/** A text in SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

const choose = (cases: readonly (readonly [condition: string, value: string])[], otherwise: string): string =>
  `case ${cases.map(([condition, value]) => `when ${condition} then ${text(value)}`).join(' ')} else ${text(otherwise)} end`

const account = choose(
  [
    ['i % 10 = 0', 'spare'],
    ['i % 4 = 0', 'india'],
  ],
  'europe',
)
const currency = choose(
  [
    ['i % 50 = 0', 'USD'],
    ['i % 4 = 0', 'INR'],
  ],
  'EUR',
)
const isOther = 'i % 20 in (3, 7)'
const kind = choose(
  [
    ['i % 20 = 3', 'refund'],
    ['i % 20 = 7', 'payout'],
  ],
  'payment',
)
const status = choose(
  [
    [`${isOther} and i % 9 = 0`, 'failed'],
    [isOther, 'succeeded'],
    ['i % 10 = 9', 'failed'],
    ['i % 13 = 0', 'expired'],
    ['i % 97 = 0', 'processing'],
    ['i % 1009 = 0', 'reversed'],
  ],
  'succeeded',
)
const operationState = choose(
  [
    ['i % 5003 = 0', 'indeterminate'],
    ['i % 211 = 0', 'refused'],
  ],
  'executed',
)
const at = `${FIRST_AT} + i * ${APART_MS}`
// As long as an encrypted one is.
const longText = (length: number): string => text(`plain.${'x'.repeat(length)}`)

const objects: Columns = {
  account,
  kind,
  id: `'id-' || i`,
  operation_id: `'op-' || i`,
  idempotency_key: `'key-' || i`,
  merchant_reference: `'ORD-' || i`,
  metadata: longText(150),
  not_passed_on: text('[]'),
  abandoned: '0',
  status,
  status_since: at,
  version: '2',
  events: '2',
  expected_minor_units: '4990 + i % 1000',
  expected_currency: currency,
  captured_minor_units: `case when ${status} in ('succeeded', 'reversed') and ${kind} = 'payment' then 4990 + i % 1000 end`,
  captured_currency: `case when ${status} in ('succeeded', 'reversed') and ${kind} = 'payment' then ${currency} end`,
  reserved: '0',
  refunded: '0',
  disputed: 'case when i % 2003 = 0 then 1 else 0 end',
  needs_review: 'case when i % 1009 = 1 then 1 else 0 end',
  flags: text('[]'),
  provider_state: text(toStoredText({ invoice: '1', transaction: '2' })),
  snapshot: longText(1100),
  last_read_at: at,
  next_read_at: `case when i % 2 = 0 then ${at} end`,
  refresh_requests: '1',
  created_at: at,
  updated_at: at,
}

const operations: Columns = {
  id: `'op-' || i`,
  name: choose(
    [
      ['i % 20 = 3', 'refund'],
      ['i % 20 = 7', 'payout'],
    ],
    'createPayment',
  ),
  idempotency_key: `'key-' || i`,
  fingerprint: text('f'.repeat(64)),
  request: longText(700),
  merchant_reference: `'ORD-' || i`,
  accounts: `'["' || ${account} || '"]'`,
  deadline: `${at} + 900000`,
  state: operationState,
  state_since: at,
  fence: '1',
  attempt: '1',
  poll_count: '0',
  requires_resolution: '0',
  events: '0',
  created_at: at,
  lease_until: '0',
}

const attempts: Columns = {
  operation_id: `'op-' || i`,
  n: '1',
  position: '0',
  account,
  state: text('executed'),
  dispatch_count: '1',
}

const amount = { minorUnits: 4990n, currency: 'EUR' }

const paid: Snapshot<'payment'> = {
  reference: { kind: 'payment', account: 'europe', id: 'id-1' },
  status: 'succeeded',
  providerState: { invoice: '1', transaction: '2' },
  amount,
  amountCheck: 'exact',
  paid: amount,
  captured: amount,
  disputed: false,
  review: [],
}

const payload = `plain.${toStoredText({ object: toResult(paid) })}`

const events: Columns = {
  id: `'payment:europe:id-' || i || '#1'`,
  type: choose([['i % 10 = 9', 'payment.failed']], 'payment.succeeded'),
  subject: `'payment:europe:id-' || i`,
  sequence: '1',
  payload: text(payload),
  created_at: at,
  tries: '0',
  next_delivery_at: at,
  delivered_at: `case when i % 4001 = 0 then null else ${at} end`,
}

/** Inserts rows of a table, from one number up to another. */
export const insert = (table: string, columns: Columns, from: number, to: number): string =>
  `insert into ${table} (${Object.keys(columns).join(', ')}) with recursive rows (i) as
    (select ${from} union all select i + 1 from rows where i + 1 < ${to})
    select ${Object.values(columns).join(', ')} from rows`

const BATCH = 50_000

const identity = text(toStoredText({}))
const accounts = `insert into paymux_accounts (name, identity) values ${['europe', 'india', 'spare'].map((name) => `(${text(name)}, ${identity})`).join(', ')}`

/** The statements that write rows of so many objects. Half of the objects are due to be read. */
export const seeding = (count: number): readonly string[] => [
  accounts,
  ...Array.from(
    { length: Math.ceil(count / BATCH) },
    (_, n) => [n * BATCH, Math.min(count, (n + 1) * BATCH)] as const,
  ).flatMap(([from, to]) => [
    insert('paymux_objects', objects, from, to),
    insert('paymux_operations', operations, from, to),
    insert('paymux_attempts', attempts, from, to),
    insert('paymux_events', events, from, to),
  ]),
]
