import type { Adapter, PaymentError } from '../core/index.js'
import type { Store } from '../ledger/index.js'

/** What the room works with. */
export interface Context {
  readonly store: Store
  /** The adapter of an account, where the configuration has it. */
  readonly adapter: (account: string) => Adapter | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The notification address of one attempt, for gateways that take one per payment, and the hash of the token in it. None without webhooks. */
  readonly attemptAddress: (account: string) => { readonly url: string; readonly tokenHash: string } | undefined
  /** Hears how each request to an account ended: the error, or `undefined` for a usable answer. */
  readonly heard: (account: string, error: PaymentError | undefined) => void
}

/** How long a worker holds an operation without renewing, in milliseconds. */
export const LEASE_MS = 30_000
