import * as E from 'fp-ts/lib/Either.js'
import {
  type AnyReference,
  expectedAmountOf,
  indeterminate,
  invalidRequest,
  omitUndefined,
  type PaymentError,
  type Reference,
  type Review,
  refused,
  type Snapshot,
  type StatusOf,
  unsupported,
} from '../../core/index.js'
import { compareAmount, Id, moneyOf } from './codecs.js'
import type { Account } from './config.js'
import { hasKey, keyIn } from './key.js'

/** What refunds and withdrawals have in common. */
interface Row {
  readonly identifier: string
  readonly amount: number | string | undefined
  readonly currency: string | undefined
  readonly metadata: Readonly<Record<string, unknown>> | undefined
}

/** A row, and what is odd about how it was found. */
export interface Found<R> {
  readonly row: R
  readonly review: readonly Review[]
}

/** Refunds and withdrawals are made and read with a token only. Gives `Unsupported` without one. */
export const withToken = ({ token }: Account): E.Either<PaymentError, void> =>
  token === undefined
    ? E.left(unsupported([{ path: 'token', expected: 'a token in the configuration of the account' }]))
    : E.right(undefined)

/** An id of Payop's that a caller gave at `path`, or `InvalidRequest`. */
export const idAt = (path: string, id: string): E.Either<PaymentError, string> =>
  Id.is(id) ? E.right(id) : E.left(invalidRequest([{ path, expected: Id.name }]))

/** The id to read by; `undefined` if the object is to be found by its key in the list. */
export const listedId = (reference: AnyReference): E.Either<PaymentError, string | undefined> =>
  'id' in reference ? idAt('id', reference.id) : E.right(undefined)

/**
 * The row that a reference means. It is picked here, because a filter that Payop ignored would give another object. A list
 * proves presence only: a row that is not in it is `Indeterminate`. An empty answer to one id is Payop's own "not found".
 */
export const findRow = <R extends Row>(
  rows: ReadonlyArray<R | undefined>,
  reference: AnyReference,
  key: (idempotencyKey: string) => string,
): E.Either<PaymentError, Found<R>> => {
  if ('id' in reference && rows.length === 0) return E.left(refused('not_found', 200))
  const isMeant = (row: R): boolean =>
    'id' in reference ? row.identifier === reference.id : hasKey(row.metadata, key(reference.idempotencyKey))
  const [row, ...others] = rows.filter((candidate) => candidate !== undefined).filter(isMeant)
  if (row === undefined) {
    // A row that could not be read may be the one. And a filter by id that Payop ignored shows other rows.
    const isWholeList = !('id' in reference) && rows.every((candidate) => candidate !== undefined)
    return E.left(indeterminate('reads', 'answer', { reference, ...(isWholeList ? { absent: true } : {}) }))
  }
  const isAlone = others.every(({ identifier }) => identifier === row.identifier)
  return E.right({ row, review: isAlone ? [] : ['contradiction'] })
}

/** What a row belongs to. A refund names the transaction that it gives back. */
export const namesIn = ({ metadata }: Row, payment?: string): Readonly<Record<string, string>> =>
  omitUndefined({ key: keyIn(metadata), payment })

/** The snapshot of a row, under its id. `facts` is what only one of the two kinds shows. */
export const snapshotOf = <K extends 'refund' | 'payout'>(
  reference: Reference<K>,
  { row, review }: Found<Row>,
  status: StatusOf<K>,
  providerState: Readonly<Record<string, string>>,
  facts: Partial<Pick<Snapshot<K>, 'fee' | 'providerCode' | 'names'>>,
): Snapshot<K> => {
  const { kind, account, expectedAmount } = reference
  const { identifier, amount, currency } = row
  return {
    reference: { kind, account, id: identifier, ...omitUndefined({ expectedAmount }) },
    status,
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    providerState,
    ...facts,
    ...omitUndefined({ amount: moneyOf(amount, currency) }),
    amountCheck: compareAmount(expectedAmountOf(reference), amount, currency),
    disputed: false,
    review: status === 'unknown' ? [...review, 'unmapped_state'] : review,
  }
}
