import type { StatusOf } from './lifecycle.js'
import { type AmountCheck, type MinorUnits, type Money, toMoney } from './money.js'
import { isSafeAction, type NextAction } from './next-action.js'
import { omitUndefined } from './omit-undefined.js'
import { type Kind, objectIdOf, type Reference } from './reference.js'

/** Why a payment, refund or payout did not succeed, in words that all gateways share. */
export type FailureReason =
  | 'payer_timeout'
  | 'overdue'
  | 'blocklisted'
  | 'antifraud'
  | 'authentication_failed'
  | 'invalid_card'
  | 'declined'
  | 'temporary'
  | 'rejected'

/** More about a status than the status says: `pre_approved` is a bank's promise without the funds. */
export type Detail = 'pre_approved'

/** Why an operator should look at this object. */
export type Review =
  /** The gateway used a state that paymux does not know; `providerState` holds it. */
  | 'unmapped_state'
  /** Two resources of the gateway contradict each other. */
  | 'contradiction'
  /** The status rests on one of two resources; the other could not be read or lags behind. */
  | 'unconfirmed'
  /** Whether the payment is disputed could not be read: here `disputed: false` means that it is not known. */
  | 'dispute_unread'
  /** The gateway reports a refund of the payment, and the ledger holds none. Started in the gateway's dashboard, probably. */
  | 'refund_reported'
  /** The gateway's answer names another order, payment or operation. Nothing was concluded from it. */
  | 'reference_mismatch'
  /** The gateway reported an amount that cannot be read exactly, or is too large to be recorded. It is absent here. */
  | 'amount_unreadable'

/** The fields that a {@link Snapshot} and a {@link Result} share. */
interface Observed<K extends Kind, Status extends string, Amount> {
  /** Points at the object. Opaque: hand it back to `getStatus` and `refund`. */
  readonly reference: Reference<K>
  /** Where the object stands, in the words that all gateways share. */
  readonly status: Status
  /** The gateway's own words or numbers by resource: `{ invoice: '4', transaction: '9' }`. Empty if it gave none. */
  readonly providerState: Readonly<Record<string, string>>
  /** The gateway's own code of a failure, if it gave one. */
  readonly providerCode?: string
  /** More about the status than the status says. */
  readonly detail?: Detail
  /** Why it did not succeed. */
  readonly reason?: FailureReason
  /** What was ordered, as the gateway reports it. */
  readonly amount?: Amount
  /** How `amount` compares with the expected amount. */
  readonly amountCheck: AmountCheck
  /** What the payer paid, in the payer's currency, if the gateway tells it. It may hold fees, or be less after them. */
  readonly paid?: Amount
  /** What was captured for the merchant, if it is known. */
  readonly captured?: Amount
  /** What was given back by refunds that succeeded, if it is known. */
  readonly refunded?: Amount
  /** What the gateway keeps, if it tells it. */
  readonly fee?: Amount
  /** The bank's reference of the transfer (UTR, RRN), if the gateway tells it. */
  readonly bankReference?: string
  /** The payer's bank took the money back, or tries to. Stands beside the status, never in it. */
  readonly disputed: boolean
  /** What the payer has to do next. */
  readonly nextAction?: NextAction
  /** Why an operator should look at it. Empty: there is no need. */
  readonly review: readonly Review[]
}

/** What an adapter reports about an object: amounts are integers of the currency's minor unit. */
export interface Snapshot<K extends Kind> extends Observed<K, StatusOf<K>, MinorUnits> {
  /** What the gateway says that the object belongs to, as {@link Draft.names}. Default: it says nothing. */
  readonly names?: Readonly<Record<string, string>>
}

/** What the ledger knows about an object beside what the gateway reports. Absent fields are not known. */
export interface RecordedFacts {
  /** The merchant's order number. A refund carries its payment's. */
  readonly merchantReference?: string
  /** The idempotency key of the call that made the object. */
  readonly idempotencyKey?: string
  /** The id of the operation that made the object. */
  readonly operationId?: string
  /** The metadata of the request, whether the gateway keeps it or not. */
  readonly metadata?: Readonly<Record<string, string>>
  /** When the ledger recorded what this result tells, in milliseconds since the epoch. */
  readonly recordedAt?: number
  /** The request's optional fields that the gateway has no place for, by path: `metadata`, `payer.ip`. */
  readonly notPassedOn?: readonly string[]
  /** When the personal data of it was erased from the ledger, in milliseconds since the epoch: what is absent here may have been there. */
  readonly erasedAt?: number
}

/**
 * A payment, refund or payout as callers get it, with the same fields whichever gateway answered. It is plain data: it
 * survives `JSON.stringify`, `structuredClone` and a spread. The fields of {@link RecordedFacts} come with `paymux(config)`.
 */
export interface Result<K extends Kind> extends Observed<K, StatusOf<K>, Money>, RecordedFacts {
  /** What it is. */
  readonly kind: K
  /** The account that holds it. */
  readonly account: string
  /** The gateway's id, or `key:` and the idempotency key if the gateway gives the object no id. */
  readonly id: string
  /** The same idempotency key was used before: this is what became of that call, and nothing was sent. */
  readonly replayed?: true
}

/** A payment. */
export type Payment = Result<'payment'>
/** A refund. */
export type Refund = Result<'refund'>
/** A payout. */
export type Payout = Result<'payout'>

/** The result type of each kind of reference. */
export type Results = { readonly [K in Kind]: Result<K> }

/** What an adapter reports, by kind. */
export type Snapshots = { readonly [K in Kind]: Snapshot<K> }

const money = (amount: MinorUnits | undefined): Money | undefined =>
  amount === undefined ? undefined : toMoney(amount)

/**
 * The result that callers get of what an adapter reported, with what the ledger knows beside it. A next action that would
 * lead the payer astray is left out.
 */
export const toResult = <K extends Kind>(snapshot: Snapshot<K>, facts: RecordedFacts = {}): Result<K> => {
  const { amount, paid, captured, refunded, fee, nextAction, names: _notForCallers, ...rest } = snapshot
  const { kind, account } = snapshot.reference
  return {
    kind,
    account,
    id: objectIdOf(snapshot.reference),
    ...rest,
    ...omitUndefined({
      amount: money(amount),
      paid: money(paid),
      captured: money(captured),
      refunded: money(refunded),
      fee: money(fee),
      nextAction: nextAction !== undefined && isSafeAction(nextAction) ? nextAction : undefined,
    }),
    ...omitUndefined(facts),
  }
}
