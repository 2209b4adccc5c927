import type { Money } from '../../core/index.js'
import type { ObjectKey, OperationRecord } from '../records.js'
import { READ_SPACING_MS, type Write } from '../store.js'
import type { Vault } from '../vault.js'
import {
  accountColumns,
  attemptColumns,
  eventColumns,
  identityText,
  inboxColumns,
  logColumns,
  objectChanges,
  objectColumns,
  operationChanges,
  operationColumns,
} from './columns.js'
import { now, type Part, type Sql, sql } from './sql.js'
import { assign, type Columns, insert, sealRow, type Table, tables } from './tables.js'

/** One write as SQL. */
export interface Statement {
  readonly sql: Sql
  /** Whether it has to affect exactly one row: where it affects none, the guard does not hold. */
  readonly guarded: boolean
}

/** What a write is in SQL, in order. */
type Statements = readonly Statement[]

const guarded = (statement: Sql): Statements => [{ sql: statement, guarded: true }]
const free = (statement: Sql): Statements => [{ sql: statement, guarded: false }]

const omit = (columns: Columns, ...names: readonly string[]): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name)))

/** The sealed columns of a row, and the others, without what identifies it. */
const changesOf = (vault: Vault, table: Table, row: Columns): Columns => omit(sealRow(vault, table, row), ...table.key)

const isObject = ({ account, kind, id }: ObjectKey): Sql => sql`account = ${account} and kind = ${kind} and id = ${id}`

const lease = (leaseMs: number): Sql => sql`${now} + ${leaseMs}`

const claim = (vault: Vault, operation: OperationRecord, leaseMs: number): Statements => {
  const row = sealRow(vault, tables.operations, operationColumns(operation))
  return guarded(sql`${insert(tables.operations, { ...row, lease_until: lease(leaseMs) })} on conflict do nothing`)
}

const replaceOperation = (vault: Vault, { operation, from, keepLease }: Write & { write: 'operation' }): Statements => {
  const changes = changesOf(vault, tables.operations, operationChanges(operation))
  const set = assign(keepLease ? changes : { ...changes, lease_until: 0 })
  return guarded(
    sql`update paymux_operations set ${set} where id = ${operation.id} and fence = ${operation.fence} and state = ${from}`,
  )
}

const writeAttempt = (vault: Vault, { attempt, is }: Write & { write: 'attempt' }): Statements => {
  const row = attemptColumns(attempt)
  if (is === 'new')
    return guarded(sql`${insert(tables.attempts, sealRow(vault, tables.attempts, row))} on conflict do nothing`)
  const { draft = null, first_marked_at: marked = null, ...changes } = changesOf(vault, tables.attempts, row)
  // By the store's clock: several machines measure the gateway's memory of a key from it.
  const markedAt = marked === null ? sql`first_marked_at` : sql`coalesce(first_marked_at, ${now})`
  const set: Readonly<Record<string, Part>> = {
    ...changes,
    draft: sql`coalesce(draft, ${draft})`,
    first_marked_at: markedAt,
  }
  return guarded(
    sql`update paymux_attempts set ${assign(set)} where operation_id = ${attempt.operationId} and n = ${attempt.n}`,
  )
}

/** The earlier of two times, where the first is not there the second. */
const earlier = (a: Part, b: Part): Sql => sql`case when ${a} < ${b} then ${a} else ${b} end`

const replaceObject = (vault: Vault, { object, version, ringsSeen }: Write & { write: 'object' }): Statements => {
  const { next_read_at: due = null, ...changes } = changesOf(vault, tables.objects, objectChanges(object))
  const at = sql`cast(${due} as bigint)`
  const rung = earlier(at, sql`${now} + ${READ_SPACING_MS}`)
  const set = assign({ ...changes, next_read_at: sql`case when rings > ${ringsSeen} then ${rung} else ${at} end` })
  return guarded(sql`update paymux_objects set ${set} where ${isObject(object)} and version = ${version}`)
}

const ringing = (object: ObjectKey, at: number): Sql => {
  const due = earlier(sql`next_read_at`, sql`cast(${at} as bigint)`)
  return sql`update paymux_objects set rings = rings + 1, next_read_at = ${due} where ${isObject(object)}`
}

/** A payment that something was captured of in this currency. */
const isCaptured = (object: ObjectKey, { currency }: Money): Sql =>
  sql`${isObject(object)} and captured_currency = ${currency}`

