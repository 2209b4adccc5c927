import { type Snapshot, toResult } from '../../src/core/index.js'
import { toStoredText } from '../../src/ledger/index.js'
import { type Columns, insert, text } from '../queries/seed.js'

/** Rows of so many payments that are over, with all that belongs to them, as one SQL text for both databases. */

const at = '1700000000000 + i'
const plain = (value: object): string => text(`plain.${toStoredText(value)}`)

const amount = { minorUnits: 4990n, currency: 'EUR' }
const payer = {
  name: 'A Customer',
  email: 'customer@home.example',
  phone: '+4915100000000',
  ip: '192.0.2.1',
  country: 'DE',
}
const metadata = { gift: 'for the one at home', cart: 'made-up-cart-of-forty-characters-in-all' }
const reference = { kind: 'payment', account: 'europe', id: 'id-1' } as const

const request = {
  idempotencyKey: 'key',
  amount,
  merchantReference: 'ORD',
  description: 'an order of a few things',
  metadata,
  payer,
  urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/again' },
}

const draft = {
  wire: {
    exchange: 'pay.create',
    effect: 'creates',
    method: 'POST',
    base: 'api',
    path: '/invoices',
    auth: 'key',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, amount: '49.90', filling: 'x'.repeat(300) }),
  },
  context: { step: 'created', payer },
  notPassedOn: [],
  names: { key: 'key' },
}

const snapshot: Snapshot<'payment'> = {
  reference,
  status: 'succeeded',
  providerState: { invoice: '1', transaction: '2' },
  amount,
  amountCheck: 'exact',
  paid: amount,
  captured: amount,
  fee: { minorUnits: 99n, currency: 'EUR' },
  bankReference: 'made-up-utr-of-this-payment',
  disputed: false,
  review: [],
}

const objects: Columns = {
  account: text('europe'),
  kind: text('payment'),
  id: `'id-' || i`,
  operation_id: `'op-' || i`,
  idempotency_key: `'key-' || i`,
  merchant_reference: `'ORD-' || i`,
  metadata: plain(metadata),
  not_passed_on: text('[]'),
  abandoned: '0',
  status: text('succeeded'),
  status_since: at,
  version: '2',
  events: '2',
  expected_minor_units: '4990',
  expected_currency: text('EUR'),
  captured_minor_units: '4990',
  captured_currency: text('EUR'),
  reserved: '0',
  refunded: '0',
  disputed: '0',
  needs_review: '0',
  flags: text('[]'),
  provider_state: text(toStoredText({ invoice: '1', transaction: '2' })),
  snapshot: plain(snapshot),
  last_read_at: at,
  refresh_requests: '1',
  created_at: at,
  updated_at: at,
  over_at: at,
}

const operations: Columns = {
  id: `'op-' || i`,
  name: text('createPayment'),
  idempotency_key: `'key-' || i`,
  fingerprint: text('f'.repeat(64)),
  request: plain(request),
  merchant_reference: `'ORD-' || i`,
  accounts: text('["europe"]'),
  deadline: at,
  state: text('executed'),
  state_since: at,
  fence: '1',
  attempt: '1',
  poll_count: '0',
  requires_resolution: '0',
  object_account: text('europe'),
  object_kind: text('payment'),
  object_id: `'id-' || i`,
  events: '0',
  created_at: at,
  lease_until: '0',
}

const attempts: Columns = {
  operation_id: `'op-' || i`,
  n: '1',
  position: '0',
  account: text('europe'),
  state: text('executed'),
  effect: text('creates'),
  draft: plain(draft),
  dispatch_count: '1',
  first_dispatched_at: at,
  gateway_key: `'key-' || i`,
}

const event = (sequence: number, type: string): Columns => ({
  id: `'payment:europe:id-' || i || '#${sequence}'`,
  type: text(type),
  subject: `'payment:europe:id-' || i`,
  sequence: String(sequence),
  payload: plain({ object: toResult(snapshot, { merchantReference: 'ORD', idempotencyKey: 'key', metadata }) }),
  created_at: at,
  tries: '0',
  next_delivery_at: at,
  delivered_at: at,
})

const inbox: Columns = {
  account: text('europe'),
  dedupe_key: `'n-' || i`,
  object_account: text('europe'),
  object_kind: text('payment'),
  object_id: `'id-' || i`,
  reported: text(toStoredText({ invoice: '1' })),
  body: text(`plain.${JSON.stringify({ payer, filling: 'x'.repeat(400) })}`),
  received_at: at,
  deliveries: '1',
  unlisted_source: '0',
  state: text('known'),
}

const line = (what: string): Columns => ({
  operation_id: `'op-' || i`,
  n: '1',
  at,
  what: text(what),
  fence: '1',
})

const BATCH = 20_000

/** The statements that write rows of so many payments. */
export const paymentsOver = (count: number): readonly string[] =>
  Array.from(
    { length: Math.ceil(count / BATCH) },
    (_, n) => [n * BATCH, Math.min(count, (n + 1) * BATCH)] as const,
  ).flatMap(([from, to]) => [
    insert('paymux_objects', objects, from, to),
    insert('paymux_operations', operations, from, to),
    insert('paymux_attempts', attempts, from, to),
    insert('paymux_events', event(1, 'payment.requires_action'), from, to),
    insert('paymux_events', event(2, 'payment.succeeded'), from, to),
    insert('paymux_inbox', inbox, from, to),
    ...['claimed', 'dispatched', 'executed', 'polled'].map((what) => insert('paymux_log', line(what), from, to)),
  ])
