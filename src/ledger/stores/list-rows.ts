import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  DAY,
  type MinorUnits,
  type Money,
  omitUndefined,
  oneOf,
  operationNames,
  type PaymentError,
  toMoney,
} from '../../core/index.js'
import type { ListedOperation, ObjectSummary, SummaryLine } from '../lists.js'
import { summaryOfObject } from '../object-summary.js'
import { operationStateNames } from '../records.js'
import { bigint, columns, flag, integer, Kind, moneyOf, nullable, number, text, textList } from './row-codecs.js'
import { objectKeyColumns, objectOf, statusOf } from './rows.js'
import { type Row, tables } from './tables.js'

/** Rows of lists and counts, without what is encrypted at rest. */

const SummaryRow = t.type({
  account: t.string,
  kind: Kind,
  id: t.string,
  operation_id: text,
  idempotency_key: text,
  merchant_reference: text,
  abandoned: flag,
  status: t.string,
  status_since: integer,
  expected_minor_units: nullable(bigint),
  expected_currency: text,
  captured_minor_units: nullable(bigint),
  captured_currency: text,
  reserved: bigint,
  refunded: bigint,
  reservation_minor_units: nullable(bigint),
  reservation_currency: text,
  disputed: flag,
  needs_review: flag,
  created_at: integer,
  updated_at: integer,
  erased_at: number,
})

/** An object as lists show it. */
export const objectSummary = (row: Row): E.Either<PaymentError, ObjectSummary> =>
  pipe(
    columns(tables.objects, SummaryRow, row),
    E.bindTo('read'),
    E.bind('status', ({ read }) => statusOf(read)),
    E.map(({ read, status }) => {
      const reserved = moneyOf(read.reservation_minor_units, read.reservation_currency)
      return summaryOfObject({
        account: read.account,
        kind: read.kind,
        id: read.id,
        abandoned: read.abandoned,
        status,
        statusSince: read.status_since,
        reserved: read.reserved,
        refunded: read.refunded,
        disputed: read.disputed,
        needsReview: read.needs_review,
        createdAt: read.created_at,
        updatedAt: read.updated_at,
        ...omitUndefined({
          expectedAmount: moneyOf(read.expected_minor_units, read.expected_currency),
          captured: moneyOf(read.captured_minor_units, read.captured_currency),
          reservation: reserved === undefined ? undefined : { amount: reserved },
          erasedAt: read.erased_at,
        }),
        origin: omitUndefined({
          operationId: read.operation_id,
          idempotencyKey: read.idempotency_key,
          merchantReference: read.merchant_reference,
        }),
      })
    }),
  )

const OperationRow = t.type({
  id: t.string,
  name: oneOf(operationNames),
  idempotency_key: t.string,
  merchant_reference: text,
  state: oneOf(operationStateNames),
  state_since: integer,
  attempt_account: t.string,
  accounts: textList,
  deadline: integer,
  next_poll_at: number,
  stalled: text,
  leased: flag,
  ...objectKeyColumns,
  created_at: integer,
  erased_at: number,
})

/** An operation as lists show it. */
export const listedOperation = (row: Row): E.Either<PaymentError, ListedOperation> =>
  pipe(
    columns(tables.operations, OperationRow, row),
    E.map((read) => ({
      id: read.id,
      name: read.name,
      idempotencyKey: read.idempotency_key,
      ...omitUndefined({ merchantReference: read.merchant_reference }),
      state: read.state,
      since: read.state_since,
      account: read.attempt_account,
      accounts: read.accounts,
      deadline: read.deadline,
      ...omitUndefined({ nextPollAt: read.next_poll_at, stalled: read.stalled, object: objectOf(read) }),
      inProgress: read.leased,
      createdAt: read.created_at,
      ...omitUndefined({ erasedAt: read.erased_at }),
    })),
  )

/** A sum comes in two halves, as `sums` of the reads asks for it. */
const LineRow = t.type({
  account: t.string,
  kind: Kind,
  status: t.string,
  currency: text,
  captured_in: text,
  objects: integer,
  amount_high: nullable(bigint),
  amount_low: nullable(bigint),
  captured_high: nullable(bigint),
  captured_low: nullable(bigint),
  refunded_high: nullable(bigint),
  refunded_low: nullable(bigint),
})

const DayRow = t.type({ day: integer })

/** What the halves of a sum stand for. */
export const HALF = 1_000_000_000

const money = (amount: MinorUnits | undefined): Money | undefined =>
  amount === undefined ? undefined : toMoney(amount)

const whole = (high: bigint | undefined, low: bigint | undefined): bigint | undefined =>
  high === undefined || low === undefined ? undefined : high * BigInt(HALF) + low

const dayOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10)

/** A line of a summary. */
export const summaryLine = (row: Row): E.Either<PaymentError, SummaryLine> =>
  pipe(
    columns(tables.objects, LineRow, row),
    E.bindTo('read'),
    E.bind('status', ({ read }) => statusOf(read)),
    E.map(({ read, status }) => ({
      account: read.account,
      kind: read.kind,
      status,
      count: read.objects,
      ...omitUndefined({
        amount: money(moneyOf(whole(read.amount_high, read.amount_low), read.currency)),
        captured: money(moneyOf(whole(read.captured_high, read.captured_low), read.captured_in)),
        refunded: money(moneyOf(whole(read.refunded_high, read.refunded_low), read.captured_in)),
      }),
    })),
  )

/** A line of a summary by day. */
export const summaryLineOfDay = (row: Row): E.Either<PaymentError, SummaryLine> =>
  pipe(
    E.Do,
    E.bind('read', () => columns(tables.objects, DayRow, row)),
    E.bind('line', () => summaryLine(row)),
    E.map(({ read, line }) => ({ day: dayOf(read.day), ...line })),
  )
