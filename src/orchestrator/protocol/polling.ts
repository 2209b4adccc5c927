import { MINUTE, omitUndefined, unreachable } from '../../core/index.js'
import { type Change, type LeasedOperation, move } from './leased-operation.js'
import { cancel, closedRefusal, end, unknown } from './sending.js'
import { nextPoll, requiresResolutionOr } from './steps.js'

/**
 * After a poll that did not find the object, or for an operation that cannot be polled. `answered`: whether the gateway answered
 * it. Only then a refusal that waited to be looked up ends the operation.
 */
export const afterPoll = (leased: LeasedOperation, answered: boolean, now: number): Change => {
  const refusal = answered ? closedRefusal(leased) : undefined
  if (refusal !== undefined) return end(leased, refusal, 'refused', now)
  const poll = nextPoll(leased, now)
  return move(
    leased,
    {
      operation: { state: 'indeterminate', error: unknown(leased), ...poll },
      ...omitUndefined({ emit: requiresResolutionOr(poll, undefined) }),
      log: { what: 'polled' },
      keepLease: false,
    },
    now,
  )
}

const DEFERRED_FOR_MS = MINUTE
/** Once it is listed as unresolved. */
const STALLED_FOR_MS = 10 * MINUTE

/**
 * Defers an operation whose account this worker does not have: another worker may have it. After the deadline, one of which
 * nothing was sent is canceled, and any other is listed as unresolved until a worker that has its account polls it.
 */
export const withoutAccount = (leased: LeasedOperation, now: number): Change => {
  const { state, deadline, error } = leased.operation
  const isOver = now >= deadline
  if (isOver && state === 'prepared') return cancel(leased, unreachable('deadline'), now)
  return move(
    leased,
    {
      operation: {
        nextPollAt: now + (isOver ? STALLED_FOR_MS : DEFERRED_FOR_MS),
        ...omitUndefined({ error, stalled: isOver ? 'no_account' : undefined }),
      },
      log: { what: 'deferred' },
      keepLease: false,
    },
    now,
  )
}
