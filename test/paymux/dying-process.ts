import { type PaymuxConfig, paymux } from '../../src/paymux/promises.js'
import { payout } from './stage.js'

/** A merchant's process that pays out and is killed while it waits for the answer. Its configuration comes by `fork`. */
process.once('message', async (config: PaymuxConfig) => {
  const shop = await paymux(config)
  await shop.payout(payout('dying-1'))
})
