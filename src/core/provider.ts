import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from './error.js'
import type { Kind, Reference } from './reference.js'
import type { PaymentRequest, PayoutRequest, RefundRequest } from './request.js'
import type { Payment, Payout, Refund, Result } from './result.js'

/**
 * One interface over every gateway. A method does nothing, checks included, before its task is run. A task never rejects: it
 * gives a {@link PaymentError}, which says what may have happened to the money.
 */
export interface PaymentProvider {
  /** Starts a payment. What the payer has to do next is in `nextAction`. */
  readonly createPayment: (request: PaymentRequest) => TE.TaskEither<PaymentError, Payment>
  /** Reads a payment, a refund or a payout back from its gateway. */
  readonly getStatus: <K extends Kind>(reference: Reference<K>) => TE.TaskEither<PaymentError, Result<K>>
  /** Gives captured money back, all or part of it. */
  readonly refund: (request: RefundRequest) => TE.TaskEither<PaymentError, Refund>
  /** Sends money from the merchant's balance to a beneficiary. */
  readonly payout: (request: PayoutRequest) => TE.TaskEither<PaymentError, Payout>
}
