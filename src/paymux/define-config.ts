import type { AccountTypes } from '../catalog.js'
import type { ConfigurationFile } from '../orchestrator/index.js'

/** The configuration of one account. Its `adapter` decides which other fields it has. */
export type AccountConfig = AccountTypes[keyof AccountTypes]

/**
 * The configuration that `paymux(config)` takes. In every text, `${NAME}` stands for an environment variable and `$${` for the
 * characters `${`.
 */
export interface PaymuxConfig extends Omit<ConfigurationFile, 'accounts'> {
  /** The accounts by name. At least one. */
  readonly accounts: Readonly<Record<string, AccountConfig>>
}

/**
 * Returns its argument. With it an editor completes a configuration that is written in TypeScript, and the compiler reports an
 * adapter that does not exist and a field that its account does not have.
 *
 * @example
 * ```ts
 * import { defineConfig } from 'paymux'
 *
 * export default defineConfig({
 *   accounts: {
 *     main: { adapter: 'payop', publicKey: '${PAYOP_PUBLIC_KEY}', secretKey: '${PAYOP_SECRET_KEY}' },
 *   },
 *   store: { type: 'sqlite', file: '/var/lib/shop/paymux.db' },
 * })
 * ```
 */
export const defineConfig = (config: PaymuxConfig): PaymuxConfig => config
