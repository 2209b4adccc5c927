import { MINUTE, omitUndefined, type PaymentError } from '../core/index.js'
import type { BackgroundHealth } from '../orchestrator/index.js'

/** Watches whether the work in the background goes on. */
export interface BackgroundWatch {
  /** Takes each failure of the store that holds the work up, and `undefined` whenever it is not held up. */
  readonly observe: (failure: PaymentError | undefined) => void
  readonly start: () => void
  readonly stop: () => void
  readonly health: () => BackgroundHealth
}

const warn = (error: PaymentError): void =>
  process.emitWarning(`The background work does not go on. ${error.message}`, {
    type: 'PaymuxWarning',
    code: 'PAYMUX_BACKGROUND',
  })

const sameReason = (one: PaymentError, other: PaymentError): boolean => one.message === other.message

/** Reports a failure when it begins, when its reason changes, and once a minute while it lasts. `now` in milliseconds since the epoch. */
export const watchBackground = (now: () => number, report: (error: PaymentError) => void = warn): BackgroundWatch => {
  let isStarted = false
  let failing: { readonly since: number; readonly error: PaymentError } | undefined
  let reported: { readonly at: number; readonly error: PaymentError } | undefined

  const isReported = (error: PaymentError, at: number): boolean =>
    reported !== undefined && sameReason(reported.error, error) && Math.abs(at - reported.at) < MINUTE

  return {
    observe: (error) => {
      if (error === undefined) {
        failing = undefined
        return
      }
      const at = now()
      failing = { since: failing?.since ?? at, error }
      if (!isStarted || isReported(error, at)) return
      reported = { at, error }
      // A report that throws ends neither the work nor the process.
      void Promise.resolve(error)
        .then(report)
        .catch(() => warn(error))
    },
    start: () => {
      isStarted = true
    },
    stop: () => {
      isStarted = false
      failing = undefined
    },
    health: () => ({ started: isStarted, ...omitUndefined({ failingSince: failing?.since, error: failing?.error }) }),
  }
}
