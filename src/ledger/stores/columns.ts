import type { Json, Money } from '../../core/index.js'
import { requestJson } from '../json.js'
import type {
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

/** Records as the columns of their rows. What is sealed at rest is plain here. */

const flag = (value: boolean): number => (value ? 1 : 0)

const jsonOrNull = (value: Json | undefined): string | null => (value === undefined ? null : JSON.stringify(value))

const moneyColumns = (name: string, money: Money | undefined): Columns => ({
  [`${name}_amount`]: money?.amount ?? null,
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
  accounts: JSON.stringify(operation.accounts),
  deadline: operation.deadline,
  state: operation.state,
  attempt: operation.attempt,
  next_at: operation.nextAt ?? null,
  checks: operation.checks,
  ...reservationColumns(operation.reservation),
  ...objectKeyColumns(operation.object),
  error: jsonOrNull(operation.error),
  events: operation.events,
})

/** A new operation. */
export const operationColumns = (operation: OperationRecord): Columns => ({
  ...operationChanges(operation),
  operation: operation.operation,
  key: operation.key,
  fingerprint: operation.fingerprint,
  request: JSON.stringify(operation.request),
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
  draft: attempt.draft === undefined ? null : JSON.stringify(requestJson(attempt.draft)),
  marks: attempt.marks,
  first_marked_at: attempt.firstMarkedAt ?? null,
  token_hash: attempt.tokenHash ?? null,
  reference: attempt.reference === undefined ? null : JSON.stringify(requestJson(attempt.reference)),
  outcome: attempt.outcome ?? null,
})

/** What a write may change of an object. */
export const objectChanges = (object: ObjectRecord): Columns => ({
  account: object.account,
  kind: object.kind,
  id: object.id,
  operation_id: object.operationId ?? null,
  orphaned: flag(object.orphaned),
  status: object.status,
  status_since: object.statusSince,
  version: object.version,
  events: object.events,
  ...moneyColumns('expected', object.expected),
  ...moneyColumns('captured', object.captured),
  ...reservationColumns(object.reservation),
  disputed: flag(object.disputed),
  suspected_since: object.suspectedSince ?? null,
  flags: JSON.stringify(object.flags),
  provider_state: JSON.stringify(object.providerState),
  snapshot: JSON.stringify(object.snapshot),
  last_read_at: object.lastReadAt,
  next_read_at: object.nextReadAt ?? null,
})

/** A new object. */
export const objectColumns = (object: ObjectRecord): Columns => ({
  ...objectChanges(object),
  reserved: object.reserved,
  refunded: object.refunded,
  rings: object.rings,
  created_at: object.createdAt,
})

/** An event, beside when it is due. */
export const eventColumns = (event: EventRecord): Columns => ({
  id: event.id,
  type: event.type,
  subject: event.subject,
  sequence: event.sequence,
  payload: JSON.stringify(event.payload),
  created_at: event.createdAt,
  tries: event.tries,
})

/** A notification. */
export const inboxColumns = (entry: InboxRecord): Columns => ({
  account: entry.account,
  dedupe_key: entry.dedupeKey,
  ...objectKeyColumns(entry.object),
  claimed: JSON.stringify(entry.claimed),
  body: entry.body,
  received_at: entry.receivedAt,
  deliveries: entry.deliveries,
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
})

/** An identity, written in one order, so that it can be compared as text. */
export const identityText = (identity: AccountRecord['identity']): string =>
  JSON.stringify(Object.fromEntries(Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : Number(a > b)))))

/** An account. */
export const accountColumns = ({ name, identity }: AccountRecord): Columns => ({
  name,
  identity: identityText(identity),
})
