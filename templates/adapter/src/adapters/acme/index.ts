/** Acme (acme.example): payments on a hosted page, refunds, and payouts to IBANs. */
export { type AcmeOptions, acme } from './adapter.js'
export type { AcmeConfig } from './config.js'
export * as endpoints from './endpoints/index.js'
export type { Payment, Payout, Refund } from './wire.js'
