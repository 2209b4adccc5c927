import type { AnyReference } from './reference.js'

/**
 * What may be concluded about the money after a failed call. Retry logic reads this, never an HTTP status.
 * - `not_sent`: the gateway cannot have acted
 * - `refused`: the gateway said no
 * - `unknown`: the gateway may have acted; only a read, or an operator's evidence, closes it
 */
export type Outcome = 'not_sent' | 'refused' | 'unknown'

/**
 * What the caller may do next.
 * - `never`: repeating the same call is useless or dangerous
 * - `safe`: the same call may be repeated freely
 * - `same_key`: may be repeated, under the same idempotency key only
 * - `after_read`: read the object first; a blind repeat may move the money twice
 */
export type Retry = 'never' | 'safe' | 'same_key' | 'after_read'

/** One thing wrong with an input. The offending value is never in here. */
export interface Issue {
  /** Where: `payer.email`, `amount.currency`. */
  readonly path: string
  /** What was expected there. */
  readonly expected: string
}

/** An issue, unless something holds. */
export const unless = (holds: boolean, path: string, expected: string): readonly Issue[] =>
  holds ? [] : [{ path, expected }]

/** Why a gateway said no. */
export type RefusalReason =
  | 'authentication'
  | 'permission'
  | 'configuration'
  | 'insufficient_funds'
  | 'signature'
  | 'validation'
  | 'not_found'
  | 'amount_limit'
  | 'bank_details'
  | 'expired'

/** How far a call had come when it failed without the gateway having been able to act. */
export type UnsentPhase = 'draft' | 'resolve' | 'connect' | 'secure' | 'before_write' | 'circuit' | 'deadline' | 'store'

/** How far a call had come when its outcome was lost: writing the request, waiting for the status line, reading the body, understanding the answer. */
export type UnknownPhase = 'write' | 'first_byte' | 'body' | 'answer'

interface Problem<Tag extends string, O extends Outcome, R extends Retry> {
  readonly _tag: Tag
  readonly outcome: O
  readonly retry: R
  /** A fixed English sentence for people. Holds no value of the caller's or the gateway's. */
  readonly message: string
}

/** The configuration is wrong at the given paths. Nothing was sent. */
export interface InvalidConfig extends Problem<'InvalidConfig', 'not_sent', 'never'> {
  readonly issues: readonly Issue[]
}

/** The request is wrong at the given paths. Nothing was sent. */
export interface InvalidRequest extends Problem<'InvalidRequest', 'not_sent', 'never'> {
  readonly issues: readonly Issue[]
}

/** This account's gateway cannot do, or has no place for, what the given paths ask. Nothing was sent. */
export interface Unsupported extends Problem<'Unsupported', 'not_sent', 'never'> {
  readonly issues: readonly Issue[]
}

/** The gateway was not reached, or not asked: no byte of the decisive request left. */
export interface Unreachable extends Problem<'Unreachable', 'not_sent', 'safe'> {
  readonly phase: UnsentPhase
  /** The system's error code (`ECONNREFUSED`, `ENOTFOUND`), where there is one. */
  readonly code?: string
}

/** Another worker is on this operation and may have sent. */
export interface InProgress extends Problem<'InProgress', 'unknown', 'same_key'> {
  readonly operationId?: string
}

/** The idempotency key was used before, for another request. Says nothing about that request's money. */
export type Conflict = Problem<'Conflict', 'unknown', 'never'>

/** The gateway asked to slow down, in its own words. */
export interface RateLimited extends Problem<'RateLimited', 'refused', 'same_key'> {
  /** Milliseconds to wait, where the gateway said so. */
  readonly retryAfterMs?: number
}

/** The gateway's own, decodable no. */
export interface Refused extends Problem<'Refused', 'refused', 'same_key' | 'never'> {
  readonly reason: RefusalReason
  readonly httpStatus: number
  /** For `validation`: names of the gateway's fields it complained about. */
  readonly fields?: readonly string[]
}

/** The gateway may have acted. Never treat as failed; read `reference`, where there is one, or ask the gateway. */
export interface Indeterminate extends Problem<'Indeterminate', 'unknown', 'after_read' | 'safe'> {
  readonly phase: UnknownPhase
  readonly httpStatus?: number
  /** The system's error code, where there is one. Codes are no evidence: the same code was seen with and without execution. */
  readonly code?: string
  /** The gateway says that an earlier send of the same key was registered. */
  readonly registered?: true
  readonly operationId?: string
  /** When paymux looks again by itself, milliseconds since the epoch. */
  readonly nextCheckAt?: number
  /** Points at the object: by its id, where it was staged before; by our key, where the account can look up by key. */
  readonly reference?: AnyReference
}

