import { fromMoney, type MinorUnits, type Money } from './money.js'

/** The three things that a gateway holds for a merchant. */
export type Kind = 'payment' | 'refund' | 'payout'

/** Every kind. Complete by its type: a kind that is added and not listed here fails to compile. */
const everyKind: Readonly<Record<Kind, true>> = { payment: true, refund: true, payout: true }
export const kinds = Object.keys(everyKind) as readonly Kind[]

/**
 * Finds an object by the gateway's id or, if the answer that held the id was lost, by our idempotency key. `paymentId` names
 * the refunded payment, for gateways that give refunds no id of their own.
 */
export type Locator =
  | {
      /** The gateway's id. */
      readonly id: string
    }
  | {
      /** The idempotency key of the call that made the object. */
      readonly idempotencyKey: string
      /** The refunded payment's id at the gateway. */
      readonly paymentId?: string
    }

/**
 * Points at a payment, a refund or a payout. Treat it as opaque: store it, and hand it back. It survives JSON. It names the
 * account, so that a read or a refund goes to where the money is.
 */
export type Reference<K extends Kind> = {
  /** What it points at. */
  readonly kind: K
  /** The account that holds the object. */
  readonly account: string
  /** The amount that the object is expected to have. A read compares it and answers with `amountCheck`. Default: not compared. */
  readonly expectedAmount?: Money
} & Locator

/** A reference of any kind, discriminated by `kind`. */
export type AnyReference = { readonly [K in Kind]: Reference<K> }[Kind]

/** The expected amount of a reference in minor units. */
export const expectedAmountOf = ({
  expectedAmount,
}: Pick<Reference<Kind>, 'expectedAmount'>): MinorUnits | undefined =>
  expectedAmount === undefined ? undefined : fromMoney(expectedAmount)

/** The id of the object that a reference points at: the gateway's, or one made of our key for an object that the gateway gives none. */
export const objectIdOf = (reference: Reference<Kind>): string =>
  'id' in reference
    ? reference.id
    : `key:${reference.idempotencyKey}${reference.paymentId === undefined ? '' : `@${reference.paymentId}`}`
