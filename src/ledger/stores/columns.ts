import type { MinorUnits } from '../../core/index.js'
import { toStoredText } from '../json.js'
import { needsReview } from '../object-summary.js'
import type {
  AccountReads,
  AccountRecord,
  AttemptRecord,
  EventRecord,
  InboxRecord,
  LogRecord,
  ObjectKey,
  ObjectRecord,
  OperationRecord,
  Reservation,
} from '../records.js'
import type { Columns } from './tables.js'

/** Records as the columns of their rows. What is encrypted at rest is plain here. */

const flag = (value: boolean): number => (value ? 1 : 0)

const storedOrNull = (value: object | undefined): string | null => (value === undefined ? null : toStoredText(value))

// A list of texts has no fields, and no version. SQL looks into the one of accounts.
const list = (texts: readonly string[]): string => JSON.stringify(texts)

const moneyColumns = (name: string, money: MinorUnits | undefined): Columns => ({
  [`${name}_minor_units`]: money?.minorUnits ?? null,
  [`${name}_currency`]: money?.currency ?? null,
})

const objectKeyColumns = (key: ObjectKey | undefined): Columns => ({
  object_account: key?.account ?? null,
  object_kind: key?.kind ?? null,
  object_id: key?.id ?? null,
})

const reservationColumns = (reservation: Reservation | undefined): Columns => ({
  reservation_account: reservation?.account ?? null,
  reservation_id: reservation?.id ?? null,
  ...moneyColumns('reservation', reservation?.amount),
  reservation_held: reservation === undefined ? null : flag(reservation.held),
})

/** What a write may change of an operation, beside its lease. */
export const operationChanges = (operation: OperationRecord): Columns => ({
  id: operation.id,
  merchant_reference: operation.merchantReference ?? null,
  accounts: list(operation.accounts),
  deadline: operation.deadline,
  state: operation.state,
  attempt: operation.attempt,
  next_poll_at: operation.nextPollAt ?? null,
  stalled: operation.stalled ?? null,
  poll_count: operation.pollCount,
  scheduled_poll_at: operation.scheduledPollAt ?? null,
  requires_resolution: flag(operation.requiresResolution === true),
  ...reservationColumns(operation.reservation),
  ...objectKeyColumns(operation.object),
  error: storedOrNull(operation.error),
  events: operation.events,
})

/** A new operation. */
export const operationColumns = (operation: OperationRecord): Columns => ({
  ...operationChanges(operation),
  name: operation.name,
  idempotency_key: operation.idempotencyKey,
  fingerprint: operation.fingerprint,
  request: toStoredText(operation.request),
  fence: operation.fence,
  created_at: operation.createdAt,
})

/** An attempt. */
export const attemptColumns = (attempt: AttemptRecord): Columns => ({
  operation_id: attempt.operationId,
  n: attempt.n,
  position: attempt.position,
  account: attempt.account,
  state: attempt.state,
  effect: attempt.effect ?? null,
  draft: storedOrNull(attempt.draft),
  dispatch_count: attempt.dispatchCount,
  first_dispatched_at: attempt.firstDispatchedAt ?? null,
  token_hash: attempt.tokenHash ?? null,
  gateway_key: attempt.draft?.names?.key ?? null,
  reference: storedOrNull(attempt.reference),
  traceparent: attempt.traceparent ?? null,
  ended_by: attempt.endedBy ?? null,
})

/** What a write may change of an object. */
export const objectChanges = (object: ObjectRecord): Columns => ({
  account: object.account,
  kind: object.kind,
  id: object.id,
  operation_id: object.origin?.operationId ?? null,
  idempotency_key: object.origin?.idempotencyKey ?? null,
  merchant_reference: object.origin?.merchantReference ?? null,
  metadata: storedOrNull(object.origin?.metadata),
  not_passed_on: object.origin === undefined ? null : list(object.origin.notPassedOn),
  abandoned: flag(object.abandoned),
  status: object.status,
  status_since: object.statusSince,
  version: object.version,
  events: object.events,
  ...moneyColumns('expected', object.expectedAmount),
  ...moneyColumns('captured', object.captured),
  ...reservationColumns(object.reservation),
  disputed: flag(object.disputed),
  suspected_since: object.suspectedSince ?? null,
  needs_review: flag(needsReview(object)),
  flags: list(object.flags),
  provider_state: toStoredText(object.providerState),
  snapshot: toStoredText(object.snapshot),
  last_read_at: object.lastReadAt,
  next_read_at: object.nextReadAt ?? null,
  updated_at: object.updatedAt,
  over_at: object.overAt ?? null,
  erased_at: object.erasedAt ?? null,
})

/** A new object. */
export const objectColumns = (object: ObjectRecord): Columns => ({
  ...objectChanges(object),
  reserved: object.reserved,
  refunded: object.refunded,
  refresh_requests: object.refreshRequests,
  created_at: object.createdAt,
})

/** An event, beside when it is due. */
export const eventColumns = (event: EventRecord): Columns => ({
  id: event.id,
  type: event.type,
  subject: event.subject,
  sequence: event.sequence,
  payload: toStoredText(event.payload),
  created_at: event.createdAt,
  tries: event.tries,
})

/** A notification. */
export const inboxColumns = (entry: InboxRecord): Columns => ({
  account: entry.account,
  dedupe_key: entry.dedupeKey,
  ...objectKeyColumns(entry.object),
  reported: toStoredText(entry.reported),
  body: entry.body ?? null,
  token_hash: entry.tokenHash ?? null,
  received_at: entry.receivedAt,
  deliveries: entry.deliveries,
  unlisted_source: flag(entry.unlistedSource),
  state: entry.state,
})

/** A line of the log. */
export const logColumns = (log: LogRecord): Columns => ({
  operation_id: log.operationId,
  n: log.n,
  at: log.at,
  what: log.what,
  fence: log.fence,
  detail: log.detail ?? null,
  attestation: storedOrNull(log.attestation),
})

/** An identity, written in one order, so that it can be compared as text. */
export const identityText = (identity: AccountRecord['identity']): string =>
  toStoredText(Object.fromEntries(Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : Number(a > b)))))

/** An account. */
export const accountColumns = ({ name, identity }: AccountRecord): Columns => ({
  name,
  identity: identityText(identity),
})

/** How the reads of an account end. */
export const accountReadsColumns = ({ failingSince, reason, isReported, events, version }: AccountReads): Columns => ({
  failing_since: failingSince ?? null,
  failing_reason: reason ?? null,
  failing_reported: flag(isReported),
  events,
  reads_version: version,
})
