import { HOUR, type MinorUnits, SECOND } from '../../core/index.js'
import type { Encryption } from '../encryption.js'
import { toStoredText } from '../json.js'
import { type ObjectKey, type OperationRecord, openStates, unansweredStates, unmatchedStates } from '../records.js'
import { COUNTS_KEPT_HOURS, READ_SPACING_MS, type Write } from '../store.js'
import {
  accountColumns,
  accountReadsColumns,
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
import { isOneOf, now, type Part, raw, type Sql, sql } from './sql.js'
import { assign, type Columns, encryptRow, insert, insertIf, type Table, tables } from './tables.js'

/** One write as SQL. */
export interface Statement {
  readonly sql: Sql
  /** Whether it has to affect exactly one row. If it affects none, the guard does not hold. */
  readonly guarded: boolean
}

/** What a write is in SQL, in order. */
type Statements = readonly Statement[]

const guarded = (statement: Sql): Statements => [{ sql: statement, guarded: true }]
const unguarded = (statement: Sql): Statements => [{ sql: statement, guarded: false }]

const omit = (columns: Columns, ...names: readonly string[]): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name)))

/** The columns of a row, encrypted, without those that identify it. */
const changesOf = (encryption: Encryption, table: Table, row: Columns): Columns =>
  omit(encryptRow(encryption, table, row), ...table.key)

const isObject = ({ account, kind, id }: ObjectKey): Sql => sql`account = ${account} and kind = ${kind} and id = ${id}`

const lease = (leaseMs: number): Sql => sql`${now} + ${leaseMs}`

/** A key that the ledger does not have is unused, unless what was recorded after a backup is lost. */
const mayBeUnused = (isLookedUp: boolean | undefined): Sql =>
  isLookedUp === true ? raw('true') : sql`not exists (select 1 from paymux_ledger where restored_until > ${now})`

const claim = (encryption: Encryption, { operation, leaseMs, isLookedUp }: Write & { write: 'claim' }): Statements => {
  const row = encryptRow(encryption, tables.operations, operationColumns(operation))
  const values = { ...row, state_since: now, lease_until: lease(leaseMs) }
  return guarded(sql`${insertIf(tables.operations, values, mayBeUnused(isLookedUp))} on conflict do nothing`)
}

/** One that was erased gets its request back from the call that opens it again. */
const requestAgain = (encryption: Encryption, operation: OperationRecord): Readonly<Record<string, Part>> => {
  const { request = null } = encryptRow(encryption, tables.operations, operationColumns(operation))
  return { request: sql`case when erased_at is null then request else ${request} end`, erased_at: null }
}

const replaceOperation = (
  encryption: Encryption,
  { operation, from, keepLease, isLookedUp }: Write & { write: 'operation' },
): Statements => {
  const set = assign({
    ...changesOf(encryption, tables.operations, operationChanges(operation)),
    ...(from === 'canceled' ? requestAgain(encryption, operation) : {}),
    ...(operation.state === from ? {} : { state_since: now }),
    ...(keepLease ? {} : { lease_until: 0 }),
  })
  return guarded(
    sql`update paymux_operations set ${set} where id = ${operation.id} and fence = ${operation.fence} and state = ${from} and ${from === 'canceled' ? mayBeUnused(isLookedUp) : raw('true')}`,
  )
}

const writeAttempt = (encryption: Encryption, { attempt, is }: Write & { write: 'attempt' }): Statements => {
  const row = attemptColumns(attempt)
  if (is === 'new')
    return guarded(sql`${insert(tables.attempts, encryptRow(encryption, tables.attempts, row))} on conflict do nothing`)
  const {
    draft = null,
    first_dispatched_at: dispatchedAt = null,
    gateway_key: gatewayKey = null,
    traceparent = null,
    ...changes
  } = changesOf(encryption, tables.attempts, row)
  // By the store's clock: several machines measure the gateway's memory of a key from it.
  const firstDispatchedAt =
    dispatchedAt === null ? sql`first_dispatched_at` : sql`coalesce(first_dispatched_at, ${now})`
  const set: Readonly<Record<string, Part>> = {
    ...changes,
    draft: sql`coalesce(draft, ${draft})`,
    gateway_key: sql`coalesce(gateway_key, ${gatewayKey})`,
    traceparent: sql`coalesce(traceparent, ${traceparent})`,
    first_dispatched_at: firstDispatchedAt,
  }
  return guarded(
    sql`update paymux_attempts set ${assign(set)} where operation_id = ${attempt.operationId} and n = ${attempt.n}`,
  )
}

