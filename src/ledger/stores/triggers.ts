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
import { attemptStates, operationStates } from '../records.js'
import { type Database, isOneOf } from './sql.js'
import { tables } from './tables.js'

/**
 * What the database itself refuses, whichever program writes: triggers that are generated from the tables that paymux runs
 * by. They are made anew after each migration, so a change of those tables takes a migration, if an empty one.
 */
interface Trigger {
  readonly name: string
  readonly table: string
  readonly on: 'insert' | 'update' | 'delete'
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

const notDeleted = (name: string, table: string): Trigger => ({
  name: `paymux_${name}_not_deleted`,
  table,
  on: 'delete',
  when: 'true',
  says: `${name}: nothing is deleted`,
})

/** A ledger with keys takes no plain text, from whichever process: one that has no keys yet may still run. */
const encryptedOnly = Object.entries(tables).flatMap(([name, { name: table, encrypted }]): readonly Trigger[] => {
  if (encrypted.length === 0) return []
  const plain = (column: string): string => `substr(new.${column}, 1, ${PLAIN.length}) = '${PLAIN}'`
  const refused = (on: 'insert' | 'update', conditions: readonly string[]): Trigger => ({
    name: `paymux_${name}_encrypted_${on}`,
    table,
    on,
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
    `${changed(['id', 'name', 'idempotency_key', 'fingerprint', 'created_at'])} or ${rewritten('request')} or ${fell(['fence', 'attempt', 'events'])}`,
  ),
  notDeleted('operation', 'paymux_operations'),
  ...stateTriggers('attempt', 'paymux_attempts', attemptStates),
  unchangeable(
    'attempt',
    'paymux_attempts',
    `${changed(['operation_id', 'n', 'position', 'account'])} or ${fell(['dispatch_count'])} or (old.draft is not null and ${rewritten('draft')}) or (old.traceparent is not null and ${changed(['traceparent'])})`,
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
  notDeleted('object', 'paymux_objects'),
  unchangeable(
    'event',
    'paymux_events',
    `${changed(['id', 'type', 'subject', 'sequence', 'created_at'])} or ${rewritten('payload')} or (old.delivered_at is not null and ${changed(['delivered_at'])})`,
  ),
  notDeleted('event', 'paymux_events'),
  unchangeable(
    'log',
    'paymux_log',
    `${changed(['id', 'operation_id', 'n', 'at', 'what', 'fence', 'detail'])} or ${rewritten('attestation')}`,
  ),
  notDeleted('log', 'paymux_log'),
]

const writers: Readonly<Record<Database, (trigger: Trigger) => readonly string[]>> = {
  sqlite: ({ name, table, on, when, says }) => [
    `drop trigger if exists ${name}`,
    `create trigger ${name} before ${on} on ${table} for each row when ${when} begin select raise(abort, '${says}'); end`,
  ],
  // The condition stands in the function: one of a trigger's own is read from its stored form anew for every statement.
  postgres: ({ name, table, on, when, says }) => [
    `create or replace function ${name}() returns trigger language plpgsql as
$$ begin if ${when} then raise exception '${says}' using errcode = 'integrity_constraint_violation'; end if; return ${on === 'delete' ? 'old' : 'new'}; end $$`,
    `drop trigger if exists ${name} on ${table}`,
    `create trigger ${name} before ${on} on ${table} for each row execute function ${name}()`,
  ],
}

/** Makes the triggers anew. To be run after migrations. */
export const triggerStatements = (database: Database): readonly string[] => triggers.flatMap(writers[database])
