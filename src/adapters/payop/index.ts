/** Payop: `payop` makes an adapter; `endpoints` holds one exchange for each endpoint that Payop documents, except cards. */
export { type PayopOptions, payop } from './adapter.js'
export type { PayopConfig } from './config.js'
export * as endpoints from './endpoints/index.js'
export type { Seal } from './seal.js'
