import {
  type AttemptRecord,
  attemptStates,
  type OperationRecord,
  operationStates,
  type Write,
} from '../../../src/ledger/index.js'

/** The store's content, as far as one operation goes. The rules of its writes are those that the port `Store` states. */
export interface Ledger {
  readonly operation?: OperationRecord
  readonly attempts: readonly AttemptRecord[]
  /** Whether a live lease is on the operation. */
  readonly leased: boolean
  /** What refunds have reserved of the payment, which captured {@link CAPTURED}. Minor units. */
  readonly reserved: bigint
  /** A change that the database's table of states would have refused. */
  readonly illegal?: string
}

const CAPTURED = 1000n

export const emptyLedger: Ledger = { attempts: [], leased: false, reserved: 0n }

type Writes = { readonly [K in Write['write']]: Extract<Write, { write: K }> }

const mayFollow = (follows: readonly string[], from: string, to: string): boolean => from === to || follows.includes(to)

const writeOperation = (ledger: Ledger, { operation, from, keepLease }: Writes['operation']): Ledger | undefined => {
  const stored = ledger.operation
  if (stored === undefined || stored.fence !== operation.fence || stored.state !== from) return undefined
  const isLegal = mayFollow(operationStates[from], from, operation.state)
  return {
    ...ledger,
    operation,
    leased: ledger.leased && keepLease,
    ...(isLegal ? {} : { illegal: `operation ${from} to ${operation.state}` }),
  }
}

const acquire = (ledger: Ledger, { fence }: Writes['acquire_lease']): Ledger | undefined => {
  const { operation } = ledger
  if (operation === undefined || operation.fence !== fence || ledger.leased) return undefined
  return { ...ledger, operation: { ...operation, fence: fence + 1 }, leased: true }
}

const writeAttempt = (ledger: Ledger, { attempt, is }: Writes['attempt']): Ledger => {
  if (is === 'new') return { ...ledger, attempts: [...ledger.attempts, attempt] }
  const from = ledger.attempts[attempt.n - 1]?.state ?? 'open'
  const isLegal = mayFollow(attemptStates[from], from, attempt.state)
  return {
    ...ledger,
    attempts: ledger.attempts.map((other) => (other.n === attempt.n ? attempt : other)),
    ...(isLegal ? {} : { illegal: `attempt ${from} to ${attempt.state}` }),
  }
}

const reserve = (ledger: Ledger, { amount }: Writes['reserve']): Ledger | undefined => {
  const reserved = ledger.reserved + amount.minorUnits
  return reserved < 0n || reserved > CAPTURED ? undefined : { ...ledger, reserved }
}

const apply = (ledger: Ledger, write: Write): Ledger | undefined => {
  switch (write.write) {
    case 'claim':
      return ledger.operation === undefined ? { ...ledger, operation: write.operation, leased: true } : undefined
    case 'acquire_lease':
      return acquire(ledger, write)
    case 'renew_lease':
      return ledger.operation?.fence === write.fence ? { ...ledger, leased: true } : undefined
    case 'operation':
      return writeOperation(ledger, write)
    case 'attempt':
      return writeAttempt(ledger, write)
    case 'reserve':
      return reserve(ledger, write)
    default:
      // Nothing in this world reads the log, the events or the objects.
      return ledger
  }
}

/** All writes, or `undefined` because a guard did not hold. */
export const commit = (ledger: Ledger, writes: readonly Write[]): Ledger | undefined =>
  writes.reduce<Ledger | undefined>((now, write) => (now === undefined ? undefined : apply(now, write)), ledger)
