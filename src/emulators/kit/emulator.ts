import type { Clock } from './clock.js'
import type { Execution } from './execution-log.js'
import type { FaultPlan } from './faults.js'
import type { Delivery, DeliveryConditions } from './notifications.js'

// Public types: nothing in here may need the optional peers that serving needs.

/** A running stand-in for a gateway. */
export interface Emulator<Credentials, Behaviour> {
  /** The gateway's API, an origin without a path. */
  readonly apiUrl: string
  /** The payer's pages, an origin without a path. */
  readonly checkoutUrl: string
  /** The admin routes, an origin without a path. */
  readonly adminUrl: string
  /** Named as in the configuration of paymux. */
  readonly credentials: Credentials
  readonly clock: Clock
  /** Where reality is unknown; may be turned at any time. */
  readonly behaviour: Behaviour
  /** How the network treats notifications; may be turned at any time. */
  readonly notifications: DeliveryConditions
  /** What became of every request that stages or moves money, the earliest first. */
  readonly executions: () => readonly Execution[]
  /** Every attempt to deliver a notification, the earliest first. */
  readonly deliveries: () => readonly Delivery[]
  /** Queues a fault, as in `{ route: 'POST /v1/invoices/create', fault: { kind: 'half_answer' } }`. */
  readonly inject: (plan: FaultPlan) => void
  readonly clearFaults: () => void
  /** With true the API refuses connections, until false; payers can still pay. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Resolves when no task of the clock and no delivery is under way. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Fixed ports on 127.0.0.1; any free one where none is given. */
export interface Ports {
  readonly api?: number
  readonly checkout?: number
  readonly admin?: number
}
