import type { PaymentError } from '../../core/index.js'
import { errorJson, type ObjectKey, type Write } from '../../ledger/index.js'
import { type Change, currentAttempt, type Held, move, released, releasing } from './held.js'

/** The gateway holds the object, by its answer or by a read. `also`: the writes that record the object. */
export const executed = (
  held: Held,
  object: ObjectKey,
  what: 'executed' | 'found',
  also: readonly Write[],
  now: number,
): Change =>
  move(
    held,
    {
      operation: { state: 'executed', object },
      attempt: { state: 'executed' },
      log: { what },
      keepLease: false,
      also,
    },
    now,
  )

/** Somebody attests that the gateway executed it. `also`: the writes that record the object. */
export const resolvedAsExecuted = (
  held: Held,
  object: ObjectKey,
  attestedBy: string,
  also: readonly Write[],
  now: number,
): Change =>
  move(
    held,
    {
      operation: { state: 'executed', object },
      tell: 'operation.resolved',
      attempt: { state: 'executed', outcome: 'attested' },
      log: { what: 'resolved', detail: `executed, attested by ${attestedBy}` },
      keepLease: false,
      also,
    },
    now,
  )

/** Somebody attests that it did not execute and cannot any more. */
export const resolvedAsNotExecuted = (held: Held, error: PaymentError, attestedBy: string, now: number): Change =>
  move(
    held,
    {
      operation: { state: 'canceled', error: errorJson(error), ...released(held.operation) },
      tell: 'operation.resolved',
      attempt: { state: currentAttempt(held).effect === 'stages' ? 'orphaned' : 'unsent', outcome: 'attested' },
      log: { what: 'resolved', detail: `not executed, attested by ${attestedBy}` },
      keepLease: false,
      also: releasing(held.operation),
    },
    now,
  )
