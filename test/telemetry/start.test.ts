import { tmpdir } from 'node:os'
import * as api from '@opentelemetry/api'
import { moments, traced, traces } from '../../src/core/index.js'
import { PaymentFailure } from '../../src/paymux/promises.js'
import { instrument, type TelemetryOptions } from '../../src/paymux/telemetry.js'
import { createMemoryLogger, createMemoryMeters } from './collected.js'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const begin = (options: TelemetryOptions): (() => void) => {
  const stop = instrument(options)
  stops.push(stop)
  return stop
}

const tracerProvider = api.trace.getTracerProvider()

const failureOf = (options: TelemetryOptions): unknown => {
  try {
    return begin(options)
  } catch (failure) {
    return failure
  }
}

const doWork = () =>
  traced(
    'operation',
    () => ({ operation: 'payout' }),
    async () => 'done',
    () => ({ outcome: 'executed' }) as const,
  )

describe('instrument', () => {
  it.each<[string, object, string]>([
    ['nothing to make', {}, 'options'],
    ['no TracerProvider', { tracerProvider: {} }, 'options.tracerProvider'],
    ['no MeterProvider', { meterProvider: 'global' }, 'options.meterProvider'],
    ['no logger', { logger: { info: () => undefined } }, 'options.logger'],
    ['no API', { api: {}, tracerProvider }, 'options.api'],
    ['another way of spans', { logger: console, httpSpans: 'none' }, 'options.httpSpans'],
    ['a mistyped option', { logger: console, tracer: 1 }, 'options.tracer'],
  ])('throws with the name of what is wrong: %s', (_, options, path) => {
    const failure = failureOf(options)
    expect(failure).toBeInstanceOf(PaymentFailure)
    expect(failure).toMatchObject({ _tag: 'InvalidConfig', error: { issues: [{ path }] } })
  })

  it('takes the API of OpenTelemetry that the working directory has', () => {
    begin({ tracerProvider })
    expect(traces.operation.hasSubscribers).toBe(true)
  })

  it('says how to get it where there is none', () => {
    const elsewhere = jest.spyOn(process, 'cwd').mockReturnValue(tmpdir())
    const failure = failureOf({ tracerProvider, logger: console })
    elsewhere.mockRestore()
    expect(failure).toMatchObject({ error: { issues: [{ path: 'options.api' }] } })
    expect(failure).toHaveProperty('message', expect.stringContaining('npm install @opentelemetry/api'))
  })

  it('needs none for metrics and lines', async () => {
    const { logger, lines } = createMemoryLogger()
    const meters = createMemoryMeters()
    begin({ logger, meterProvider: meters.provider })
    await doWork()
    expect(lines).toHaveLength(1)
    expect(await meters.points('paymux.operations')).toHaveLength(1)
  })

  it('takes the place of what was begun before, and is ended once', async () => {
    const [first, second] = [createMemoryLogger(), createMemoryLogger()]
    const stopFirst = begin({ logger: first.logger })
    const stopSecond = begin({ logger: second.logger })
    await doWork()
    expect([first.lines.length, second.lines.length]).toEqual([0, 1])
    stopFirst()
    await doWork()
    expect(second.lines).toHaveLength(2)
    stopSecond()
    stopSecond()
    await doWork()
    expect(second.lines).toHaveLength(2)
    expect(moments.transition.hasSubscribers()).toBe(false)
  })

  it('costs no work if a tracer, a meter and a logger throw, and warns once', async () => {
    const thrown = () => {
      throw new Error('made up')
    }
    const warned: unknown[] = []
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation((_text, options) => void warned.push(options))
    begin({
      api,
      tracerProvider: { getTracer: () => ({ startSpan: thrown }) },
      meterProvider: createMemoryMeters().provider,
      logger: { error: thrown, warn: thrown, info: thrown, debug: thrown },
    })
    expect(await doWork()).toBe('done')
    expect(await doWork()).toBe('done')
    expect(warned).toEqual([{ type: 'PaymuxWarning', code: 'PAYMUX_TELEMETRY' }])
    warning.mockRestore()
  })
})
