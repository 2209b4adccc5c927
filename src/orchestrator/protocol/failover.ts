import {
  type Effect,
  given,
  type Money,
  type PaymentError,
  type Refused,
  type Unreachable,
  type Unsupported,
} from '../../core/index.js'
import { type AttemptRecord, type OperationRecord, orphanOf, requestOf, type Write } from '../../ledger/index.js'
import { type Change, currentAttempt, type Held, move, newAttempt } from './held.js'
import { hasNext } from './steps.js'

/** What the next account may be tried after. The failover step takes nothing else. */
export type FailoverCause =
  | Unreachable
  | Unsupported
  | (Refused & { readonly reason: FailoverReason })
  | { readonly _tag: 'LinkNeverReleased' }

type FailoverReason =
  | 'authentication'
  | 'permission'
  | 'configuration'
  | 'signature'
  | 'insufficient_funds'
  | 'amount_limit'

const failoverReasons: readonly string[] = [
  'authentication',
  'permission',
  'configuration',
  'signature',
  'insufficient_funds',
  'amount_limit',
] satisfies readonly FailoverReason[]

const LINK_NEVER_RELEASED = { _tag: 'LinkNeverReleased' } as const

/** Whether the next account may be tried after a failure on the attempt just made, and why. */
export const failoverCause = (
  error: PaymentError,
  sent: Exclude<Effect, 'reads'> | undefined,
): FailoverCause | undefined => {
  if (sent === 'stages') return LINK_NEVER_RELEASED
  if (error._tag === 'Unsupported') return error
  if (error._tag === 'Unreachable') return error.phase === 'deadline' || error.phase === 'store' ? undefined : error
  if (error._tag === 'Refused' && failoverReasons.includes(error.reason))
    return error as Refused & { reason: FailoverReason }
  return undefined
}

/** What was staged is followed from now on, where it is known. */
const orphaning = ({ operation }: Held, { reference }: AttemptRecord, now: number): readonly Write[] => {
  if (reference?.kind !== 'payment' || !('id' in reference)) return []
  const { amount: expected } = requestOf<{ readonly amount: Money }>(operation.request)
  return [{ write: 'new_object', object: orphanOf(reference, { operationId: operation.id, expected, now }) }]
}

/** Closes the attempt and begins the next, at `position`, in one write. */
const moveOn = (
  held: Held,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'outcome'>,
  position: number,
  now: number,
): Change => {
  const n = held.operation.attempt + 1
  const operation: OperationRecord = { ...held.operation, state: 'prepared', attempt: n, checks: 0, nextAt: now }
  return move(
    held,
    {
      operation,
      attempt: closing,
      next: newAttempt(operation, n, position),
      log: { what: closing.state, ...given({ detail: closing.outcome ?? because._tag }) },
      keepLease: true,
      also: closing.state === 'orphaned' ? orphaning(held, currentAttempt(held), now) : [],
    },
    now,
  )
}

/** The next account of the list. */
export const failOver = (
  held: Held,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'outcome'>,
  now: number,
): Change => moveOn(held, because, closing, currentAttempt(held).position + 1, now)

/** Orphans what was staged and makes it again: at the next account where there is one, else at the same. */
export const startOver = (held: Held, now: number, outcome?: string): Change => {
  const closing = { state: 'orphaned', ...given({ outcome }) } as const
  return hasNext(held)
    ? failOver(held, LINK_NEVER_RELEASED, closing, now)
    : moveOn(held, LINK_NEVER_RELEASED, closing, currentAttempt(held).position, now)
}
