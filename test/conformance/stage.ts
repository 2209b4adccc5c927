import nock from 'nock'
import type { Fault, Gateway, Stage } from '../../src/conformance/index.js'
import type { Adapter } from '../../src/core/index.js'
import type { Fault as EmulatedFault } from '../../src/emulators/index.js'
import type { TransportOptions } from '../../src/transport/index.js'

/** What the suite calls a fault, in the words of the emulators. */
export const emulated: Readonly<Record<Fault, EmulatedFault>> = {
  reset_before_reading: { kind: 'reset_before_reading' },
  silence_before_executing: { kind: 'silence_before_executing' },
  // A refusal in the gateways' own words: under this status it proves nothing.
  error_500_not_executed: {
    kind: 'status',
    status: 500,
    effect: false,
    body: { success: false, message: 'Wrong signature' },
  },
  foreign_429_not_executed: { kind: 'status', status: 429, effect: false, body: '<html>Too many requests</html>' },
  executed_reset: { kind: 'reset_after_executing' },
  executed_silence: { kind: 'silence_after_executing' },
  executed_half_answer: { kind: 'half_answer' },
  executed_html: { kind: 'wrong_content_type' },
  executed_truncated_json: { kind: 'truncated_json' },
  executed_502: { kind: 'status', status: 502, effect: true },
}

/** Time-outs that are long, so that a busy machine fails no test, until silence is what is tested. */
export const createPatience = () => {
  let patient = true
  const limits = {
    get firstByteMs() {
      return patient ? 10_000 : 100
    },
    get wholeMs() {
      return patient ? 10_000 : 100
    },
  }
  const transport: TransportOptions = {
    readLimits: { firstByteMs: 10_000, wholeMs: 10_000 },
    writeLimits: limits,
    sleep: () => Promise.resolve(),
  }
  const spoiling = (fault: Fault): void => {
    if (fault.includes('silence')) patient = false
  }
  return { transport, spoiling }
}

/** Counts what an adapter sends. */
export const counting = (adapter: Adapter): { readonly adapter: Adapter; readonly requests: Gateway['requests'] } => {
  let requests = 0
  const send: Adapter['send'] = (wire, hook) => {
    const task = adapter.send(wire, hook)
    return () => {
      requests += 1
      return task()
    }
  }
  return { adapter: { ...adapter, send }, requests: () => requests }
}

/** The parts of a stage that are the same whichever emulator plays the gateway. */
export type Play = Omit<Gateway, 'requests'>

/** Puts a stage together. */
export const stageOf = (adapter: Adapter, stranger: Adapter, play: Play, close: () => Promise<void>): Stage => {
  const counted = counting(adapter)
  return { adapter: counted.adapter, stranger, gateway: { ...play, requests: counted.requests }, close }
}

/** Real sockets: nock stays out of the file that calls this. */
export const onRealSockets = (): void => {
  beforeAll(() => nock.restore())
}
