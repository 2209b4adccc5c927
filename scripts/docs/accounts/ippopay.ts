import type { DocumentedAccount } from './documented-account.js'

const least = { adapter: 'ippopay', mode: 'live', publicKey: 'pk_live_made_up', secretKey: 'made-up' }
const payouts = { publicKey: 'pk_live_made_up', secretKey: 'made-up' }

/** Made-up accounts at IppoPay, for the table of capabilities. */
export const account: DocumentedAccount = { title: 'IppoPay', full: { ...least, payouts }, lesser: [least] }
