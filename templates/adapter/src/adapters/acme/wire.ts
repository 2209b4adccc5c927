import * as t from 'io-ts'
import { fromWire, type MinorUnits, objectOf, text } from '../../core/index.js'

// TEMPLATE: replace the codecs by the answers that the gateway documents. They are lenient: a field that decides nothing is
// `t.unknown` and is checked where it is used, so that a change of it at the gateway fails no read. Words of states stay as they came.

/** An id of Acme's or a key of ours, fit for a path as it is. Source: Acme's API, Ids. */
export const Id = text('1 to 64 of A-Z a-z 0-9 _ -', (s) => /^[\w-]{1,64}$/.test(s))

/** What the three kinds of objects have in common. */
const common = {
  /** Acme's id of the object. */
  id: Id,
  /** Where the object stands, in Acme's words. */
  status: t.string,
  /** How much, as it came: decimal text. */
  amount: t.unknown,
  /** The currency of every amount of the object, as it came. */
  currency: t.unknown,
}

/** A payment. Source: Acme's API, Payments. */
export const Payment = objectOf(
  {
    ...common,
    /** The merchant's order number, as it came. */
    reference: t.unknown,
    /** The hosted page, as it came. */
    page_url: t.unknown,
    /** What Acme keeps, as it came. */
    fee: t.unknown,
    /** What was given back, as it came. */
    refunded: t.unknown,
    /** Why the bank declined, as it came. */
    decline_code: t.unknown,
  },
  'Payment',
)
/** A payment. Source: Acme's API, Payments. */
export type Payment = t.TypeOf<typeof Payment>

/** A refund. Source: Acme's API, Refunds. */
export const Refund = objectOf(
  {
    ...common,
    /** The key that the merchant gave. */
    key: t.string,
    /** The payment that is refunded. */
    payment_id: t.string,
  },
  'Refund',
)
/** A refund. Source: Acme's API, Refunds. */
export type Refund = t.TypeOf<typeof Refund>

/** A payout. Source: Acme's API, Payouts. */
export const Payout = objectOf(
  {
    ...common,
    /** The key that the merchant gave. */
    key: t.string,
    /** The bank's reference of the transfer, as it came. */
    bank_reference: t.unknown,
  },
  'Payout',
)
/** A payout. Source: Acme's API, Payouts. */
export type Payout = t.TypeOf<typeof Payout>

/** The answers, each in its envelope. */
export const PaymentAnswer = objectOf({ payment: Payment })
/** An answer about a refund. */
export const RefundAnswer = objectOf({ refund: Refund })
/** An answer about a payout. */
export const PayoutAnswer = objectOf({ payout: Payout })

/** An amount of Acme's: decimal text and a currency beside it. `undefined` if it cannot be read exactly. */
export const moneyOf = (value: unknown, currency: unknown): MinorUnits | undefined =>
  typeof value === 'string' && typeof currency === 'string' ? fromWire(value, currency) : undefined

/** A code, or a bank's reference. It goes into results, so it has to be a plain one. */
export const Plain = text('1 to 40 letters, digits and - _', (s) => /^[\w-]{1,40}$/.test(s))
