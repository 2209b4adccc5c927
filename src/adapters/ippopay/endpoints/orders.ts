import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Exchange, MinorUnits } from '../../../core/index.js'
import { general, oneObject } from '../refusal.js'
import {
  Accepted,
  IntentAnswer,
  type Order,
  OrderAnswer,
  OrderId,
  type Transaction,
  TransactionAnswer,
} from '../wire.js'
import { checked, endpoint, get, post, rupeesOf } from './request.js'

/**
 * Ways to pay: credit card, debit card, net banking, UPI. Source: IppoPay, docs-api, Orders. Its samples also answer `db`
 * for `dc`; the adapter never sends `db`.
 */
export const paymentModes = ['cc', 'dc', 'nb', 'upi'] as const
/** One of {@link paymentModes}. */
export type PaymentMode = (typeof paymentModes)[number]

/** Who pays. The hosted page asks the payer for what is missing. */
export interface Customer {
  /** The payer's name. */
  readonly name?: string
  /** The payer's e-mail address. */
  readonly email?: string
  /** The payer's phone number. */
  readonly phone?: {
    /** Digits without a plus sign: `91`. */
    readonly countryCode: string
    /** The number within the country, digits. */
    readonly nationalNumber: string
  }
}

/** A new order. */
export interface NewOrder {
  /** INR above zero, in paise. */
  readonly amount: MinorUnits
  /** The ways to pay that the page offers. Default: all that the account offers. */
  readonly paymentModes?: readonly PaymentMode[]
  /** Who pays. */
  readonly customer?: Customer
  /** Where IppoPay posts notifications about this order. */
  readonly notifyUrl?: string
  /** Where the browser goes after the hosted page, with `redirect=true`. Source: IppoPay, documentation of the PHP client. */
  readonly returnUrl?: string
  /**
   * Free text. Source: the white-label copy of docs-api; transactions have a field of this name in docs-api, Orders, too.
   */
  readonly notes?: string
}

/** Which order. */
export interface OrderKey {
  /** As IppoPay gave it: `order_` and letters, digits, `@` and `!`. */
  readonly orderId: string
}

/**
 * `POST /order/create`: makes an order that can be paid once. Each call makes another order: there is no merchant reference
 * and no idempotency key. Errors: `InvalidRequest` for an amount that is not INR. Source: IppoPay, docs-api, Orders.
 */
export const createOrder: Exchange<'creates', NewOrder, Order> = endpoint({
  name: 'ippopay.orders.create',
  effect: 'creates',
  request: ({ amount, paymentModes: modes, customer, notifyUrl, returnUrl, notes }: NewOrder) =>
    pipe(
      rupeesOf(amount),
      E.map((number) =>
        post('collections', '/order/create', {
          amount: number,
          currency: amount.currency,
          payment_modes: modes?.join(','),
          customer: customer && {
            name: customer.name,
            email: customer.email,
            phone: customer.phone && {
              country_code: customer.phone.countryCode,
              national_number: customer.phone.nationalNumber,
            },
          },
          notify_url: notifyUrl,
          return_url: returnUrl,
          notes,
        }),
      ),
    ),
  refusalRules: general,
  answer: OrderAnswer,
  output: ({ data }) => data.order,
})

/** `GET /order/{order_id}`: reads an order. Source: IppoPay, docs-api, Orders. */
export const getOrder: Exchange<'reads', OrderKey, Order> = endpoint({
  name: 'ippopay.orders.get',
  effect: 'reads',
  request: ({ orderId }: OrderKey) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) => get('collections', `/order/${id}`)),
    ),
  refusalRules: oneObject,
  answer: OrderAnswer,
  output: ({ data }) => data.order,
})

/**
 * `GET /order/{order_id}/transaction`: reads the transaction of an order. Which one, after several tries, is not documented.
 * The answer does not name the order. Errors: `Refused` with `not_found` before the first try. Source: IppoPay, docs-api, Orders.
 */
export const getTransaction: Exchange<'reads', OrderKey, Transaction> = endpoint({
  name: 'ippopay.transactions.get',
  effect: 'reads',
  request: ({ orderId }: OrderKey) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) => get('collections', `/order/${id}/transaction`)),
    ),
  refusalRules: oneObject,
  answer: TransactionAnswer,
  output: ({ data }) => data.transaction,
})

/** A refund of an order. */
export interface NewRefund extends OrderKey {
  /** INR above zero, in paise. Default: all that was paid. */
  readonly amount?: MinorUnits
}

/**
 * `POST /order/refund/{order_id}`: requests a refund. The answer is an acceptance with neither an id nor a state. A repeat
 * may refund twice. Source: IppoPay, docs-api, Refund.
 */
export const refundOrder: Exchange<'moves_money', NewRefund, void> = endpoint({
  name: 'ippopay.refunds.create',
  effect: 'moves_money',
  request: ({ orderId, amount }: NewRefund) =>
    pipe(
      E.Do,
      E.bind('id', () => checked(OrderId, 'orderId', orderId)),
      E.bind('refund_amt', () => (amount === undefined ? E.right(undefined) : rupeesOf(amount))),
      E.map(({ id, refund_amt }) => post('collections', `/order/refund/${id}`, { refund_amt })),
    ),
  refusalRules: general,
  answer: Accepted,
  output: () => undefined,
})

/** Who pays an order with a UPI app. */
export interface UpiPayer extends OrderKey {
  /** The payer's name. */
  readonly name?: string
  /** The payer's e-mail address. */
  readonly email?: string
  /** The number within the country, digits. */
  readonly phone?: string
}

/**
 * `POST /order/{order_id}/process`: starts a UPI payment of the order and gives the `upi:` link for the payer's phone.
 * `Name` has a capital letter on the wire. Source: IppoPay, docs-api, UPI intent.
 */
export const processUpiIntent: Exchange<'moves_money', UpiPayer, string> = endpoint({
  name: 'ippopay.orders.process',
  effect: 'moves_money',
  request: ({ orderId, name, email, phone }: UpiPayer) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) =>
        post('collections', `/order/${id}/process`, { Name: name, email, phone, pay_mode_id: 'upi-intent' }),
      ),
    ),
  refusalRules: general,
  answer: IntentAnswer,
  output: ({ data }) => data.pay_process.redirect_data.data.upi_intent,
})
