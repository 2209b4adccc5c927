import * as t from 'io-ts'
import { fromWire, guarded, type Money, refined, text } from '../../core/index.js'

// IppoPay uses the same words on different objects: `success` is a state of transactions and transfers, and none of
// orders. A brand for each vocabulary makes reading one with another's table a type error.
const stateOf = <Vocabulary extends string>(vocabulary: Vocabulary) =>
  guarded(vocabulary, (value): value is t.Branded<string, Vocabulary> => typeof value === 'string')

/** One that decides little: what is no text counts as blank. */
const stateOrBlank = <Vocabulary extends string>(vocabulary: Vocabulary) => {
  const state = stateOf(vocabulary)
  const blank = '' as t.TypeOf<typeof state>
  return refined(t.unknown, vocabulary, (value) => (state.is(value) ? value : blank))
}

const OrderStatus = stateOf('order.status')
/** `order.status`. */
export type OrderStatus = t.TypeOf<typeof OrderStatus>

const TransactionStatus = stateOf('transaction.status')
/** `transaction.status`. */
export type TransactionStatus = t.TypeOf<typeof TransactionStatus>

const RefundStatus = stateOrBlank('transaction.refund_status')
/** `transaction.refund_status`. */
export type RefundStatus = t.TypeOf<typeof RefundStatus>

const TransferStatus = stateOf('transfer.status')
/** `transfer.status`. */
export type TransferStatus = t.TypeOf<typeof TransferStatus>

const BeneficiaryStatus = stateOrBlank('beneficiary.status')
/** `beneficiary.status`. */
export type BeneficiaryStatus = t.TypeOf<typeof BeneficiaryStatus>

/**
 * An order's id, fit for a path as it is: RFC 3986 `pchar` without escapes, and no dot segment. The official clients send
 * ids unescaped; they contain `@` and possibly `!`.
 */
export const OrderId = text(
  "1 to 128 of A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) * + , ; = : @",
  (s) => /^[\w.~!$&'()*+,;=:@-]{1,128}$/.test(s) && s !== '.' && s !== '..',
)

/** A `trans_ref` or `beneficiary_ref`: "alphanumeric" (IppoPay, docs-api, Payouts). */
export const PayoutRef = text('2 to 32 letters and digits', (s) => /^[0-9A-Za-z]{2,32}$/.test(s))

/** An object whose fields decide nothing: what is no object, or an object of another kind, counts as one without fields. */
const loose = <P extends t.Props>(fields: P) => {
  const codec = t.partial(fields)
  type Fields = t.TypeOf<typeof codec>
  return new t.Type<Fields, Fields, unknown>(
    codec.name,
    codec.is,
    (value) => t.success(codec.is(value) ? value : {}),
    t.identity,
  )
}

/** The envelope of every success: `{ success: true, message, data }` (IppoPay, docs-api). */
const success = <C extends t.Mixed>(data: C) => t.type({ success: t.literal(true), data })

/** A success that tells nothing more. */
export const Accepted = t.type({ success: t.literal(true) }, 'Accepted')

/** An order. The merchant's own reference is not in it: IppoPay has no field for one (IppoPay, docs-api, Orders). */
export const Order = t.type({ order_id: OrderId, status: OrderStatus, amount: t.unknown, currency: t.unknown }, 'Order')
export type Order = t.TypeOf<typeof Order>

/** An answer about an order. */
export const OrderAnswer = success(t.type({ order: Order }))

/** A try at paying an order. It names neither the order nor its amount; what was paid is `cost.paid` (IppoPay, docs-api, Orders). */
export const Transaction = t.type(
  {
    status: TransactionStatus,
    refund_status: RefundStatus,
    cost: loose({ paid: t.unknown }),
  },
  'Transaction',
)
export type Transaction = t.TypeOf<typeof Transaction>

/** An answer about the transaction of an order. */
export const TransactionAnswer = success(t.type({ transaction: Transaction }))

/** The link that opens a UPI app (IppoPay, docs-api, UPI intent). */
export const IntentAnswer = success(
  t.type({
    pay_process: t.type({
      action: t.literal('intent'),
      redirect_data: t.type({
        data: t.type({ upi_intent: text('a upi: link', (s) => /^upi:\/\/\S/i.test(s)) }),
      }),
    }),
  }),
)

/** A bank account that transfers may go to (IppoPay, docs-api, Payouts). */
export const Beneficiary = t.type(
  {
    beneficiary_ref: t.string,
    status: BeneficiaryStatus,
    account: t.type({ number: t.string, ifsc: t.string }),
  },
  'Beneficiary',
)
export type Beneficiary = t.TypeOf<typeof Beneficiary>

/** An answer about one beneficiary. */
export const BeneficiaryAnswer = success(t.type({ beneficiary: Beneficiary }))

/** One page of beneficiaries; an empty one is the end. */
export const BeneficiariesAnswer = success(t.type({ beneficiaries: t.array(Beneficiary), total: t.number }))

/** A payout on its way (IppoPay, docs-api, Payouts). */
export const Transfer = t.type(
  {
    trans_ref: t.string,
    status: TransferStatus,
    amount: t.unknown,
    beneficiary: loose({ beneficiary_ref: t.string }),
  },
  'Transfer',
)
export type Transfer = t.TypeOf<typeof Transfer>

/** An answer about a transfer. */
export const TransferAnswer = success(t.type({ transfer: Transfer }))

/** Rupees as IppoPay writes them: a JSON number nearly everywhere, text in the payout balance. */
export const rupees = (value: unknown, currency: unknown = 'INR'): Money | undefined =>
  (typeof value === 'number' || typeof value === 'string') && typeof currency === 'string'
    ? fromWire(value, currency)
    : undefined

/** An amount in rupees. */
export const Rupees = refined(t.unknown, 'an amount in rupees', (value) => rupees(value))

/** The payout account (IppoPay, docs-api, Payouts, Balance). */
export const BalanceAnswer = success(t.type({ account: t.type({ available_balance: Rupees }) }))
