import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { decode, locate, omitUndefined, oneOf, operationNames, type PaymentError } from '../../core/index.js'
import {
  storedAny,
  storedAttestation,
  storedDraft,
  storedEffect,
  storedError,
  storedReconciliation,
  storedReference,
  storedRequests,
  storedSnapshots,
  storedStatuses,
} from '../codecs.js'
import { fromStoredText, unreadable } from '../json.js'
import { ledgerStatusNames } from '../ledger-status.js'
import type { OutboxEntry } from '../lists.js'
import {
  type AccountReads,
  type AccountRecord,
  type AttemptRecord,
  attemptStateNames,
  type EventRecord,
  type InboxBefore,
  type InboxRecord,
  inboxStateNames,
  type LedgerHealth,
  type LogRecord,
  type ObjectKey,
  type ObjectOrigin,
  type ObjectRecord,
  type OperationRecord,
  operationStateNames,
  type Reconciliation,
  type ReportedNotification,
  type Reservation,
  type Restoration,
  type UnmatchedEntries,
  type UnresolvedRecord,
} from '../records.js'
import {
  bigint,
  columnOf,
  columns,
  flag,
  integer,
  Kind,
  moneyOf,
  nullable,
  number,
  stored,
  text,
  textList,
  texts,
} from './row-codecs.js'
import { type Row, tables } from './tables.js'

/** Rows as the records they hold. What is encrypted at rest is plain here. */

const reservationColumns = {
  reservation_account: text,
  reservation_id: text,
  reservation_minor_units: nullable(bigint),
  reservation_currency: text,
  reservation_held: nullable(flag),
}

const ReservationColumns = t.type(reservationColumns)

const reservationOf = (row: t.TypeOf<typeof ReservationColumns>): Reservation | undefined => {
  const { reservation_account: account, reservation_id: id, reservation_held: held } = row
  const amount = moneyOf(row.reservation_minor_units, row.reservation_currency)
  const isThere = account !== undefined && id !== undefined && held !== undefined && amount !== undefined
  return isThere ? { account, id, amount, held } : undefined
}

/** The columns of another table that name an object. */
export const objectKeyColumns = { object_account: text, object_kind: nullable(Kind), object_id: text }

const ObjectColumns = t.type(objectKeyColumns)

/** The object that they name. */
export const objectOf = ({
  object_account: account,
  object_kind: kind,
  object_id: id,
}: t.TypeOf<typeof ObjectColumns>): ObjectKey | undefined =>
  account === undefined || kind === undefined || id === undefined ? undefined : { account, kind, id }

const OperationRow = t.type({
  id: t.string,
  name: oneOf(operationNames),
  idempotency_key: t.string,
  fingerprint: t.string,
  request: t.string,
  merchant_reference: text,
  accounts: textList,
  deadline: integer,
  state: oneOf(operationStateNames),
  fence: integer,
  attempt: integer,
  next_poll_at: number,
  stalled: text,
  poll_count: integer,
  scheduled_poll_at: number,
  requires_resolution: flag,
  ...reservationColumns,
  ...objectKeyColumns,
  error: nullable(fromStoredText(storedError)),
  events: integer,
  created_at: integer,
  erased_at: number,
})

/** An operation. */
export const operationRecord = (row: Row): E.Either<PaymentError, OperationRecord> =>
  pipe(
    columns(tables.operations, OperationRow, row),
    E.bindTo('read'),
    E.bind('request', ({ read }) => {
      const codec: t.Decoder<unknown, OperationRecord['request']> = storedRequests[read.name]
      return stored(tables.operations, 'request', codec, read.request)
    }),
    E.map(({ read, request }) => ({
      id: read.id,
      name: read.name,
      idempotencyKey: read.idempotency_key,
      fingerprint: read.fingerprint,
      request,
      accounts: read.accounts,
      deadline: read.deadline,
      state: read.state,
      fence: read.fence,
      attempt: read.attempt,
      pollCount: read.poll_count,
      events: read.events,
      createdAt: read.created_at,
      ...omitUndefined({
        merchantReference: read.merchant_reference,
        nextPollAt: read.next_poll_at,
        scheduledPollAt: read.scheduled_poll_at,
        requiresResolution: read.requires_resolution || undefined,
        stalled: read.stalled,
        reservation: reservationOf(read),
        object: objectOf(read),
        error: read.error,
        erasedAt: read.erased_at,
      }),
    })),
  )

