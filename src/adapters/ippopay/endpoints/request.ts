import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import {
  type Effect,
  type Exchange,
  interpretAnswer,
  invalidRequest,
  type MinorUnits,
  type PaymentError,
  type RefusalRules,
  toNumber,
  type WireRequest,
} from '../../../core/index.js'

/** The key pairs of an account. Each is assumed invalid for the other product. Source: IppoPay, docs-api, Payouts. */
export type KeyPair = 'collections' | 'payouts'

/** What tells the requests of one endpoint apart. */
type Parts = Pick<WireRequest, 'method' | 'path' | 'body'> & { readonly auth: KeyPair }

/** A GET. Paths start after the account's prefix, which the adapter puts in front when it sends. */
export const get = (auth: KeyPair, path: string): Parts => ({ method: 'GET', path, auth })

/** A POST of JSON; fields that are `undefined` are left out. */
export const post = (auth: KeyPair, path: string, body: object): Parts => ({
  method: 'POST',
  path,
  auth,
  body: JSON.stringify(body),
})

/** One endpoint. */
interface Endpoint<F extends Effect, Input, Answer, Output> {
  readonly name: string
  readonly effect: F
  readonly request: (input: Input) => E.Either<PaymentError, Parts>
  readonly refusalRules: RefusalRules
  readonly answer: t.Decoder<unknown, Answer>
  /** The part of the answer that is handed out. */
  readonly output: (answer: Answer) => Output
}

// The official Node client sends it with GET, too, and nothing else.
const headers = { 'content-type': 'application/json' } as const

/** The exchange of an endpoint. */
export const endpoint = <F extends Effect, Input, Answer, Output>({
  name,
  effect,
  request,
  refusalRules,
  answer: codec,
  output,
}: Endpoint<F, Input, Answer, Output>): Exchange<F, Input, Output> => ({
  name,
  effect,
  prepare: (input) =>
    pipe(
      request(input),
      E.map((parts) => ({ exchange: name, effect, base: 'api', headers, ...parts })),
    ),
  interpret: (answer) => pipe(interpretAnswer(effect, refusalRules, codec)(answer), E.map(output)),
})

/** A value that a codec takes, or `InvalidRequest` at `path`. */
export const checked = <A>(codec: t.Type<A>, path: string, value: A): E.Either<PaymentError, A> =>
  codec.is(value) ? E.right(value) : E.left(invalidRequest([{ path, expected: codec.name }]))

/** The JSON number of rupees for an amount. Source: IppoPay, docs-api, Orders: `##.##`. */
export const rupeesOf = (amount: MinorUnits): E.Either<PaymentError, number> => {
  const number = amount.currency === 'INR' && amount.minorUnits > 0n ? toNumber(amount) : undefined
  return number === undefined
    ? E.left(invalidRequest([{ path: 'amount', expected: 'INR above zero, with at most 15 digits' }]))
    : E.right(number)
}