/** Every way a call can fail. Closed on purpose: a new case must break every `switch` at compile time. */
export type PaymentError =
  | InvalidConfig
  | InvalidRequest
  | Unsupported
  | Unreachable
  | InProgress
  | Conflict
  | RateLimited
  | Refused
  | Indeterminate

const sentence = (text: string, issues: readonly Issue[]): string =>
  `${text}: ${issues.map(({ path, expected }) => `${path} (expected ${expected})`).join(', ')}`

/** {@link InvalidConfig} with its issues. */
export const invalidConfig = (issues: readonly Issue[]): InvalidConfig => ({
  _tag: 'InvalidConfig',
  outcome: 'not_sent',
  retry: 'never',
  message: sentence('The configuration is not valid', issues),
  issues,
})

/** {@link InvalidRequest} with its issues. */
export const invalidRequest = (issues: readonly Issue[]): InvalidRequest => ({
  _tag: 'InvalidRequest',
  outcome: 'not_sent',
  retry: 'never',
  message: sentence('The request is not valid', issues),
  issues,
})

/** {@link Unsupported} with its issues; `expected` says what the gateway does take. */
export const unsupported = (issues: readonly Issue[]): Unsupported => ({
  _tag: 'Unsupported',
  outcome: 'not_sent',
  retry: 'never',
  message: sentence('The gateway cannot take this', issues),
  issues,
})

/** {@link Unreachable} in a phase. */
export const unreachable = (phase: UnsentPhase, code?: string): Unreachable => ({
  _tag: 'Unreachable',
  outcome: 'not_sent',
  retry: 'safe',
  message: phase === 'store' ? 'The store did not answer' : `The gateway was not asked (${phase})`,
  phase,
  ...(code === undefined ? {} : { code }),
})

/** {@link InProgress}. */
export const inProgress = (operationId?: string): InProgress => ({
  _tag: 'InProgress',
  outcome: 'unknown',
  retry: 'same_key',
  message: 'Another worker is on this operation',
  ...(operationId === undefined ? {} : { operationId }),
})

/** {@link Conflict}. */
export const conflict = (): Conflict => ({
  _tag: 'Conflict',
  outcome: 'unknown',
  retry: 'never',
  message: 'The idempotency key was used for another request',
})

/** {@link RateLimited}. */
export const rateLimited = (retryAfterMs?: number): RateLimited => ({
  _tag: 'RateLimited',
  outcome: 'refused',
  retry: 'same_key',
  message: 'The gateway asked to slow down',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

const repeatable: readonly RefusalReason[] = ['authentication', 'permission', 'configuration', 'insufficient_funds']

// They come from the gateway: what is no plain name may be anything, the payer's data among it.
const fieldName = /^(?!.*\d{4})[\w.[\]-]{1,64}$/

/** {@link Refused}. What is put right outside the request (keys, rights, settings, funds) may be repeated under the same key. */
export const refused = (reason: RefusalReason, httpStatus: number, fields: readonly string[] = []): Refused => {
  const named = fields.filter((field) => fieldName.test(field))
  return {
    _tag: 'Refused',
    outcome: 'refused',
    retry: repeatable.includes(reason) ? 'same_key' : 'never',
    message: `The gateway refused (${reason})`,
    reason,
    httpStatus,
    ...(named.length === 0 ? {} : { fields: named }),
  }
}

/** What is known beside the phase of an {@link Indeterminate}. */
export type IndeterminateFacts = Pick<
  Indeterminate,
  'httpStatus' | 'code' | 'registered' | 'operationId' | 'nextCheckAt' | 'reference'
>

/** {@link Indeterminate}. A read may be repeated; anything else is read back first. */
export const indeterminate = (
  effect: 'reads' | 'stages' | 'moves_money',
  phase: UnknownPhase,
  facts: IndeterminateFacts = {},
): Indeterminate => ({
  _tag: 'Indeterminate',
  outcome: 'unknown',
  retry: effect === 'reads' ? 'safe' : 'after_read',
  message:
    facts.registered === true
      ? 'The gateway registered an earlier send of this key; its result must be looked up'
      : `No usable answer came from the gateway (${phase}); it may have acted`,
  phase,
  ...facts,
})
