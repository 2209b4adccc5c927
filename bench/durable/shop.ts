import { createHash } from 'node:crypto'
import type { PaymuxConfig } from '../../src/paymux/index.js'

/** Where a ledger is kept, as the configuration says it. */
export type Place = PaymuxConfig['store']

/** What every subject that keeps a ledger is configured with. All of it is made up. */
export const shopConfig = (store: Place, accounts: PaymuxConfig['accounts']): PaymuxConfig => ({
  accounts,
  store,
  encryption: { current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } },
})

/** The id of the nth payment, spread as a gateway's are. */
export const idOf = (n: number): string => {
  const hex = createHash('md5').update(String(n)).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
