import type { AnyReference, Deduplication } from '../../core/index.js'
import { currentAttempt, type Held } from './held.js'

/** What the worker that holds an operation does next. */
export type Step =
  /** Draft, connect, freeze and mark, write. */
  | { readonly step: 'send' }
  /** The frozen bytes once more: the gateway tells a repeat by its key, for certain. */
  | { readonly step: 'resend' }
  /** Read the object back; where it is not found, do `otherwise`. Not to be found is no evidence. */
  | { readonly step: 'look_up'; readonly reference: AnyReference; readonly otherwise: 'resend' | 'wait' }
  /** What was staged is orphaned, and made again, here or at the next account. */
  | { readonly step: 'start_over' }
  /** Never marked, and its time is over. */
  | { readonly step: 'cancel' }
  /** Nothing now. */
  | { readonly step: 'wait' }

/** An attempt is sent at most this many times, a resend of the same bytes included. */
const MAX_SENDS = 3
/** A staged request is made again at most this many times. */
const MAX_START_OVERS = 2
// A request may be under way for as long as the longest exchange takes: the window has to cover its arrival.
const RESEND_MARGIN_MS = 60_000
const LONGEST_RESEND_MS = 60 * 60_000

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long after the last look the next one follows: 5 s, growing to daily, for thirty days. */
export const lookUpSchedule: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  ...Array.from({ length: 30 }, () => DAY),
]

/** Whether the gateway still knows the attempt's key for certain, and it may be sent again. `now` by the clock that stamps the first mark. */
export const mayResend = (held: Held, deduplication: Deduplication, now: number): boolean => {
  const { firstMarkedAt = now, marks } = currentAttempt(held)
  if (deduplication.kind === 'none' || !deduplication.proven) return false
  const until = firstMarkedAt + Math.min(deduplication.windowMs - RESEND_MARGIN_MS, LONGEST_RESEND_MS)
  return marks < MAX_SENDS && now < until && now < held.operation.deadline
}

const orphans = ({ attempts }: Held): number => attempts.filter(({ state }) => state === 'orphaned').length

export const hasNext = ({ operation, attempts }: Held): boolean => {
  const position = attempts[operation.attempt - 1]?.position ?? 0
  return position + 1 < operation.accounts.length
}

export const mayStartOver = (held: Held, now: number): boolean =>
  now < held.operation.deadline &&
  currentAttempt(held).effect === 'stages' &&
  (hasNext(held) || orphans(held) < MAX_START_OVERS)

/** What to do next with an operation that this worker holds. `deduplication` is the account's, for this operation. */
export const next = (held: Held, deduplication: Deduplication, now: number): Step => {
  const { operation } = held
  switch (operation.state) {
    case 'prepared':
      return now < operation.deadline ? { step: 'send' } : { step: 'cancel' }
    case 'executed':
    case 'refused':
    case 'canceled':
      return { step: 'wait' }
    case 'dispatched':
    case 'indeterminate': {
      if (mayStartOver(held, now)) return { step: 'start_over' }
      const { reference } = currentAttempt(held)
      const resend = mayResend(held, deduplication, now)
      // A gateway that replays tells more by a repeat than by a read.
      if (resend && (deduplication.kind === 'replays' || reference === undefined)) return { step: 'resend' }
      if (reference !== undefined) return { step: 'look_up', reference, otherwise: resend ? 'resend' : 'wait' }
      return { step: 'wait' }
    }
  }
}

/** The next look at an operation that no usable answer came for. None where nothing can be looked up or repeated: it is parked. */
export const nextLook = (
  held: Held,
  deduplication: Deduplication,
  now: number,
): { checks: number; nextAt?: number } => {
  const { checks } = held.operation
  const wait = lookUpSchedule[checks]
  const hasWay = currentAttempt(held).reference !== undefined || mayResend(held, deduplication, now)
  return { checks: checks + 1, ...(wait === undefined || !hasWay ? {} : { nextAt: now + wait }) }
}

export const parkedOr = <Other>(look: { nextAt?: number }, other: Other) =>
  look.nextAt === undefined ? ('operation.parked' as const) : other
