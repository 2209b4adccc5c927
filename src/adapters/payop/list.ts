import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { given, type List, type Listing, type Period, type StatusOf } from '../../core/index.js'
import { moneyOf } from './codecs.js'
import type { Account } from './config.js'
import * as endpoints from './endpoints/index.js'
import { keyIn } from './key.js'
import { fromRefund, fromWithdrawal } from './status.js'
import type { Refund, Withdrawal } from './wire.js'

type Row = Refund | Withdrawal

/** Payop's lists take no period, and pages are not documented: what they answer is sorted out here. */
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
        ...given({ amount: moneyOf(row.amount, row.currency), key: keyIn(row.metadata) }),
      })),
    unreadable: rows.length - readable.length,
  }
}

/** The refunds that Payop lists, those that it started itself among them. */
export const listRefunds =
  (account: Account): List<'refund'> =>
  (period, call) =>
    pipe(
      call(endpoints.listRefunds, {}),
      TE.map((rows) => listingOf('refund', account, rows, period, ({ status }) => fromRefund(status))),
    )

/** The withdrawals that Payop lists. */
export const listPayouts =
  (account: Account): List<'payout'> =>
  (period, call) =>
    pipe(
      call(endpoints.listWithdrawals, {}),
      TE.map((rows) => listingOf('payout', account, rows, period, ({ status }) => fromWithdrawal(status))),
    )
