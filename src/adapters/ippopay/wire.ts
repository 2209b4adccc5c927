import * as t from 'io-ts'
import { fromPredicate, fromWire, type MinorUnits, objectOf, readUpiLink, refine, text } from '../../core/index.js'

// IppoPay uses the same words on different objects: `success` is a state of transactions and transfers, and none of
// orders. A brand for each vocabulary makes reading one with another's table a type error.
const stateOf = <Vocabulary extends string>(vocabulary: Vocabulary) =>
  fromPredicate(vocabulary, (value): value is t.Branded<string, Vocabulary> => typeof value === 'string')

/** A state that decides little: what is no text counts as blank. */
const stateOrBlank = <Vocabulary extends string>(vocabulary: Vocabulary) => {
  const state = stateOf(vocabulary)
  const blank = '' as t.TypeOf<typeof state>
  return refine(t.unknown, vocabulary, (value) => (state.is(value) ? value : blank))
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
 * An order's id, fit for a path as it is: RFC 3986 `pchar` without escapes, and not dots alone. The official clients send
 * ids unescaped; they contain `@` and possibly `!`.
 */
export const OrderId = text("1 to 128 of A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) * + , ; = : @", (s) =>
  /^(?!\.+$)[\w.~!$&'()*+,;=:@-]{1,128}$/.test(s),
)

/** A `trans_ref` or `beneficiary_ref`. Source: IppoPay, docs-api, Payouts: "alphanumeric". */
export const PayoutRef = text('2 to 32 letters and digits', (s) => /^[0-9A-Za-z]{2,32}$/.test(s))

/** An object whose fields decide nothing: one that is not as it should be is `undefined`. */
const loose = <P extends t.Props>(fields: P) => {
  type Fields = { readonly [K in keyof P]: t.TypeOf<P[K]> | undefined }
  const ownOf = (value: unknown): Fields => {
    const given: object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
    const read = Object.entries<t.Mixed>(fields).map(([name, codec]) => {
      const field: unknown = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined
      return [name, codec.is(field) ? field : undefined]
    })
    return { ...given, ...Object.fromEntries(read) }
  }
  return refine(t.unknown, 'an object', ownOf)
}

/** The envelope of every success: `{ success: true, message, data }`. Source: IppoPay, docs-api. */
const success = <C extends t.Mixed>(data: C) => objectOf({ success: t.literal(true), data })

/** A success that tells nothing more. */
export const Accepted = objectOf({ success: t.literal(true) }, 'Accepted')

/** An order. IppoPay has no field for the merchant's own reference. Source: IppoPay, docs-api, Orders. */
export const Order = objectOf(
  {
    /** IppoPay's id of the order. */
    order_id: OrderId,
    /** Where the order stands. */
    status: OrderStatus,
    /** What was ordered, as it came: a number of rupees, as documented. */
    amount: t.unknown,
    /** The currency of `amount`, as it came. */
    currency: t.unknown,
  },
  'Order',
)
/** An order. IppoPay has no field for the merchant's own reference. Source: IppoPay, docs-api, Orders. */
export type Order = t.TypeOf<typeof Order>

/** An answer about an order. */
export const OrderAnswer = success(objectOf({ order: Order }))

/** A try at paying an order. It names neither the order nor a currency. Source: IppoPay, docs-api, Orders. */
export const Transaction = objectOf(
  {
    /** Where the try stands. */
    status: TransactionStatus,
    /** What became of a refund. Blank: nothing is known. */
    refund_status: RefundStatus,
    /** What the payer paid: `paid`, as it came. */
    cost: loose({ paid: t.unknown }),
    /** What IppoPay keeps: `total`, as it came. */
    commission: loose({ total: t.unknown }),
  },
  'Transaction',
)
/** A try at paying an order. It names neither the order nor a currency. Source: IppoPay, docs-api, Orders. */
export type Transaction = t.TypeOf<typeof Transaction>

/** An answer about the transaction of an order. */
export const TransactionAnswer = success(objectOf({ transaction: Transaction }))

/** The link that opens a UPI app. Source: IppoPay, docs-api, UPI intent. */
export const IntentAnswer = success(
  objectOf({
    pay_process: objectOf({
      action: t.literal('intent'),
      redirect_data: objectOf({
        data: objectOf({ upi_intent: text('a link upi://pay to a payee', (s) => readUpiLink(s) !== undefined) }),
      }),
    }),
  }),
)

/** A bank account that transfers may go to. Source: IppoPay, docs-api, Payouts. */
export const Beneficiary = objectOf(
  {
    /** The merchant's own reference of it. */
    beneficiary_ref: t.string,
    /** Whether transfers may go to it. */
    status: BeneficiaryStatus,
    /** The bank account: its number, and its branch's IFSC. */
    account: objectOf({ number: t.string, ifsc: t.string }),
  },
  'Beneficiary',
)
/** A bank account that transfers may go to. Source: IppoPay, docs-api, Payouts. */
export type Beneficiary = t.TypeOf<typeof Beneficiary>

/** An answer about one beneficiary. */
export const BeneficiaryAnswer = success(objectOf({ beneficiary: Beneficiary }))

/** One page of beneficiaries; an empty one is the end. */
export const BeneficiariesAnswer = success(objectOf({ beneficiaries: t.array(Beneficiary), total: t.number }))

/** A payout on its way. Source: IppoPay, docs-api, Payouts; `utr`: IppoPay's payout dashboard. */
export const Transfer = objectOf(
  {
    /** The merchant's own reference of it. */
    trans_ref: t.string,
    /** Where the transfer stands. */
    status: TransferStatus,
    /** What the beneficiary gets, as it came: a number of rupees, as documented. */
    amount: t.unknown,
    /** What IppoPay keeps: `total`, as it came. */
    commission: loose({ total: t.unknown }),
    /** What leaves the payout balance, `amount` and `commission.total` together, as it came. */
    total_deduction: t.unknown,
    /** The bank's reference of the transfer, as it came. */
    utr: t.unknown,
    /** Whom it goes to. */
    beneficiary: loose({ beneficiary_ref: t.string }),
  },
  'Transfer',
)
/** A payout on its way. Source: IppoPay, docs-api, Payouts; `utr`: IppoPay's payout dashboard. */
export type Transfer = t.TypeOf<typeof Transfer>

/** An answer about a transfer. */
export const TransferAnswer = success(objectOf({ transfer: Transfer }))

/** Rupees as IppoPay writes them: a JSON number nearly everywhere, text in the payout balance. */
export const rupees = (value: unknown, currency: unknown = 'INR'): MinorUnits | undefined =>
  (typeof value === 'number' || typeof value === 'string') && typeof currency === 'string'
    ? fromWire(value, currency)
    : undefined

/** An amount in rupees. */
export const Rupees = refine(t.unknown, 'an amount in rupees', (value) => rupees(value))

/** A bank's reference of a transfer. It goes into results, so it has to be a plain one. */
export const BankReference = text('1 to 64 letters, digits and - / _', (s) => /^[0-9A-Za-z/_-]{1,64}$/.test(s))

/** The payout account. Source: IppoPay, docs-api, Payouts, Balance. */
export const BalanceAnswer = success(objectOf({ account: objectOf({ available_balance: Rupees }) }))
