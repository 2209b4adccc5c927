import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type List, type Listing, omitUndefined, type Period, type StatusOf } from '../../core/index.js'
import { moneyOf } from './codecs.js'
import type { Account } from './config.js'
import * as refunds from './endpoints/refunds.js'
import * as withdrawals from './endpoints/withdrawals.js'
import { namesIn } from './lookup.js'
import { fromRefund, fromWithdrawal } from './status.js'
import type { Refund, Withdrawal } from './wire.js'

type Row = Refund | Withdrawal

/** Payop's lists take no period, and pages are not documented: the answer is filtered here. `createdAt` is in seconds. */
const isWithin = ({ from, to }: Period, { createdAt }: Row): boolean =>
  createdAt === undefined || (createdAt * 1000 >= from && createdAt * 1000 < to)

const listingOf = <K extends 'refund' | 'payout', R extends Row>(
  kind: K,
  { account }: Account,
  rows: ReadonlyArray<R | undefined>,
  period: Period,
  statusOf: (row: R) => StatusOf<K>,
): Listing<K> => {
  const readable = rows.filter((row) => row !== undefined)
  return {
    objects: readable
      .filter((row) => isWithin(period, row))
      .map((row) => ({
        reference: { kind, account, id: row.identifier },
        status: statusOf(row),
        names: namesIn(row, 'sourceTransaction' in row ? row.sourceTransaction?.identifier : undefined),
        ...omitUndefined({ amount: moneyOf(row.amount, row.currency) }),
      })),
    unreadable: rows.length - readable.length,
  }
}

/** The refunds that Payop lists, including those that it started itself. */
export const listRefunds =
  (account: Account): List<'refund'> =>
  (period, call) =>
    pipe(
      call(refunds.listRefunds, {}),
      TE.map((rows) => listingOf('refund', account, rows, period, ({ status }) => fromRefund(status))),
    )

/** The withdrawals that Payop lists. */
export const listPayouts =
  (account: Account): List<'payout'> =>
  (period, call) =>
    pipe(
      call(withdrawals.listWithdrawals, {}),
      TE.map((rows) => listingOf('payout', account, rows, period, ({ status }) => fromWithdrawal(status))),
    )
