import { copyLedger, type PaymuxConfig } from '../../src/paymux/index.js'

/** What the parent process says. */
interface Copying {
  readonly from: PaymuxConfig
  readonly to: PaymuxConfig
}

// Copies, and says how far it is: its parent kills it on the way.
process.once('message', async ({ from, to }: Copying) => {
  const result = await copyLedger(from, to, { onProgress: (progress) => process.send?.({ progress }) })()
  process.send?.({ result })
  process.disconnect()
})
