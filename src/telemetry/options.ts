import type { Logger } from './log-lines.js'

/** Who makes the spans of requests to gateways: paymux, or an instrumentation of HTTP beside it. */
export type HttpSpans = 'own' | 'auto'

/** The module `@opentelemetry/api`, as far as it is used. Written out: a project may not have the types. */
export interface OpenTelemetryApi {
  /** Which span is active. */
  readonly context: object
  /** Makes a span active. */
  readonly trace: object
  /** Gives a key of what a context holds. */
  readonly createContextKey: (description: string) => symbol
}

/** A `TracerProvider` of OpenTelemetry. Written out: a project may not have the types. */
export interface TracerProvider {
  /** Gives a tracer by its name. */
  readonly getTracer: (name: string, version?: string) => object
}

/** A `MeterProvider` of OpenTelemetry. Written out: a project may not have the types. */
export interface MeterProvider {
  /** Gives a meter by its name. */
  readonly getMeter: (name: string, version?: string) => object
}

/** Where spans, metrics and lines go. At least one of `tracerProvider`, `meterProvider` and `logger`. */
export interface TelemetryOptions {
  /**
   * The module `@opentelemetry/api`, `import * as api from '@opentelemetry/api'`, with a context manager that is registered there.
   * Only spans need it. Default: the package that is installed in the working directory; a program that is bundled passes its own.
   */
  readonly api?: OpenTelemetryApi
  /** Makes the spans. Default: no spans. */
  readonly tracerProvider?: TracerProvider
  /** Makes the metrics. Default: no metrics. */
  readonly meterProvider?: MeterProvider
  /** Takes the lines. Default: no lines. */
  readonly logger?: Logger
  /**
   * Who makes the spans of requests to gateways, if there is a `tracerProvider`. `own`: paymux, and an instrumentation of HTTP makes
   * none for them. `auto`: an instrumentation of HTTP, which records the whole addresses, with ids and queries. Default: `own`.
   */
  readonly httpSpans?: HttpSpans
}
