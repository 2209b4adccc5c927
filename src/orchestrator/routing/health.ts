import { CircuitState, CountBreaker } from 'cockatiel'
import type { PaymentError, RefusalReason } from '../../core/index.js'

/** How the accounts have been doing. It decides about their order, and about nothing else: an unhealthy account is still tried, last. */
export interface Health {
  /** Hears how a request to an account ended: the error, or `undefined` for a usable answer. */
  readonly record: (account: string, error: PaymentError | undefined) => void
  readonly isHealthy: (account: string) => boolean
}

/** How long an account stays unhealthy before it is tried in its own place again, in milliseconds. */
export const RECOVERY_MS = 30_000

/** More than half of the last twenty outcomes, of at least five. */
const limits = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 }

// What is wrong with the account, not with the request.
const accountReasons: readonly RefusalReason[] = ['authentication', 'permission', 'configuration']

/** What an outcome says of its account; `undefined` where it was not asked. */
const isFailure = (error: PaymentError | undefined): boolean | undefined => {
  switch (error?._tag) {
    case undefined:
      return false
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'InProgress':
    case 'Conflict':
      return undefined
    case 'Unreachable':
      return ['deadline', 'store', 'circuit'].includes(error.phase) ? undefined : true
    case 'RateLimited':
      return true
    case 'Refused':
      return accountReasons.includes(error.reason)
    case 'Indeterminate':
      // The gateway knew the key: it is in good health.
      return error.registered !== true
  }
}

interface Circuit {
  readonly breaker: CountBreaker
  /** Milliseconds since the epoch. Absent: closed. */
  openUntil?: number
}

const stateOf = ({ openUntil }: Circuit, now: number): CircuitState => {
  if (openUntil === undefined) return CircuitState.Closed
  return now < openUntil ? CircuitState.Open : CircuitState.HalfOpen
}

/**
 * The health of accounts by their recent outcomes. When more than half of them fail an account is unhealthy for
 * {@link RECOVERY_MS}; then its next outcome decides. `now` gives milliseconds since the epoch.
 */
export const createHealth = (now: () => number = Date.now): Health => {
  const circuits = new Map<string, Circuit>()
  const circuitOf = (account: string): Circuit => {
    const circuit = circuits.get(account) ?? { breaker: new CountBreaker(limits) }
    circuits.set(account, circuit)
    return circuit
  }
  return {
    record: (account, error) => {
      const failed = isFailure(error)
      const circuit = circuitOf(account)
      const at = now()
      const state = stateOf(circuit, at)
      if (failed === undefined || state === CircuitState.Open) return
      if (failed) {
        if (circuit.breaker.failure(state)) circuit.openUntil = at + RECOVERY_MS
        return
      }
      circuit.breaker.success(state)
      delete circuit.openUntil
    },
    isHealthy: (account) => stateOf(circuitOf(account), now()) !== CircuitState.Open,
  }
}
