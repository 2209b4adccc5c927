import { type AnyReference, DAY, type Deduplication, HOUR, MINUTE, SECOND } from '../../core/index.js'
import { currentAttempt, type LeasedOperation } from './leased-operation.js'

/** What the worker that holds an operation does next. */
export type Step =
  /** Draft, connect, persist and record the dispatch, write. */
  | { readonly step: 'send' }
  /**
   * Read the object back. If the read is answered and does not find it, do `otherwise`: `resend` sends the persisted bytes once
   * more, because the gateway de-duplicates by key, proven. An object that is not found is no evidence, and a read that
   * failed says nothing: clocks and records may be wrong, and only an answer shows what the gateway has.
   */
  | { readonly step: 'poll'; readonly reference: AnyReference; readonly otherwise: 'resend' | 'wait' }
  /** Abandon what was created, and make it again, here or at the next account. */
  | { readonly step: 'new_attempt' }
  /** It was never dispatched, and its deadline has passed. */
  | { readonly step: 'cancel' }
  /** There is nothing to do now. */
  | { readonly step: 'wait' }

/** An attempt is sent at most this many times, a resend of the same bytes included. */
const MAX_SENDS = 3
/** A request that creates is made again at most this many times. */
const MAX_NEW_ATTEMPTS = 2
// A request may be under way for as long as the longest exchange takes: the window has to cover its arrival.
export const RESEND_MARGIN_MS = MINUTE
const LONGEST_RESEND_MS = HOUR

/** The pause before each poll, in milliseconds: 5 seconds, growing to a day, for thirty days. */
export const pollSchedule: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  ...Array.from({ length: 30 }, () => DAY),
]

/** Whether the gateway still knows the attempt's key, proven, so that it may be sent again. `now` by the clock that stamps the first dispatch. */
export const mayResend = (leased: LeasedOperation, deduplication: Deduplication, now: number): boolean => {
  const { firstDispatchedAt = now, dispatchCount } = currentAttempt(leased)
  if (deduplication.kind === 'none' || !deduplication.proven) return false
  const until = firstDispatchedAt + Math.min(deduplication.windowMs - RESEND_MARGIN_MS, LONGEST_RESEND_MS)
  return dispatchCount < MAX_SENDS && now < until && now < leased.operation.deadline
}

const countAbandoned = ({ attempts }: LeasedOperation): number =>
  attempts.filter(({ state }) => state === 'abandoned').length

export const hasNext = ({ operation, attempts }: LeasedOperation): boolean => {
  const position = attempts[operation.attempt - 1]?.position ?? 0
  return position + 1 < operation.accounts.length
}

export const mayStartNewAttempt = (leased: LeasedOperation, now: number): boolean =>
  now < leased.operation.deadline &&
  currentAttempt(leased).effect === 'creates' &&
  (hasNext(leased) || countAbandoned(leased) < MAX_NEW_ATTEMPTS)

/** What to do next with a leased operation. `deduplication` is the account's, for this operation. */
export const next = (leased: LeasedOperation, deduplication: Deduplication, now: number): Step => {
  const { operation } = leased
  switch (operation.state) {
    case 'prepared':
      return now < operation.deadline ? { step: 'send' } : { step: 'cancel' }
    case 'executed':
    case 'refused':
    case 'canceled':
      return { step: 'wait' }
    case 'dispatched':
    case 'indeterminate': {
      if (mayStartNewAttempt(leased, now)) return { step: 'new_attempt' }
      const { reference } = currentAttempt(leased)
      if (reference === undefined) return { step: 'wait' }
      return { step: 'poll', reference, otherwise: mayResend(leased, deduplication, now) ? 'resend' : 'wait' }
    }
  }
}

/** The next poll of an operation that no usable answer came for. None if it cannot be polled: it requires resolution. */
export const nextPoll = (leased: LeasedOperation, now: number): { pollCount: number; nextPollAt?: number } => {
  const { pollCount, scheduledPollAt } = leased.operation
  const wait = pollSchedule[pollCount]
  const isPollable = currentAttempt(leased).reference !== undefined
  // A notification asked for this poll, before the schedule did.
  if (isPollable && scheduledPollAt !== undefined && scheduledPollAt > now)
    return { pollCount, nextPollAt: scheduledPollAt }
  return { pollCount: pollCount + 1, ...(wait === undefined || !isPollable ? {} : { nextPollAt: now + wait }) }
}

export const requiresResolutionOr = <Other>(poll: { nextPollAt?: number }, other: Other) =>
  poll.nextPollAt === undefined ? ('operation.requires_resolution' as const) : other
