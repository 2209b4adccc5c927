import {
  type AnyReference,
  type Deduplication,
  type Draft,
  indeterminate,
  locate,
  type PaymentError,
  type Unreachable,
  unreachable,
} from '../../core/index.js'
import { describeError } from '../describe-error.js'
import { failOver, failoverCause, startNewAttempt } from './failover.js'
import {
  type Change,
  currentAttempt,
  type LeasedOperation,
  located,
  move,
  released,
  releasing,
} from './leased-operation.js'
import { hasNext, mayStartNewAttempt, nextPoll, requiresResolutionOr } from './steps.js'

/** What is persisted with the first dispatch: the draft, and how to find the object if the answer is lost. */
export interface PersistedRequest {
  readonly draft: Draft
  readonly reference?: AnyReference
  readonly tokenHash?: string
}

/** Persists the draft with the first dispatch, or records one more dispatch before a resend. Committed once connected, before the first byte. */
export const recordDispatch = (leased: LeasedOperation, persisted: PersistedRequest, now: number): Change => {
  const { dispatchCount, firstDispatchedAt } = currentAttempt(leased)
  return move(
    leased,
    {
      operation: { state: 'dispatched', nextPollAt: now },
      attempt: {
        state: 'dispatched',
        dispatchCount: dispatchCount + 1,
        firstDispatchedAt: firstDispatchedAt ?? now,
        effect: persisted.draft.wire.effect,
        ...persisted,
      },
      log: { what: 'dispatched', detail: persisted.draft.wire.effect },
      keepLease: true,
    },
    now,
  )
}

/** The attempt ends with proof that it executed nothing, and no other account is tried. */
const end = (leased: LeasedOperation, error: PaymentError, attempt: 'unsent' | 'refused', now: number): Change => {
  const isFinal = error._tag === 'Refused' && error.retry === 'never'
  const endedBy = describeError(error)
  return move(
    leased,
    {
      operation: {
        state: isFinal ? 'refused' : 'canceled',
        error: located(leased, error),
        ...released(leased.operation),
      },
      emit: isFinal ? 'operation.refused' : 'operation.canceled',
      attempt: { state: attempt, endedBy },
      log: { what: attempt, detail: endedBy },
      keepLease: false,
      also: releasing(leased.operation),
    },
    now,
  )
}

/** The error of an operation whose outcome is not known. */
export const unknown = (leased: LeasedOperation, error?: PaymentError): PaymentError => {
  if (error?.outcome === 'unknown') return error
  return leased.operation.error ?? indeterminate(currentAttempt(leased).effect ?? 'moves_money', 'answer')
}

const lost = (leased: LeasedOperation, error: PaymentError, deduplication: Deduplication, now: number): Change => {
  const poll = nextPoll(leased, deduplication, now)
  return move(
    leased,
    {
      operation: { state: 'indeterminate', error: unknown(leased, error), ...poll },
      emit: requiresResolutionOr(poll, 'operation.indeterminate'),
      attempt: { endedBy: describeError(error) },
      log: { what: 'indeterminate', detail: describeError(error) },
      keepLease: false,
    },
    now,
  )
}

/**
 * After a send or a resend that did not end with the object. `dispatched`: whether this worker's dispatch was committed for it.
 * Only two things prove that nothing executed: that no byte was written under any dispatch, and a refusal that answers the
 * only dispatch.
 */
export const afterFailure = (
  leased: LeasedOperation,
  error: PaymentError,
  dispatched: boolean,
  deduplication: Deduplication,
  now: number,
): Change => {
  const { dispatchCount, effect } = currentAttempt(leased)
  const isOnlyDispatch = dispatchCount === (dispatched ? 1 : 0)
  const isRefused = error.outcome === 'refused'
  const isUnsent = dispatched ? error._tag === 'Unreachable' : !isRefused
  if (isOnlyDispatch && (isUnsent || isRefused)) {
    const proof = error.outcome === 'unknown' ? locate(unreachable('draft'), error) : error
    const state = isRefused ? 'refused' : 'unsent'
    const because = failoverCause(proof, dispatched ? effect : undefined)
    return because !== undefined && hasNext(leased) && now < leased.operation.deadline
      ? failOver(leased, because, { state, endedBy: describeError(proof) }, now)
      : end(leased, proof, state, now)
  }
  return mayStartNewAttempt(leased, now)
    ? startNewAttempt(leased, now, describeError(error))
    : lost(leased, error, deduplication, now)
}

/** Nothing was ever dispatched, and the deadline has passed. */
export const cancel = (leased: LeasedOperation, error: Unreachable, now: number): Change =>
  end(leased, error, 'unsent', now)
