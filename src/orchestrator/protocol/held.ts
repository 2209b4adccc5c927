import {
  type AttemptRecord,
  eventsOf,
  type LogRecord,
  type OperationRecord,
  type Write,
  without,
} from '../../ledger/index.js'

/** An operation that a worker holds, with its attempts, first to last. */
export interface Held {
  readonly operation: OperationRecord
  readonly attempts: readonly AttemptRecord[]
}

/** What subscribers are told about an operation itself. What became of its object, the object's own events tell. */
export type OperationEvent =
  | 'operation.refused'
  | 'operation.canceled'
  | 'operation.indeterminate'
  /** Nothing more can be found out by itself: it waits for `resolve`. */
  | 'operation.parked'
  /** A person attested what became of it. */
  | 'operation.resolved'

/** What a step leaves behind: the writes to commit together, and the operation as it then is. */
export interface Change {
  readonly held: Held
  readonly writes: readonly Write[]
}

/** The attempt that is being made. */
export const currentAttempt = ({ operation, attempts }: Held): AttemptRecord => {
  const current = attempts[operation.attempt - 1]
  if (current === undefined) throw new RangeError('an operation without its attempt')
  return current
}

const replaceCurrent = (held: Held, attempt: AttemptRecord): readonly AttemptRecord[] =>
  held.attempts.map((other) => (other.n === attempt.n ? attempt : other))

export interface Moved {
  readonly operation: Partial<OperationRecord>
  /** The event that subscribers are told. */
  readonly tell?: OperationEvent
  readonly attempt?: Partial<AttemptRecord>
  readonly next?: AttemptRecord
  readonly log: Pick<LogRecord, 'what' | 'detail'>
  readonly keepLease: boolean
  readonly also?: readonly Write[]
}

const telling = (operation: OperationRecord, tell: OperationEvent | undefined, now: number) => {
  const { id: operationId, operation: name, key, state, error = null } = operation
  const payload = { operationId, operation: name, idempotencyKey: key, state, error }
  return eventsOf(`operation:${operationId}`, operation.events, tell === undefined ? [] : [tell], payload, now)
}

export const move = (held: Held, moved: Moved, now: number): Change => {
  const current = currentAttempt(held)
  // What a step does not say again does not hold any more.
  const changed: OperationRecord = { ...without(held.operation, 'nextAt', 'error'), ...moved.operation }
  const events = telling(changed, moved.tell, now)
  const operation = { ...changed, events: changed.events + events.length }
  const attempt: AttemptRecord = { ...current, ...moved.attempt }
  const attempts = [...replaceCurrent(held, attempt), ...(moved.next === undefined ? [] : [moved.next])]
  return {
    held: { operation, attempts },
    writes: [
      { write: 'operation', operation, from: held.operation.state, keepLease: moved.keepLease },
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
  marks: 0,
})

export const reserving = ({ reservation }: OperationRecord, take: boolean): readonly Write[] => {
  if (reservation === undefined) return []
  const { account, id, amount } = reservation
  const signed = { ...amount, amount: take ? amount.amount : -amount.amount }
  return [{ write: 'reserve', object: { account, kind: 'payment', id }, amount: signed, clipped: false }]
}

/** Gives back what a refund had reserved. Only a proof that it did not execute leads here. */
export const released = ({ reservation }: OperationRecord) =>
  reservation?.held === true ? { reservation: { ...reservation, held: false } } : {}

export const releasing = (operation: OperationRecord): readonly Write[] =>
  operation.reservation?.held === true ? reserving(operation, false) : []
