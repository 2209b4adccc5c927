import { given, type Json, type Money } from '../../core/index.js'
import { requestOf } from '../json.js'
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
import type { Row } from './tables.js'

/** Rows as the records they hold. What is sealed at rest is plain here. Integers may come as number, bigint or text. */

const text = (row: Row, name: string): string => String(row[name])

const optionalText = (row: Row, name: string): string | undefined => (row[name] === null ? undefined : text(row, name))

const minor = (row: Row, name: string): bigint => BigInt(text(row, name))

const integer = (row: Row, name: string): number => Number(row[name])

const optionalInteger = (row: Row, name: string): number | undefined =>
  row[name] === null ? undefined : integer(row, name)

const flag = (row: Row, name: string): boolean => integer(row, name) === 1

const json = <T = Json>(row: Row, name: string): T => JSON.parse(text(row, name))

const optionalJson = <T = Json>(row: Row, name: string): T | undefined =>
  row[name] === null ? undefined : json<T>(row, name)

/** What was written with its minor units, as it was. */
const optionalObject = <T extends object>(row: Row, name: string): T | undefined =>
  row[name] === null ? undefined : requestOf<T>(json(row, name))

const money = (row: Row, name: string): Money | undefined =>
  row[`${name}_amount`] === null
    ? undefined
    : { amount: minor(row, `${name}_amount`), currency: text(row, `${name}_currency`) }

const objectKey = (row: Row): ObjectKey | undefined =>
  row.object_id === null
    ? undefined
    : {
        account: text(row, 'object_account'),
        kind: text(row, 'object_kind') as ObjectKey['kind'],
        id: text(row, 'object_id'),
      }

const reservation = (row: Row): Reservation | undefined => {
  const amount = money(row, 'reservation')
  return amount === undefined
    ? undefined
    : {
        account: text(row, 'reservation_account'),
        id: text(row, 'reservation_id'),
        amount,
        held: flag(row, 'reservation_held'),
      }
}

/** An operation. */
export const operationRecord = (row: Row): OperationRecord => ({
  id: text(row, 'id'),
  operation: text(row, 'operation') as OperationRecord['operation'],
  key: text(row, 'key'),
  fingerprint: text(row, 'fingerprint'),
  request: json(row, 'request'),
  accounts: json<readonly string[]>(row, 'accounts'),
  deadline: integer(row, 'deadline'),
  state: text(row, 'state') as OperationRecord['state'],
  fence: integer(row, 'fence'),
  attempt: integer(row, 'attempt'),
  checks: integer(row, 'checks'),
  events: integer(row, 'events'),
  createdAt: integer(row, 'created_at'),
  ...given({
    merchantReference: optionalText(row, 'merchant_reference'),
    nextAt: optionalInteger(row, 'next_at'),
    reservation: reservation(row),
    object: objectKey(row),
    error: optionalJson(row, 'error'),
  }),
})

/** An attempt. */
export const attemptRecord = (row: Row): AttemptRecord => ({
  operationId: text(row, 'operation_id'),
  n: integer(row, 'n'),
  position: integer(row, 'position'),
  account: text(row, 'account'),
  state: text(row, 'state') as AttemptRecord['state'],
  marks: integer(row, 'marks'),
  ...given({
    effect: optionalText(row, 'effect') as AttemptRecord['effect'],
    draft: optionalObject<NonNullable<AttemptRecord['draft']>>(row, 'draft'),
    firstMarkedAt: optionalInteger(row, 'first_marked_at'),
    tokenHash: optionalText(row, 'token_hash'),
    reference: optionalObject<NonNullable<AttemptRecord['reference']>>(row, 'reference'),
    outcome: optionalText(row, 'outcome'),
  }),
})

/** What names an object, in its own row. */
export const ownKey = (row: Row): ObjectKey => ({
  account: text(row, 'account'),
  kind: text(row, 'kind') as ObjectKey['kind'],
  id: text(row, 'id'),
})

/** An object. */
export const objectRecord = (row: Row): ObjectRecord => ({
  ...ownKey(row),
  orphaned: flag(row, 'orphaned'),
  status: text(row, 'status') as ObjectRecord['status'],
  statusSince: integer(row, 'status_since'),
  version: integer(row, 'version'),
  events: integer(row, 'events'),
  reserved: minor(row, 'reserved'),
  refunded: minor(row, 'refunded'),
  disputed: flag(row, 'disputed'),
  flags: json<readonly string[]>(row, 'flags'),
  providerState: json<Readonly<Record<string, string>>>(row, 'provider_state'),
  snapshot: json(row, 'snapshot'),
  lastReadAt: integer(row, 'last_read_at'),
  rings: integer(row, 'rings'),
  createdAt: integer(row, 'created_at'),
  ...given({
    operationId: optionalText(row, 'operation_id'),
    expected: money(row, 'expected'),
    captured: money(row, 'captured'),
    reservation: reservation(row),
    suspectedSince: optionalInteger(row, 'suspected_since'),
    nextReadAt: optionalInteger(row, 'next_read_at'),
  }),
})

/** An event. */
export const eventRecord = (row: Row): EventRecord => ({
  id: text(row, 'id'),
  type: text(row, 'type'),
  subject: text(row, 'subject'),
  sequence: integer(row, 'sequence'),
  payload: json(row, 'payload'),
  createdAt: integer(row, 'created_at'),
  tries: integer(row, 'tries'),
})

/** A notification. */
export const inboxRecord = (row: Row): InboxRecord => ({
  account: text(row, 'account'),
  dedupeKey: text(row, 'dedupe_key'),
  claimed: json<Readonly<Record<string, string>>>(row, 'claimed'),
  body: text(row, 'body'),
  receivedAt: integer(row, 'received_at'),
  deliveries: integer(row, 'deliveries'),
  state: text(row, 'state') as InboxRecord['state'],
  ...given({ object: objectKey(row) }),
})

/** A line of the log. */
export const logRecord = (row: Row): LogRecord => ({
  operationId: text(row, 'operation_id'),
  n: integer(row, 'n'),
  at: integer(row, 'at'),
  what: text(row, 'what'),
  fence: integer(row, 'fence'),
  ...given({ detail: optionalText(row, 'detail') }),
})

/** An account. */
export const accountRecord = (row: Row): AccountRecord => ({
  name: text(row, 'name'),
  identity: json<Readonly<Record<string, string>>>(row, 'identity'),
})
