import type { DocumentedAccount } from './documented-account.js'

const least = { adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' }
const token = 'made-up'
const certificate = Buffer.alloc(32, 7).toString('base64')

/** Made-up accounts at Payop, for the table of capabilities. */
export const account: DocumentedAccount = {
  title: 'Payop',
  full: { ...least, token, certificate },
  lesser: [least, { ...least, token }],
}
