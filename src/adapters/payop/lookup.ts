import * as E from 'fp-ts/lib/Either.js'
import {
  type AnyReference,
  given,
  indeterminate,
  invalidRequest,
  type PaymentError,
  type Reference,
  type Review,
  refused,
  type Snapshot,
  unsupported,
} from '../../core/index.js'
import { compareAmount, Id, moneyOf } from './codecs.js'
import type { Account } from './config.js'
import { hasKey } from './key.js'

/** What refunds and withdrawals have in common. */
interface Row {
  readonly identifier: string
  readonly amount: number | string | undefined
  readonly currency: string | undefined
  readonly metadata: Readonly<Record<string, unknown>> | undefined
}

/** A row, and whether it was not the only one under its key. */
export interface Found<R> {
  readonly row: R
  readonly review: readonly Review[]
}

/** Refunds and withdrawals are made and read with a token only. */
export const withToken = ({ token }: Account): E.Either<PaymentError, void> =>
  token === undefined
    ? E.left(unsupported([{ path: 'token', expected: 'a token in the configuration of the account' }]))
    : E.right(undefined)

/** An id of Payop's that a caller gave at `path`. */
export const idAt = (path: string, id: string): E.Either<PaymentError, string> =>
  Id.is(id) ? E.right(id) : E.left(invalidRequest([{ path, expected: Id.name }]))

/** The id to read by; none where a key is to be looked for in the list. */
export const listedId = (reference: AnyReference): E.Either<PaymentError, string | undefined> =>
  'id' in reference ? idAt('id', reference.id) : E.right(undefined)

/**
 * The row that a reference means, looked for here: a filter that Payop ignored would give somebody else's. A list tells of
 * presence only; an empty answer to one id is Payop's own "not found".
 */
export const findRow = <R extends Row>(
  rows: ReadonlyArray<R | undefined>,
  reference: AnyReference,
  key: (idempotencyKey: string) => string,
): E.Either<PaymentError, Found<R>> => {
  if ('id' in reference && rows.length === 0) return E.left(refused('not_found', 200))
  const isMeant = (row: R): boolean =>
    'id' in reference ? row.identifier === reference.id : hasKey(row.metadata, key(reference.key))
  const [row, ...others] = rows.filter((candidate) => candidate !== undefined).filter(isMeant)
  if (row === undefined) return E.left(indeterminate('reads', 'answer', { reference }))
  const isAlone = others.every(({ identifier }) => identifier === row.identifier)
  return E.right({ row, review: isAlone ? [] : ['contradiction'] })
}

/** What a row says, under its id. */
export const snapshotOf = <K extends 'refund' | 'payout', Status extends string>(
  { kind, account, expected }: Reference<K>,
  { row, review }: Found<Row>,
  status: Status,
  providerState: Readonly<Record<string, string>>,
): Snapshot<K, Status> => {
  const { identifier, amount, currency } = row
  return {
    reference: { kind, account, id: identifier, ...given({ expected }) },
    status,
    ...(status === 'failed' ? { reason: 'rejected' } : {}),
    providerState,
    ...given({ amount: moneyOf(amount, currency) }),
    amountCheck: compareAmount(expected, amount, currency),
    disputed: false,
    review: status === 'unknown' ? [...review, 'unmapped_state'] : review,
  }
}
