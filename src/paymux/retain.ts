import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { DAY, omitUndefined, type PaymentError } from '../core/index.js'
import type { RetentionAges, Work } from '../ledger/index.js'
import type { RetentionSettings } from '../orchestrator/index.js'
import type { Running } from './running.js'

/** Erases what has been kept for long enough. */
export interface Retention {
  /** Erases some of it. Gives whether there may be more. */
  readonly next: () => TaskEither<PaymentError, boolean>
}

/** Between two batches, so that payments are not held up, and after one that failed, in milliseconds. */
const PAUSE_MS = 20
const AGAIN_MS = 1_000

const inMs = (days: number | false): number | undefined => (days === false ? undefined : days * DAY)

const agesOf = ({ personalData, notifications, events, log }: RetentionSettings): RetentionAges =>
  omitUndefined({
    personalDataMs: inMs(personalData),
    notificationsMs: inMs(notifications),
    eventsMs: inMs(events),
    logMs: inMs(log),
  })

/** Erases as the configuration in use says. */
export const createRetention = ({ store, active }: Pick<Running, 'store' | 'active'>): Retention => ({
  next: () => async () => store.erasure.next(agesOf(active().setup.configuration.retention))(),
})

/** Erases in the background: all that is old enough, and after a pause what has become so since. */
export const retain = ({ next }: Retention, pauseMs: () => number): Work => {
  const stopping = new AbortController()
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const more = await next()()
      // A store that did not answer is asked again.
      if (E.isLeft(more)) await pause(AGAIN_MS)
      else await pause(more.right ? PAUSE_MS : pauseMs())
    }
  }
  const ended = work()
  return {
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}
