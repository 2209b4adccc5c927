import type { Adapter, PaymentError } from '../core/index.js'
import type { Store } from '../ledger/index.js'

/** What the module works with. */
export interface Context {
  readonly store: Store
  /** The adapter of an account, if the configuration has it. */
  readonly adapter: (account: string) => Adapter | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A new notification address for one attempt, and the hash of the token in it. `undefined` without webhooks. */
  readonly attemptAddress: (account: string) => { readonly url: string; readonly tokenHash: string } | undefined
  /**
   * Whether a submission may begin now: not where the host may end this process before its answer can be there. What may not begin
   * stays due. Absent: it may.
   */
  readonly maySubmit?: () => boolean
  /** Takes how each request to an account ended: the error, or `undefined` for a usable answer. */
  readonly recordOutcome: (account: string, error: PaymentError | undefined) => void
}

/** How long a lease lasts unless it is renewed, in milliseconds. */
export const LEASE_MS = 30_000
