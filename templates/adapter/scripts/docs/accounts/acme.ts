import type { DocumentedAccount } from './documented-account.js'

// TEMPLATE: add a lesser configuration for everything that the account offers only if it is configured.

/** Made-up accounts at Acme, for the table of capabilities. */
export const account: DocumentedAccount = {
  title: 'Acme',
  full: { adapter: 'acme', merchantId: 'made-up', secretKey: 'made-up' },
  lesser: [],
}
