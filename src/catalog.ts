import type { IppopayConfig } from './adapters/ippopay/index.js'
import type { PayopConfig } from './adapters/payop/index.js'
import type { AdapterFactory } from './core/index.js'

/**
 * The configuration of an account, by the name of its adapter. Each line here has its line in {@link catalog}. An adapter that
 * is not part of paymux adds its own by declaration merging.
 *
 * @example
 * ```ts
 * declare module 'paymux' {
 *   interface AccountTypes {
 *     readonly ourpay: { readonly adapter: 'ourpay'; readonly apiKey: string }
 *   }
 * }
 * ```
 */
export interface AccountTypes {
  /** An account at Payop. */
  readonly payop: PayopConfig
  /** An account at IppoPay. */
  readonly ippopay: IppopayConfig
}

/** The adapters that paymux brings, by the name that a configuration uses. The place to add a gateway. */
export const catalog: { readonly [Name in keyof AccountTypes]: () => Promise<AdapterFactory> } = {
  payop: async () => (await import('./adapters/payop/index.js')).payop,
  ippopay: async () => (await import('./adapters/ippopay/index.js')).ippopay,
}
