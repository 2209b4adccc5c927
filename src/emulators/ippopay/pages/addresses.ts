import type { Context } from '../context.js'
import type { Order, Transaction } from '../records.js'

/** Where the hosted pages are. */

/** As `payment_url` was once documented: without the prefix of the id, and without a key. */
export const paymentUrl = ({ checkoutUrl }: Context, { orderId }: Order): string =>
  `${checkoutUrl()}/order/${orderId.replace(/^order_/, '')}`

/** Where the payer ends a try that waits for its bank. */
export const attemptUrl = ({ checkoutUrl }: Context, { transId }: Transaction): string =>
  `${checkoutUrl()}/attempt/${transId}`
