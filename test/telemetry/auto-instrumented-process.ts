import { createRequire } from 'node:module'
import * as api from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { createSend } from '../../src/paymux/adapter.js'
import { instrument } from '../../src/paymux/telemetry.js'

/** A process whose HTTP is instrumented by a package, as many are. It sends a request for each way of spans, and says which they made. */
const exporter = new InMemorySpanExporter()
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
tracerProvider.register()
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] })
// It takes effect when the module is required.
createRequire(import.meta.url)('node:http')

const request = async (url: string): Promise<object> => {
  exporter.reset()
  const send = createSend({ account: 'main', bases: { api: url }, auths: { none: {} } })
  await api.trace.getTracer('shop').startActiveSpan('checkout', async (span) => {
    await send({
      exchange: 'acme.invoices.get',
      effect: 'reads',
      method: 'GET',
      base: 'api',
      path: '/v1/invoices/inv_12345?jwt=secret&email=ann%40example.org',
      auth: 'none',
      headers: {},
    })()
    span.end()
  })
  return exporter.getFinishedSpans().map(({ name, kind, attributes, instrumentationScope }) => ({
    name,
    kind,
    attributes,
    scope: instrumentationScope.name,
  }))
}

process.once('message', async ({ url }: { readonly url: string }) => {
  const none = await request(url)
  const stopAuto = instrument({ api, tracerProvider, httpSpans: 'auto' })
  const auto = await request(url)
  stopAuto()
  instrument({ api, tracerProvider })
  const own = await request(url)
  process.send?.({ none, auto, own }, () => process.disconnect())
})
