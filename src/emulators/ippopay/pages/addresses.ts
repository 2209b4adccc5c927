import type { Order, Transaction } from '../records.js'
import type { Gateway } from '../state.js'

/** The address of an order's page, as `payment_url` was once documented: without the prefix of the id, and without a key. */
export const paymentUrl = ({ checkoutUrl }: Gateway, { orderId }: Order): string =>
  `${checkoutUrl()}/order/${orderId.replace(/^order_/, '')}`

/** The address of the bank's page of a pending attempt. */
export const attemptUrl = ({ checkoutUrl }: Gateway, { transId }: Transaction): string =>
  `${checkoutUrl()}/attempt/${transId}`