const { request: _request, error: _error, ...readableColumns } = OperationRow.props
const UnresolvedRow = t.type({ ...readableColumns, state_since: integer })

/** What is told of an operation that waits for an operator. If its request or error cannot be read, the reason is its error. */
export const unresolvedOperation = (
  row: Row,
  operation: E.Either<PaymentError, OperationRecord>,
): E.Either<PaymentError, UnresolvedRecord> =>
  pipe(
    columns(tables.operations, UnresolvedRow, row),
    E.map(({ state_since: since, ...read }) =>
      pipe(
        operation,
        E.match(
          (error): UnresolvedRecord => ({
            id: read.id,
            name: read.name,
            idempotencyKey: read.idempotency_key,
            accounts: read.accounts,
            deadline: read.deadline,
            state: read.state,
            since,
            createdAt: read.created_at,
            error: locate(error, { operationId: read.id }),
            ...omitUndefined({
              merchantReference: read.merchant_reference,
              nextPollAt: read.next_poll_at,
              stalled: read.stalled,
              object: objectOf(read),
              erasedAt: read.erased_at,
            }),
          }),
          (readable): UnresolvedRecord => ({ ...readable, since }),
        ),
      ),
    ),
  )

const AttemptRow = t.type({
  operation_id: t.string,
  n: integer,
  position: integer,
  account: t.string,
  state: oneOf(attemptStateNames),
  effect: nullable(storedEffect),
  draft: nullable(fromStoredText(storedDraft)),
  dispatch_count: integer,
  first_dispatched_at: number,
  token_hash: text,
  reference: nullable(fromStoredText(storedReference)),
  traceparent: text,
  ended_by: text,
})

/** The columns of an attempt, for rows that join one to its operation. */
export const attemptColumnNames: readonly string[] = Object.keys(AttemptRow.props)

/** An attempt. */
export const attemptRecord = (row: Row): E.Either<PaymentError, AttemptRecord> =>
  pipe(
    columns(tables.attempts, AttemptRow, row),
    E.map((read) => ({
      operationId: read.operation_id,
      n: read.n,
      position: read.position,
      account: read.account,
      state: read.state,
      dispatchCount: read.dispatch_count,
      ...omitUndefined({
        effect: read.effect,
        draft: read.draft,
        firstDispatchedAt: read.first_dispatched_at,
        tokenHash: read.token_hash,
        reference: read.reference,
        traceparent: read.traceparent,
        endedBy: read.ended_by,
      }),
    })),
  )

const KeyRow = t.type({ account: t.string, kind: Kind, id: t.string })

/** What names an object, in its own row. */
export const ownKey = (row: Row): E.Either<PaymentError, ObjectKey> =>
  pipe(
    columns(tables.objects, KeyRow, row),
    E.map(({ account, kind, id }) => ({ account, kind, id })),
  )

const originColumns = {
  operation_id: text,
  idempotency_key: text,
  merchant_reference: text,
  metadata: nullable(texts),
  not_passed_on: nullable(textList),
}

const OriginColumns = t.type(originColumns)

const originOf = ({
  operation_id: operationId,
  idempotency_key: idempotencyKey,
  not_passed_on: notPassedOn = [],
  merchant_reference: merchantReference,
  metadata,
}: t.TypeOf<typeof OriginColumns>): ObjectOrigin | undefined =>
  operationId === undefined || idempotencyKey === undefined
    ? undefined
    : { operationId, idempotencyKey, notPassedOn, ...omitUndefined({ merchantReference, metadata }) }

