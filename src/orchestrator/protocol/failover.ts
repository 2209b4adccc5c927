import {
  type Effect,
  omitUndefined,
  type PaymentError,
  type Refused,
  type Unreachable,
  type Unsupported,
} from '../../core/index.js'
import { type AttemptRecord, abandonedPayment, type OperationRecord, originOf, type Write } from '../../ledger/index.js'
import { type Change, currentAttempt, type LeasedOperation, move, newAttempt } from './leased-operation.js'
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
  if (sent === 'creates') return LINK_NEVER_RELEASED
  if (error._tag === 'Unsupported') return error
  if (error._tag === 'Unreachable') return error.phase === 'deadline' || error.phase === 'store' ? undefined : error
  if (error._tag === 'Refused' && failoverReasons.includes(error.reason))
    return error as Refused & { reason: FailoverReason }
  return undefined
}

/** The payment that the attempt created is read from now on, if its id is known. */
const recordAbandoned = ({ operation }: LeasedOperation, attempt: AttemptRecord, now: number): readonly Write[] => {
  const { reference } = attempt
  if (reference?.kind !== 'payment' || !('id' in reference)) return []
  const known = {
    origin: originOf(operation, attempt),
    now,
    ...omitUndefined({ expectedAmount: operation.request.amount, names: attempt.draft?.names }),
  }
  return [{ write: 'new_object', object: abandonedPayment(reference, known) }]
}

/** Closes the attempt and begins the next, at `position`, in one write. */
const moveOn = (
  leased: LeasedOperation,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'endedBy'>,
  position: number,
  now: number,
): Change => {
  const n = leased.operation.attempt + 1
  const operation: OperationRecord = {
    ...leased.operation,
    state: 'prepared',
    attempt: n,
    pollCount: 0,
    nextPollAt: now,
  }
  return move(
    leased,
    {
      operation,
      attempt: closing,
      next: newAttempt(operation, n, position),
      log: { what: closing.state, ...omitUndefined({ detail: closing.endedBy ?? because._tag }) },
      keepLease: true,
      also: closing.state === 'abandoned' ? recordAbandoned(leased, currentAttempt(leased), now) : [],
    },
    now,
  )
}

/** The next account of the list. */
export const failOver = (
  leased: LeasedOperation,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'endedBy'>,
  now: number,
): Change => moveOn(leased, because, closing, currentAttempt(leased).position + 1, now)

/** Abandons what the attempt created and makes it again: at the next account if there is one, else at the same. */
export const startNewAttempt = (leased: LeasedOperation, now: number, endedBy?: string): Change => {
  const closing = { state: 'abandoned', ...omitUndefined({ endedBy }) } as const
  return hasNext(leased)
    ? failOver(leased, LINK_NEVER_RELEASED, closing, now)
    : moveOn(leased, LINK_NEVER_RELEASED, closing, currentAttempt(leased).position, now)
}
