import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import { decode } from './decode.js'
import { indeterminate, locate, type PaymentError, unreachable } from './error.js'
import type { Json } from './json.js'
import { omitUndefined } from './omit-undefined.js'
import type { AnyReference } from './reference.js'

/**
 * What a request does at the gateway. `creates`: makes something (an invoice, an order, a beneficiary, a card token)
 * that moves no money by itself.
 */
export type Effect = 'reads' | 'creates' | 'moves_money'

/**
 * A request as plain JSON, so that it can be stored. `base` and `auth` name an entry of the account: neither host nor
 * credential is in here.
 */
export interface WireRequest<F extends Effect = Effect> {
  /** The name of the exchange that prepared it: `acme.invoices.create`. */
  readonly exchange: string
  /** What the request does at the gateway. */
  readonly effect: F
  /** HTTP method. */
  readonly method: 'GET' | 'POST'
  /** The name of one of the account's origins. */
  readonly base: string
  /** Path and query, starting with `/`, already escaped. */
  readonly path: string
  /** The name of one of the account's credentials. */
  readonly auth: string
  /** Header values by name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text. Absent: none. */
  readonly body?: string
  /**
   * What the answer is. `list`: as many entries as there are, and it may be 32 MiB long instead of 1 MiB. `named`: it names what was
   * requested, and is compared with it ({@link requireAnswer} says so). Only such a read may share a connection: the second answer to
   * an earlier request cannot be told from another answer. Default: neither.
   */
  readonly answer?: 'list' | 'named'
}

/** A complete answer. */
export interface WireAnswer {
  /** HTTP status. */
  readonly status: number
  /** Header values by name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text. */
  readonly body: string
}

/** One HTTP exchange; both halves are pure. Time, randomness and sealed boxes arrive in `input`. */
export interface Exchange<F extends Effect, Input, Output> {
  /** Names it in errors, spans and metrics: `acme.invoices.create`. */
  readonly name: string
  /** What its request does at the gateway. */
  readonly effect: F
  /** Makes the request. Gives `InvalidRequest` for an input that cannot go on the wire. */
  readonly prepare: (input: Input) => E.Either<PaymentError, WireRequest<F>>
  /** Reads the answer. */
  readonly interpret: (answer: WireAnswer) => E.Either<PaymentError, Output>
}

/**
 * Sends a request. `beforeFirstByte` runs once connected; if it gives a Left, that is returned and nothing is written. Gives `Unreachable`
 * while no byte can have left, `Indeterminate` afterwards unless a complete answer arrived. `signal` is given for reads only: they end with it.
 */
export type Send = (
  wire: WireRequest,
  beforeFirstByte?: TE.TaskEither<PaymentError, void>,
  signal?: AbortSignal,
) => TE.TaskEither<PaymentError, WireAnswer>

/** A send whose reads end with `signal`: they give `Unreachable` with phase `deadline`. What is not a read goes on. */
export const readingUntil =
  (signal: AbortSignal, send: Send): Send =>
  (wire, beforeFirstByte) => {
    if (wire.effect !== 'reads') return send(wire, beforeFirstByte)
    const over = E.left(unreachable('deadline'))
    return () =>
      new Promise((resolve, reject) => {
        const end = () => resolve(over)
        if (signal.aborted) return end()
        signal.addEventListener('abort', end, { once: true })
        send(wire, beforeFirstByte, signal)()
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', end))
      })
  }

/** Runs one exchange. An exchange that moves money does not type-check here. */
export type Call = <I, O>(exchange: Exchange<'reads' | 'creates', I, O>, input: I) => TE.TaskEither<PaymentError, O>

/** A submission, persisted before it is sent. */
export interface Draft {
  /** The request to send. */
  readonly wire: WireRequest<'creates' | 'moves_money'>
  /** What `interpret` needs beside the answer, as JSON (an earlier invoice id, a pre-image). */
  readonly context: Json
  /** The object, if drafting created it: it can be read even if the answer is lost. */
  readonly reference?: AnyReference
  /** The request's optional fields that the gateway has no place for, by path. */
  readonly notPassedOn: readonly string[]
  /**
   * What the gateway will show the object to belong to, by names that the adapter chooses: `merchantReference`, `payment`. An
   * answer, a read or a list that shows another value is about another object. `key` is what the gateway knows the operation by.
   */
  readonly names?: Readonly<Record<string, string>>
}

/** A money method, split at its submission: the one request after which the gateway may act. Nothing before it moves money. */
export interface Procedure<Input, Output> {
  /** Makes the submission. It may send requests that read or create, by `call`. */
  readonly draft: (input: Input, call: Call) => TE.TaskEither<PaymentError, Draft>
  /** Reads the answer to the submission. */
  readonly interpret: (draft: Draft, answer: WireAnswer) => E.Either<PaymentError, Output>
}

/** The {@link Call} of an account: prepare, send, interpret. */
export const createCall =
  (send: Send): Call =>
  (exchange, input) =>
    pipe(
      TE.fromEither(exchange.prepare(input)),
      TE.flatMap((wire) => send(wire)),
      TE.flatMapEither(exchange.interpret),
      TE.mapError((error) => locate(error, { exchange: exchange.name })),
    )

const whileDrafting = (error: PaymentError): PaymentError => {
  const lost = error._tag === 'Indeterminate' || (error._tag === 'Unreachable' && error.phase !== 'deadline')
  return lost ? locate(unreachable('draft', omitUndefined({ code: error.code })), error) : error
}

/**
 * The {@link Call} to draft with. The outcome of an error is about the submission, which is not sent while drafting: an
 * answer that is lost here is `Unreachable` with phase `draft`, or `deadline` if that is the cause.
 */
export const createDraftingCall =
  (send: Send): Call =>
  (exchange, input) =>
    pipe(createCall(send)(exchange, input), TE.mapError(whileDrafting))

/** The context of a draft. If it does not decode, because another version wrote it, the outcome is unknown. */
export const contextOf = <A>(codec: t.Decoder<unknown, A>, draft: Draft): E.Either<PaymentError, A> =>
  pipe(
    decode(codec, draft.context),
    E.mapLeft(() => indeterminate(draft.wire.effect, 'answer')),
  )

/**
 * An exchange whose answer has to be about what was requested. An answer about something else is `Indeterminate`; `paths` are
 * the places in the answer that `isAboutIt` compares. What is compared so is `named`, and a read of it may share a connection.
 */
export const requireAnswer = <F extends Effect, Input, Output>(
  exchange: Exchange<F, Input, Output>,
  isAboutIt: (output: Output) => boolean,
  paths?: readonly string[],
): Exchange<F, Input, Output> => ({
  ...exchange,
  prepare: (input) =>
    pipe(
      exchange.prepare(input),
      E.map((wire) => ({ answer: 'named', ...wire })),
    ),
  interpret: (answer) =>
    pipe(
      exchange.interpret(answer),
      E.filterOrElse(
        isAboutIt,
        (): PaymentError =>
          indeterminate(exchange.effect, 'answer', omitUndefined({ httpStatus: answer.status, paths })),
      ),
    ),
})
