import { CircuitState, CountBreaker } from 'cockatiel'
import { MINUTE, type PaymentError, type RefusalReason } from '../../core/index.js'

/** How the accounts have been doing. It decides about their order, and about nothing else: an unhealthy account is still tried, last. */
export interface Health {
  /** Hears how a request to an account ended: the error, or `undefined` for a usable answer. */
  readonly record: (account: string, error: PaymentError | undefined) => void
  /** Of how many requests an account is tried in its own place: 0 if it is unhealthy, 1 if it is well, and between while it returns. */
  readonly share: (account: string) => number
}

/** How long an account stays unhealthy before it is tried in its own place again, in milliseconds. */
export const RECOVERY_MS = 30_000

/** How long it then takes until all requests try it in its own place, in milliseconds. */
export const RETURN_MS = 5 * MINUTE

/** The share that it returns with. */
const FIRST_SHARE = 0.1

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
  /** When it returns, or returned, from being unhealthy, in milliseconds since the epoch. Absent: it is well. */
  returnsAt?: number
  /** Whether an outcome since then showed that it works. */
  works?: boolean
}

const stateOf = ({ returnsAt, works }: Circuit, now: number): CircuitState => {
  if (returnsAt === undefined || works === true) return CircuitState.Closed
  return now < returnsAt ? CircuitState.Open : CircuitState.HalfOpen
}

/**
 * The health of accounts by their recent outcomes. When more than half of them fail an account is unhealthy for
 * {@link RECOVERY_MS}; then its next outcome decides. It returns with a tenth of the requests, and has all of them after
 * {@link RETURN_MS}: a gateway that comes back is not flooded, and one that does not fails few. `now` gives milliseconds since the epoch.
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
      if (!failed) {
        circuit.breaker.success(state)
        if (state === CircuitState.HalfOpen) circuit.works = true
      } else if (circuit.breaker.failure(state)) {
        circuit.returnsAt = at + RECOVERY_MS
        circuit.works = false
      }
    },
    share: (account) => {
      const { returnsAt } = circuitOf(account)
      if (returnsAt === undefined) return 1
      const passed = now() - returnsAt
      return passed < 0 ? 0 : Math.min(1, FIRST_SHARE + ((1 - FIRST_SHARE) * passed) / RETURN_MS)
    },
  }
}
