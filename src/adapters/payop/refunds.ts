import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Checked,
  invalidRequest,
  type MinorUnits,
  omitUndefined,
  type PaymentError,
  type RefundRequest,
  refundFieldsBeside,
  toNumber,
  unsupported,
} from '../../core/index.js'
import { refundFields } from './capabilities.js'
import { moneyOf } from './codecs.js'
import type { Account } from './config.js'
import { createRefund as create, listRefunds, type NewRefund } from './endpoints/refunds.js'
import { gatewayKey, keyIn, replacedIn, withKey } from './key.js'
import { findRow, listedId, namesIn, snapshotOf, withToken } from './lookup.js'
import { type InvoiceWithTransaction, isOfAnotherOrder, readBoth } from './read-invoice.js'
import { fromRefund, fromTransaction } from './status.js'
import type { Invoice, Transaction } from './wire.js'

const invalid = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidRequest([{ path, expected }]))

interface Accepted {
  readonly invoice: Invoice
  readonly transaction: Transaction
}

/** Payop refunds transactions, and only accepted ones hold money. Gives `InvalidRequest` for any other. */
const accepted = (read: InvoiceWithTransaction | undefined): E.Either<PaymentError, Accepted> =>
  read?.transaction !== undefined && !isOfAnotherOrder(read) && fromTransaction(read.transaction.state) === 'succeeded'
    ? E.right({ invoice: read.invoice, transaction: read.transaction })
    : invalid('payment', 'a payment whose transaction was accepted')

/**
 * A part as Payop takes it: in major units of the transaction's currency, at most the order's amount and the transaction's.
 * Gives `Unsupported` for what was paid in another currency, and `InvalidRequest`.
 */
const partOf = (amount: MinorUnits, { invoice, transaction }: Accepted): E.Either<PaymentError, number> => {
  if (invoice.currency !== transaction.currency)
    return E.left(
      unsupported([
        { path: 'amount', expected: 'no amount: what was paid in another currency is refunded as a whole' },
      ]),
    )
  if (amount.currency !== transaction.currency) return invalid('amount.currency', "the payment's currency")
  const limits = [moneyOf(invoice.amount, invoice.currency), moneyOf(transaction.amount, transaction.currency)]
  const known = limits.filter((limit) => limit !== undefined)
  if (known.length === 0 || known.some((limit) => limit.minorUnits < amount.minorUnits))
    return invalid('amount', 'at most what was ordered and what the transaction holds')
  const number = toNumber(amount)
  return number === undefined
    ? E.left(unsupported([{ path: 'amount', expected: 'an amount of at most 15 digits' }]))
    : E.right(number)
}

const newRefund = (
  account: Account,
  request: Checked<RefundRequest>,
  read: Accepted,
): E.Either<PaymentError, NewRefund> => {
  const transactionId = read.transaction.identifier
  const metadata = withKey(request.metadata, gatewayKey(account, 'refund', request.idempotencyKey))
  return request.amount === undefined
    ? E.right({ transactionId, metadata })
    : pipe(
        partOf(request.amount, read),
        E.map((amount) => ({ transactionId, amount, metadata })),
      )
}

/** Refunds a payment, all of it or a part. Drafting reads the payment, because Payop refunds its transaction. */
export const createRefund = (account: Account): Adapter['refund'] => ({
  draft: (request, call) =>
    pipe(
      TE.fromEither(withToken(account)),
      TE.flatMap(() => readBoth(account, request.payment, 'payment.', call)),
      TE.flatMapEither(accepted),
      TE.flatMapEither((read) => newRefund(account, request, read)),
      TE.bindTo('refund'),
      TE.bind('wire', ({ refund }) => TE.fromEither(create.prepare(refund))),
      TE.map(({ refund, wire }) => ({
        wire,
        context: null,
        notPassedOn: [...refundFieldsBeside(request, refundFields), ...replacedIn(request.metadata)],
        names: omitUndefined({ payment: refund.transactionId, key: keyIn(refund.metadata) }),
      })),
    ),
  interpret: (_draft, answer) =>
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
      TE.flatMap((refundId) => call(listRefunds, omitUndefined({ refundId }))),
      TE.flatMapEither((rows) => findRow(rows, reference, (key) => gatewayKey(account, 'refund', key))),
      TE.map((found) => {
        const status = fromRefund(found.row.status)
        const providerCode = status === 'failed' ? found.row.error.code : undefined
        const payment = found.row.sourceTransaction?.identifier
        return snapshotOf(
          reference,
          found,
          status,
          { refund: found.row.status },
          omitUndefined({ providerCode, names: namesIn(found.row, payment) }),
        )
      }),
    )
