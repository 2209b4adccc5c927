import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { decode } from './decode.js'
import { indeterminate, type PaymentError, type RefusalReason, rateLimited, refused } from './error.js'
import type { Effect, WireAnswer } from './exchange.js'
import { type Json, parseJson } from './json.js'
import { omitUndefined } from './omit-undefined.js'

/** A gateway's refusal, in its own envelope. */
export interface Refusal {
  /** Every text it gave, untrusted. Used to look up the reason and for nothing else. */
  readonly texts: readonly string[]
  /** The names of the fields it complained about. */
  readonly fields: readonly string[]
  /** The gateway's own code, if it gave one. */
  readonly code?: string
}

/** What a refusal means. `registered`: an earlier send of this key was taken. `lost`: the gateway does not know itself. */
export type Meaning = RefusalReason | 'rate_limited' | 'registered' | 'lost'

/** Words that leave open whether a request was executed. For the tables of gateways whose refusals are texts. */
export const leavesOpen = new RegExp(
  [
    '\\b(processing|pending|queued|initiated|awaiting|in[ -]?progress|in process|under process|being processed)\\b',
    '\\btimed?[ -]?out\\b',
    '\\bcheck (the )?(status |back |again )?(later|after)\\b',
    '\\b(status|outcome|result) (is )?(unknown|not known|awaited)\\b',
  ].join('|'),
  'i',
)

/** How one gateway refuses. */
export interface RefusalRules {
  /** The refusal in an answer's JSON, or `undefined` if the body is not this gateway's refusal. */
  readonly refusal: (body: Json, httpStatus: number) => Refusal | undefined
  /** Texts that decide, first match wins. */
  readonly meanings: ReadonlyArray<readonly [pattern: RegExp, meaning: Meaning]>
  /** The meaning if no text decided; `undefined` if the status is not conclusive either. */
  readonly byStatus: (httpStatus: number, refusal: Refusal) => Meaning | undefined
}

/** Whether a status stands for a failure on the way, or at the gateway, that may pass. It proves nothing about the request. */
export const isTransientStatus = (status: number): boolean => [408, 424, 425, 499].includes(status) || status >= 500

// Nothing may be concluded from any other status, whatever text comes with it.
const isConclusiveStatus = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500 && !isTransientStatus(status))

/** `Retry-After` in milliseconds. Only seconds are read: a date depends on the gateway's clock. */
export const retryAfterMs = (answer: WireAnswer): number | undefined => {
  const value = answer.headers['retry-after']
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined
}

const meaningOf = (rules: RefusalRules, refusal: Refusal, status: number): Meaning | undefined =>
  rules.meanings.find(([pattern]) => refusal.texts.some((line) => pattern.test(line)))?.[1] ??
  rules.byStatus(status, refusal)

/**
 * Classifies an answer, in this order: a status that is not conclusive; a body that is not the gateway's; its refusal, by
 * text, then by status; success, if the body decodes. Everything else may have been executed: `Indeterminate`.
 */
export const interpretAnswer =
  <A>(effect: Effect, rules: RefusalRules, codec: t.Decoder<unknown, A>) =>
  (answer: WireAnswer): E.Either<PaymentError, A> => {
    const lost = E.left(indeterminate(effect, 'answer', { httpStatus: answer.status }))
    if (!isConclusiveStatus(answer.status)) return lost
    const body = parseJson(answer.body)
    if (body === undefined) return lost
    const refusal = rules.refusal(body, answer.status)
    if (refusal !== undefined) return refusalError(effect, rules, refusal, answer) ?? lost
    if (answer.status >= 400) return lost
    const decoded = decode(codec, body)
    if (E.isRight(decoded)) return decoded
    const paths = decoded.left.map(({ path }) => path)
    return E.left(indeterminate(effect, 'answer', { httpStatus: answer.status, paths }))
  }

const refusalError = (
  effect: Effect,
  rules: RefusalRules,
  refusal: Refusal,
  answer: WireAnswer,
): E.Either<PaymentError, never> | undefined => {
  const meaning = meaningOf(rules, refusal, answer.status)
  if (meaning === undefined || meaning === 'lost') return undefined
  if (meaning === 'rate_limited') return E.left(rateLimited(retryAfterMs(answer)))
  if (meaning === 'registered')
    return E.left(indeterminate(effect, 'answer', { httpStatus: answer.status, registered: true }))
  return E.left(
    refused(meaning, answer.status, {
      ...(meaning === 'validation' ? { fields: refusal.fields } : {}),
      ...omitUndefined({ providerCode: refusal.code }),
    }),
  )
}
