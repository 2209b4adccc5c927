import * as api from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { type PaymuxConfig, paymux } from '../../src/paymux/promises.js'
import { instrument } from '../../src/paymux/telemetry.js'
import { payout } from '../paymux/stage.js'

/** A merchant's process with traces, which is killed while it waits for the answer to a payout. It says in which trace it paid out. */
process.once('message', async ({ config, key }: { readonly config: PaymuxConfig; readonly key: string }) => {
  const tracerProvider = new NodeTracerProvider()
  tracerProvider.register()
  instrument({ api, tracerProvider })
  const shop = await paymux(config)
  await api.trace.getTracer('shop').startActiveSpan('checkout', async (span) => {
    process.send?.(span.spanContext().traceId)
    await shop.payout(payout(key))
  })
})