/** The earlier of two times. The second, if the first is null. */
const earlier = (a: Part, b: Part): Sql => sql`case when ${a} < ${b} then ${a} else ${b} end`

const replaceObject = (
  encryption: Encryption,
  { object, version, refreshRequestsSeen }: Write & { write: 'object' },
): Statements => {
  const { next_read_at: due = null, ...changes } = changesOf(encryption, tables.objects, objectChanges(object))
  const at = sql`cast(${due} as bigint)`
  const refreshAt = earlier(at, sql`${now} + ${READ_SPACING_MS}`)
  const isRequested = sql`refresh_requests > ${refreshRequestsSeen}`
  const set = assign({
    ...changes,
    next_read_at: sql`case when ${isRequested} then ${refreshAt} else ${at} end`,
    read_requested: sql`case when ${isRequested} then 1 else 0 end`,
    read_until: 0,
    read_error: null,
  })
  return guarded(sql`update paymux_objects set ${set} where ${isObject(object)} and version = ${version}`)
}

/** Requests a refresh of all objects that a condition holds for. */
const requestRefreshes = (which: Sql, at: number): Sql => {
  const due = earlier(sql`next_read_at`, sql`cast(${at} as bigint)`)
  return sql`update paymux_objects set refresh_requests = refresh_requests + 1, read_requested = 1, next_read_at = ${due} where ${which}`
}

/** As long from now as it has been since a time, within limits. */
const asLongAgain = (since: Sql, minMs: number, maxMs: number): Sql => {
  const waited = sql`${now} - ${since}`
  return sql`${now} + case when ${waited} < ${minMs} then ${minMs} when ${waited} > ${maxMs} then ${maxMs} else ${waited} end`
}

const unreadableEvent = (subject: string): Statements => {
  const at = asLongAgain(sql`created_at`, 5 * SECOND, HOUR)
  return unguarded(
    sql`update paymux_events set tries = tries + 1, unreadable = 1, next_delivery_at = ${at} where subject = ${subject} and delivered_at is null and not exists (select 1 from paymux_events w where w.subject = paymux_events.subject and w.delivered_at is null and w.sequence < paymux_events.sequence)`,
  )
}

const redeliver = (id: string): Statements => {
  const isDelivered = raw('delivered_at is not null')
  const set = assign({
    redeliver_at: sql`case when ${isDelivered} then ${now} else redeliver_at end`,
    next_delivery_at: sql`case when ${isDelivered} then next_delivery_at else ${now} end`,
  })
  return guarded(sql`update paymux_events set ${set} where id = ${id}`)
}

const unread = ({ object, error, minMs, maxMs, of }: Write & { write: 'unread' }): Statements => {
  const at = asLongAgain(sql`case when last_read_at > created_at then last_read_at else created_at end`, minMs, maxMs)
  const nextReadAt =
    of === undefined
      ? at
      : sql`case when refresh_requests > ${of.refreshRequests} then ${earlier(at, sql`${now} + ${READ_SPACING_MS}`)} else ${at} end`
  const isSame = of === undefined ? isObject(object) : sql`${isObject(object)} and version = ${of.version}`
  return unguarded(
    sql`update paymux_objects set ${assign({ next_read_at: nextReadAt, read_until: 0, read_error: error })} where ${isSame} and next_read_at is not null`,
  )
}

const requestPoll = ({ id, at }: Write & { write: 'request_poll' }): Statements => {
  const requested = sql`cast(${at} as bigint)`
  // What the schedule had comes all the same.
  const scheduled = sql`case when next_poll_at > ${requested} then coalesce(scheduled_poll_at, next_poll_at) else scheduled_poll_at end`
  return unguarded(
    sql`update paymux_operations set next_poll_at = ${earlier(sql`next_poll_at`, requested)}, scheduled_poll_at = ${scheduled} where id = ${id} and ${raw(isOneOf('state', unansweredStates))}`,
  )
}

const requestRefresh = (object: ObjectKey, at: number): Sql => requestRefreshes(isObject(object), at)

/** A payment of which an amount was captured in this currency. */
const isCaptured = (object: ObjectKey, { currency }: MinorUnits): Sql =>
  sql`${isObject(object)} and captured_currency = ${currency}`