const ObjectRow = t.type({
  account: t.string,
  kind: Kind,
  id: t.string,
  ...originColumns,
  abandoned: flag,
  status: t.string,
  status_since: integer,
  version: integer,
  events: integer,
  expected_minor_units: nullable(bigint),
  expected_currency: text,
  captured_minor_units: nullable(bigint),
  captured_currency: text,
  reserved: bigint,
  refunded: bigint,
  ...reservationColumns,
  disputed: flag,
  suspected_since: number,
  flags: textList,
  provider_state: texts,
  snapshot: t.string,
  last_read_at: integer,
  next_read_at: number,
  refresh_requests: integer,
  created_at: integer,
  updated_at: integer,
  over_at: number,
  erased_at: number,
})

/** The status of an object, by what it is. */
export const statusOf = ({
  kind,
  status,
}: Pick<t.TypeOf<typeof ObjectRow>, 'kind' | 'status'>): E.Either<PaymentError, ObjectRecord['status']> => {
  const codec: t.Decoder<unknown, ObjectRecord['status']> = storedStatuses[kind]
  return pipe(
    decode(codec, status),
    E.mapLeft(() => unreadable(columnOf(tables.objects, 'status'))),
  )
}

/** An object. */
export const objectRecord = (row: Row): E.Either<PaymentError, ObjectRecord> =>
  pipe(
    columns(tables.objects, ObjectRow, row),
    E.bindTo('read'),
    E.bind('status', ({ read }) => statusOf(read)),
    E.bind('snapshot', ({ read }) => {
      const codec: t.Decoder<unknown, ObjectRecord['snapshot']> = storedSnapshots[read.kind]
      return stored(tables.objects, 'snapshot', codec, read.snapshot)
    }),
    E.map(({ read, status, snapshot }) => ({
      account: read.account,
      kind: read.kind,
      id: read.id,
      abandoned: read.abandoned,
      status,
      statusSince: read.status_since,
      version: read.version,
      events: read.events,
      reserved: read.reserved,
      refunded: read.refunded,
      disputed: read.disputed,
      flags: read.flags,
      providerState: read.provider_state,
      snapshot,
      lastReadAt: read.last_read_at,
      refreshRequests: read.refresh_requests,
      createdAt: read.created_at,
      updatedAt: read.updated_at,
      ...omitUndefined({
        origin: originOf(read),
        expectedAmount: moneyOf(read.expected_minor_units, read.expected_currency),
        captured: moneyOf(read.captured_minor_units, read.captured_currency),
        reservation: reservationOf(read),
        suspectedSince: read.suspected_since,
        nextReadAt: read.next_read_at,
        overAt: read.over_at,
        erasedAt: read.erased_at,
      }),
    })),
  )

const EventHeaderRow = t.type({
  id: t.string,
  type: t.string,
  subject: t.string,
  sequence: integer,
  created_at: integer,
  tries: integer,
  erased_at: number,
})

/** An event without its payload. */
const eventHeader = ({
  id,
  type,
  subject,
  sequence,
  created_at: createdAt,
  tries,
  erased_at: erasedAt,
}: t.TypeOf<typeof EventHeaderRow>): Omit<EventRecord, 'payload'> => ({
  id,
  type,
  subject,
  sequence,
  createdAt,
  tries,
  ...omitUndefined({ erasedAt }),
})

const PayloadRow = t.type({ payload: fromStoredText(storedAny) })

/** What an event holds. The orchestrator decodes it further. */
export const eventPayload = (row: Row): E.Either<PaymentError, EventRecord['payload']> =>
  pipe(
    columns(tables.events, PayloadRow, row),
    E.map(({ payload }) => payload),
  )

/** An event. */
export const eventRecord = (row: Row): E.Either<PaymentError, EventRecord> =>
  pipe(
    E.Do,
    E.bind('header', () => columns(tables.events, EventHeaderRow, row)),
    E.bind('payload', () => eventPayload(row)),
    E.map(({ header, payload }) => ({ ...eventHeader(header), payload })),
  )

const OutboxRow = t.type({
  ...EventHeaderRow.props,
  next_delivery_at: integer,
  delivered_at: number,
  redeliver_at: number,
})

