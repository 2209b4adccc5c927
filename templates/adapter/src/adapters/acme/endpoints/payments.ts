import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Exchange, type MinorUnits, toDecimal } from '../../../core/index.js'
import { type Payment, PaymentAnswer } from '../wire.js'
import { endpoint, get, idAt, post } from './request.js'

// TEMPLATE: one exchange for each documented endpoint. Its name is `gateway.resource.verb`; its effect says what it does there.

/** A new payment. */
export interface NewPayment {
  /** How much, above zero. */
  readonly amount: MinorUnits
  /** The merchant's order number. */
  readonly reference: string
  /** The payer's e-mail address. Acme refuses a payment without one. */
  readonly payerEmail?: string
  /** What is paid for. */
  readonly description?: string
  /** Where the payer's browser goes after it paid. */
  readonly successUrl?: string
  /** Where the payer's browser goes after it gave up. */
  readonly failureUrl?: string
  /** Where Acme posts notifications about this payment. */
  readonly notifyUrl?: string
}

/** Which payment. */
export interface PaymentKey {
  /** As Acme gave it. */
  readonly id: string
}

/**
 * `POST /v1/payments`: makes a payment with a hosted page. Each call makes another one: there is no key. Source:
 * Acme's API, Payments.
 */
export const createPayment: Exchange<'creates', NewPayment, Payment> = endpoint({
  name: 'acme.payments.create',
  effect: 'creates',
  request: ({ amount, reference, payerEmail, description, successUrl, failureUrl, notifyUrl }: NewPayment) =>
    E.right(
      post('/v1/payments', {
        amount: toDecimal(amount),
        currency: amount.currency,
        reference,
        payer_email: payerEmail,
        description,
        success_url: successUrl,
        failure_url: failureUrl,
        notify_url: notifyUrl,
      }),
    ),
  answer: PaymentAnswer,
  output: ({ payment }) => payment,
})

/** `GET /v1/payments/{id}`: reads a payment. Source: Acme's API, Payments. */
export const getPayment: Exchange<'reads', PaymentKey, Payment> = endpoint({
  name: 'acme.payments.get',
  effect: 'reads',
  request: ({ id }: PaymentKey) =>
    pipe(
      idAt('id', id),
      E.map((segment) => get(`/v1/payments/${segment}`)),
    ),
  answer: PaymentAnswer,
  output: ({ payment }) => payment,
})
