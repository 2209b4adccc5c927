import type { Capabilities, PaymentField, PayoutField } from '../../core/index.js'

// TEMPLATE: declare what the gateway documents and nothing else. Retry, failover and recovery read this table: a
// de-duplication that does not hold moves money twice.

/** What Acme takes. Source: Acme's API, Payments. */
export const currencies: readonly string[] = ['EUR', 'USD']

/** The optional fields with a place in a payment. Source: Acme's API, Payments. */
export const paymentFields: readonly PaymentField[] = [
  'description',
  'payer.email',
  'urls.success',
  'urls.failure',
  'urls.notification',
]

/** The optional fields with a place in a payout. Source: Acme's API, Payouts. */
export const payoutFields: readonly PayoutField[] = ['description']

/** How long Acme remembers the key of a payout, in milliseconds. Source: Acme's API, Payouts. */
const KEY_KEPT_MS = 24 * 60 * 60 * 1000

/** What an account can do. Source: Acme's API. */
export const capabilities: Capabilities = {
  adapter: 'acme',
  createPayment: {
    supported: true,
    flows: { hosted: { effect: 'creates', fields: paymentFields, required: ['payer.email'] } },
    deduplication: { kind: 'none' },
    lookupByKey: false,
    currencies,
  },
  refund: {
    supported: true,
    // Acme keeps the key of a refund and does not compare it: a repeat is a second refund, and the first can be found.
    deduplication: { kind: 'none' },
    lookupByKey: true,
    currencies,
    partial: true,
    perPayment: 'many',
    fields: [],
  },
  payout: {
    supported: true,
    // Documented for repeats, so it counts as proven.
    deduplication: { kind: 'replays', windowMs: KEY_KEPT_MS, proven: true },
    lookupByKey: true,
    currencies,
    beneficiaries: ['iban'],
    fields: payoutFields,
  },
  disputes: false,
  refundsElsewhere: false,
  payableMs: 'unlimited',
}
