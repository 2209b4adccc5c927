import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { decode } from './decode.js'
import { indeterminate, type PaymentError, type RefusalReason, rateLimited, refused } from './error.js'
import type { Effect, WireAnswer } from './exchange.js'
import { type Json, parseJson } from './json.js'

/** A gateway's no, in its own envelope. */
export interface Refusal {
  /** Every text it gave, untrusted. Used to look up the reason and for nothing else. */
  readonly texts: readonly string[]
  /** The names of the fields it complained about. */
  readonly fields: readonly string[]
}

/** What a refusal stands for. `registered`: an earlier send of this key was taken. `lost`: the gateway does not know itself. */
export type Meaning = RefusalReason | 'rate_limited' | 'registered' | 'lost'

/** How one gateway says no. */
export interface Dialect {
  /** The refusal in an answer's JSON, or `undefined` where the body is not this gateway's refusal. */
  readonly refusal: (body: Json, httpStatus: number) => Refusal | undefined
  /** Texts that decide, first match wins. */
  readonly meanings: ReadonlyArray<readonly [pattern: RegExp, meaning: Meaning]>
  /** The meaning where no text decided; `undefined` where the status tells nothing either. */
  readonly byStatus: (httpStatus: number, refusal: Refusal) => Meaning | undefined
}

/** Whether a status tells of trouble on the way, or at the gateway, that may pass. It proves nothing about the request. */
export const mayPass = (status: number): boolean => [408, 425, 499].includes(status) || status >= 500

// No conclusion about what happened may rest on any other status, whatever text comes with it.
const tells = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && !mayPass(status))

/** `Retry-After` in milliseconds; seconds only, a date depends on somebody else's clock. */
export const retryAfterMs = (answer: WireAnswer): number | undefined => {
  const value = answer.headers['retry-after']
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}

const meaningOf = (dialect: Dialect, refusal: Refusal, status: number): Meaning | undefined =>
  dialect.meanings.find(([pattern]) => refusal.texts.some((line) => pattern.test(line)))?.[1] ??
  dialect.byStatus(status, refusal)

/**
 * Classifies an answer, in this order: a status that tells nothing; a body that is not the gateway's; its refusal, by
 * text, then by status; success, where the body decodes. Everything else may have been executed: `Indeterminate`.
 */
export const interpretAnswer =
  <A>(effect: Effect, dialect: Dialect, codec: t.Decoder<unknown, A>) =>
  (answer: WireAnswer): E.Either<PaymentError, A> => {
    const lost = E.left(indeterminate(effect, 'answer', { httpStatus: answer.status }))
    if (!tells(answer.status)) return lost
    const body = parseJson(answer.body)
    if (body === undefined) return lost
    const refusal = dialect.refusal(body, answer.status)
    if (refusal !== undefined) return refusalError(effect, dialect, refusal, answer) ?? lost
    if (answer.status >= 400) return lost
    const decoded = decode(codec, body)
    return E.isRight(decoded) ? decoded : lost
  }

const refusalError = (
  effect: Effect,
  dialect: Dialect,
  refusal: Refusal,
  answer: WireAnswer,
): E.Either<PaymentError, never> | undefined => {
  const meaning = meaningOf(dialect, refusal, answer.status)
  if (meaning === undefined || meaning === 'lost') return undefined
  if (meaning === 'rate_limited') return E.left(rateLimited(retryAfterMs(answer)))
  if (meaning === 'registered')
    return E.left(indeterminate(effect, 'answer', { httpStatus: answer.status, registered: true }))
  return E.left(refused(meaning, answer.status, meaning === 'validation' ? refusal.fields : undefined))
}