/**
 * A refund that succeeds late, when others reserved what it had given back, takes the sum over what was captured. That excess is
 * kept: else a release of one of the others would free what the rest still need.
 */
const reserve = (object: ObjectKey, amount: MinorUnits, clipped: boolean): Statements => {
  const sum = sql`reserved + over_reserved + cast(${amount.minorUnits} as bigint)`
  const set = assign({
    reserved: sql`case when ${sum} < refunded then refunded when ${sum} > captured_minor_units then captured_minor_units else ${sum} end`,
    over_reserved: sql`case when ${sum} > captured_minor_units then ${sum} - captured_minor_units else 0 end`,
  })
  const update = sql`update paymux_objects set ${set} where ${isCaptured(object, amount)}`
  return clipped ? unguarded(update) : guarded(sql`${update} and ${sum} between refunded and captured_minor_units`)
}

const refunded = (object: ObjectKey, amount: MinorUnits): Statements => {
  const sum = earlier(sql`refunded + cast(${amount.minorUnits} as bigint)`, sql`reserved`)
  return unguarded(sql`update paymux_objects set refunded = ${sum} where ${isCaptured(object, amount)}`)
}

/** The entries that point at an object. */
const pointAt = ({ account, kind, id }: ObjectKey): Sql =>
  sql`object_account = ${account} and object_kind = ${kind} and object_id = ${id}`

const unmatchedBefore = (before: number): Sql =>
  sql`${raw(isOneOf('state', unmatchedStates))} and received_at < ${before}`

const isMatched = sql`exists (select 1 from paymux_objects o where o.account = object_account and o.kind = object_kind and o.id = object_id)`

const entriesOf = (of: (Write & { write: 'inbox_state' })['of']): Sql => {
  if ('unmatchedBefore' in of) return sql`account = ${of.account} and ${unmatchedBefore(of.unmatchedBefore)}`
  // What became known meanwhile stays known.
  if ('dedupeKey' in of) return sql`account = ${of.account} and dedupe_key = ${of.dedupeKey} and state <> 'known'`
  return pointAt(of)
}

const inboxState = ({ of, state }: Write & { write: 'inbox_state' }): Statements =>
  unguarded(sql`update paymux_inbox set state = ${state} where ${entriesOf(of)}`)

const match = (object: ObjectKey, at: number): Statements => {
  const waiting = sql`${pointAt(object)} and ${raw(isOneOf('state', [...unmatchedStates, 'reported']))}`
  return [
    ...unguarded(sql`${requestRefresh(object, at)} and exists (select 1 from paymux_inbox where ${waiting})`),
    ...unguarded(sql`update paymux_inbox set state = 'known' where ${waiting} and ${isMatched}`),
  ]
}

const matchUnmatched = (before: number, at: number): Statements => {
  const named = sql`(account, kind, id) in (select object_account, object_kind, object_id from paymux_inbox where ${unmatchedBefore(before)} and object_id is not null)`
  return [
    ...unguarded(requestRefreshes(named, at)),
    ...unguarded(sql`update paymux_inbox set state = 'known' where ${unmatchedBefore(before)} and ${isMatched}`),
  ]
}

/** Hours since the epoch. */
const thisHour = sql`${now} / ${raw(String(HOUR))}`

const countNotification = ({ counts, quota }: Write & { write: 'notification_count' }): Statements => {
  const { account, unlistedSource, quarantined, rejected, overQuota, entries, bytes } = counts
  const added = { received: 1, quarantined, rejected, over_quota: overQuota, entries, bytes }
  const sum = (name: string): Sql => raw(`paymux_notification_counts.${name} + excluded.${name}`)
  const sums = Object.fromEntries(Object.keys(added).map((name) => [name, sum(name)]))
  const row = { account, unlisted_source: unlistedSource ? 1 : 0, hour: thisHour, ...added }
  const counting = sql`${insert(tables.notificationCounts, row)} on conflict (account, unlisted_source, hour) do update set ${assign(sums)}`
  if (quota === undefined) return unguarded(counting)
  return guarded(sql`${counting} where ${sum('entries')} <= ${quota.entries} and ${sum('bytes')} <= ${quota.bytes}`)
}

