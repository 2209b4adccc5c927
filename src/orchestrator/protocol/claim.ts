import { type OperationRecord, without } from '../../ledger/index.js'
import { type Change, type LeasedOperation, move, newAttempt, reserving } from './leased-operation.js'

/** Claims an idempotency key for an operation: the writer gets the lease, and a refund's amount is reserved with it. */
export const claim = (operation: OperationRecord, leaseMs: number, now: number): Change => {
  const attempt = newAttempt(operation, 1, 0)
  return {
    leased: { operation, attempts: [attempt] },
    writes: [
      { write: 'claim', operation, leaseMs },
      { write: 'attempt', attempt, is: 'new' },
      ...reserving(operation, true),
      { write: 'log', log: { operationId: operation.id, n: 1, at: now, fence: operation.fence, what: 'claimed' } },
    ],
  }
}

/** Acquires the lease of an operation that no worker holds. */
export const acquire = ({ operation, attempts }: LeasedOperation, leaseMs: number, now: number): Change => {
  const taken: OperationRecord = { ...operation, fence: operation.fence + 1 }
  return {
    leased: { operation: taken, attempts },
    writes: [
      { write: 'acquire_lease', id: operation.id, fence: operation.fence, leaseMs },
      {
        write: 'log',
        log: { operationId: operation.id, n: operation.attempt, at: now, fence: taken.fence, what: 'lease_acquired' },
      },
    ],
  }
}

/** The writes of a new start whose key was looked up at the gateways. */
export const lookedUp = ({ leased, writes }: Change): Change => ({
  leased,
  writes: writes.map((write) =>
    write.write === 'claim' || write.write === 'operation' ? { ...write, isLookedUp: true } : write,
  ),
})

/** A request of the current attempt was sent, and its record is lost: nothing is known of it but that the object is looked for. */
export const assumeSent = (leased: LeasedOperation, now: number): Change =>
  move(
    leased,
    {
      operation: { state: 'dispatched', nextPollAt: now, deadline: now },
      attempt: { state: 'dispatched' },
      log: { what: 'restored' },
      keepLease: true,
    },
    now,
  )

/**
 * A call with the same key after all attempts ended with proof that nothing executed: a new start, over the accounts of the present
 * routes. An operation that was erased gets its request back from the call, which has the same fingerprint.
 */
export const reopen = (
  leased: LeasedOperation,
  request: OperationRecord['request'],
  accounts: readonly string[],
  deadline: number,
  now: number,
): Change => {
  const n = leased.operation.attempt + 1
  const operation: OperationRecord = {
    ...without(leased.operation, 'requiresResolution', 'erasedAt'),
    request: leased.operation.erasedAt === undefined ? leased.operation.request : request,
    accounts,
    state: 'prepared',
    deadline,
    attempt: n,
    pollCount: 0,
    nextPollAt: now,
    ...(leased.operation.reservation === undefined
      ? {}
      : { reservation: { ...leased.operation.reservation, held: true } }),
  }
  return move(
    leased,
    {
      operation,
      next: newAttempt(operation, n, 0),
      log: { what: 'reopened' },
      keepLease: true,
      also: reserving(operation, true),
    },
    now,
  )
}
