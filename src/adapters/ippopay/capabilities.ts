import {
  type Capabilities,
  type Flow,
  type FlowCapability,
  type Issue,
  issueUnless,
  type MinorUnits,
  type PaymentField,
  type PayoutField,
  type RefundField,
} from '../../core/index.js'
import type { Account } from './config.js'

const currencies: readonly string[] = ['INR']

/** IppoPay's other currencies are a setting of its dashboard, of which its API says nothing. */
export const issueUnlessRupees = (amount: MinorUnits | undefined): readonly Issue[] =>
  issueUnless(amount === undefined || currencies.includes(amount.currency), 'amount.currency', currencies.join(', '))

/**
 * Optional fields with a place in an order. `description` is `notes`, which only the white-label copy of docs-api names on
 * orders; transactions have it in both. `urls.success` is `return_url`; there is no second address for `urls.failure`.
 */
const orderFields: readonly PaymentField[] = [
  'description',
  'payer.name',
  'payer.email',
  'payer.phone',
  'method.code',
  'urls.success',
  'urls.notification',
]

/** The flows. The submission is `orders.create`; for UPI it is `orders.process` after it. Source: IppoPay, docs-api, Orders. */
export const flows = {
  hosted: { effect: 'creates', fields: orderFields, required: [] },
  popup: { effect: 'creates', fields: orderFields, required: [] },
  upi_intent: { effect: 'moves_money', fields: orderFields, required: [] },
} as const satisfies Partial<Record<Flow, FlowCapability>>

/** A refund holds nothing but an amount. Source: IppoPay, docs-api, Refund. */
export const refundFields: readonly RefundField[] = []

/** `description` is `remarks`. Source: IppoPay, docs-api, Payouts. */
export const payoutFields: readonly PayoutField[] = ['description']

/**
 * How long a `trans_ref` counts as unique, in milliseconds, for an account that proved that it is. How long IppoPay keeps
 * them is not documented; a day is what a proof by hand can speak for. After it a transfer is read and never sent again.
 */
const UNIQUE_FOR_MS = 24 * 60 * 60 * 1000

/** What an account can do. Source: IppoPay, docs-api. What it does not document is declared as not offered. */
export const capabilitiesOf = ({ payouts }: Account): Capabilities => ({
  adapter: 'ippopay',
  createPayment: { supported: true, flows, deduplication: { kind: 'none' }, lookupByKey: false, currencies },
  refund: {
    supported: true,
    deduplication: { kind: 'none' },
    // By the order's id and the key: paymux makes one refund of an order.
    lookupByKey: true,
    currencies,
    partial: true,
    perPayment: 'one',
    fields: refundFields,
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
          fields: payoutFields,
        },
  disputes: false,
  // By the word in `refund_status`.
  refundsElsewhere: true,
  // Orders have no documented end, and a failed transaction does not end one. Source: IppoPay, docs-api, Orders.
  payableMs: 'unlimited',
})