const enterAccount = ({ account, extended = account.identity }: Write & { write: 'account' }): Statements =>
  guarded(
    sql`${insert(tables.accounts, { ...accountColumns(account), reconcile_at: sql`${now} + ${HOUR}` })} on conflict (name) do update set identity = excluded.identity where paymux_accounts.identity in (excluded.identity, ${identityText(extended)})`,
  )

/** What a write is in SQL, in order. Private texts are encrypted. */
export const statementsOf = (encryption: Encryption, write: Write): Statements => {
  switch (write.write) {
    case 'claim':
      return claim(encryption, write)
    case 'acquire_lease':
      return guarded(
        sql`update paymux_operations set fence = fence + 1, lease_until = ${lease(write.leaseMs)} where id = ${write.id} and fence = ${write.fence} and lease_until <= ${now}`,
      )
    // A lease that was given back is not taken again by a renewal that comes late.
    case 'renew_lease':
      return guarded(
        sql`update paymux_operations set lease_until = ${lease(write.leaseMs)} where id = ${write.id} and fence = ${write.fence} and lease_until > 0`,
      )
    case 'operation':
      return replaceOperation(encryption, write)
    case 'attempt':
      return writeAttempt(encryption, write)
    case 'new_object':
      return guarded(
        sql`${insert(tables.objects, encryptRow(encryption, tables.objects, objectColumns(write.object)))} on conflict do nothing`,
      )
    case 'object':
      return replaceObject(encryption, write)
    case 'unread':
      return unread(write)
    case 'account_reads':
      return guarded(
        sql`update paymux_accounts set ${assign(accountReadsColumns(write.reads))} where name = ${write.account} and reads_version = ${write.reads.version - 1}`,
      )
    case 'reconciled':
      return unguarded(
        sql`update paymux_accounts set reconciliation = ${toStoredText(write.reconciliation)}, reconcile_at = ${now} + ${write.nextMs} where name = ${write.account}`,
      )
    case 'request_refresh':
      return unguarded(requestRefresh(write.object, write.at))
    case 'request_poll':
      return requestPoll(write)
    case 'stall':
      return unguarded(
        sql`update paymux_operations set next_poll_at = ${write.at}, stalled = ${write.why} where id = ${write.id} and lease_until <= ${now} and ${raw(isOneOf('state', openStates))}`,
      )
    case 'reserve':
      return reserve(write.object, write.amount, write.clipped)
    case 'refunded':
      return refunded(write.object, write.amount)
    case 'event':
      return guarded(
        sql`${insert(tables.events, { ...encryptRow(encryption, tables.events, eventColumns(write.event)), next_delivery_at: now })} on conflict do nothing`,
      )
    case 'log':
      return unguarded(insert(tables.log, encryptRow(encryption, tables.log, logColumns(write.log))))
    case 'inbox':
      return unguarded(
        sql`${insert(tables.inbox, encryptRow(encryption, tables.inbox, inboxColumns(write.entry)))} on conflict (account, dedupe_key) do update set deliveries = paymux_inbox.deliveries + 1`,
      )
    case 'notification_count':
      return countNotification(write)
    case 'forget_counts':
      return unguarded(
        sql`delete from paymux_notification_counts where hour < ${thisHour} - ${raw(String(COUNTS_KEPT_HOURS))}`,
      )
    case 'inbox_state':
      return inboxState(write)
    case 'match':
      return match(write.object, write.at)
    case 'match_unmatched':
      return matchUnmatched(write.before, write.at)
    case 'delivered':
      return unguarded(
        sql`update paymux_events set delivered_at = ${now} where id = ${write.id} and delivered_at is null`,
      )
    case 'undelivered':
      return unguarded(
        sql`update paymux_events set tries = tries + 1, unreadable = 0, next_delivery_at = ${write.nextDeliveryAt} where id = ${write.id} and delivered_at is null`,
      )
    case 'redeliver':
      return redeliver(write.id)
    case 'redelivered':
      return unguarded(
        sql`update paymux_events set redeliver_at = null where id = ${write.id} and redeliver_at = ${write.redeliverAt}`,
      )
    case 'not_redelivered':
      return unguarded(
        sql`update paymux_events set tries = tries + 1, redeliver_at = ${write.at} where id = ${write.id} and redeliver_at = ${write.redeliverAt}`,
      )
    case 'unreadable_event':
      return unreadableEvent(write.subject)
    case 'account':
      return enterAccount(write)
  }
}
