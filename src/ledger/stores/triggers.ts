import {
  decideTransition,
  type Kind,
  kinds,
  machines,
  REVERSAL_CONFIRMATION_MS,
  type StatusOf,
  type Transition,
} from '../../core/index.js'
import { PLAIN } from '../encryption.js'
import { attemptStates, openStates, operationStates, overStates, unmatchedStates } from '../records.js'
import { type Database, isOneOf } from './sql.js'
import { ERASED, type Table, tables, thinned } from './tables.js'

/**
 * What the database itself refuses, whichever program writes: triggers that are generated from the tables that paymux runs
 * by. They are made anew after each migration, so a change of those tables takes a migration, if an empty one.
 */
interface Trigger {
  readonly name: string
  readonly table: string
  readonly on: 'insert' | 'update' | 'delete'
  /** Of an update: the columns of which it has to set one. Default: any. */
  readonly of?: readonly string[]
  readonly when: string
  readonly says: string
}

/** For each state, those that may follow it. */
type Transitions = Readonly<Record<string, readonly string[]>>

const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' or ')})`

const follows = (column: string, transitions: Transitions): string =>
  anyOf(
    Object.entries(transitions).map(([from, to]) => `(old.${column} = '${from}' and ${isOneOf(`new.${column}`, to)})`),
  )

const changed = (columns: readonly string[]): string =>
  anyOf(columns.map((column) => `new.${column} is distinct from old.${column}`))

const inLedger = (states: string): string => `exists (select 1 from paymux_ledger where encryption ${states})`

/** An encrypted column changed, and not because it is encrypted anew. */
const rewritten = (column: string): string =>
  `(${changed([column])} and not ${inLedger("in ('migrating', 'rotating')")})`

/** A text that the reduced one of an erased row is. Of what it is encrypted from, the database sees nothing. */
const isReduced = (column: string): string => `substr(new.${column}, 1, ${ERASED.length}) = '${ERASED}'`

/** The row is erased by this statement. */
const isErasing = 'old.erased_at is null and new.erased_at is not null'

/** The mark of an erased row changes. */
const isMarking = changed(['erased_at'])

/** The operation of a row is erased. */
const isOperationErased =
  'exists (select 1 from paymux_operations where id = new.operation_id and erased_at is not null)'

/** An operation that is erased: its request is reduced, and its error may be. */
const operationErased = `(${isErasing} and ${isReduced('request')} and ${isOneOf('new.state', overStates)} and new.state = old.state)`

/** A canceled operation that is opened again, with the request of the call that does so. */
const operationReopened = `(old.erased_at is not null and new.erased_at is null and old.state = 'canceled' and new.state = 'prepared' and not ${isReduced('request')})`

const eventErased = `(${isErasing} and ${isReduced('payload')})`

// What an erasure of an object leaves as it is.
const keptOfObject: readonly string[] = [
  ...['operation_id', 'idempotency_key', 'merchant_reference', 'not_passed_on', 'abandoned', 'status', 'status_since'],
  ...['events', 'expected_minor_units', 'expected_currency', 'captured_minor_units', 'captured_currency'],
  ...['reserved', 'over_reserved', 'refunded', 'reservation_account', 'reservation_id', 'reservation_minor_units'],
  ...['reservation_currency', 'reservation_held', 'suspected_since', 'flags', 'provider_state', 'over_at'],
]

const objectErased = `(${isErasing} and new.version > old.version and new.reserved = new.refunded and not ${changed(keptOfObject)})`

const keptOfNotification: readonly string[] = [
  ...['account', 'dedupe_key', 'received_at', 'reported', 'object_account', 'object_kind', 'object_id'],
]

/** An object that was erased, and that something has happened to since. */
const objectRevived = `(old.erased_at is not null and new.erased_at is null and new.version > old.version and not ${isReduced('snapshot')})`

/** What an erased object is, for as long as it is one. */
const isErasedObject = `(new.over_at is not null and new.disputed = 0 and new.needs_review = 0 and new.metadata is null and ${isReduced('snapshot')})`

const fell = (columns: readonly string[]): string => anyOf(columns.map((column) => `new.${column} < old.${column}`))

const target = (transition: Transition<Kind>): readonly string[] =>
  transition.action === 'advance' ? [transition.to] : []

/** What evidence may make of each status, at once or once confirmed. */
const statusTransitions = (kind: Kind): Transitions => {
  const statuses: readonly StatusOf<Kind>[] = [...machines[kind].statuses, 'unknown']
  const after = (from: StatusOf<Kind>) =>
    statuses.flatMap((observed) =>
      [0, REVERSAL_CONFIRMATION_MS].flatMap((suspectedFor) =>
        target(decideTransition(kind, from, observed, suspectedFor)),
      ),
    )
  return Object.fromEntries(statuses.map((from) => [from, [...new Set(after(from))]]))
}

const ofEachKind = (row: 'new' | 'old', condition: (transitions: Transitions) => string): string =>
  anyOf(kinds.map((kind) => `(${row}.kind = '${kind}' and ${condition(statusTransitions(kind))})`))

const stateTriggers = (name: string, table: string, states: Transitions): readonly Trigger[] => [
  {
    name: `paymux_${name}_state_known`,
    table,
    on: 'insert',
    when: `not ${isOneOf('new.state', Object.keys(states))}`,
    says: `${name}: no such state`,
  },
  {
    name: `paymux_${name}_state_follows`,
    table,
    on: 'update',
    when: `new.state <> old.state and not ${follows('state', states)}`,
    says: `${name}: that state does not follow`,
  },
]

const unchangeable = (name: string, table: string, when: string): Trigger => ({
  name: `paymux_${name}_kept`,
  table,
  on: 'update',
  when,
  says: `${name}: that does not change`,
})

/** Personal data is erased once, and nothing else is, whichever program writes. */
const erasedOnly = (name: string, table: string, of: readonly string[], when: string): Trigger => ({
  name: `paymux_${name}_erased`,
  table,
  on: 'update',
  of,
  when,
  says: `${name}: that is no erasure`,
})

const notDeleted = (name: string, table: string): Trigger => ({
  name: `paymux_${name}_not_deleted`,
  table,
  on: 'delete',
  when: 'true',
  says: `${name}: nothing is deleted`,
})

/** A ledger with keys takes no plain text, from whichever process: one that has no keys yet may still run. */
const encryptedOnly = Object.entries(tables).flatMap(([name, one]): readonly Trigger[] => {
  const { name: table, encrypted, reduced }: Table = one
  if (encrypted.length === 0) return []
  const plain = (column: string): string =>
    column === reduced
      ? anyOf([PLAIN, `${ERASED}${PLAIN}`].map((start) => `substr(new.${column}, 1, ${start.length}) = '${start}'`))
      : `substr(new.${column}, 1, ${PLAIN.length}) = '${PLAIN}'`
  const refused = (on: 'insert' | 'update', conditions: readonly string[]): Trigger => ({
    name: `paymux_${name}_encrypted_${on}`,
    table,
    on,
    ...(on === 'update' ? { of: encrypted } : {}),
    when: `${anyOf(conditions)} and ${inLedger("<> 'none'")}`,
    says: `${name}: this ledger is encrypted`,
  })
  return [
    refused('insert', encrypted.map(plain)),
    refused(
      'update',
      encrypted.map((column) => `(${changed([column])} and ${plain(column)})`),
    ),
  ]
})

const triggers: readonly Trigger[] = [
  ...encryptedOnly,
  ...stateTriggers('operation', 'paymux_operations', operationStates),
  unchangeable(
    'operation',
    'paymux_operations',
    `${changed(['id', 'name', 'idempotency_key', 'fingerprint', 'created_at'])} or (${rewritten('request')} and not ${operationErased} and not ${operationReopened}) or ${fell(['fence', 'attempt', 'events'])} or (new.erased_at is not null and new.state <> old.state)`,
  ),
  erasedOnly(
    'operation',
    'paymux_operations',
    ['erased_at', 'request'],
    `(${isMarking} and not ${operationErased} and not ${operationReopened}) or (new.erased_at is not null and ${changed(['request'])} and not ${isReduced('request')})`,
  ),
  notDeleted('operation', 'paymux_operations'),
  ...stateTriggers('attempt', 'paymux_attempts', attemptStates),
  unchangeable(
    'attempt',
    'paymux_attempts',
    `${changed(['operation_id', 'n', 'position', 'account'])} or ${fell(['dispatch_count'])} or (old.draft is not null and ${rewritten('draft')} and not (new.draft is null and ${isOperationErased})) or (old.traceparent is not null and ${changed(['traceparent'])})`,
  ),
  notDeleted('attempt', 'paymux_attempts'),
  {
    name: 'paymux_object_status_known',
    table: 'paymux_objects',
    on: 'insert',
    when: `not ${ofEachKind('new', (transitions) => isOneOf('new.status', Object.keys(transitions)))}`,
    says: 'object: no such status',
  },
  {
    name: 'paymux_object_status_follows',
    table: 'paymux_objects',
    on: 'update',
    when: `new.status <> old.status and not ${ofEachKind('old', (transitions) => follows('status', transitions))}`,
    says: 'object: that status does not follow',
  },
  unchangeable(
    'object',
    'paymux_objects',
    `${changed(['account', 'kind', 'id', 'created_at'])} or ${fell(['version', 'events', 'refresh_requests', 'refunded'])} or (new.status <> old.status and new.version = old.version)`,
  ),
  erasedOnly(
    'object',
    'paymux_objects',
    ['erased_at', 'snapshot', 'metadata', 'over_at', 'disputed', 'needs_review'],
    `(${isMarking} and not ${objectErased} and not ${objectRevived}) or (new.erased_at is not null and not ${isErasedObject})`,
  ),
  notDeleted('object', 'paymux_objects'),
  unchangeable(
    'event',
    'paymux_events',
    `${changed(['id', 'type', 'subject', 'sequence', 'created_at'])} or (${rewritten('payload')} and not ${eventErased}) or (old.delivered_at is not null and ${changed(['delivered_at'])})`,
  ),
  erasedOnly(
    'event',
    'paymux_events',
    ['erased_at', 'payload'],
    `(${isMarking} and not ${eventErased}) or (new.erased_at is not null and ${changed(['payload'])} and not ${isReduced('payload')})`,
  ),
  notDeleted('event', 'paymux_events'),
  {
    ...unchangeable('notification', 'paymux_inbox', changed(keptOfNotification)),
    of: keptOfNotification,
  },
  erasedOnly(
    'notification',
    'paymux_inbox',
    ['erased_at', 'body'],
    `(${isMarking} or ${rewritten('body')}) and not (${isErasing} and new.body is null)`,
  ),
  {
    name: 'paymux_notification_deleted_erased',
    table: 'paymux_inbox',
    on: 'delete',
    when: `old.erased_at is null or ${isOneOf('old.state', unmatchedStates)}`,
    says: 'notification: only one that was erased, and waits for nothing, is deleted',
  },
  unchangeable(
    'log',
    'paymux_log',
    `${changed(['id', 'operation_id', 'n', 'at', 'what', 'fence', 'detail'])} or (${rewritten('attestation')} and not (new.attestation is null and ${isOperationErased}))`,
  ),
  {
    name: 'paymux_log_thinned_only',
    table: 'paymux_log',
    on: 'delete',
    when: `not ${isOneOf('old.what', thinned)} or exists (select 1 from paymux_operations where id = old.operation_id and ${isOneOf('state', openStates)})`,
    says: 'log: what decided something is not deleted, nor what is not over',
  },
]

const listOf = (of: readonly string[] | undefined): string => (of === undefined ? '' : ` of ${of.join(', ')}`)

const writers: Readonly<Record<Database, (trigger: Trigger) => readonly string[]>> = {
  sqlite: ({ name, table, on, of, when, says }) => [
    `drop trigger if exists ${name}`,
    `create trigger ${name} before ${on}${listOf(of)} on ${table} for each row when ${when} begin select raise(abort, '${says}'); end`,
  ],
  // The condition stands in the function: one of a trigger's own is read from its stored form anew for every statement.
  postgres: ({ name, table, on, of, when, says }) => [
    `create or replace function ${name}() returns trigger language plpgsql as
$$ begin if ${when} then raise exception '${says}' using errcode = 'integrity_constraint_violation'; end if; return ${on === 'delete' ? 'old' : 'new'}; end $$`,
    `drop trigger if exists ${name} on ${table}`,
    `create trigger ${name} before ${on}${listOf(of)} on ${table} for each row execute function ${name}()`,
  ],
}

/** Makes the triggers anew. To be run after migrations. */
export const triggerStatements = (database: Database): readonly string[] => triggers.flatMap(writers[database])
