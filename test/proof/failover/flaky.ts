import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import { payop } from '../../../src/adapters/payop/index.js'
import { type Adapter, type Catalog, indeterminate, type Send, type WireRequest } from '../../../src/core/index.js'
import type { Fault } from '../../../src/emulators/index.js'
import type { TransportOptions } from '../../../src/transport/index.js'
import { WAIT_LIMIT_MS } from '../../time.js'
import { accountsOf, type Gateways } from '../stage/gateways.js'

/** Faults that strike requests at random. */
export interface Flaky {
  readonly catalog: Catalog
  /** How many were brought about, by their kind. */
  readonly struck: Readonly<Record<string, number>>
}

const kinds: readonly Fault[] = [
  { kind: 'reset_before_reading' },
  { kind: 'reset_after_executing' },
  { kind: 'silence_before_executing' },
  { kind: 'silence_after_executing' },
  { kind: 'half_answer' },
  { kind: 'wrong_content_type' },
  { kind: 'truncated_json' },
  { kind: 'status', status: 502, effect: true },
  { kind: 'status', status: 503, effect: false },
  { kind: 'status', status: 401, effect: false, body: { success: false, message: 'Authorization token invalid' } },
  { kind: 'status', status: 429, effect: false, body: { message: 'Too many requests' } },
]

/** Of requests that stage something or move money, and of reads. */
const SHARE_OF_WRITES = 0.25
const SHARE_OF_READS = 0.05

const limits = { firstByteMs: WAIT_LIMIT_MS, wholeMs: WAIT_LIMIT_MS }
const transport: TransportOptions = {
  readLimits: limits,
  writeLimits: limits,
  connectMs: WAIT_LIMIT_MS,
  retries: 1,
  sleep: () => Promise.resolve(),
}

/** Silence without the wait for it, so that a slow machine is not taken for a silent gateway. */
const silences: Readonly<Record<string, (send: Send) => Send>> = {
  silence_before_executing:
    () =>
    ({ effect }, hook = TE.right(undefined)) =>
      TE.flatMap(() => TE.left(indeterminate(effect, 'first_byte')))(hook),
  silence_after_executing: (send) => (wire, hook) =>
    TE.flatMap(() => TE.left(indeterminate(wire.effect, 'first_byte')))(send(wire, hook)),
}

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'

const factories = { payop, ippopay }

/** A catalog whose adapters' requests meet faults. `changed` breaks them on top of it: a test's way to see the proof fail. */
export const flakyCatalog = (
  gateways: Gateways,
  random: () => number,
  changed: (adapter: Adapter) => Adapter = (adapter) => adapter,
): Flaky => {
  const struck: Record<string, number> = {}
  const count = (kind: string): void => {
    struck[kind] = (struck[kind] ?? 0) + 1
  }
  const strike = (
    name: keyof typeof factories,
    { method, path, effect }: WireRequest,
  ): Fault | 'unreachable' | undefined => {
    if (random() >= (effect === 'reads' ? SHARE_OF_READS : SHARE_OF_WRITES)) return undefined
    const drawn = Math.floor(random() * (kinds.length + 1))
    const fault = kinds[drawn]
    if (fault === undefined) return 'unreachable'
    if (silences[fault.kind] !== undefined) return fault
    const at = name === 'ippopay' ? `/v1${path}` : path
    gateways[name].inject({ route: `${method} ${at.split('?')[0]}` as `${string} /${string}`, fault })
    return fault
  }
  /** Spoils what is sent, now and then. */
  const spoiled =
    (name: keyof typeof factories, send: Send, elsewhere: Send): Send =>
    (wire, hook) =>
    () => {
      const fault = strike(name, wire)
      if (fault === undefined) return send(wire, hook)()
      const kind = fault === 'unreachable' ? fault : fault.kind
      count(kind)
      const spoiling = silences[kind]?.(send) ?? (kind === 'unreachable' ? elsewhere : send)
      return spoiling(wire, hook)()
    }
  const made =
    (name: keyof typeof factories): Catalog[string] =>
    async () =>
    (config) => {
      const nowhere = { ...accountsOf(gateways)[name], account: name, apiUrl: NOWHERE }
      return pipe(
        E.Do,
        E.bind('adapter', () => factories[name](config, { transport })),
        E.bind('elsewhere', () => factories[name](nowhere, { transport })),
        E.map(({ adapter, elsewhere }) => changed({ ...adapter, send: spoiled(name, adapter.send, elsewhere.send) })),
      )
    }
  return { catalog: { payop: made('payop'), ippopay: made('ippopay') }, struck }
}
