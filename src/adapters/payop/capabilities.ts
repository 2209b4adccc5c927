import type { Capabilities } from '../../core/index.js'
import type { Account } from './config.js'

/**
 * How long a resend of a payout under its key is counted on to be refused. Payop documents the refusal (payop-api-doc,
 * Withdrawal, Create) and not how long it remembers a key.
 */
const KEY_REMEMBERED_MS = 15 * 60 * 1000

/** What the decisive request of each flow does. */
export const flows = { hosted: 'stages', direct: 'moves_money' } as const

/** The flows of an account: all, or those of one way to pay. */
export type Flows = Partial<typeof flows>

/** The optional fields of a payment request that Payop has a place for. */
export const paymentFields = [
  'description',
  'metadata',
  'payer.name',
  'payer.email',
  'payer.phone',
  'payer.locale',
  'payer.extra',
  'method.code',
  'urls.success',
  'urls.failure',
] as const

/** The server tells the payer's address only where it acts for the payer. */
export const flowFields = { direct: ['payer.ip', 'method.fields'] } as const

const none = { kind: 'none' } as const

/** What an account can do. Payop has no sandbox: this is what its documents say; where they are silent, no. */
export const capabilitiesOf = ({ token, certificate }: Account, offered: Flows): Capabilities => ({
  adapter: 'payop',
  createPayment: {
    supported: true,
    flows: offered,
    deduplication: none,
    lookupByKey: false,
    currencies: 'any',
  },
  refund:
    token === undefined
      ? { supported: false, why: 'the configuration has no token' }
      : {
          supported: true,
          deduplication: none,
          lookupByKey: true,
          currencies: 'any',
          partial: true,
          perPayment: 'many',
        },
  payout:
    token === undefined || certificate === undefined
      ? { supported: false, why: `the configuration has no ${token === undefined ? 'token' : 'certificate'}` }
      : {
          supported: true,
          deduplication: { kind: 'rejects', windowMs: KEY_REMEMBERED_MS, proven: true },
          lookupByKey: true,
          currencies: 'any',
          beneficiaries: ['paydo_account', 'iban'],
        },
  paymentFields,
  flowFields,
  disputes: token !== undefined,
})
