import type { PaymentStatus, PayoutStatus, RefundStatus } from './lifecycle.js'
import type { AmountCheck, Money } from './money.js'
import type { Kind, Reference } from './reference.js'

/** What the payer, or the merchant's page, has to do next. It is data: paymux renders nothing. */
export type NextAction =
  /** Send the payer's browser there with GET. */
  | { readonly type: 'redirect'; readonly url: string }
  /** Let the payer's browser submit this form by itself. Escape names and values when rendering. */
  | { readonly type: 'submit_form'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  /** Hand this `upi://` link to the payer's phone. */
  | { readonly type: 'open_intent'; readonly url: string }
  /** Load the gateway's script and open its popup with these parameters. They are safe for a browser. */
  | { readonly type: 'open_popup'; readonly script: string; readonly parameters: Readonly<Record<string, string>> }
  /** Nothing to show yet: read the payment again after this many milliseconds. */
  | { readonly type: 'wait_and_poll'; readonly afterMs: number }

/** Why a payment, refund or payout did not succeed, in words shared by all gateways. */
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

/** Why a person should look at this object. */
export type Review =
  /** The gateway used a state that paymux does not know; `providerState` holds it. */
  | 'unmapped_state'
  /** Two resources of the gateway contradict each other. */
  | 'contradiction'
  /** The status rests on one of two resources; the other could not be read or lags behind. */
  | 'unconfirmed'
  /** Whether the payment is disputed could not be read: here `disputed: false` means that nobody knows. */
  | 'dispute_unread'

/** What every gateway answers about an object, with the same fields whichever gateway it was. */
export interface Snapshot<K extends Kind, Status extends string> {
  readonly reference: Reference<K>
  readonly status: Status
  /** The gateway's own words or numbers by resource, e.g. `{ invoice: '4', transaction: '9' }`. Empty where it gave none. */
  readonly providerState: Readonly<Record<string, string>>
  readonly detail?: Detail
  readonly reason?: FailureReason
  /** As the gateway reports it. */
  readonly amount?: Money
  readonly amountCheck: AmountCheck
  /** The payer's bank took the money back, or tries to. Stands beside the status, never in it. */
  readonly disputed: boolean
  readonly nextAction?: NextAction
  /** Empty where nothing needs a person. */
  readonly review: readonly Review[]
  /** The same idempotency key was used before: this is what became of that call, and nothing was sent. With `paymux(config)` only. */
  readonly replayed?: true
}

/** A payment as its gateway has it. */
export type Payment = Snapshot<'payment', PaymentStatus>
/** A refund as its gateway has it. */
export type Refund = Snapshot<'refund', RefundStatus>
/** A payout as its gateway has it. */
export type Payout = Snapshot<'payout', PayoutStatus>

/** The result type of each kind of reference. */
export interface Results {
  readonly payment: Payment
  readonly refund: Refund
  readonly payout: Payout
}