/** An event of the outbox, with what became of it. Its payload is decoded apart: one that cannot be read hides no other. */
export const outboxEntry = (row: Row): E.Either<PaymentError, Omit<OutboxEntry, 'payload'>> =>
  pipe(
    columns(tables.events, OutboxRow, row),
    E.map((read) => ({
      event: eventHeader(read),
      ...omitUndefined({
        deliveredAt: read.delivered_at,
        nextDeliveryAt: read.delivered_at === undefined ? read.next_delivery_at : undefined,
        redeliverAt: read.redeliver_at,
      }),
    })),
  )

const reportedColumns = {
  account: t.string,
  reported: texts,
  received_at: integer,
  deliveries: integer,
  unlisted_source: flag,
}

/** The columns of {@link reportedNotification}. */
export const reportedColumnNames = Object.keys(reportedColumns)

const ReportedRow = t.type(reportedColumns)

const reportedOf = (row: t.TypeOf<typeof ReportedRow>): ReportedNotification => ({
  account: row.account,
  reported: row.reported,
  receivedAt: row.received_at,
  deliveries: row.deliveries,
  unlistedSource: row.unlisted_source,
})

/** A notification without its body. */
export const reportedNotification = (row: Row): E.Either<PaymentError, ReportedNotification> =>
  pipe(columns(tables.inbox, ReportedRow, row), E.map(reportedOf))

const InboxRow = t.type({
  ...reportedColumns,
  dedupe_key: t.string,
  ...objectKeyColumns,
  body: text,
  token_hash: text,
  state: oneOf(inboxStateNames),
})

/** A notification. */
export const inboxRecord = (row: Row): E.Either<PaymentError, InboxRecord> =>
  pipe(
    columns(tables.inbox, InboxRow, row),
    E.map((read) => ({
      ...reportedOf(read),
      dedupeKey: read.dedupe_key,
      state: read.state,
      ...omitUndefined({ object: objectOf(read), body: read.body, tokenHash: read.token_hash }),
    })),
  )

const BeforeRow = t.type({ stored: flag, about: integer })

/** What the inbox has already. */
export const inboxBefore = (row: Row = {}): E.Either<PaymentError, InboxBefore> =>
  pipe(
    columns(tables.inbox, BeforeRow, row),
    E.map(({ stored: isStored, about: aboutObject }) => ({ isStored, aboutObject })),
  )

const UnmatchedRow = t.type({ account: t.string, entries: integer, first: integer, last: integer })

/** The unmatched entries of one account. */
export const unmatchedEntries = (row: Row): E.Either<PaymentError, UnmatchedEntries> =>
  pipe(
    columns(tables.inbox, UnmatchedRow, row),
    E.map(({ account, entries: count, first: firstReceivedAt, last: lastReceivedAt }) => ({
      account,
      count,
      firstReceivedAt,
      lastReceivedAt,
    })),
  )

const LogRow = t.type({
  operation_id: t.string,
  n: integer,
  at: integer,
  what: t.string,
  fence: integer,
  detail: text,
  attestation: nullable(fromStoredText(storedAttestation)),
})

/** A line of the log. */
export const logRecord = (row: Row): E.Either<PaymentError, LogRecord> =>
  pipe(
    columns(tables.log, LogRow, row),
    E.map(({ operation_id: operationId, n, at, what, fence, detail, attestation }) => ({
      operationId,
      n,
      at,
      what,
      fence,
      ...omitUndefined({ detail, attestation }),
    })),
  )

const AccountRow = t.type({ name: t.string, identity: texts })

/** An account. */
export const accountRecord = (row: Row): E.Either<PaymentError, AccountRecord> =>
  pipe(
    columns(tables.accounts, AccountRow, row),
    E.map(({ name, identity }) => ({ name, identity })),
  )

const AccountReadsRow = t.type({
  failing_since: number,
  failing_reason: text,
  failing_reported: flag,
  events: integer,
  reads_version: integer,
  now: integer,
})

/** How the reads of an account end. */
export const accountReadsRecord = (row: Row): E.Either<PaymentError, AccountReads & { readonly now: number }> =>
  pipe(
    columns(tables.accounts, AccountReadsRow, row),
    E.map((read) => ({
      isReported: read.failing_reported,
      events: read.events,
      version: read.reads_version,
      now: read.now,
      ...omitUndefined({ failingSince: read.failing_since, reason: read.failing_reason }),
    })),
  )

