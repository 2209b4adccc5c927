/** The entry point `paymux/telemetry`: for operators. */
import * as E from 'fp-ts/lib/Either.js'
import { startTelemetry, type TelemetryOptions } from '../telemetry/index.js'
import { PaymentFailure } from './payment-failure.js'

export type { Moments, Traces } from '../core/index.js'
export type {
  HttpSpans,
  Logger,
  MeterProvider,
  OpenTelemetryApi,
  TelemetryOptions,
  TracerProvider,
} from '../telemetry/index.js'

/**
 * Makes OpenTelemetry spans and metrics, and log lines, of everything that paymux does in this process from now on. Call it before
 * `start`. A second call takes the place of the first. Gives a function that ends it. Nothing of a request, an answer or a
 * notification is in them: names, ids, states and durations. Throws a `PaymentFailure` with `InvalidConfig` for options that cannot be
 * used.
 *
 * @example
 * ```ts
 * import { instrument } from 'paymux/telemetry'
 * import * as api from '@opentelemetry/api'
 * import { pino } from 'pino'
 *
 * const stop = instrument({
 *   tracerProvider: api.trace.getTracerProvider(),
 *   meterProvider: api.metrics.getMeterProvider(),
 *   logger: pino(),
 * })
 * ```
 */
export const instrument = (options: TelemetryOptions): (() => void) => {
  const started = startTelemetry(options)
  if (E.isLeft(started)) throw new PaymentFailure(started.left)
  return started.right
}
