/** IppoPay (ippopay.com): orders with hosted page, popup or UPI intent, refunds, and payouts to Indian bank accounts. */
export { type IppopayOptions, ippopay } from './adapter.js'
export type { IppopayConfig } from './config.js'
export * as endpoints from './endpoints/index.js'
export { type Checkout, hostedPage, popup } from './next-action.js'
export type { Beneficiary, Order, Transaction, Transfer } from './wire.js'
