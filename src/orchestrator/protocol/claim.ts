import type { OperationRecord } from '../../ledger/index.js'
import { type Change, type Held, move, newAttempt, reserving } from './held.js'

/** Claims an operation: the lease is the writer's, and what a refund may give back is reserved with it. */
export const claim = (operation: OperationRecord, leaseMs: number, now: number): Change => {
  const attempt = newAttempt(operation, 1, 0)
  return {
    held: { operation, attempts: [attempt] },
    writes: [
      { write: 'claim', operation, leaseMs },
      { write: 'attempt', attempt, is: 'new' },
      ...reserving(operation, true),
      { write: 'log', log: { operationId: operation.id, n: 1, at: now, fence: operation.fence, what: 'claimed' } },
    ],
  }
}

/** Takes over an operation that nobody holds. */
export const takeOver = ({ operation, attempts }: Held, leaseMs: number, now: number): Change => {
  const taken: OperationRecord = { ...operation, fence: operation.fence + 1 }
  return {
    held: { operation: taken, attempts },
    writes: [
      { write: 'take_over', id: operation.id, fence: operation.fence, leaseMs },
      {
        write: 'log',
        log: { operationId: operation.id, n: operation.attempt, at: now, fence: taken.fence, what: 'taken_over' },
      },
    ],
  }
}

/** The same key again, after everything that was tried ended with proof that nothing executed: a new start, where the routes lead now. */
export const reopen = (held: Held, accounts: readonly string[], deadline: number, now: number): Change => {
  const n = held.operation.attempt + 1
  const operation: OperationRecord = {
    ...held.operation,
    accounts,
    state: 'prepared',
    deadline,
    attempt: n,
    checks: 0,
    nextAt: now,
    ...(held.operation.reservation === undefined ? {} : { reservation: { ...held.operation.reservation, held: true } }),
  }
  return move(
    held,
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
