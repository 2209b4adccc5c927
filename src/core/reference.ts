import type { Money } from './money.js'

/** The three things a gateway holds for a merchant. */
export type Kind = 'payment' | 'refund' | 'payout'

/** Finds an object by the gateway's id or, where the answer that would have told the id was lost, by our idempotency key. */
export type Locator = { readonly id: string } | { readonly key: string; readonly paymentId?: string }

/**
 * Points at a payment, a refund or a payout. It names the account, so that it only goes back to where the money is.
 * `expected`, where given, is compared with what the gateway reports and answered as `amountCheck`.
 */
export type Reference<K extends Kind> = {
  readonly kind: K
  readonly account: string
  readonly expected?: Money
} & Locator

/** A reference of any kind, discriminated by `kind`. */
export type AnyReference = { readonly [K in Kind]: Reference<K> }[Kind]
