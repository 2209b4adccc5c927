import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type AmountCheck,
  type Call,
  expectedAmountOf,
  type MinorUnits,
  type NextAction,
  omitUndefined,
  type PaymentError,
  type Reference,
  type Snapshot,
} from '../../core/index.js'
import { compareAmount, moneyOf, sumOf } from './codecs.js'
import type { Account } from './config.js'
import { checkInvoiceStatus, checkInvoiceStatusWithToken } from './endpoints/checkout.js'
import { languageOf } from './endpoints/invoices.js'
import { filterTransactions } from './endpoints/transactions.js'
import { keyIn } from './key.js'
import { hostedPage, nextActionOf, waitAndPoll } from './next-action.js'
import { type InvoiceWithTransaction, isOfAnotherOrder, readBoth } from './read-invoice.js'
import { type Standing, standingOf } from './status.js'
import type { FilteredTransaction, Invoice, Transaction } from './wire.js'

/** Compares the order's amount, never the transaction's, which may be net of fees. If both resources have it, they have to agree. */
const compareBoth = (
  expected: MinorUnits | undefined,
  { invoice, transaction }: InvoiceWithTransaction,
): AmountCheck => {
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
    // It moves the browser and no state. Only what the merchant has to put right fails the read.
    TE.orElse((error) =>
      error._tag === 'Refused' && (error.reason === 'authentication' || error.reason === 'permission')
        ? TE.left(error)
        : TE.right<PaymentError, NextAction>(waitAndPoll),
    ),
  )
}

/** The statuses that a transaction may have after it was accepted once: only such a one can be charged back. */
const maybeAccepted: readonly string[] = ['succeeded', 'failed', 'unknown']

/** What only the transaction filter shows: chargeback, payment and fee. `undefined` if it could not be read. */
const readFiltered = (
  { identifier }: Transaction,
  call: Call,
): TE.TaskEither<PaymentError, FilteredTransaction | undefined> =>
  pipe(
    call(filterTransactions, { transactionIds: [identifier] }),
    TE.map((rows) => rows.find((row) => row?.identifier === identifier)),
    // The payment itself was read. The result says with `dispute_unread` that this is missing.
    TE.orElse(() => TE.right<PaymentError, FilteredTransaction | undefined>(undefined)),
  )

type Sums = Partial<Pick<Snapshot<'payment'>, 'paid' | 'fee'>>

/** What the payer paid, and what Payop keeps of it. Source: payop-api-doc, Checkout, Filter transactions and Get transaction. */
const sumsOf = (transaction: Transaction, filtered: FilteredTransaction | undefined): Sums =>
  omitUndefined({
    paid:
      sumOf(filtered?.payAmount, filtered?.payCurrency) ?? sumOf(transaction.chosenAmount, transaction.chosenCurrency),
    fee: sumOf(filtered?.totalCommission, filtered?.totalCommissionCurrency),
  })

/** What is known of a transaction beside its state. */
type Settled = Sums & Pick<Snapshot<'payment'>, 'disputed' | 'review'>

const readSettled = (
  { status }: Standing,
  transaction: Transaction | undefined,
  call: Call,
): TE.TaskEither<PaymentError, Settled> =>
  transaction === undefined || !maybeAccepted.includes(status)
    ? TE.right({ disputed: false, review: [] })
    : pipe(
        readFiltered(transaction, call),
        TE.map((filtered) => ({
          ...(status === 'succeeded' ? sumsOf(transaction, filtered) : {}),
          disputed: filtered?.hasChargeback === true,
          review: filtered?.hasChargeback === undefined ? ['dispute_unread'] : [],
        })),
      )

const overdue = (reference: Reference<'payment'>): Snapshot<'payment'> => ({
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
): TE.TaskEither<PaymentError, Snapshot<'payment'>> => {
  const { invoice, transaction } = read
  const ofAnother = isOfAnotherOrder(read)
  const standing: Standing = ofAnother
    ? { status: 'unknown', review: ['reference_mismatch'] }
    : standingOf(invoice, transaction, account.token !== undefined)
  const names = omitUndefined({
    merchantReference: invoice.orderIdentifier ?? transaction?.orderId,
    key: keyIn(invoice.metadata),
  })
  return pipe(
    readNextAction(account, invoice, standing, call),
    TE.bindTo('nextAction'),
    TE.bind('settled', () => readSettled(standing, ofAnother ? undefined : transaction, call)),
    TE.map(({ nextAction, settled }) => ({
      ...standing,
      ...settled,
      reference,
      providerState: omitUndefined({ invoice: invoice.status, transaction: transaction?.state }),
      ...omitUndefined({ amount: moneyOf(invoice.amount, invoice.currency), nextAction }),
      amountCheck: compareBoth(expectedAmountOf(reference), read),
      review: [...standing.review, ...settled.review],
      names,
    })),
  )
}

/** Reads a payment: its invoice, its transaction and, if they matter, its next step and what the transaction filter shows. */
export const readPayment =
  (account: Account): Adapter['read']['payment'] =>
  (reference, call) =>
    pipe(
      readBoth(account, reference, '', call),
      TE.flatMap((read) =>
        read === undefined ? TE.right(overdue(reference)) : payment(account, reference, read, call),
      ),
    )
