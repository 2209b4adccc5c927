import { type Issue, type Money, unless } from '../../core/index.js'

/** IppoPay's other currencies are a setting of its dashboard that its API tells nothing about. */
export const unlessRupees = (amount: Money | undefined): readonly Issue[] =>
  unless(amount === undefined || amount.currency === 'INR', 'amount.currency', 'INR')

/** Refunds and payouts have no field for it. */
export const unlessEmpty = (metadata: Readonly<Record<string, string>> | undefined): readonly Issue[] =>
  unless(Object.keys(metadata ?? {}).length === 0, 'metadata', 'nothing: the gateway has no place for it')
