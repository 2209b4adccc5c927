import type { Gateways } from './gateways.js'
import type { LedgerFile } from './ledgers.js'

/** A configuration file of both accounts over a ledger. */
export const configurationOf = (gateways: Gateways, ledger: LedgerFile): unknown => ({
  accounts: gateways.accounts,
  routes: [
    { when: { currency: ['EUR'] }, to: ['europe'] },
    { when: { currency: ['INR'] }, to: ['india'] },
  ],
  store: ledger.store,
  encryption: { current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } },
})
