import { type Json, locate, type MinorUnits, type PaymentError } from '../../core/index.js'
import {
  type AttemptRecord,
  buildEvents,
  type LogRecord,
  type OperationRecord,
  toStoredJson,
  type Write,
  without,
} from '../../ledger/index.js'

/** An operation whose lease a worker holds, with its attempts, first to last. */
export interface LeasedOperation {
  readonly operation: OperationRecord
  readonly attempts: readonly AttemptRecord[]
}

/** The events about an operation itself. What became of its object, the object's own events tell. */
export type OperationEvent =
  | 'operation.refused'
  | 'operation.canceled'
  | 'operation.indeterminate'
  /** No poll or resend can find out more: it waits for `resolve`. */
  | 'operation.requires_resolution'
  /** An operator attested what became of it. */
  | 'operation.resolved'

/** What a step changes: the writes to commit together, and the operation as it then is. */
export interface Change {
  readonly leased: LeasedOperation
  readonly writes: readonly Write[]
}

/** The attempt that is being made. */
export const currentAttempt = ({ operation, attempts }: LeasedOperation): AttemptRecord => {
  const current = attempts[operation.attempt - 1]
  if (current === undefined) throw new RangeError('an operation without its attempt')
  return current
}

/** An error of the current attempt, with where it occurred. */
export const located = (leased: LeasedOperation, error: PaymentError): PaymentError =>
  locate(error, { operationId: leased.operation.id, account: currentAttempt(leased).account })

const replaceCurrent = (leased: LeasedOperation, attempt: AttemptRecord): readonly AttemptRecord[] =>
  leased.attempts.map((other) => (other.n === attempt.n ? attempt : other))

export interface Moved {
  readonly operation: Partial<OperationRecord>
  /** The event to emit. */
  readonly emit?: OperationEvent
  readonly attempt?: Partial<AttemptRecord>
  readonly next?: AttemptRecord
  readonly log: Pick<LogRecord, 'what' | 'detail' | 'attestation'>
  readonly keepLease: boolean
  readonly also?: readonly Write[]
}

/** What an event about an operation holds beside its header. */
const eventPayload = (operation: OperationRecord, account: string, attestation: LogRecord['attestation']): Json => {
  const { id: operationId, name, idempotencyKey, merchantReference, request, state, error } = operation
  return toStoredJson({
    account,
    operationId,
    idempotencyKey,
    merchantReference,
    metadata: request.metadata,
    operation: { id: operationId, name, state, error },
    attestation,
  })
}

const operationEvents = (operation: OperationRecord, account: string, { emit, log }: Moved, now: number) =>
  buildEvents(
    `operation:${operation.id}`,
    operation.events,
    emit === undefined ? [] : [emit],
    eventPayload(operation, account, log.attestation),
    now,
  )

export const move = (leased: LeasedOperation, moved: Moved, now: number): Change => {
  const current = currentAttempt(leased)
  // The times of the next poll, why it stalls and the error hold only for the step that set them.
  const changed: OperationRecord = {
    ...without(leased.operation, 'nextPollAt', 'scheduledPollAt', 'stalled', 'error'),
    ...moved.operation,
    ...(moved.emit === 'operation.requires_resolution' ? { requiresResolution: true } : {}),
  }
  // It is said once, however often a notification asks for a poll after that.
  const isSaid = moved.emit === 'operation.requires_resolution' && leased.operation.requiresResolution === true
  const events = isSaid ? [] : operationEvents(changed, current.account, moved, now)
  const operation = { ...changed, events: changed.events + events.length }
  const attempt: AttemptRecord = { ...current, ...moved.attempt }
  const attempts = [...replaceCurrent(leased, attempt), ...(moved.next === undefined ? [] : [moved.next])]
  return {
    leased: { operation, attempts },
    writes: [
      { write: 'operation', operation, from: leased.operation.state, keepLease: moved.keepLease },
      ...(moved.attempt === undefined ? [] : [{ write: 'attempt', attempt, is: 'changed' } as const]),
      ...(moved.next === undefined ? [] : [{ write: 'attempt', attempt: moved.next, is: 'new' } as const]),
      ...(moved.also ?? []),
      ...events.map((event) => ({ write: 'event', event }) as const),
      {
        write: 'log',
        log: { operationId: operation.id, n: current.n, at: now, fence: operation.fence, ...moved.log },
      },
    ],
  }
}

/** The first attempt of an operation, or the next one. */
export const newAttempt = (operation: OperationRecord, n: number, position: number): AttemptRecord => ({
  operationId: operation.id,
  n,
  position,
  account: operation.accounts[position] ?? '',
  state: 'open',
  dispatchCount: 0,
})

/** Takes or gives back what a refund reserves. A late success may have counted what is given back: then less is held. */
export const reserving = ({ reservation }: OperationRecord, take: boolean): readonly Write[] => {
  if (reservation === undefined) return []
  const { account, id, amount } = reservation
  const signed: MinorUnits = { ...amount, minorUnits: take ? amount.minorUnits : -amount.minorUnits }
  return [{ write: 'reserve', object: { account, kind: 'payment', id }, amount: signed, clipped: !take }]
}

/** Releases what a refund had reserved. Only a proof that it did not execute leads here. */
export const released = ({ reservation }: OperationRecord) =>
  reservation?.held === true ? { reservation: { ...reservation, held: false } } : {}

export const releasing = (operation: OperationRecord): readonly Write[] =>
  operation.reservation?.held === true ? reserving(operation, false) : []
