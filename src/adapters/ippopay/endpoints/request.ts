import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import {
  type Dialect,
  type Effect,
  interpretAnswer,
  invalidRequest,
  type Money,
  type PaymentError,
  toNumber,
  type WireAnswer,
  type WireRequest,
} from '../../../core/index.js'

/** The key pairs of an account. Each is assumed invalid for the other product (IppoPay, docs-api, Payouts). */
export type KeyPair = 'collections' | 'payouts'

// The official Node client sends it with GET, too, and nothing else.
const headers = { 'content-type': 'application/json' } as const

/** Paths start after the account's prefix, which the adapter puts in front when it sends. */
export const get = (auth: KeyPair, path: string): WireRequest<'reads'> => ({
  effect: 'reads',
  method: 'GET',
  base: 'api',
  path,
  auth,
  headers,
})

/** A POST of JSON; fields that are `undefined` are left out. */
export const post = <F extends Effect>(effect: F, auth: KeyPair, path: string, body: object): WireRequest<F> => ({
  effect,
  method: 'POST',
  base: 'api',
  path,
  auth,
  headers,
  body: JSON.stringify(body),
})

/** A value that a codec takes, or `InvalidRequest` at `path`. */
export const checked = <A>(codec: t.Type<A>, path: string, value: A): E.Either<PaymentError, A> =>
  codec.is(value) ? E.right(value) : E.left(invalidRequest([{ path, expected: codec.name }]))

/** The JSON number of rupees for an amount (IppoPay, docs-api, Orders: `##.##`). */
export const rupeesOf = (money: Money): E.Either<PaymentError, number> => {
  const number = money.currency === 'INR' && money.amount > 0n ? toNumber(money) : undefined
  return number === undefined
    ? E.left(invalidRequest([{ path: 'amount', expected: 'INR above zero, with at most 15 digits' }]))
    : E.right(number)
}

/** Reads an answer and takes one part of it. */
export const interpreted =
  <A, B>(effect: Effect, dialect: Dialect, codec: t.Decoder<unknown, A>, part: (answer: A) => B) =>
  (answer: WireAnswer): E.Either<PaymentError, B> => {
    const whole = interpretAnswer(effect, dialect, codec)(answer)
    return E.isLeft(whole) ? whole : E.right(part(whole.right))
  }
