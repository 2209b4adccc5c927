import { kinds, operationNames } from '../../core/index.js'
import { ledgerStatusNames } from '../ledger-status.js'
import { encryptionStates } from '../open-encryption.js'
import { inboxStateNames, submissionEffects, unmatchedStates } from '../records.js'
import { type Database, isOneOf } from './sql.js'
import { isKeptEvent, isKeptObject, isKeptOperation, isThinned, isUnresolved, objectCurrency } from './tables.js'

/** Words of a table definition that the two databases spell differently. */
interface Types {
  /** 64 bits. */
  readonly integer: string
  /** An integer key that the database counts up. */
  readonly counted: string
  /** Ends a table definition. */
  readonly end: string
}

const types: Readonly<Record<Database, Types>> = {
  sqlite: { integer: 'integer', counted: 'integer primary key autoincrement', end: ') strict' },
  postgres: { integer: 'bigint', counted: 'bigint generated always as identity primary key', end: ')' },
}

const reservation = ({ integer }: Types): string => `
  reservation_account text,
  reservation_id text,
  reservation_minor_units ${integer},
  reservation_currency text,
  reservation_held ${integer} check (reservation_held in (0, 1))`

const operations = (types: Types): string => `create table paymux_operations (
  id text primary key,
  name text not null check (${isOneOf('name', operationNames)}),
  idempotency_key text not null,
  fingerprint text not null,
  request text not null,
  merchant_reference text,
  accounts text not null,
  deadline ${types.integer} not null,
  state text not null,
  state_since ${types.integer} not null,
  fence ${types.integer} not null,
  attempt ${types.integer} not null,
  next_poll_at ${types.integer},
  stalled text,
  poll_count ${types.integer} not null,
  scheduled_poll_at ${types.integer},
  requires_resolution ${types.integer} not null check (requires_resolution in (0, 1)),${reservation(types)},
  object_account text,
  object_kind text check (${isOneOf('object_kind', kinds)}),
  object_id text,
  error text,
  events ${types.integer} not null,
  created_at ${types.integer} not null,
  lease_until ${types.integer} not null,
  erased_at ${types.integer},
  unique (name, idempotency_key)${types.end}`

const attempts = ({ integer, end }: Types): string => `create table paymux_attempts (
  operation_id text not null references paymux_operations (id),
  n ${integer} not null check (n >= 1),
  position ${integer} not null,
  account text not null,
  state text not null,
  effect text check (${isOneOf('effect', submissionEffects)}),
  draft text,
  dispatch_count ${integer} not null,
  first_dispatched_at ${integer},
  token_hash text unique,
  gateway_key text,
  reference text,
  traceparent text check (length(traceparent) = 55),
  ended_by text,
  primary key (operation_id, n)${end}`

// What lists show stands before the long texts: SQLite reads a row from its beginning.
const objects = (types: Types): string => `create table paymux_objects (
  account text not null,
  kind text not null check (${isOneOf('kind', kinds)}),
  id text not null,
  operation_id text,
  idempotency_key text,
  merchant_reference text,
  not_passed_on text,
  abandoned ${types.integer} not null check (abandoned in (0, 1)),
  status text not null,
  status_since ${types.integer} not null,
  version ${types.integer} not null,
  events ${types.integer} not null,
  expected_minor_units ${types.integer},
  expected_currency text,
  captured_minor_units ${types.integer},
  captured_currency text,
  reserved ${types.integer} not null,
  over_reserved ${types.integer} not null default 0 check (over_reserved >= 0),
  refunded ${types.integer} not null,${reservation(types)},
  disputed ${types.integer} not null check (disputed in (0, 1)),
  suspected_since ${types.integer},
  needs_review ${types.integer} not null check (needs_review in (0, 1)),
  flags text not null,
  provider_state text not null,
  last_read_at ${types.integer} not null,
  next_read_at ${types.integer},
  read_requested ${types.integer} not null default 0 check (read_requested in (0, 1)),
  read_until ${types.integer} not null default 0,
  read_error text,
  refresh_requests ${types.integer} not null,
  created_at ${types.integer} not null,
  updated_at ${types.integer} not null,
  over_at ${types.integer},
  erased_at ${types.integer},
  metadata text,
  snapshot text not null,
  primary key (account, kind, id),
  check ((captured_minor_units is null) = (captured_currency is null)),
  check ((expected_minor_units is null) = (expected_currency is null)),
  constraint paymux_refunded_in_reserved_in_captured
    check (0 <= refunded and refunded <= reserved and reserved <= coalesce(captured_minor_units, 0))${types.end}`

const events = ({ integer, end }: Types): string => `create table paymux_events (
  id text primary key,
  type text not null,
  subject text not null,
  sequence ${integer} not null check (sequence >= 1),
  payload text not null,
  created_at ${integer} not null,
  tries ${integer} not null,
  next_delivery_at ${integer} not null,
  unreadable ${integer} not null default 0 check (unreadable in (0, 1)),
  delivered_at ${integer},
  redeliver_at ${integer},
  erased_at ${integer},
  unique (subject, sequence)${end}`

const inbox = ({ integer, end }: Types): string => `create table paymux_inbox (
  account text not null,
  dedupe_key text not null,
  object_account text,
  object_kind text check (${isOneOf('object_kind', kinds)}),
  object_id text,
  reported text not null,
  body text,
  token_hash text,
  received_at ${integer} not null,
  deliveries ${integer} not null,
  unlisted_source ${integer} not null check (unlisted_source in (0, 1)),
  state text not null check (${isOneOf('state', inboxStateNames)}),
  erased_at ${integer},
  primary key (account, dedupe_key)${end}`

