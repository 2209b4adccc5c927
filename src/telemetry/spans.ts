import type * as api from '@opentelemetry/api'
import { isTransientStatus, type RunTrace, type Traces } from '../core/index.js'
import { type Attributes, attributesOf, operationNames } from './attributes.js'
import type { Listener } from './listen.js'
import type { HttpSpans } from './options.js'

/** What spans are made with. */
export interface SpanMaker {
  readonly otel: typeof api
  readonly tracer: api.Tracer
  readonly httpSpans: HttpSpans
}

/** Makes spans of traces. */
export interface Spans extends Listener {
  /** Runs the work of a trace with its span active. */
  readonly run: RunTrace
  /** The ids of the span of a trace, for its line. */
  readonly idsOf: (trace: object) => Attributes
}

interface Begun {
  readonly name: string
  readonly kind: keyof typeof api.SpanKind
  readonly attributes: Attributes
  /** Whether it begins a trace of its own: a worker's timers may have begun within a span of the merchant's. */
  readonly isRoot?: boolean
  /** The `traceparent` of what it goes on with. */
  readonly linkTo?: string | undefined
}

/** The spans, with their kinds. A trace without one here has no span of its own. */
const beginnings: { readonly [Name in keyof Traces]?: (trace: Traces[Name]) => Begun } = {
  operation: (trace) => ({
    name: `paymux.${operationNames[trace.operation]}`,
    kind: 'INTERNAL',
    attributes: attributesOf.operation(trace),
  }),
  exchange: (trace) => ({
    name: `${trace.method} ${trace.exchange}`,
    kind: 'CLIENT',
    attributes: attributesOf.exchange(trace),
  }),
  poll: (trace) => ({
    name: 'paymux.poll',
    kind: 'INTERNAL',
    attributes: attributesOf.poll(trace),
    isRoot: trace.reason === 'scheduled' || trace.reason === 'notification',
  }),
  notification: (trace) => ({
    name: 'paymux.receive_notification',
    kind: 'INTERNAL',
    attributes: attributesOf.notification(trace),
  }),
  delivery: (trace) => ({
    name: `process ${trace.type}`,
    kind: 'CONSUMER',
    attributes: attributesOf.delivery(trace),
  }),
  commit: (trace) => ({ name: 'commit paymux_ledger', kind: 'CLIENT', attributes: attributesOf.commit(trace) }),
  job: (trace) => ({
    name: `paymux.job.${trace.job}`,
    kind: 'INTERNAL',
    attributes: attributesOf.job(trace),
    isRoot: trace.by === 'worker',
    linkTo: trace.traceparent,
  }),
}

/**
 * Whether an end is a failure of what lies below: an outcome that is not known, a gateway or a ledger that does not answer, a wrong
 * configuration. A decline and a refusal are none: they are answers.
 */
const isFailure: { readonly [Name in keyof Traces]: (trace: Traces[Name]) => boolean } = {
  operation: ({ outcome, errorType = '' }) =>
    outcome === 'unknown' || ['Unreachable', 'InvalidConfig'].includes(errorType),
  attempt: () => false,
  exchange: ({ errorType, statusCode = 0 }) =>
    errorType !== undefined || statusCode === 429 || isTransientStatus(statusCode),
  poll: ({ errorType = '' }) => ['Unreachable', 'Indeterminate', 'InvalidConfig', 'RateLimited'].includes(errorType),
  notification: ({ decision }) => decision === 'unavailable',
  delivery: ({ taken }) => taken === false,
  commit: ({ outcome }) => outcome === 'not_sent' || outcome === 'unknown',
  job: ({ errorType, isOpen }) => isOpen ?? errorType !== undefined,
}

// What the SDK and its instrumentations look for before they make a span.
const SUPPRESSED = 'OpenTelemetry SDK Context Key SUPPRESS_TRACING'

const linkTo = (traceparent: string | undefined): api.Link[] => {
  const [, traceId, spanId, flags] = traceparent?.split('-') ?? []
  return traceId === undefined || spanId === undefined || flags === undefined
    ? []
    : [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }]
}

/** Spans of what paymux does. */
export const createSpans = ({ otel, tracer, httpSpans }: SpanMaker): Spans => {
  const { context, trace: spansIn, SpanKind, SpanStatusCode, ROOT_CONTEXT } = otel
  const spans = new WeakMap<object, api.Span>()
  const surroundings = new WeakMap<object, api.Context>()
  const suppressed = otel.createContextKey(SUPPRESSED)

  const open = (trace: object, { name, kind, attributes, isRoot = false, linkTo: place }: Begun): api.Context => {
    const parent = isRoot ? ROOT_CONTEXT : context.active()
    const span = tracer.startSpan(name, { kind: SpanKind[kind], attributes, links: linkTo(place) }, parent)
    spans.set(trace, span)
    return spansIn.setSpan(parent, span)
  }

  const begin =
    <Name extends keyof Traces>(name: Name) =>
    (trace: Traces[Name]): void => {
      const beginning = beginnings[name]
      if (beginning !== undefined) surroundings.set(trace, open(trace, beginning(trace)))
    }

  const end =
    <Name extends keyof Traces>(name: Name) =>
    (trace: Traces[Name]): void => {
      const span = spans.get(trace)
      if (span === undefined) return
      span.setAttributes(attributesOf[name](trace))
      if (isFailure[name](trace)) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    }

  return {
    begin: {
      operation: begin('operation'),
      poll: begin('poll'),
      notification: begin('notification'),
      delivery: begin('delivery'),
      job: begin('job'),
      attempt: (trace) => {
        const place = spansIn.getSpanContext(context.active())
        if (place === undefined || !otel.isSpanContextValid(place)) return
        const flags = place.traceFlags.toString(16).padStart(2, '0')
        trace.traceparent = `00-${place.traceId}-${place.spanId}-${flags}`
      },
      // Its own instrumentation makes them, or none is made: two for one request would count it twice.
      ...(httpSpans === 'own'
        ? {
            exchange: (trace) => {
              begin('exchange')(trace)
              const own = surroundings.get(trace)
              if (own !== undefined) surroundings.set(trace, own.setValue(suppressed, true))
            },
          }
        : {}),
      // Commits of the work in the background have no trace to be in.
      commit: (trace) => {
        if (spansIn.getSpan(context.active()) !== undefined) begin('commit')(trace)
      },
    },
    end: {
      operation: end('operation'),
      exchange: end('exchange'),
      poll: end('poll'),
      notification: end('notification'),
      delivery: end('delivery'),
      commit: end('commit'),
      job: end('job'),
    },
    run: (trace, work) => {
      const surrounding = surroundings.get(trace)
      return surrounding === undefined ? work() : context.with(surrounding, work)
    },
    idsOf: (trace) => {
      const place = spans.get(trace)?.spanContext()
      return place === undefined || !otel.isSpanContextValid(place)
        ? {}
        : { trace_id: place.traceId, span_id: place.spanId }
    },
  }
}
