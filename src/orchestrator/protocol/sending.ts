import {
  type AnyReference,
  type Draft,
  type Indeterminate,
  indeterminate,
  locate,
  type PaymentError,
  type RateLimited,
  type RefusalReason,
  type Refused,
  rateLimited,
  refused,
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
  /** The place of the dispatch in a trace. */
  readonly traceparent?: string
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
export const end = (
  leased: LeasedOperation,
  error: PaymentError,
  attempt: 'unsent' | 'refused',
  now: number,
): Change => {
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

const lost = (leased: LeasedOperation, error: PaymentError, now: number): Change => {
  const poll = nextPoll(leased, now)
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
  return mayStartNewAttempt(leased, now) ? startNewAttempt(leased, now, describeError(error)) : lost(leased, error, now)
}

// What a gateway checks before it looks at what a request asks for: it would have refused the first delivery as well.
const refusedUnseen: readonly string[] = ['authentication', 'permission', 'configuration'] satisfies RefusalReason[]

/**
 * What a refusal of the attempt's only dispatch leaves open until it was looked up: proxies and connections deliver a request
 * twice, and the refusal may answer the second delivery. `undefined` if no delivery can have been executed, or the object
 * cannot be looked up.
 */
export const openRefusal = (leased: LeasedOperation, error: PaymentError): Indeterminate | undefined => {
  const { dispatchCount, effect, reference } = currentAttempt(leased)
  // What was created and never released moves no money.
  if (effect !== 'moves_money' || dispatchCount !== 1 || reference === undefined) return undefined
  switch (error._tag) {
    case 'RateLimited':
      return locate(indeterminate(effect, 'answer', { refusal: 'rate_limited', reference }), error)
    case 'Refused':
      return refusedUnseen.includes(error.reason)
        ? undefined
        : locate(
            indeterminate(effect, 'answer', { refusal: error.reason, httpStatus: error.httpStatus, reference }),
            error,
          )
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'Unreachable':
    case 'InProgress':
    case 'Conflict':
    case 'Indeterminate':
      return undefined
  }
}

/** The refusal that an operation waits to look up, as it is once a poll was answered. */
export const closedRefusal = (leased: LeasedOperation): Refused | RateLimited | undefined => {
  const { error } = leased.operation
  if (error?._tag !== 'Indeterminate' || error.refusal === undefined) return undefined
  if (currentAttempt(leased).dispatchCount !== 1) return undefined
  return locate(
    error.refusal === 'rate_limited' ? rateLimited() : refused(error.refusal, error.httpStatus ?? 400),
    error,
  )
}

/** Nothing was ever dispatched, and the deadline has passed. */
export const cancel = (leased: LeasedOperation, error: Unreachable, now: number): Change =>
  end(leased, error, 'unsent', now)
