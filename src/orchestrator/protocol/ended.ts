import type { PaymentError } from '../../core/index.js'
import type { Attestation, ObjectKey, Write } from '../../ledger/index.js'
import {
  type Change,
  currentAttempt,
  type LeasedOperation,
  located,
  move,
  released,
  releasing,
} from './leased-operation.js'

/** The gateway holds the object, by its answer or by a read. `also`: the writes that record the object. */
export const executed = (
  leased: LeasedOperation,
  object: ObjectKey,
  what: 'executed' | 'found',
  also: readonly Write[],
  now: number,
): Change =>
  move(
    leased,
    {
      operation: { state: 'executed', object },
      attempt: { state: 'executed' },
      log: { what },
      keepLease: false,
      also,
    },
    now,
  )

/** An operator attests that the gateway executed it. `also`: the writes that record the object. */
export const resolvedAsExecuted = (
  leased: LeasedOperation,
  object: ObjectKey,
  attestation: Attestation,
  also: readonly Write[],
  now: number,
): Change =>
  move(
    leased,
    {
      operation: { state: 'executed', object },
      emit: 'operation.resolved',
      attempt: { state: 'executed', endedBy: 'attested' },
      log: { what: 'resolved', detail: 'executed', attestation },
      keepLease: false,
      also,
    },
    now,
  )

/** An operator attests that it did not execute and cannot any more. */
export const resolvedAsNotExecuted = (
  leased: LeasedOperation,
  error: PaymentError,
  attestation: Attestation,
  now: number,
): Change =>
  move(
    leased,
    {
      operation: { state: 'canceled', error: located(leased, error), ...released(leased.operation) },
      emit: 'operation.resolved',
      attempt: { state: currentAttempt(leased).effect === 'creates' ? 'abandoned' : 'unsent', endedBy: 'attested' },
      log: { what: 'resolved', detail: 'not executed', attestation },
      keepLease: false,
      also: releasing(leased.operation),
    },
    now,
  )
