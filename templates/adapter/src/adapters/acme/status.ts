import { type PaymentStatus, type PayoutStatus, type RefundStatus, statusTable } from '../../core/index.js'

// TEMPLATE: one table for each resource, each row with its source. A word that has no row is `unknown`, never a guess.

/** What a payment's status stands for. Source: Acme's API, Payments. */
export const fromPayment = statusTable<string, PaymentStatus>([
  ['open', 'requires_action'],
  ['pending', 'processing'],
  ['paid', 'succeeded'],
  ['declined', 'failed'],
  ['expired', 'expired'],
])

/** What a refund's status stands for. Source: Acme's API, Refunds. */
export const fromRefund = statusTable<string, RefundStatus>([
  ['accepted', 'processing'],
  ['done', 'succeeded'],
  ['rejected', 'failed'],
])

/** What a payout's status stands for. Source: Acme's API, Payouts. */
export const fromPayout = statusTable<string, PayoutStatus>([
  ['queued', 'processing'],
  ['sent', 'succeeded'],
  ['rejected', 'failed'],
])
