import { copyLedger, type PaymuxConfig } from '../../src/paymux/index.js'

/** What the parent process says. */
interface Copying {
  readonly from: PaymuxConfig
  readonly to: PaymuxConfig
  /** After so many reports it is killed. */
  readonly reports: number
}

// Copies, and is killed on the way, by itself: a parent could be too late.
process.once('message', async ({ from, to, reports }: Copying) => {
  let seen = 0
  const onProgress = (): void => {
    seen += 1
    if (seen === reports) process.kill(process.pid, 'SIGKILL')
  }
  const result = await copyLedger(from, to, { onProgress })()
  process.send?.({ result })
  process.disconnect()
})
