import { promised, run } from '../../src/core/index.js'
import { paymux } from '../../src/paymux/index.js'
import { payout } from './stage.js'

/** A merchant's process that pays out and is killed while it waits for the answer. Its configuration comes by `fork`. */
process.once('message', async (config) => {
  const shop = await run(paymux(config))
  await promised(shop).payout(payout('dying-1'))
})
