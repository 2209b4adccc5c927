import * as t from 'io-ts'
import { objectOf, refine, text } from '../../core/index.js'
import {
  Amount,
  ErrorCode,
  ErrorText,
  Failure,
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
 * What Payop sends: only the fields that are used. A field that a decision rests on has to be readable; any other that is
 * not is `undefined`.
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

/** An invoice. Source: payop-api-doc, Invoice, Get. */
export const Invoice = objectOf({
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

/** A transaction. Source: payop-api-doc, Checkout, Get transaction. */
export const Transaction = objectOf({
  identifier: Id,
  state: TransactionState,
  error: Failure,
  errorCode: ErrorCode,
  orderId: Word,
  amount: Amount,
  currency: Text,
  productAmount: Amount,
  productCurrency: Text,
  chosenAmount: Amount,
  chosenCurrency: Text,
  paymentMethodIdentifier: Word,
  application: ifReadable(objectOf({ identifier: Word })),
  createdAt: ifReadable(t.number),
})
/**
 * A transaction as Payop has it. `productAmount` is the order's amount, `chosenAmount` what the payer was charged, `amount`
 * what was booked, which may be net of fees. Amounts in major units, times in seconds since the epoch.
 */
export type Transaction = Readonly<t.TypeOf<typeof Transaction>>

/** An entry of the transaction filter. Source: payop-api-doc, Checkout, Filter transactions. */
export const FilteredTransaction = objectOf({
  identifier: Id,
  state: TransactionState,
  error: Failure,
  orderIdentifier: Word,
  amount: Amount,
  currency: Text,
  payAmount: Amount,
  payCurrency: Text,
  totalCommission: Amount,
  totalCommissionCurrency: Text,
  hasChargeback: ifReadable(t.boolean),
})
/**
 * A transaction as the filter shows it. `payAmount` is what the payer paid, `totalCommission` what Payop keeps of it, both in
 * major units of their own currencies. `hasChargeback` is the only sign of a chargeback in Payop's API.
 */
export type FilteredTransaction = Readonly<t.TypeOf<typeof FilteredTransaction>>

/** IBANs by transaction. Source: payop-api-doc, Checkout, Transactions' IBANs. */
export const Ibans = mapOf(t.union([t.string, t.null]))

/** What checkout create, void and capture answer. Source: payop-api-doc, Checkout. */
export const CheckoutAnswer = objectOf({ isSuccess: t.boolean, message: ErrorText, txid: ifReadable(OptionalId) })
/** Whether Payop took the step, why not, and the transaction that it made. */
export type CheckoutAnswer = Readonly<t.TypeOf<typeof CheckoutAnswer>>

const FormFields = refine(mapOf(NumberOrText), "a form's fields", (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
)

/** What check-invoice-status answers. Source: payop-api-doc, Checkout, Check invoice status. */
export const InvoiceStatusAnswer = objectOf({
  status: Word,
  message: ErrorText,
  url: Text,
  // `uri` in older text; `[]` if there is no form.
  form: ifReadable(objectOf({ method: Text, url: Text, uri: Text, fields: ifReadable(FormFields) })),
})
/** Where the payer's browser goes next. Says nothing about the payment. */
export type InvoiceStatusAnswer = Readonly<t.TypeOf<typeof InvoiceStatusAnswer>>

/** A refund. Source: payop-api-doc, Refund, Get. */
export const Refund = objectOf({
  identifier: Id,
  status: RefundState,
  type: Word,
  amount: Amount,
  currency: Text,
  error: Failure,
  metadata: Metadata,
  sourceTransaction: ifReadable(objectOf({ identifier: Word })),
  createdAt: ifReadable(t.number),
})
/** A refund as Payop has it. Amounts in major units of the source transaction's currency, times in seconds since the epoch. */
export type Refund = Readonly<t.TypeOf<typeof Refund>>

/** What create-mass answers for each withdrawal. Source: payop-api-doc, Withdrawal, Create. */
export const CreatedWithdrawal = objectOf({ id: Id, metadata: Metadata })
/** A withdrawal just made. */
export type CreatedWithdrawal = Readonly<t.TypeOf<typeof CreatedWithdrawal>>

/** A withdrawal. Source: payop-api-doc, Withdrawal, Get. */
export const Withdrawal = objectOf({
  identifier: Id,
  status: WithdrawalState,
  type: Word,
  method: Word,
  amount: Amount,
  currency: Text,
  payAmount: Amount,
  comment: Text,
  metadata: Metadata,
  createdAt: ifReadable(t.number),
})
/**
 * A withdrawal as Payop has it. `type` says where the fee is taken from: 1 the wallet, 2 the amount. With 1, `payAmount` is the
 * amount with its fee. Amounts in major units, times in seconds since the epoch.
 */
export type Withdrawal = Readonly<t.TypeOf<typeof Withdrawal>>

/** A card token. Source: payop-api-doc, Checkout, Card tokenization. */
export const CardTokenAnswer = objectOf({
  token: text('a token', (s) => s !== '' && s.length <= 4096),
  expired_at: ifReadable(t.number),
})

const Reported = ifReadable(stateOf<never>())
/** A notification, of any of the three kinds and of any age. Source: payop-api-doc, IPN of checkout, refund and withdrawal. */
export const Notification = objectOf({
  invoice: ifReadable(objectOf({ id: Id, status: Reported })),
  transaction: ifReadable(
    objectOf({
      refundId: OptionalId,
      // The documents' sample has one of the two names, their table the other.
      withdrawalId: OptionalId,
      withdrawId: OptionalId,
      state: Reported,
      error: ErrorText,
    }),
  ),
})
/** What a notification reports. */
export type Notification = Readonly<t.TypeOf<typeof Notification>>
