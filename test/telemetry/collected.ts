import * as api from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { instrument, type Logger, type TelemetryOptions } from '../../src/paymux/telemetry.js'
import { eventually } from '../eventually.js'

/** A line as a logger was given it. */
export interface Line {
  readonly level: keyof Logger
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A logger that keeps its lines. */
export const createMemoryLogger = () => {
  const lines: Line[] = []
  const at = (level: keyof Logger) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  const logger: Logger = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
  return { logger, lines }
}

/** A span in words: what tests compare. */
export const shown = ({ name, kind, status, attributes }: ReadableSpan) => ({
  name,
  kind: api.SpanKind[kind],
  status: api.SpanStatusCode[status.code],
  attributes,
})

/** A provider whose metrics stay in memory, and what it has measured: values by name and attributes. */
export const createMemoryMeters = () => {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 2 ** 30,
  })
  const provider = new MeterProvider({ readers: [reader] })
  const collect = async () =>
    (await reader.collect()).resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
      scope.name === 'paymux' ? metrics : [],
    )
  return {
    provider,
    reader,
    collect,
    /** The points of a metric. Of a histogram: how many values there are. */
    points: async (name: string): Promise<readonly (readonly [value: number, attributes: object])[]> => {
      const found = (await collect()).find(({ descriptor }) => descriptor.name === name)
      return (found?.dataPoints ?? []).map(({ value, attributes }) => [
        typeof value === 'number' ? value : value.count,
        attributes,
      ])
    },
  }
}

const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Instruments paymux with the SDK of OpenTelemetry, everything in memory, until the test is over. */
export const collect = (options: Pick<TelemetryOptions, 'httpSpans'> = {}) => {
  const exporter = new InMemorySpanExporter()
  const tracers = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  tracers.register()
  const meters = createMemoryMeters()
  const { logger, lines } = createMemoryLogger()
  const stop = instrument({ api, tracerProvider: tracers, meterProvider: meters.provider, logger, ...options })
  ends.push(async () => {
    stop()
    await tracers.shutdown()
    await meters.provider.shutdown()
    api.trace.disable()
    api.context.disable()
    api.propagation.disable()
  })
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans()
  const named = (name: string): readonly ReadableSpan[] => spans().filter((span) => span.name === name)
  return {
    stop,
    exporter,
    tracer: tracers.getTracer('shop'),
    meters,
    logger,
    lines,
    spans,
    named,
    /** The only span of a name. */
    only: (name: string): ReadableSpan => {
      const [span, ...others] = named(name)
      if (span === undefined || others.length > 0)
        throw new Error(
          `not one span ${name}: ${spans()
            .map((each) => each.name)
            .join(', ')}`,
        )
      return span
    },
    /** Waits until a span of a name has ended. */
    until: async (name: string): Promise<ReadableSpan> => {
      await eventually(() => named(name).length > 0)
      const [span] = named(name)
      if (span === undefined) throw new Error('it is gone')
      return span
    },
    /** The names of the spans beneath one, in the order in which they began. */
    beneath: (parent: ReadableSpan): readonly string[] =>
      spans()
        .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId)
        .sort((one, other) => one.startTime[0] - other.startTime[0] || one.startTime[1] - other.startTime[1])
        .map(({ name }) => name),
  }
}
