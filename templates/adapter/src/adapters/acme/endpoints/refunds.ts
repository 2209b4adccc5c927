import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Exchange, type MinorUnits, toDecimal } from '../../../core/index.js'
import { type Refund, RefundAnswer } from '../wire.js'
import { endpoint, get, idAt, type ObjectKey, post, segmentOf } from './request.js'

/** A new refund. */
export interface NewRefund {
  /** The payment, as Acme named it. */
  readonly paymentId: string
  /** The key that finds the refund again: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly key: string
  /** How much. Default: all that was not refunded yet. */
  readonly amount?: MinorUnits
}

/**
 * `POST /v1/payments/{id}/refunds`: gives money back. A repeat under the same key refunds twice. Source:
 * Acme's API, Refunds.
 */
export const createRefund: Exchange<'moves_money', NewRefund, Refund> = endpoint({
  name: 'acme.refunds.create',
  effect: 'moves_money',
  request: ({ paymentId, key, amount }: NewRefund) =>
    pipe(
      idAt('paymentId', paymentId),
      E.map((segment) =>
        post(`/v1/payments/${segment}/refunds`, {
          key,
          amount: amount && toDecimal(amount),
          currency: amount?.currency,
        }),
      ),
    ),
  answer: RefundAnswer,
  output: ({ refund }) => refund,
})

/** `GET /v1/refunds/{id}` or `GET /v1/refunds/key:{key}`: reads a refund. Source: Acme's API, Refunds. */
export const getRefund: Exchange<'reads', ObjectKey, Refund> = endpoint({
  name: 'acme.refunds.get',
  effect: 'reads',
  request: (objectKey: ObjectKey) =>
    pipe(
      segmentOf(objectKey),
      E.map((segment) => get(`/v1/refunds/${segment}`)),
    ),
  answer: RefundAnswer,
  output: ({ refund }) => refund,
})
