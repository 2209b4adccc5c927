import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import { refusedWrite, type Store } from '../ledger/index.js'
import { type Context, createHealth, type Health } from '../orchestrator/index.js'
import { createInFlight, type InFlight, refusing } from './in-flight.js'
import { createReceiver, type NotificationReceiver, type ReceiverOptions } from './receiver.js'
import type { Setup } from './setup.js'

/** The configuration in use, and what was made of it: swapped as one. */
export interface Active {
  readonly setup: Setup
  readonly receiver: NotificationReceiver
}

/** What the parts of an open paymux share. `replace` is the only change of state in it. */
export interface Running {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly inFlight: InFlight
  /** Runs what writes the ledger or asks a gateway: as `inFlight`, but refuses everything if the ledger was opened read-only. */
  readonly changes: Pick<InFlight, 'run' | 'runKeyed'>
  readonly health: Health
  readonly active: () => Active
  readonly replace: (next: Active) => void
  /** What the orchestrator works with. It reads the active configuration at each call. */
  readonly context: Context
}

/** A setup with its receiver. Errors: `InvalidConfig` if its webhooks cannot be used. */
export const activate = (setup: Setup, store: Store, options: ReceiverOptions): TE.TaskEither<PaymentError, Active> =>
  pipe(
    TE.fromIOEither(() => createReceiver(setup, store, options)),
    TE.map((receiver) => ({ setup, receiver })),
  )

/** Begins with a first configuration. */
export const createRunning = (first: Active, store: Store, now: () => number, isReadOnly: boolean): Running => {
  let active = first
  const health = createHealth(now)
  const inFlight = createInFlight()
  return {
    store,
    now,
    inFlight,
    changes: isReadOnly ? refusing(refusedWrite) : inFlight,
    health,
    active: () => active,
    replace: (next) => {
      active = next
    },
    context: {
      store,
      now,
      adapter: (account) => active.setup.adapters.get(account),
      attemptAddress: (account) => active.receiver.attemptAddress?.(account),
      recordOutcome: health.record,
    },
  }
}
