import type { Capabilities } from '../../core/index.js'
import type { Account } from './config.js'
import { flows, paymentFields } from './new-payment.js'

const currencies = ['INR'] as const

/**
 * How long a `trans_ref` is counted on to be unique, where the account proved that it is. How long IppoPay keeps them is
 * not documented; a day is what a proof by hand can speak for. After it a transfer is looked up and never sent again.
 */
const UNIQUE_FOR_MS = 24 * 60 * 60 * 1000

/** What an account can do. IppoPay, docs-api; where that is silent, no. */
export const capabilitiesOf = ({ payouts }: Account): Capabilities => ({
  adapter: 'ippopay',
  createPayment: { supported: true, flows, deduplication: { kind: 'none' }, lookupByKey: false, currencies },
  refund: {
    supported: true,
    deduplication: { kind: 'none' },
    // By the order's id and the key: the one refund of an order is ours.
    lookupByKey: true,
    currencies,
    partial: true,
    perPayment: 'one',
  },
  payout:
    payouts === undefined
      ? { supported: false, why: 'the configuration has no payout keys' }
      : {
          supported: true,
          deduplication: { kind: 'rejects', windowMs: UNIQUE_FOR_MS, proven: payouts.uniqueRefsProven },
          lookupByKey: true,
          currencies,
          beneficiaries: ['indian_bank_account'],
        },
  paymentFields,
  disputes: false,
})
