import type { Catalog } from './core/index.js'

/** One line per adapter, by the name the configuration uses. The place to come to add a gateway. */
export const catalog: Catalog = {
  payop: async () => (await import('./adapters/payop/index.js')).payop,
  ippopay: async () => (await import('./adapters/ippopay/index.js')).ippopay,
}