const reconciliation = nullable(fromStoredText(storedReconciliation))

/** How the last comparison of an account's lists ended. */
export const reconciliationRecord = (row: Row): E.Either<PaymentError, { readonly last?: Reconciliation }> =>
  pipe(
    columns(tables.accounts, t.type({ reconciliation }), row),
    E.map((read) => omitUndefined({ last: read.reconciliation })),
  )

const restorationColumns = { is_restored: flag, taken_at: number, restored_at: number, restored_until: number }
const RestorationRow = t.type(restorationColumns)

const restorationOf = (read: t.TypeOf<typeof RestorationRow>): Restoration | undefined => {
  const { is_restored: isRestored, taken_at: takenAt, restored_at: restoredAt, restored_until: until } = read
  return isRestored && takenAt !== undefined && restoredAt !== undefined && until !== undefined
    ? { takenAt, restoredAt, until }
    : undefined
}

/** The backup that a ledger was restored from, as long as keys are looked up because of it. */
export const restorationRecord = (row: Row): E.Either<PaymentError, Restoration | undefined> =>
  pipe(columns(tables.accounts, RestorationRow, row), E.map(restorationOf))

const HealthRow = t.type({
  ...restorationColumns,
  ledger_status: oneOf(ledgerStatusNames),
  ledger_now: integer,
  ledger_schema_version: integer,
  ledger_unresolved: integer,
  ledger_oldest_unresolved: number,
  ledger_indeterminate: integer,
  ledger_oldest_indeterminate: number,
  ledger_undelivered_events: integer,
  ledger_oldest_undelivered: number,
  ledger_unreadable_events: integer,
  ledger_oldest_unreadable: number,
  failing_since: number,
  failing_reason: text,
  reconciliation,
  due_reads: integer,
  failed_reads: integer,
  oldest_due_at: number,
  unlisted_source: integer,
  rejected: integer,
  quarantined: integer,
  over_quota: integer,
})

/** How work on the ledger stands: a row for each account, or one row without an account. */
export const healthRecord = (rows: readonly Row[]): E.Either<PaymentError, LedgerHealth> =>
  pipe(
    rows,
    E.traverseArray((row) =>
      pipe(
        columns(tables.accounts, HealthRow, row),
        E.map((read) => ({ ...read, name: row.name })),
      ),
    ),
    E.map((read) => ({
      now: read[0]?.ledger_now ?? 0,
      status: read[0]?.ledger_status ?? 'open',
      schemaVersion: read[0]?.ledger_schema_version ?? 0,
      unresolvedOperations: read[0]?.ledger_unresolved ?? 0,
      indeterminateOperations: read[0]?.ledger_indeterminate ?? 0,
      undeliveredEvents: read[0]?.ledger_undelivered_events ?? 0,
      unreadableEvents: read[0]?.ledger_unreadable_events ?? 0,
      ...omitUndefined({
        oldestUnresolvedAt: read[0]?.ledger_oldest_unresolved,
        oldestIndeterminateAt: read[0]?.ledger_oldest_indeterminate,
        oldestUndeliveredAt: read[0]?.ledger_oldest_undelivered,
        oldestUnreadableAt: read[0]?.ledger_oldest_unreadable,
        restoration: read[0] === undefined ? undefined : restorationOf(read[0]),
      }),
      accounts: read.flatMap(({ name, ...account }) =>
        typeof name === 'string'
          ? [
              {
                account: name,
                dueReads: account.due_reads,
                failedReads: account.failed_reads,
                notifications: {
                  unlistedSource: account.unlisted_source,
                  rejected: account.rejected,
                  quarantined: account.quarantined,
                  overQuota: account.over_quota,
                },
                ...omitUndefined({
                  failingSince: account.failing_since,
                  reason: account.failing_reason,
                  oldestDueAt: account.oldest_due_at,
                  reconciliation: account.reconciliation,
                }),
              },
            ]
          : [],
      ),
    })),
  )
