import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type PaymentError, runTracesIn } from '../core/index.js'
import { type CheckedOptions, checkOptions } from './check-options.js'
import { type Listener, listen } from './listen.js'
import { createLogLines } from './log-lines.js'
import { createMetrics } from './metrics.js'
import type { TelemetryOptions } from './options.js'
import { createSpans } from './spans.js'

const SCOPE = 'paymux'

// Global as the channels are: the ES modules and the CommonJS of paymux take each other's place.
const CURRENT: unique symbol = Symbol.for('paymux.telemetry')

interface Telemetry {
  [CURRENT]?: (() => void) | undefined
}

/** Says once that telemetry failed: it never fails what it is about. */
const createWarning = () => {
  let hasWarned = false
  return (): void => {
    if (hasWarned) return
    hasWarned = true
    process.emitWarning('A tracer, a meter or a logger threw. What it was given is lost; paymux goes on.', {
      type: 'PaymuxWarning',
      code: 'PAYMUX_TELEMETRY',
    })
  }
}

const begin = ({ api, tracerProvider, meterProvider, logger, httpSpans = 'own' }: CheckedOptions): (() => void) => {
  const current: Telemetry = Object(globalThis)
  current[CURRENT]?.()
  const spans =
    api === undefined || tracerProvider === undefined
      ? undefined
      : createSpans({ otel: api, tracer: tracerProvider.getTracer(SCOPE), httpSpans })
  const metrics = meterProvider === undefined ? undefined : createMetrics(meterProvider.getMeter(SCOPE))
  const lines = logger === undefined ? undefined : createLogLines(logger, spans?.idsOf)
  const warn = createWarning()
  const ends = [spans, metrics, lines]
    .filter((listener): listener is NonNullable<typeof listener> => listener !== undefined)
    .map((listener: Listener) => listen(listener, warn))
  runTracesIn(spans?.run)
  const stop = (): void => {
    if (current[CURRENT] !== stop) return
    current[CURRENT] = undefined
    runTracesIn(undefined)
    for (const end of ends) end()
    metrics?.stop()
  }
  current[CURRENT] = stop
  return stop
}

/**
 * Begins to make spans, metrics and lines, in place of what was begun before. Gives what ends it. Errors: `InvalidConfig` for
 * options that cannot be used.
 */
export const startTelemetry = (options: TelemetryOptions): E.Either<PaymentError, () => void> =>
  pipe(checkOptions(options), E.map(begin))