const reserve = (object: ObjectKey, amount: Money, clipped: boolean): Statements => {
  const sum = sql`reserved + cast(${amount.amount} as bigint)`
  if (!clipped)
    return guarded(
      sql`update paymux_objects set reserved = ${sum} where ${isCaptured(object, amount)} and ${sum} between refunded and captured_amount`,
    )
  const brought = sql`case when ${sum} < refunded then refunded when ${sum} > captured_amount then captured_amount else ${sum} end`
  return free(sql`update paymux_objects set reserved = ${brought} where ${isCaptured(object, amount)}`)
}

const refunded = (object: ObjectKey, amount: Money): Statements => {
  const sum = earlier(sql`refunded + cast(${amount.amount} as bigint)`, sql`reserved`)
  return free(sql`update paymux_objects set refunded = ${sum} where ${isCaptured(object, amount)}`)
}

/** The entries that point at an object. */
const pointAt = ({ account, kind, id }: ObjectKey): Sql =>
  sql`object_account = ${account} and object_kind = ${kind} and object_id = ${id}`

const inboxState = ({ of, state }: Write & { write: 'inbox_state' }): Statements => {
  const entries = 'dedupeKey' in of ? sql`account = ${of.account} and dedupe_key = ${of.dedupeKey}` : pointAt(of)
  return free(sql`update paymux_inbox set state = ${state} where ${entries}`)
}

const match = (object: ObjectKey, at: number): Statements => {
  const waiting = sql`${pointAt(object)} and state in ('unmatched', 'reported')`
  return [
    ...free(sql`${ringing(object, at)} and exists (select 1 from paymux_inbox where ${waiting})`),
    ...free(
      sql`update paymux_inbox set state = 'known' where ${waiting} and exists (select 1 from paymux_objects o where o.account = object_account and o.kind = object_kind and o.id = object_id)`,
    ),
  ]
}

const enterAccount = ({ account, extended = account.identity }: Write & { write: 'account' }): Statements =>
  guarded(
    sql`${insert(tables.accounts, accountColumns(account))} on conflict (name) do update set identity = excluded.identity where paymux_accounts.identity in (excluded.identity, ${identityText(extended)})`,
  )

/** What a write is in SQL, in order. Its texts are sealed by the vault. */
export const statementsOf = (vault: Vault, write: Write): Statements => {
  switch (write.write) {
    case 'claim':
      return claim(vault, write.operation, write.leaseMs)
    case 'take_over':
      return guarded(
        sql`update paymux_operations set fence = fence + 1, lease_until = ${lease(write.leaseMs)} where id = ${write.id} and fence = ${write.fence} and lease_until <= ${now}`,
      )
    // A lease that was given back is not taken again by a renewal that comes late.
    case 'renew':
      return guarded(
        sql`update paymux_operations set lease_until = ${lease(write.leaseMs)} where id = ${write.id} and fence = ${write.fence} and lease_until > 0`,
      )
    case 'operation':
      return replaceOperation(vault, write)
    case 'attempt':
      return writeAttempt(vault, write)
    case 'new_object':
      return guarded(
        sql`${insert(tables.objects, sealRow(vault, tables.objects, objectColumns(write.object)))} on conflict do nothing`,
      )
    case 'object':
      return replaceObject(vault, write)
    case 'ring':
      return free(ringing(write.object, write.at))
    case 'ring_operation':
      return free(
        sql`update paymux_operations set next_at = ${earlier(sql`next_at`, sql`cast(${write.at} as bigint)`)} where id = ${write.id} and state in ('dispatched', 'indeterminate')`,
      )
    case 'reserve':
      return reserve(write.object, write.amount, write.clipped)
    case 'refunded':
      return refunded(write.object, write.amount)
    case 'event':
      return guarded(
        sql`${insert(tables.events, { ...sealRow(vault, tables.events, eventColumns(write.event)), next_at: now })} on conflict do nothing`,
      )
    case 'log':
      return free(insert(tables.log, logColumns(write.log)))
    case 'inbox':
      return free(
        sql`${insert(tables.inbox, sealRow(vault, tables.inbox, inboxColumns(write.entry)))} on conflict (account, dedupe_key) do update set deliveries = paymux_inbox.deliveries + 1`,
      )
    case 'inbox_state':
      return inboxState(write)
    case 'match':
      return match(write.object, write.at)
    case 'delivered':
      return free(sql`update paymux_events set delivered_at = ${now} where id = ${write.id} and delivered_at is null`)
    case 'undelivered':
      return free(
        sql`update paymux_events set tries = tries + 1, next_at = ${write.nextAt} where id = ${write.id} and delivered_at is null`,
      )
    case 'account':
      return enterAccount(write)
  }
}