// `hour` counts hours since the epoch.
const notificationCounts = ({ integer, end }: Types): string => `create table paymux_notification_counts (
  account text not null,
  unlisted_source ${integer} not null check (unlisted_source in (0, 1)),
  hour ${integer} not null,
  received ${integer} not null,
  quarantined ${integer} not null,
  rejected ${integer} not null,
  over_quota ${integer} not null,
  entries ${integer} not null,
  bytes ${integer} not null,
  primary key (account, unlisted_source, hour)${end}`

const log = ({ integer, counted, end }: Types): string => `create table paymux_log (
  id ${counted},
  operation_id text not null,
  n ${integer} not null,
  at ${integer} not null,
  what text not null,
  fence ${integer} not null,
  detail text,
  attestation text${end}`

const accounts = ({ integer, end }: Types): string => `create table paymux_accounts (
  name text primary key,
  identity text not null,
  reads_full_at ${integer} not null default 0,
  reads ${integer} not null default 0,
  failing_since ${integer},
  failing_reason text,
  failing_reported ${integer} not null default 0 check (failing_reported in (0, 1)),
  reads_version ${integer} not null default 0,
  events ${integer} not null default 0,
  reconcile_at ${integer} not null default 0,
  reconciliation text,
  check ((failing_since is null) = (failing_reason is null))${end}`

// One row: what the ledger keeps about itself.
const ledger = ({ integer, end }: Types): string => `create table paymux_ledger (
  id ${integer} primary key check (id = 1),
  encryption text not null check (${isOneOf('encryption', encryptionStates)}),
  fingerprint_key text not null,
  status text not null default 'open' check (${isOneOf('status', ledgerStatusNames)}),
  copy_id text,
  copied_to text,
  taken_at ${integer},
  restored_at ${integer},
  restored_until ${integer},
  check ((taken_at is null) = (restored_at is null) and (restored_at is null) = (restored_until is null))${end}`

const encryptionKeys = ({ integer, end }: Types): string => `create table paymux_encryption_keys (
  id text primary key,
  check_value text not null,
  retired ${integer} not null check (retired in (0, 1))${end}`

const indices: readonly string[] = [
  'create index paymux_operations_due on paymux_operations (next_poll_at) where next_poll_at is not null',
  'create index paymux_operations_state on paymux_operations (state, created_at, id)',
  `create index paymux_operations_unresolved on paymux_operations (created_at, id)
  where ${isUnresolved}`,
  'create index paymux_operations_reference on paymux_operations (merchant_reference)',
  `create index paymux_operations_reservation on paymux_operations (reservation_account, reservation_id)
  where reservation_id is not null`,
  `create index paymux_attempts_abandoned on paymux_attempts (account, gateway_key)
  where state = 'abandoned' and gateway_key is not null`,
  'create index paymux_objects_kind on paymux_objects (kind, created_at, account, id)',
  'create index paymux_objects_status on paymux_objects (status, created_at, account, kind, id)',
  'create index paymux_objects_account on paymux_objects (account, created_at, kind, id)',
  `create index paymux_objects_currency on paymux_objects ((${objectCurrency}), created_at, account, kind, id)`,
  `create index paymux_objects_reference on paymux_objects (merchant_reference, created_at, account, kind, id)
  where merchant_reference is not null`,
  'create index paymux_objects_review on paymux_objects (created_at, account, kind, id) where needs_review = 1',
  'create index paymux_objects_disputed on paymux_objects (created_at, account, kind, id) where disputed = 1',
  'create index paymux_objects_due on paymux_objects (account, read_requested, next_read_at) where next_read_at is not null',
  'create index paymux_objects_unread on paymux_objects (account) where read_error is not null',
  'create index paymux_events_due on paymux_events (next_delivery_at) where delivered_at is null',
  'create index paymux_events_created on paymux_events (created_at, id)',
  'create index paymux_events_undelivered on paymux_events (created_at, id) where delivered_at is null',
  'create index paymux_events_redelivery on paymux_events (redeliver_at) where redeliver_at is not null',
  'create index paymux_events_unreadable on paymux_events (created_at) where delivered_at is null and unreadable = 1',
  `create index paymux_inbox_unmatched on paymux_inbox (received_at) where ${isOneOf('state', unmatchedStates)}`,
  'create index paymux_inbox_object on paymux_inbox (object_account, object_kind, object_id)',
  `create index paymux_operations_kept on paymux_operations (state_since) where ${isKeptOperation}`,
  `create index paymux_objects_kept on paymux_objects (over_at) where ${isKeptObject}`,
  `create index paymux_events_kept on paymux_events (delivered_at) where ${isKeptEvent}`,
  'create index paymux_inbox_kept on paymux_inbox (erased_at, received_at)',
  `create index paymux_log_thinned on paymux_log (at) where ${isThinned}`,
  'create index paymux_log_operation on paymux_log (operation_id)',
  'create index paymux_log_attestation on paymux_log (id) where attestation is not null',
]

// PostgreSQL has a queue of its own for this.
const acquiredJobs = `create table paymux_acquired_jobs (
  job text primary key,
  id text not null,
  until integer not null,
  seen integer
) strict`

/** The first migration: every table, and what is looked up in them. */
export const firstSchema = (database: Database): readonly string[] => {
  const define = [
    operations,
    attempts,
    objects,
    events,
    inbox,
    notificationCounts,
    log,
    accounts,
    ledger,
    encryptionKeys,
  ]
  return [
    ...define.map((table) => table(types[database])),
    ...indices,
    ...(database === 'sqlite' ? [acquiredJobs] : []),
  ]
}
