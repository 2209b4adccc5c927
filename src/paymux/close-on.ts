import { SECOND } from '../core/index.js'

/** The signals that ask a process to end. */
export const endSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'] as const

/** One of {@link endSignals}. */
export type EndSignal = (typeof endSignals)[number]

/** How a process ends on a signal. */
export interface CloseOptions {
  /**
   * How long what is running may take to end, in milliseconds. Less than the host gives: Kubernetes gives 30 seconds, Cloud Run 10.
   * 100 to 600,000. Default: 25,000.
   */
  readonly graceMs?: number
}

const GRACE_MS = 25 * SECOND

/**
 * Stops on the first of some signals, then lets the signal have its way, as if paymux had not listened: the process ends by it, and its
 * exit status says so. A second signal, or the end of the grace, does that at once. Gives what takes the listeners away.
 */
export const closeOn = (
  signals: readonly EndSignal[],
  stop: () => Promise<unknown>,
  { graceMs = GRACE_MS }: CloseOptions = {},
): (() => void) => {
  let grace: NodeJS.Timeout | undefined
  let hasEnded = false
  const remove = (): void => {
    for (const signal of signals) process.removeListener(signal, close)
  }
  const close = (signal: NodeJS.Signals): void => {
    const end = (): void => {
      // A process that listens to the signal itself gets it once, whatever ends later.
      if (hasEnded) return
      hasEnded = true
      clearTimeout(grace)
      remove()
      process.kill(process.pid, signal)
    }
    if (grace === undefined) {
      grace = setTimeout(end, graceMs)
      void stop().then(end, end)
    } else end()
  }
  for (const signal of signals) process.on(signal, close)
  return remove
}
