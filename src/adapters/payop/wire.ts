import * as t from 'io-ts'
import { refined, text } from '../../core/index.js'
import {
  Amount,
  ErrorText,
  Id,
  ifReadable,
  Metadata,
  mapOf,
  NumberOrText,
  OptionalId,
  stateOf,
  Text,
  Word,
} from './codecs.js'

/**
 * What Payop sends: only the fields we use. What a decision rests on has to be readable; anything else that is not is
 * `undefined`.
 */

// Payop numbers its states once per resource and reuses the numbers: 2 is overdue on an invoice and accepted on a
// transaction. A brand per vocabulary makes reading one with the other's table a type error.
export const InvoiceState = stateOf<'invoice'>()
export type InvoiceState = t.TypeOf<typeof InvoiceState>

export const TransactionState = stateOf<'transaction'>()
export type TransactionState = t.TypeOf<typeof TransactionState>

export const RefundState = stateOf<'refund'>()
export type RefundState = t.TypeOf<typeof RefundState>

export const WithdrawalState = stateOf<'withdrawal'>()
export type WithdrawalState = t.TypeOf<typeof WithdrawalState>

/** An invoice. Payop: payop-api-doc, Invoice, Get. */
export const Invoice = t.type({
  identifier: Id,
  status: InvoiceState,
  isOverdue: ifReadable(t.boolean),
  applicationIdentifier: Word,
  orderIdentifier: Word,
  amount: Amount,
  currency: Text,
  language: Text,
  transactionIdentifier: OptionalId,
  metadata: Metadata,
  createdAt: ifReadable(t.number),
})
/** An invoice as Payop has it. Amounts in major units, times in seconds since the epoch. */
export type Invoice = Readonly<t.TypeOf<typeof Invoice>>

/** A transaction. Payop: payop-api-doc, Checkout, Get transaction. */
export const Transaction = t.type({
  identifier: Id,
  state: TransactionState,
  error: ErrorText,
  orderId: Word,
  amount: Amount,
  currency: Text,
  productAmount: Amount,
  productCurrency: Text,
  paymentMethodIdentifier: Word,
  application: ifReadable(t.type({ identifier: Word })),
  createdAt: ifReadable(t.number),
})
/**
 * A transaction as Payop has it. `productAmount` is what the merchant asked for; `amount` may be net of fees. Major units,
 * seconds since the epoch.
 */
export type Transaction = Readonly<t.TypeOf<typeof Transaction>>

/** An entry of the transaction filter. Payop: payop-api-doc, Checkout, Filter transactions. */
export const FilteredTransaction = t.type({
  identifier: Id,
  state: TransactionState,
  error: ErrorText,
  orderIdentifier: Word,
  amount: Amount,
  currency: Text,
  hasChargeback: ifReadable(t.boolean),
})
/** A transaction as the filter tells it. `hasChargeback` is the only sign of a chargeback in Payop's API. */
export type FilteredTransaction = Readonly<t.TypeOf<typeof FilteredTransaction>>

/** IBANs by transaction. Payop: payop-api-doc, Checkout, Transactions' IBANs. */
export const Ibans = mapOf(t.union([t.string, t.null]))

/** What checkout create, void and capture answer. Payop: payop-api-doc, Checkout. */
export const CheckoutAnswer = t.type({ isSuccess: t.boolean, message: ErrorText, txid: ifReadable(OptionalId) })
/** Whether the checkout step was taken, why not, and the transaction it made. */
export type CheckoutAnswer = Readonly<t.TypeOf<typeof CheckoutAnswer>>

const FormFields = refined(mapOf(NumberOrText), "a form's fields", (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
)

/** What check-invoice-status answers. Payop: payop-api-doc, Checkout, Check invoice status. */
export const InvoiceStatusAnswer = t.type({
  status: Word,
  message: ErrorText,
  url: Text,
  // `uri` in older text; `[]` where there is no form.
  form: ifReadable(t.type({ method: Text, url: Text, uri: Text, fields: ifReadable(FormFields) })),
})
/** Where the payer's browser goes next. Says nothing about the payment. */
export type InvoiceStatusAnswer = Readonly<t.TypeOf<typeof InvoiceStatusAnswer>>

/** A refund. Payop: payop-api-doc, Refund, Get. */
export const Refund = t.type({
  identifier: Id,
  status: RefundState,
  type: Word,
  amount: Amount,
  currency: Text,
  error: ErrorText,
  metadata: Metadata,
  sourceTransaction: ifReadable(t.type({ identifier: Word })),
  createdAt: ifReadable(t.number),
})
/** A refund as Payop has it. Major units of the source transaction's currency, seconds since the epoch. */
export type Refund = Readonly<t.TypeOf<typeof Refund>>

/** What create-mass answers for each withdrawal. Payop: payop-api-doc, Withdrawal, Create. */
export const CreatedWithdrawal = t.type({ id: Id, metadata: Metadata })
/** A withdrawal just made. */
export type CreatedWithdrawal = Readonly<t.TypeOf<typeof CreatedWithdrawal>>

/** A withdrawal. Payop: payop-api-doc, Withdrawal, Get. */
export const Withdrawal = t.type({
  identifier: Id,
  status: WithdrawalState,
  method: Word,
  amount: Amount,
  currency: Text,
  payAmount: Amount,
  comment: Text,
  metadata: Metadata,
  createdAt: ifReadable(t.number),
})
/** A withdrawal as Payop has it. `payAmount` is the amount with its fee. Major units, seconds since the epoch. */
export type Withdrawal = Readonly<t.TypeOf<typeof Withdrawal>>

/** A card token. Payop: payop-api-doc, Checkout, Card tokenization. */
export const CardTokenAnswer = t.type({
  token: text('a token', (s) => s !== '' && s.length <= 4096),
  expired_at: ifReadable(t.number),
})

const Claimed = ifReadable(stateOf<never>())
/** A notification, of any of the three kinds and of any age. Payop: payop-api-doc, IPN of checkout, refund and withdrawal. */
export const Notification = t.type({
  invoice: ifReadable(t.type({ id: Id, status: Claimed })),
  transaction: ifReadable(
    t.type({
      refundId: OptionalId,
      // The documents' sample has the one, their table the other.
      withdrawalId: OptionalId,
      withdrawId: OptionalId,
      state: Claimed,
      error: ErrorText,
    }),
  ),
})
/** What a notification claims. */
export type Notification = Readonly<t.TypeOf<typeof Notification>>
