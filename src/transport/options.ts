import { setTimeout } from 'node:timers/promises'
import { type Effect, ownFields } from '../core/index.js'
import { type Connect, connectSocket } from './connect.js'

/** How long one exchange may take once its first byte was written, in milliseconds. Node's timers are monotonic. */
export interface ExchangeLimits {
  /** Until the answer's headers are there. Interim (1xx) answers do not count. */
  readonly firstByteMs: number
  /** Until the whole answer is there. */
  readonly wholeMs: number
}

/** How an account's requests are sent. Tests replace what would take time or chance. */
export interface TransportOptions {
  /** Brings the connection up. Tests under nock pass `noConnect`. Default: the real one. */
  readonly connect?: Connect
  /** DNS, TCP and TLS together, in milliseconds; a proxy's part is in it. Default: 5000. */
  readonly connectMs?: number
  /** How long a kept-alive connection has to have been silent before it is used again, in milliseconds. Default: 50. */
  readonly quietMs?: number
  /** For requests that read. Default: 10 and 15 seconds. */
  readonly readLimits?: ExchangeLimits
  /** For requests that create something or move money. Default: 30 and 40 seconds. */
  readonly writeLimits?: ExchangeLimits
  /** How often a send is repeated at most, if repeating is safe. Default: 3. */
  readonly retries?: number
  /** Certificate authorities to trust, as PEM. Verification itself cannot be switched off. Default: the system's. */
  readonly ca?: string
  /** A number in [0, 1), for the spread of retries. Default: `Math.random`. */
  readonly random?: () => number
  /** Waits this many milliseconds between retries, or until the signal. Default: a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** {@link TransportOptions} with every default filled in. */
export interface Settings {
  readonly connect: Connect
  readonly connectMs: number
  readonly quietMs: number
  readonly limits: Readonly<Record<Effect, ExchangeLimits>>
  readonly retries: number
  readonly ca: string | undefined
  readonly random: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

const timer: Settings['sleep'] = (ms, signal) =>
  setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)

/** The settings that some options stand for. */
export const settingsOf = (given: TransportOptions): Settings => {
  const options = ownFields(given)
  const reads = options.readLimits ?? { firstByteMs: 10_000, wholeMs: 15_000 }
  const writes = options.writeLimits ?? { firstByteMs: 30_000, wholeMs: 40_000 }
  return {
    connect: options.connect ?? connectSocket,
    connectMs: options.connectMs ?? 5000,
    quietMs: options.quietMs ?? 50,
    limits: { reads, creates: writes, moves_money: writes },
    retries: options.retries ?? 3,
    ca: options.ca,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? timer,
  }
}
