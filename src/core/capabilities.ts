import type { Effect } from './exchange.js'
import type { Beneficiary, Flow, PaymentField, PayoutField, RefundField } from './request.js'

/**
 * How a gateway treats a second request under the same key.
 * - `none`: it has no key; a repeat is a second operation
 * - `replays`: it answers with the first result
 * - `rejects`: it refuses the repeat and so says that the first was taken
 *
 * A resend is safe only if this is `proven`, within `windowMs` milliseconds of the first send: the gateway documents the key
 * for this purpose, or the merchant has tried it and says so in the configuration.
 */
export type Deduplication =
  | { readonly kind: 'none' }
  | {
      /** How a repeat is treated. */
      readonly kind: 'replays' | 'rejects'
      /** How long the gateway knows a key, in milliseconds. */
      readonly windowMs: number
      /** Whether it is documented for this purpose, or proven by the merchant. */
      readonly proven: boolean
    }

/** What is declared about each operation that an account offers. */
export interface OperationCapability {
  /** How the gateway treats a second request under the same key. */
  readonly deduplication: Deduplication
  /** Whether the object can be found by our key when the answer that held its id was lost. */
  readonly lookupByKey: boolean
  /** ISO 4217 codes, or `any` if the gateway's own settings decide. */
  readonly currencies: 'any' | readonly string[]
}

/** What is declared about one flow of payments. */
export interface FlowCapability {
  /** What the submission does at the gateway. */
  readonly effect: Exclude<Effect, 'reads'>
  /** The optional fields that the gateway has a place for in this flow. Others are kept in the ledger and listed in `notPassedOn`. */
  readonly fields: readonly PaymentField[]
  /** Those of `fields` that the gateway does not do without. A request that lacks one is `InvalidRequest`. */
  readonly required: readonly PaymentField[]
}

/** An operation that an account offers, or why it does not. */
export type Offered<Capability> =
  | ({ readonly supported: true } & Capability)
  | {
      readonly supported: false
      /** Why the account does not offer it. */
      readonly why: string
    }

/** What may still happen at a gateway to a payment that was made. Reads go on for as long. */
export interface Afterwards {
  /** Whether the account can see disputes. If it cannot, `disputed: false` in a result says nothing. */
  readonly disputes: boolean
  /** Whether a read of a payment shows refunds that were started elsewhere: in the gateway's dashboard, for example. */
  readonly refundsElsewhere: boolean
  /**
   * How long after it was made a payment can be paid at the gateway, in milliseconds, whatever its last attempt came to. `unlimited`: the
   * gateway documents no end.
   */
  readonly payableMs: number | 'unlimited'
}

/**
 * What an account can do, as data. Routing, retry, failover and recovery read this and nothing else; the conformance suite
 * proves it; the matrix in the docs is generated from it.
 */
export interface Capabilities extends Afterwards {
  /** The adapter's name, as in the configuration. */
  readonly adapter: string
  /** Payments. */
  readonly createPayment: Offered<
    OperationCapability & {
      /** The flows that the account offers. */
      readonly flows: Readonly<Partial<Record<Flow, FlowCapability>>>
    }
  >
  /** Refunds. */
  readonly refund: Offered<
    OperationCapability & {
      /** Whether a part of a payment can be refunded. */
      readonly partial: boolean
      /** How many refunds of one payment the account allows. */
      readonly perPayment: 'one' | 'many'
      /** The optional fields that the gateway has a place for. */
      readonly fields: readonly RefundField[]
    }
  >
  /** Payouts. */
  readonly payout: Offered<
    OperationCapability & {
      /** The types of beneficiaries that can be paid. */
      readonly beneficiaries: readonly Beneficiary['type'][]
      /** The optional fields that the gateway has a place for. */
      readonly fields: readonly PayoutField[]
    }
  >
}

/** The capability of one flow, if the account offers it. */
export const flowCapability = ({ createPayment }: Capabilities, flow: Flow): FlowCapability | undefined =>
  createPayment.supported ? createPayment.flows[flow] : undefined
