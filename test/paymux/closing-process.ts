import { setTimeout as delay } from 'node:timers/promises'
import { type PaymuxConfig, paymux } from '../../src/paymux/promises.js'
import { order } from './stage.js'

/** What the process below is told by `fork`. */
export interface Closing {
  readonly config: PaymuxConfig
  readonly graceMs: number
  /** How long its subscriber takes for an event, in milliseconds. */
  readonly takesMs: number
}

/** A merchant's process that ends on SIGTERM. It says when it is at work, and when that work is done. */
process.once('message', async ({ config, graceMs, takesMs }: Closing) => {
  const shop = await paymux(config)
  await shop.closeOn(['SIGTERM', 'SIGINT'], { graceMs })
  await shop.subscribe('slow', async () => {
    process.send?.('begun')
    await delay(takesMs)
    process.send?.('done')
  })
  await shop.start()
  await shop.createPayment(order('closing'))
})
