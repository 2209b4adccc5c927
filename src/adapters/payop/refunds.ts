import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Checked,
  given,
  invalidRequest,
  type Money,
  type PaymentError,
  type RefundRequest,
  toNumber,
  unsupported,
} from '../../core/index.js'
import { moneyOf } from './codecs.js'
import type { Account } from './config.js'
import { createRefund as create, listRefunds, type NewRefund } from './endpoints/index.js'
import { gatewayKey, unlessReserved, withKey } from './key.js'
import { findRow, listedId, snapshotOf, withToken } from './lookup.js'
import { type InvoiceWithTransaction, readBoth } from './read-invoice.js'
import { fromRefund, fromTransaction } from './status.js'
import type { Invoice, Transaction } from './wire.js'

type Asked = Checked<RefundRequest>

const wrong = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidRequest([{ path, expected }]))

const unreserved = ({ metadata }: Asked): E.Either<PaymentError, void> => {
  const issues = unlessReserved(metadata)
  return issues.length === 0 ? E.right(undefined) : E.left(invalidRequest(issues))
}

interface Accepted {
  readonly invoice: Invoice
  readonly transaction: Transaction
}

/** Payop refunds transactions, and only accepted ones hold money. */
const accepted = (read: InvoiceWithTransaction | undefined): E.Either<PaymentError, Accepted> =>
  read?.transaction !== undefined && fromTransaction(read.transaction.state) === 'succeeded'
    ? E.right({ invoice: read.invoice, transaction: read.transaction })
    : wrong('payment', 'a payment whose transaction was accepted')

/** A part as Payop takes it: in the transaction's currency, within what was ordered and what the transaction holds. */
const partOf = (amount: Money, { invoice, transaction }: Accepted): E.Either<PaymentError, number> => {
  if (invoice.currency !== transaction.currency)
    return E.left(
      unsupported([{ path: 'amount', expected: 'none: paid in another currency, it is refunded as a whole' }]),
    )
  if (amount.currency !== transaction.currency) return wrong('amount.currency', "the payment's currency")
  const limits = [moneyOf(invoice.amount, invoice.currency), moneyOf(transaction.amount, transaction.currency)]
  const known = limits.filter((limit) => limit !== undefined)
  if (known.length === 0 || known.some((limit) => limit.amount < amount.amount))
    return wrong('amount', 'at most what was ordered and what the transaction holds')
  const number = toNumber(amount)
  return number === undefined ? wrong('amount', 'an amount of at most 15 digits') : E.right(number)
}

const newRefund = (account: Account, asked: Asked, read: Accepted): E.Either<PaymentError, NewRefund> => {
  const transactionId = read.transaction.identifier
  const metadata = withKey(asked.metadata, gatewayKey(account, 'refund', asked.idempotencyKey))
  return asked.amount === undefined
    ? E.right({ transactionId, metadata })
    : pipe(
        partOf(asked.amount, read),
        E.map((amount) => ({ transactionId, amount, metadata })),
      )
}

/** Refunds a payment, all of it or a part, having read what there is to refund. */
export const createRefund = (account: Account): Adapter['refund'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => unreserved(request)),
      TE.flatMap(() => readBoth(account, request.payment, 'payment.', call)),
      TE.flatMapEither(accepted),
      TE.flatMapEither((read) => newRefund(account, request, read)),
      TE.flatMapEither(create.prepare),
      TE.map((wire) => ({ wire, memo: null })),
    ),
  conclude: (_draft, answer) =>
    pipe(
      create.interpret(answer),
      E.map((id) => ({
        reference: { kind: 'refund', account: account.account, id },
        status: 'processing',
        providerState: {},
        amountCheck: 'unchecked',
        disputed: false,
        review: [],
      })),
    ),
})

/** Reads a refund, by its id or by the key in its metadata. */
export const readRefund =
  (account: Account): Adapter['read']['refund'] =>
  (reference, call) =>
    pipe(
      TE.fromEither(withToken(account)),
      TE.flatMapEither(() => listedId(reference)),
      TE.flatMap((refundId) => call(listRefunds, given({ refundId }))),
      TE.flatMapEither((rows) => findRow(rows, reference, (key) => gatewayKey(account, 'refund', key))),
      TE.map((found) => {
        const { status } = found.row
        return snapshotOf(reference, found, fromRefund(status), { refund: status })
      }),
    )
