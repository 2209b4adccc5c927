import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type AmountCheck,
  type Call,
  given,
  type Money,
  type NextAction,
  type Payment,
  type PaymentError,
  type Reference,
} from '../../core/index.js'
import { compareAmount, moneyOf } from './codecs.js'
import type { Account } from './config.js'
import { checkInvoiceStatus, checkInvoiceStatusWithToken, filterTransactions, languageOf } from './endpoints/index.js'
import { hostedPage, nextActionOf, waitAndPoll } from './next-action.js'
import { type InvoiceWithTransaction, readBoth } from './read-invoice.js'
import { type Standing, standingOf } from './status.js'
import type { Invoice, Transaction } from './wire.js'

/** The order's amount, never the transaction's, which may be net of fees; where both resources tell it, they have to agree. */
const compareBoth = (expected: Money | undefined, { invoice, transaction }: InvoiceWithTransaction): AmountCheck => {
  const ordered = expected ?? moneyOf(invoice.amount, invoice.currency)
  const checks = [
    compareAmount(expected, invoice.amount, invoice.currency),
    ...(transaction?.productAmount === undefined
      ? []
      : [compareAmount(ordered, transaction.productAmount, transaction.productCurrency)]),
  ]
  if (checks.includes('mismatch')) return 'mismatch'
  return checks.includes('exact') ? 'exact' : 'unchecked'
}

/** Where the payer goes while the payment is open. */
const readNextAction = (
  account: Account,
  { identifier, language }: Invoice,
  { status, detail }: Standing,
  call: Call,
): TE.TaskEither<PaymentError, NextAction | undefined> => {
  if (status === 'requires_action') return TE.right(hostedPage(account, languageOf(language) ?? 'en', identifier))
  if (status !== 'processing' || detail === 'pre_approved') return TE.right(undefined)
  return pipe(
    call(account.token === undefined ? checkInvoiceStatus : checkInvoiceStatusWithToken, { invoiceId: identifier }),
    TE.map((answer) => nextActionOf(account, answer)),
    // It moves the browser and no state: only what a person has to put right is worth failing for.
    TE.orElse((error) =>
      error._tag === 'Refused' && (error.reason === 'authentication' || error.reason === 'permission')
        ? TE.left(error)
        : TE.right<PaymentError, NextAction>(waitAndPoll),
    ),
  )
}

/** Whether there is a chargeback; `undefined` where that could not be read. Only what was once accepted can be charged back. */
const readDispute = (
  { status }: Standing,
  transaction: Transaction | undefined,
  call: Call,
): TE.TaskEither<PaymentError, boolean | undefined> => {
  const isOver = status === 'succeeded' || status === 'failed' || status === 'unknown'
  if (transaction === undefined || !isOver) return TE.right(false)
  return pipe(
    call(filterTransactions, { transactionIds: [transaction.identifier] }),
    TE.map((rows) => rows.find((row) => row?.identifier === transaction.identifier)?.hasChargeback),
    TE.orElse(() => TE.right<PaymentError, boolean | undefined>(undefined)),
  )
}

const overdue = (reference: Reference<'payment'>): Payment => ({
  reference,
  status: 'expired',
  reason: 'overdue',
  providerState: { invoice: 'overdue' },
  amountCheck: 'unchecked',
  disputed: false,
  review: [],
})

const payment = (
  account: Account,
  reference: Reference<'payment'>,
  read: InvoiceWithTransaction,
  call: Call,
): TE.TaskEither<PaymentError, Payment> => {
  const { invoice, transaction } = read
  const standing = standingOf(invoice, transaction, account.token !== undefined)
  return pipe(
    readNextAction(account, invoice, standing, call),
    TE.bindTo('nextAction'),
    TE.bind('dispute', () => readDispute(standing, transaction, call)),
    TE.map(({ nextAction, dispute }) => ({
      ...standing,
      reference,
      providerState: given({ invoice: invoice.status, transaction: transaction?.state }),
      ...given({ amount: moneyOf(invoice.amount, invoice.currency), nextAction }),
      amountCheck: compareBoth(reference.expected, read),
      disputed: dispute === true,
      review: dispute === undefined ? [...standing.review, 'dispute_unread'] : standing.review,
    })),
  )
}

/** Reads a payment: its invoice, its transaction and, where they matter, its next step and its disputes. */
export const readPayment =
  (account: Account): Adapter['read']['payment'] =>
  (reference, call) =>
    pipe(
      readBoth(account, reference, '', call),
      TE.flatMap((read) =>
        read === undefined ? TE.right(overdue(reference)) : payment(account, reference, read, call),
      ),
    )
