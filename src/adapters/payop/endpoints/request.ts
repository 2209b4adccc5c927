import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  decode,
  type Effect,
  type Exchange,
  indeterminate,
  interpretAnswer,
  invalidRequest,
  objectOf,
  omitUndefined,
  type PaymentError,
  type WireAnswer,
  type WireRequest,
} from '../../../core/index.js'
import { Id } from '../codecs.js'
import { authorized, open } from '../refusal.js'

/** `token`: with the account's JWT; `none`: without. */
export type Auth = 'none' | 'token'

/** One endpoint: GET if it has no body. Fields of the body that are `undefined` are left out. */
interface Endpoint<F extends Effect, Input> {
  /** The exchange's name: `payop.invoices.create`. */
  readonly name: `payop.${string}.${string}`
  readonly effect: F
  readonly auth: Auth
  /** `list` for an answer that holds as many entries as there are. */
  readonly answer?: 'list'
  readonly input: t.Decoder<unknown, Input>
  readonly path: (input: Input) => string
  readonly headers?: (input: Input) => Readonly<Record<string, string>>
  readonly body?: (input: Input) => object
}

// Payop requires the content type with GET, too.
const json = { accept: 'application/json', 'content-type': 'application/json' } as const

const preparing =
  <F extends Effect, Input>({ name, effect, auth, answer, input: codec, path, headers, body }: Endpoint<F, Input>) =>
  (input: Input): E.Either<PaymentError, WireRequest<F>> =>
    pipe(
      decode(codec, input),
      E.mapLeft((issues): PaymentError => invalidRequest(issues)),
      E.map((checked) => ({
        exchange: name,
        effect,
        method: body === undefined ? 'GET' : 'POST',
        base: 'api',
        path: path(checked),
        auth,
        headers: { ...json, ...headers?.(checked) },
        ...omitUndefined({ answer }),
        ...(body === undefined ? {} : { body: JSON.stringify(body(checked)) }),
      })),
    )

const interpreting = <F extends Effect, A>(effect: F, auth: Auth, codec: t.Decoder<unknown, A>) =>
  interpretAnswer(effect, auth === 'token' ? authorized : open, codec)

/** An endpoint whose answer is read by a codec. */
export const endpoint = <F extends Effect, Input, Output>(
  parts: Endpoint<F, Input>,
  output: t.Decoder<unknown, Output>,
): Exchange<F, Input, Output> => ({
  name: parts.name,
  effect: parts.effect,
  prepare: preparing(parts),
  interpret: interpreting(parts.effect, parts.auth, output),
})

const Created = objectOf({ data: t.unknown })
const CreatedObject = objectOf({ identifier: t.unknown, id: t.unknown })

/** The header comes first: the documents call the id in the body a mistake, and announce that it will be empty. */
const createdId = ({ headers }: WireAnswer, body: unknown): string | undefined => {
  const object = CreatedObject.decode(body)
  const within = E.isRight(object) ? [object.right.identifier, object.right.id] : []
  return [headers.identifier, body, ...within].find(Id.is)
}

/** An endpoint that makes something and answers with its id. */
export const creation = <F extends Effect, Input>(parts: Endpoint<F, Input>): Exchange<F, Input, string> => ({
  name: parts.name,
  effect: parts.effect,
  prepare: preparing(parts),
  interpret: (answer) =>
    pipe(
      interpreting(parts.effect, parts.auth, Created)(answer),
      E.map(({ data }) => createdId(answer, data)),
      E.filterOrElse(
        (id) => id !== undefined,
        (): PaymentError =>
          indeterminate(parts.effect, 'answer', { httpStatus: answer.status, paths: ['headers.identifier', 'data'] }),
      ),
    ),
})

/** `query[name]=value`; PHP decodes the brackets. */
export const query = (name: string, value: string): string => `query%5B${name}%5D=${encodeURIComponent(value)}`
