import type { ClockOptions } from '../kit/clock.js'
import type { Ports } from '../kit/emulator.js'
import type { DeliveryConditions } from '../kit/notifications.js'
import type { Behaviour } from './behaviour.js'
import type { Credentials } from './credentials.js'

export interface IppoPayEmulatorOptions {
  /** Fixed ports on 127.0.0.1; by default any free ones. */
  readonly ports?: Ports
  /** When the emulator's clock starts, and whether it runs by itself. */
  readonly clock?: ClockOptions
  /** Two emulators with the same seed make the same ids; `ippopay` by default. */
  readonly seed?: string
  readonly behaviour?: Partial<Behaviour>
  readonly notifications?: Partial<DeliveryConditions>
  /** Replaces the made-up keys of live mode; those of test mode stay as they are. */
  readonly credentials?: Omit<Credentials, 'mode'>
  /** What the payout account holds at the start; by default 1000000 rupees. */
  readonly balancePaise?: number
}
