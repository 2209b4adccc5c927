import * as api from '@opentelemetry/api'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { type Traces, traced, traces } from '../../src/core/index.js'
import { type PaymuxConfig, paymux } from '../../src/paymux/promises.js'
import { instrument, type TelemetryOptions } from '../../src/paymux/telemetry.js'
import { shopConfig } from '../durable/shop.js'
import { order } from '../order.js'

/** What a slice is made with: a function alone, or traced; payments, with what listens. */
export const variants = {
  calls: ['a call alone', 'traced, nothing listens', 'traced, a listener that does nothing'],
  payments: ['nothing listens', 'lines', 'spans and metrics', 'spans, metrics and lines'],
} as const

/** One slice of calls or payments. */
export type Slice = {
  readonly [What in keyof typeof variants]: {
    readonly what: What
    readonly variant: (typeof variants)[What][number]
    readonly times: number
  }
}[keyof typeof variants]

/** What one of them took, in nanoseconds of the processor's time, and how many traces it had. */
export interface Cost {
  readonly cpu: number
  readonly traces: number
}

const ignore = (): void => {}
const done = (_error: unknown, finished: (result: { readonly code: 0 }) => void): void => finished({ code: 0 })

// The exporters send nothing: what is measured is the work in the shop's own process.
const exporter = {
  export: (_items: unknown, finished: (result: { readonly code: 0 }) => void) => done(undefined, finished),
  forceFlush: async () => {},
  shutdown: async () => {},
}
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
tracerProvider.register()
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 10_000 })],
})
const logger = { error: ignore, warn: ignore, info: ignore, debug: ignore }

const listeners: { readonly [Variant in (typeof variants)['payments'][number]]: TelemetryOptions | undefined } = {
  'nothing listens': undefined,
  lines: { logger },
  'spans and metrics': { api, tracerProvider, meterProvider },
  'spans, metrics and lines': { api, tracerProvider, meterProvider, logger },
}

const measured = async (times: number, work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / times
}

const call = async (): Promise<number> => 7
const begin = (): Traces['poll'] => ({ account: 'main', kind: 'payment', reason: 'caller' })
const end = () => ({ changed: true })
const subscribers = { start: ignore, end: ignore, asyncStart: ignore, asyncEnd: ignore, error: ignore }

const makeCalls = async (variant: (typeof variants)['calls'][number], times: number): Promise<Cost> => {
  if (variant === 'a call alone')
    return {
      cpu: await measured(times, async () => {
        for (let n = 0; n < times; n += 1) await call()
      }),
      traces: 0,
    }
  const isHeard = variant !== 'traced, nothing listens'
  if (isHeard) traces.poll.subscribe(subscribers)
  const cpu = await measured(times, async () => {
    for (let n = 0; n < times; n += 1) await traced('poll', begin, call, end)
  })
  if (isHeard) traces.poll.unsubscribe(subscribers)
  return { cpu, traces: 1 }
}

let made = 0
const nextRequest = () => {
  made += 1
  return {
    idempotencyKey: `order-${process.pid}-${made}`,
    amount: { value: order.amount, currency: 'EUR' },
    merchantReference: `ORD-${process.pid}-${made}`,
    description: order.description,
    payer: { ...order.buyer, phone: '+919876543210' },
    urls: { success: order.successUrl, failure: order.failureUrl },
  }
}

/** How many traces a payment has. */
const countTraces = async (pay: () => Promise<unknown>): Promise<number> => {
  let count = 0
  const counting = (): void => {
    count += 1
  }
  const all = Object.values(traces)
  for (const each of all) each.start.subscribe(counting)
  await pay()
  for (const each of all) each.start.unsubscribe(counting)
  return count
}

const start = async (): Promise<void> => {
  const account: PaymuxConfig['accounts'][string] = JSON.parse(process.argv[2] ?? '{}')
  const shop = await paymux(shopConfig({ type: 'sqlite', file: ':memory:' }, { main: account }))
  const pay = () => shop.createPayment(nextRequest())
  let perPayment: number | undefined
  const makePayments = async (variant: (typeof variants)['payments'][number], times: number): Promise<Cost> => {
    const options = listeners[variant]
    const stop = options === undefined ? ignore : instrument(options)
    const cpu = await measured(times, async () => {
      for (let n = 0; n < times; n += 1) await pay()
    })
    stop()
    perPayment ??= await countTraces(pay)
    return { cpu, traces: perPayment }
  }
  process.on('message', async (slice: Slice) => {
    process.send?.(
      slice.what === 'calls'
        ? await makeCalls(slice.variant, slice.times)
        : await makePayments(slice.variant, slice.times),
    )
  })
  process.once('disconnect', () => process.exit())
  process.send?.('ready')
}

void start()
