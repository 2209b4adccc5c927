import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Exchange, type MinorUnits, toDecimal } from '../../../core/index.js'
import { type Payout, PayoutAnswer } from '../wire.js'
import { endpoint, get, idAt, type ObjectKey, post, segmentOf } from './request.js'

/** A new payout. */
export interface NewPayout {
  /** The idempotency key: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly key: string
  /** How much, above zero. */
  readonly amount: MinorUnits
  /** The merchant's number of the payout. */
  readonly reference: string
  /** The beneficiary's IBAN. */
  readonly iban: string
  /** The beneficiary's name. */
  readonly name: string
  /** Text on the beneficiary's statement. */
  readonly statement?: string
}

/**
 * `POST /v1/payouts`: sends money. A repeat under the same `Idempotency-Key` gives the first payout for 24 hours. Source:
 * Acme's API, Payouts.
 */
export const createPayout: Exchange<'moves_money', NewPayout, Payout> = endpoint({
  name: 'acme.payouts.create',
  effect: 'moves_money',
  request: ({ key, amount, reference, iban, name, statement }: NewPayout) =>
    pipe(
      idAt('key', key),
      E.map((checked) =>
        post(
          '/v1/payouts',
          { amount: toDecimal(amount), currency: amount.currency, reference, iban, name, statement },
          { 'idempotency-key': checked },
        ),
      ),
    ),
  answer: PayoutAnswer,
  output: ({ payout }) => payout,
})

/** `GET /v1/payouts/{id}` or `GET /v1/payouts/key:{key}`: reads a payout. Source: Acme's API, Payouts. */
export const getPayout: Exchange<'reads', ObjectKey, Payout> = endpoint({
  name: 'acme.payouts.get',
  effect: 'reads',
  request: (objectKey: ObjectKey) =>
    pipe(
      segmentOf(objectKey),
      E.map((segment) => get(`/v1/payouts/${segment}`)),
    ),
  answer: PayoutAnswer,
  output: ({ payout }) => payout,
})
