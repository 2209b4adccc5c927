import type { EmulatorKit } from '../kit/emulator.js'
import { InvalidInput } from '../kit/input.js'

// TEMPLATE: what the gateway remembers, and its own rules, written from its documents. An emulator shares nothing with the
// adapter, not even a table: an error in a shared table would be in both.

/** What Acme does where its documents contradict each other or are silent. */
export interface AcmeBehaviour {
  /** Status of the answer to a request that made something. The text says 201, an example shows 200. */
  createdStatus: 200 | 201
  /** When refunds and payouts are decided, in milliseconds. `null`: they wait. The documents name no time. */
  decideAfterMs: number | null
}

/** A payment. */
export interface Payment {
  /** `pay_` and 16 letters and digits. */
  readonly id: string
  /** Where it stands. */
  status: string
  /** In cents. */
  readonly cents: number
  /** `EUR` or `USD`. */
  readonly currency: string
  /** The merchant's order number. */
  readonly reference: string
  /** Where the payer's browser goes afterwards; empty for nowhere. */
  readonly urls: { readonly success: string; readonly failure: string }
  /** Where notifications go; empty for nowhere. */
  readonly notifyUrl: string
}

/** A refund. */
export interface Refund {
  /** `ref_` and 16 letters and digits. */
  readonly id: string
  /** The merchant's key. Acme does not compare it. */
  readonly key: string
  /** The payment. */
  readonly paymentId: string
  /** Where it stands. */
  status: string
  /** In cents. */
  readonly cents: number
  /** The payment's currency. */
  readonly currency: string
}

/** A payout. */
export interface Payout {
  /** `out_` and 16 letters and digits. */
  readonly id: string
  /** The idempotency key. */
  readonly key: string
  /** The body of the first request under this key, as it came. */
  readonly body: string
  /** When it was made, in milliseconds since the epoch. */
  readonly at: number
  /** Where it stands. */
  status: string
  /** In cents. */
  readonly cents: number
  /** `EUR` or `USD`. */
  readonly currency: string
}

/** Everything that one running emulator knows. */
export interface Gateway extends EmulatorKit<AcmeBehaviour> {
  /** By id. */
  readonly payments: Map<string, Payment>
  /** By id. */
  readonly refunds: Map<string, Refund>
  /** By id. */
  readonly payouts: Map<string, Payout>
  /** What the merchant holds, in cents of either currency. */
  balanceCents: number
}

/** A refusal in Acme's words. */
export class Refusal extends InvalidInput {
  constructor(
    readonly status: 401 | 404 | 409 | 422,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new id of Acme's. */
export const newId = ({ ids }: Gateway, prefix: 'pay' | 'ref' | 'out'): string => `${prefix}_${ids.text(16, ALPHABET)}`

/** Cents as decimal text. */
export const decimal = (cents: number): string => (cents / 100).toFixed(2)

/** A payment by its id. Errors: `Refusal`. */
export const paymentOf = ({ payments }: Gateway, id: string): Payment => {
  const payment = payments.get(id)
  if (payment === undefined) throw new Refusal(404, 'not_found', 'There is no such payment.')
  return payment
}

/** What was given back of a payment, or is on its way, in cents. */
export const refundedCents = ({ refunds }: Gateway, { id }: Payment): number =>
  [...refunds.values()]
    .filter(({ paymentId, status }) => paymentId === id && status !== 'rejected')
    .reduce((sum, { cents }) => sum + cents, 0)

/** How the payer acts. */
export type AcmeOutcome = 'paid' | 'declined'

const RETRIES_MS = [60_000, 600_000, 3_600_000]

/** The payer pays, or the payer's bank declines. The payer may try again after that. Errors: `Refusal`. */
export const act = (gateway: Gateway, id: string, outcome: AcmeOutcome): void => {
  const payment = paymentOf(gateway, id)
  if (payment.status === 'paid') throw new Refusal(409, 'already_paid', 'The payment was paid.')
  payment.status = outcome
  if (payment.notifyUrl === '') return
  gateway.notify({
    url: payment.notifyUrl,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: `payment.${outcome}`, payment: { id, status: outcome } }),
    accepted: (status) => status === 200,
    schedule: RETRIES_MS,
  })
}

/** Ends a refund or a payout after a while, as the bank does. */
export const decideLater = (
  { behaviour, clock }: Gateway,
  object: { status: string },
  open: string,
  done: string,
): void => {
  if (behaviour.decideAfterMs === null) return
  clock.after(behaviour.decideAfterMs, () => {
    if (object.status === open) object.status = done
  })
}
