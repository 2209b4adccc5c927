import type { Effect } from './exchange.js'
import type { Beneficiary, Flow } from './request.js'

/**
 * How a gateway treats a second request under the same key.
 * - `none`: it has no key; a repeat is a second operation
 * - `replays`: it answers with the first result
 * - `rejects`: it refuses the repeat and so says that the first was taken
 *
 * A resend is safe only where this is `proven`, within `windowMs` of the first send: the gateway documents the key for this
 * very purpose, or the merchant has tried it and says so in the configuration.
 */
export type Deduplication =
  | { readonly kind: 'none' }
  | { readonly kind: 'replays' | 'rejects'; readonly windowMs: number; readonly proven: boolean }

/** What is declared about each operation an account offers. */
export interface OperationCapability {
  readonly deduplication: Deduplication
  /** Whether the object can be found by our key when the answer that would have told its id was lost. */
  readonly lookupByKey: boolean
  /** ISO 4217 codes, or `any` where the gateway's own settings decide. */
  readonly currencies: 'any' | readonly string[]
}

/** An operation an account offers, or why it does not. */
export type Offered<Capability> =
  | ({ readonly supported: true } & Capability)
  | { readonly supported: false; readonly why: string }

/**
 * What an account can do, as data. Retry, failover and recovery read this and nothing else; the conformance suite proves
 * it; the matrix in the docs is generated from it.
 */
export interface Capabilities {
  /** The adapter's name, as in the configuration. */
  readonly adapter: string
  readonly createPayment: Offered<
    OperationCapability & {
      /** The flows offered, with what the decisive request of each does. */
      readonly flows: Readonly<Partial<Record<Flow, Exclude<Effect, 'reads'>>>>
    }
  >
  readonly refund: Offered<
    OperationCapability & {
      readonly partial: boolean
      /** How many refunds of one payment the account allows. */
      readonly perPayment: 'one' | 'many'
    }
  >
  readonly payout: Offered<OperationCapability & { readonly beneficiaries: readonly Beneficiary['type'][] }>
  /** Optional fields of a payment request that the gateway has a place for in every flow, by path. All others are refused as `Unsupported`. */
  readonly paymentFields: readonly string[]
  /** Further optional fields, for which one flow only has a place. */
  readonly flowFields?: Readonly<Partial<Record<Flow, readonly string[]>>>
  /** Whether the account can see disputes. Where it cannot, `disputed: false` in a result says nothing. */
  readonly disputes: boolean
}
