import {
  type AnyReference,
  type Deduplication,
  type Draft,
  indeterminate,
  type Json,
  type PaymentError,
  type Unreachable,
  unreachable,
} from '../../core/index.js'
import { errorJson } from '../../ledger/index.js'
import { failOver, failoverCause, startOver } from './failover.js'
import { type Change, currentAttempt, type Held, move, released, releasing } from './held.js'
import { hasNext, mayStartOver, nextLook, parkedOr } from './steps.js'

/** What is frozen with the first mark: the draft, and where to look for the object or hear of it when the answer is lost. */
export interface Frozen {
  readonly draft: Draft
  readonly reference?: AnyReference
  readonly tokenHash?: string
}

/** Freezes the draft with the first mark, or marks once more before a resend. Committed with a connection up and before the first byte. */
export const mark = (held: Held, frozen: Frozen, now: number): Change => {
  const { marks, firstMarkedAt } = currentAttempt(held)
  return move(
    held,
    {
      operation: { state: 'dispatched', nextAt: now },
      attempt: {
        state: 'marked',
        marks: marks + 1,
        firstMarkedAt: firstMarkedAt ?? now,
        effect: frozen.draft.wire.effect,
        ...frozen,
      },
      log: { what: 'marked', detail: frozen.draft.wire.effect },
      keepLease: true,
    },
    now,
  )
}

const describe = (error: PaymentError): string => {
  switch (error._tag) {
    case 'Refused':
      return `${error._tag} ${error.reason} ${error.httpStatus}`
    case 'Unreachable':
      return `${error._tag} ${error.phase}`
    case 'Indeterminate':
      return [error._tag, error.phase, error.httpStatus ?? '', error.registered === true ? 'registered' : '']
        .join(' ')
        .trim()
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'InProgress':
    case 'Conflict':
    case 'RateLimited':
      return error._tag
  }
}

/** The attempt ends with proof that it executed nothing, and no other account is tried. */
const end = (held: Held, error: PaymentError, attempt: 'unsent' | 'refused', now: number): Change => {
  const isFinal = error._tag === 'Refused' && error.retry === 'never'
  const outcome = describe(error)
  return move(
    held,
    {
      operation: {
        state: isFinal ? 'refused' : 'canceled',
        error: errorJson(error),
        ...released(held.operation),
      },
      tell: isFinal ? 'operation.refused' : 'operation.canceled',
      attempt: { state: attempt, outcome },
      log: { what: attempt, detail: outcome },
      keepLease: false,
      also: releasing(held.operation),
    },
    now,
  )
}

/** What is told while nothing is known, whatever the last try itself came to. */
export const unknown = (held: Held, error?: PaymentError): Json => {
  if (error?.outcome === 'unknown') return errorJson(error)
  return held.operation.error ?? errorJson(indeterminate(currentAttempt(held).effect ?? 'moves_money', 'answer'))
}

const lost = (held: Held, error: PaymentError, deduplication: Deduplication, now: number): Change => {
  const look = nextLook(held, deduplication, now)
  return move(
    held,
    {
      operation: { state: 'indeterminate', error: unknown(held, error), ...look },
      tell: parkedOr(look, 'operation.indeterminate'),
      attempt: { outcome: describe(error) },
      log: { what: 'lost', detail: describe(error) },
      keepLease: false,
    },
    now,
  )
}

/**
 * After a send or a resend that did not end with the object. `marked`: whether this worker's mark was committed for it.
 * Only two things prove that nothing executed: that no byte was written under any mark, and a refusal that answers the
 * only mark there is.
 */
export const afterFailure = (
  held: Held,
  error: PaymentError,
  marked: boolean,
  deduplication: Deduplication,
  now: number,
): Change => {
  const { marks, effect } = currentAttempt(held)
  const isOnlyMark = marks === (marked ? 1 : 0)
  const isRefused = error.outcome === 'refused'
  const isUnsent = marked ? error._tag === 'Unreachable' : !isRefused
  if (isOnlyMark && (isUnsent || isRefused)) {
    const proof = error.outcome === 'unknown' ? unreachable('draft') : error
    const state = isRefused ? 'refused' : 'unsent'
    const because = failoverCause(proof, marked ? effect : undefined)
    return because !== undefined && hasNext(held) && now < held.operation.deadline
      ? failOver(held, because, { state, outcome: describe(proof) }, now)
      : end(held, proof, state, now)
  }
  return mayStartOver(held, now) ? startOver(held, now, describe(error)) : lost(held, error, deduplication, now)
}

/** Nothing was ever marked, and the deadline has passed. */
export const cancel = (held: Held, error: Unreachable, now: number): Change => end(held, error, 'unsent', now)
