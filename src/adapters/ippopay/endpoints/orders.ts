import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Exchange, Money } from '../../../core/index.js'
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
import { checked, get, interpreted, post, rupeesOf } from './request.js'

/** Ways to pay: credit card, debit card, net banking, UPI. IppoPay's samples also answer `db` for `dc`; it is never sent. */
export const paymentModes = ['cc', 'dc', 'nb', 'upi'] as const
/** One of {@link paymentModes}. */
export type PaymentMode = (typeof paymentModes)[number]

/** Who pays. What is missing is asked for on the hosted page. */
export interface Customer {
  readonly name?: string
  readonly email?: string
  /** Digits only, without plus signs: `91` and the number within the country. */
  readonly phone?: { readonly countryCode: string; readonly nationalNumber: string }
}

/** A new order. */
export interface NewOrder {
  readonly amount: Money
  /** All that the account offers unless told. */
  readonly paymentModes?: readonly PaymentMode[]
  readonly customer?: Customer
  /** Where IppoPay posts notifications about this order. */
  readonly notifyUrl?: string
  /** Where the browser goes after the hosted page, with `redirect=true`. Named by the PHP client's documentation. */
  readonly returnUrl?: string
  /** Free text. Named by the documentation's white-label copy; transactions have a field of this name. */
  readonly notes?: string
}

/** Which order. */
export interface OrderKey {
  /** As IppoPay gave it: `order_` and letters, digits, `@` and `!`. */
  readonly orderId: string
}

/**
 * `POST /order/create`: makes an order that can be paid once. Every call makes another one: there is no merchant
 * reference and no idempotency key. Gives `InvalidRequest` for an amount that is not INR. IppoPay, docs-api, Orders.
 */
export const createOrder: Exchange<'stages', NewOrder, Order> = {
  effect: 'stages',
  prepare: ({ amount, paymentModes: modes, customer, notifyUrl, returnUrl, notes }) =>
    pipe(
      rupeesOf(amount),
      E.map((number) =>
        post('stages', 'collections', '/order/create', {
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
  interpret: interpreted('stages', general, OrderAnswer, ({ data }) => data.order),
}

/** `GET /order/{order_id}`: reads an order. IppoPay, docs-api, Orders. */
export const getOrder: Exchange<'reads', OrderKey, Order> = {
  effect: 'reads',
  prepare: ({ orderId }) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) => get('collections', `/order/${id}`)),
    ),
  interpret: interpreted('reads', oneObject, OrderAnswer, ({ data }) => data.order),
}

/**
 * `GET /order/{order_id}/transaction`: reads the transaction of an order. Which one, after several tries, is not
 * documented; before the first try it is `Refused` with `not_found`. IppoPay, docs-api, Orders.
 */
export const getTransaction: Exchange<'reads', OrderKey, Transaction> = {
  effect: 'reads',
  prepare: ({ orderId }) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) => get('collections', `/order/${id}/transaction`)),
    ),
  interpret: interpreted('reads', oneObject, TransactionAnswer, ({ data }) => data.transaction),
}

/**
 * `POST /order/refund/{order_id}`: asks for a refund, full without `amount`. The answer is an acceptance and tells neither
 * an id nor a state. Repeating it may refund twice. IppoPay, docs-api, Refund.
 */
export const refundOrder: Exchange<'moves_money', OrderKey & { readonly amount?: Money }, void> = {
  effect: 'moves_money',
  prepare: ({ orderId, amount }) =>
    pipe(
      E.Do,
      E.bind('id', () => checked(OrderId, 'orderId', orderId)),
      E.bind('refund_amt', () => (amount === undefined ? E.right(undefined) : rupeesOf(amount))),
      E.map(({ id, refund_amt }) => post('moves_money', 'collections', `/order/refund/${id}`, { refund_amt })),
    ),
  interpret: interpreted('moves_money', general, Accepted, () => undefined),
}

/** Who pays with a UPI app. */
export interface UpiPayer {
  readonly name?: string
  readonly email?: string
  /** The number within the country. */
  readonly phone?: string
}

/**
 * `POST /order/{order_id}/process`: starts a UPI payment of the order and gives the `upi:` link for the payer's phone.
 * `Name` is spelt so on the wire. IppoPay, docs-api, UPI intent.
 */
export const processUpiIntent: Exchange<'moves_money', OrderKey & UpiPayer, string> = {
  effect: 'moves_money',
  prepare: ({ orderId, name, email, phone }) =>
    pipe(
      checked(OrderId, 'orderId', orderId),
      E.map((id) =>
        post('moves_money', 'collections', `/order/${id}/process`, {
          Name: name,
          email,
          phone,
          pay_mode_id: 'upi-intent',
        }),
      ),
    ),
  interpret: interpreted(
    'moves_money',
    general,
    IntentAnswer,
    ({ data }) => data.pay_process.redirect_data.data.upi_intent,
  ),
}
