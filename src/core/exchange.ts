import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import { decode } from './decode.js'
import { indeterminate, type PaymentError, unreachable } from './error.js'
import type { Json } from './json.js'
import type { AnyReference } from './reference.js'

/**
 * What a request does at the gateway. `stages`: makes something (an invoice, an order, a beneficiary, a card token, a
 * UPI link) that moves no money until one thing more is done.
 */
export type Effect = 'reads' | 'stages' | 'moves_money'

/** A request as plain JSON, so that it can be stored. `base` and `auth` name an entry of the account: neither host nor credential is in here. */
export interface WireRequest<F extends Effect = Effect> {
  readonly effect: F
  readonly method: 'GET' | 'POST'
  readonly base: string
  /** Path and query, starting with `/`, already escaped. */
  readonly path: string
  readonly auth: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A complete answer. Header names are lower case. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One HTTP exchange; both halves are pure. Time, randomness and sealed boxes arrive in `input`. */
export interface Exchange<F extends Effect, Input, Output> {
  readonly effect: F
  readonly prepare: (input: Input) => E.Either<PaymentError, WireRequest<F>>
  readonly interpret: (answer: WireAnswer) => E.Either<PaymentError, Output>
}

/**
 * The socket. `beforeFirstByte` runs once connected; its Left is returned and nothing was written. Gives `Unreachable`
 * while no byte can have left, `Indeterminate` afterwards unless a complete answer arrived.
 */
export type Send = (
  wire: WireRequest,
  beforeFirstByte?: TE.TaskEither<PaymentError, void>,
) => TE.TaskEither<PaymentError, WireAnswer>

/** Runs one exchange. One that moves money does not type-check here. */
export type Call = <I, O>(exchange: Exchange<'reads' | 'stages', I, O>, input: I) => TE.TaskEither<PaymentError, O>

/** Frozen before sending. */
export interface Draft {
  readonly wire: WireRequest<'stages' | 'moves_money'>
  /** What `conclude` needs beside the answer, as JSON (an earlier invoice id, a pre-image). */
  readonly memo: Json
  /** The object, where drafting staged it already: it can be read even if the answer is lost. */
  readonly reference?: AnyReference
}

/** A money method, split at its one decisive request. Nothing before that request moves money. */
export interface Procedure<Input, Output> {
  readonly draft: (input: Input, call: Call) => TE.TaskEither<PaymentError, Draft>
  readonly conclude: (draft: Draft, answer: WireAnswer) => E.Either<PaymentError, Output>
}

/** The {@link Call} of an account: prepare, send, interpret. */
export const callOver =
  (send: Send): Call =>
  (exchange, input) =>
    pipe(
      TE.fromEither(exchange.prepare(input)),
      TE.flatMap((wire) => send(wire)),
      TE.flatMapEither(exchange.interpret),
    )

const whileDrafting = (error: PaymentError): PaymentError => {
  const lost = error._tag === 'Indeterminate' || (error._tag === 'Unreachable' && error.phase !== 'deadline')
  return lost ? unreachable('draft', error.code) : error
}

/**
 * The {@link Call} to draft with. The outcome of an error speaks of the decisive request, and while drafting that one was
 * not sent: what is lost here is `Unreachable` with phase `draft`, or `deadline` where that is why.
 */
export const draftingOver =
  (send: Send): Call =>
  (exchange, input) =>
    pipe(callOver(send)(exchange, input), TE.mapError(whileDrafting))

/** The memo of a draft. One that cannot be read, written by another version, leaves the outcome unknown. */
export const memoOf = <A>(codec: t.Decoder<unknown, A>, draft: Draft): E.Either<PaymentError, A> =>
  pipe(
    decode(codec, draft.memo),
    E.mapLeft(() => indeterminate(draft.wire.effect, 'answer')),
  )

/** An exchange whose answer has to be about what was asked. One about something else is no answer. */
export const answering = <F extends Effect, Input, Output>(
  exchange: Exchange<F, Input, Output>,
  isAboutIt: (output: Output) => boolean,
): Exchange<F, Input, Output> => ({
  ...exchange,
  interpret: (answer) =>
    pipe(
      exchange.interpret(answer),
      E.filterOrElse(
        isAboutIt,
        (): PaymentError => indeterminate(exchange.effect, 'answer', { httpStatus: answer.status }),
      ),
    ),
})
