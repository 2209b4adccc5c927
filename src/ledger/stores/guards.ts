import {
  type Judgement,
  judge,
  type Kind,
  machines,
  REVERSAL_CONFIRMATION_MS,
  type StatusOf,
} from '../../core/index.js'
import { attemptStates, operationStates } from '../records.js'
import type { Database } from './sql.js'

/**
 * What the database itself refuses, whoever writes: triggers generated from the tables that the program runs by. They are
 * made anew after each migration, so a change of those tables takes a migration, if an empty one.
 */
interface Guard {
  readonly name: string
  readonly table: string
  readonly on: 'insert' | 'update' | 'delete'
  readonly when: string
  readonly says: string
}

/** For each state, those that may follow it. */
type Transitions = Readonly<Record<string, readonly string[]>>

const oneOf = (column: string, values: readonly string[]): string =>
  values.length === 0 ? 'false' : `${column} in (${values.map((value) => `'${value}'`).join(', ')})`

const anyOf = (conditions: readonly string[]): string => `(${conditions.join(' or ')})`

const follows = (column: string, transitions: Transitions): string =>
  anyOf(
    Object.entries(transitions).map(([from, to]) => `(old.${column} = '${from}' and ${oneOf(`new.${column}`, to)})`),
  )

const changed = (columns: readonly string[]): string =>
  anyOf(columns.map((column) => `new.${column} is distinct from old.${column}`))

const fell = (columns: readonly string[]): string => anyOf(columns.map((column) => `new.${column} < old.${column}`))

const target = (judgement: Judgement<Kind>): readonly string[] =>
  judgement.verdict === 'advance' ? [judgement.to] : []

/** What evidence may make of each status, at once or once confirmed. */
const statusTransitions = (kind: Kind): Transitions => {
  const statuses: readonly StatusOf<Kind>[] = [...machines[kind].statuses, 'unknown']
  const after = (from: StatusOf<Kind>) =>
    statuses.flatMap((observed) =>
      [0, REVERSAL_CONFIRMATION_MS].flatMap((suspectedFor) => target(judge(kind, from, observed, suspectedFor))),
    )
  return Object.fromEntries(statuses.map((from) => [from, [...new Set(after(from))]]))
}

const kinds: readonly Kind[] = ['payment', 'refund', 'payout']

const ofEachKind = (row: 'new' | 'old', condition: (transitions: Transitions) => string): string =>
  anyOf(kinds.map((kind) => `(${row}.kind = '${kind}' and ${condition(statusTransitions(kind))})`))

const stateGuards = (name: string, table: string, states: Transitions): readonly Guard[] => [
  {
    name: `paymux_${name}_state_known`,
    table,
    on: 'insert',
    when: `not ${oneOf('new.state', Object.keys(states))}`,
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

const kept = (name: string, table: string, when: string): Guard => ({
  name: `paymux_${name}_kept`,
  table,
  on: 'update',
  when,
  says: `${name}: that does not change`,
})

const notDeleted = (name: string, table: string): Guard => ({
  name: `paymux_${name}_not_deleted`,
  table,
  on: 'delete',
  when: 'true',
  says: `${name}: nothing is deleted`,
})

const guards: readonly Guard[] = [
  ...stateGuards('operation', 'paymux_operations', operationStates),
  kept(
    'operation',
    'paymux_operations',
    `${changed(['id', 'operation', 'key', 'fingerprint', 'request', 'created_at'])} or ${fell(['fence', 'attempt', 'events'])}`,
  ),
  notDeleted('operation', 'paymux_operations'),
  ...stateGuards('attempt', 'paymux_attempts', attemptStates),
  kept(
    'attempt',
    'paymux_attempts',
    `${changed(['operation_id', 'n', 'position', 'account'])} or ${fell(['marks'])} or (old.draft is not null and ${changed(['draft'])})`,
  ),
  notDeleted('attempt', 'paymux_attempts'),
  {
    name: 'paymux_object_status_known',
    table: 'paymux_objects',
    on: 'insert',
    when: `not ${ofEachKind('new', (transitions) => oneOf('new.status', Object.keys(transitions)))}`,
    says: 'object: no such status',
  },
  {
    name: 'paymux_object_status_follows',
    table: 'paymux_objects',
    on: 'update',
    when: `new.status <> old.status and not ${ofEachKind('old', (transitions) => follows('status', transitions))}`,
    says: 'object: that status does not follow',
  },
  kept(
    'object',
    'paymux_objects',
    `${changed(['account', 'kind', 'id', 'created_at'])} or ${fell(['version', 'events', 'rings', 'refunded'])} or (new.status <> old.status and new.version = old.version)`,
  ),
  notDeleted('object', 'paymux_objects'),
  kept(
    'event',
    'paymux_events',
    `${changed(['id', 'type', 'subject', 'sequence', 'payload', 'created_at'])} or (old.delivered_at is not null and ${changed(['delivered_at'])})`,
  ),
  notDeleted('event', 'paymux_events'),
  kept('log', 'paymux_log', 'true'),
  notDeleted('log', 'paymux_log'),
]

const writers: Readonly<Record<Database, (guard: Guard) => readonly string[]>> = {
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

/** Makes the guards anew. To be run after the migrations, where any was run. */
export const guardStatements = (database: Database): readonly string[] => guards.flatMap(writers[database])
