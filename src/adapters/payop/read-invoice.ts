import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Call,
  invalidRequest,
  type PaymentError,
  type Reference,
  requireAnswer,
  unsupported,
} from '../../core/index.js'
import type { Account } from './config.js'
import { getInvoice } from './endpoints/invoices.js'
import { getTransaction } from './endpoints/transactions.js'
import { idAt } from './lookup.js'
import type { Invoice, Transaction } from './wire.js'

/** The invoice's id in a reference at `path`. */
const invoiceIdOf = (reference: Reference<'payment'>, path: string): E.Either<PaymentError, string> => {
  if (!('id' in reference))
    return E.left(
      unsupported([
        { path: `${path}idempotencyKey`, expected: 'an id instead: Payop finds no payment by an idempotency key' },
      ]),
    )
  return idAt(`${path}id`, reference.id)
}

// Payop lets every caller read every invoice: one of another project is another merchant's.
const ofOwnProject =
  ({ projectId }: Account, path: string) =>
  ({ applicationIdentifier = projectId }: Invoice): E.Either<PaymentError, void> =>
    applicationIdentifier === projectId
      ? E.right(undefined)
      : E.left(invalidRequest([{ path: `${path}id`, expected: "an invoice of this account's project" }]))

const isRefusedAs =
  (reason: 'expired' | 'not_found') =>
  (error: PaymentError): boolean =>
    error._tag === 'Refused' && error.reason === reason

/** Gives `undefined` for a refusal that means that there is nothing to read. */
const unlessRefusedAs =
  (reason: 'expired' | 'not_found') =>
  <A>(task: TE.TaskEither<PaymentError, A>): TE.TaskEither<PaymentError, A | undefined> =>
    pipe(
      task,
      TE.orElse(
        (error): TE.TaskEither<PaymentError, A | undefined> =>
          isRefusedAs(reason)(error) ? TE.right(undefined) : TE.left(error),
      ),
    )

/** The invoice; `undefined` if Payop refuses to read it because it is overdue. */
const readInvoice = (
  account: Account,
  invoiceId: string,
  path: string,
  call: Call,
): TE.TaskEither<PaymentError, Invoice | undefined> =>
  pipe(
    call(
      requireAnswer(getInvoice, ({ identifier }) => identifier === invoiceId, ['data.identifier']),
      { invoiceId },
    ),
    TE.tapEither(ofOwnProject(account, path)),
    unlessRefusedAs('expired'),
  )

/** Reads the transaction of an invoice, of the same project. */
const getTransactionOf = ({ projectId }: Account, { transactionIdentifier }: Invoice) =>
  pipe(
    getTransaction,
    (get) => requireAnswer(get, ({ identifier }) => identifier === transactionIdentifier, ['data.identifier']),
    (get) =>
      requireAnswer(get, ({ application }) => (application?.identifier ?? projectId) === projectId, [
        'data.application.identifier',
      ]),
  )

/** The invoice's transaction; `undefined` before there is one, or if the account cannot read any. */
const readTransaction = (
  account: Account,
  invoice: Invoice,
  call: Call,
): TE.TaskEither<PaymentError, Transaction | undefined> =>
  account.token === undefined || invoice.transactionIdentifier === undefined
    ? TE.right(undefined)
    : pipe(
        call(getTransactionOf(account, invoice), { transactionId: invoice.transactionIdentifier }),
        unlessRefusedAs('not_found'),
      )

/** Whether a transaction says that it pays another order than its invoice. */
export const isOfAnotherOrder = ({ invoice, transaction }: InvoiceWithTransaction): boolean =>
  invoice.orderIdentifier !== undefined &&
  transaction?.orderId !== undefined &&
  transaction.orderId !== invoice.orderIdentifier

/** An invoice and, read after it, its transaction. */
export interface InvoiceWithTransaction {
  readonly invoice: Invoice
  readonly transaction: Transaction | undefined
}

/**
 * Reads the invoice first and the transaction second, always. `undefined` if the invoice is refused as overdue. `path` is where
 * the reference stands in the caller's request.
 */
export const readBoth = (
  account: Account,
  reference: Reference<'payment'>,
  path: string,
  call: Call,
): TE.TaskEither<PaymentError, InvoiceWithTransaction | undefined> =>
  pipe(
    TE.fromEither(invoiceIdOf(reference, path)),
    TE.flatMap((invoiceId) => readInvoice(account, invoiceId, path, call)),
    TE.flatMap((invoice) =>
      invoice === undefined
        ? TE.right(undefined)
        : pipe(
            readTransaction(account, invoice, call),
            TE.map((transaction) => ({ invoice, transaction })),
          ),
    ),
  )
