import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import {
  type Effect,
  type Exchange,
  interpretAnswer,
  invalidRequest,
  type PaymentError,
  type WireRequest,
} from '../../../core/index.js'
import { refusalRules } from '../refusal.js'
import { Id } from '../wire.js'

// TEMPLATE: what all requests to the gateway have in common. Time, randomness and signatures come in through the input.

/** What tells the requests of one endpoint apart. */
type Parts = Pick<WireRequest, 'method' | 'path' | 'body' | 'headers'>

const headers = { accept: 'application/json' } as const

/** A GET. */
export const get = (path: string): Parts => ({ method: 'GET', path, headers })

/** A POST of JSON; fields that are `undefined` are left out. */
export const post = (path: string, body: object, more: WireRequest['headers'] = {}): Parts => ({
  method: 'POST',
  path,
  headers: { ...headers, 'content-type': 'application/json', ...more },
  body: JSON.stringify(body),
})

/** One endpoint. */
interface Endpoint<F extends Effect, Input, Answer, Output> {
  readonly name: string
  readonly effect: F
  readonly request: (input: Input) => E.Either<PaymentError, Parts>
  readonly answer: t.Decoder<unknown, Answer>
  /** The part of the answer that is handed out. */
  readonly output: (answer: Answer) => Output
}

/** The exchange of an endpoint. */
export const endpoint = <F extends Effect, Input, Answer, Output>({
  name,
  effect,
  request,
  answer: codec,
  output,
}: Endpoint<F, Input, Answer, Output>): Exchange<F, Input, Output> => ({
  name,
  effect,
  prepare: (input) =>
    pipe(
      request(input),
      E.map((parts) => ({ exchange: name, effect, base: 'api', auth: 'basic', ...parts })),
    ),
  interpret: (answer) => pipe(interpretAnswer(effect, refusalRules, codec)(answer), E.map(output)),
})

/** An id that goes into a path, or `InvalidRequest` at `path`. */
export const idAt = (path: string, id: string): E.Either<PaymentError, string> =>
  Id.is(id) ? E.right(id) : E.left(invalidRequest([{ path, expected: Id.name }]))

/** Which object: by Acme's id, or by the key that it was made with. */
export type ObjectKey =
  | {
      /** As Acme gave it. */
      readonly id: string
    }
  | {
      /** The key that it was made with. */
      readonly key: string
    }

/** `{id}`, or `key:{key}`. Source: Acme's API, Ids. */
export const segmentOf = (objectKey: ObjectKey): E.Either<PaymentError, string> =>
  'id' in objectKey
    ? idAt('id', objectKey.id)
    : pipe(
        idAt('key', objectKey.key),
        E.map((key) => `key:${key}`),
      )
