import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import type { Work } from '../ledger/index.js'

/** Work that is done batch by batch. */
export interface Batches {
  /** Does one. Gives whether there may be more. */
  readonly next: () => TaskEither<PaymentError, boolean>
}

/** How batches follow each other, in milliseconds. */
export interface Pace {
  /** The pause between two, so that payments are not held up. */
  readonly pauseMs: number
  /** The pause after the last, until there may be more. Absent: then the work is done. */
  readonly restMs?: () => number
}

/** After a batch that failed: a store that did not answer is asked again. */
const AGAIN_MS = 1_000

/** Does batches in the background. */
export const workInBatches = ({ next }: Batches, { pauseMs, restMs }: Pace): Work => {
  const stopping = new AbortController()
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
  /** How long to wait after a batch. `undefined`: all of it is done. */
  const waitAfter = (more: E.Either<PaymentError, boolean>): number | undefined => {
    if (E.isLeft(more)) return AGAIN_MS
    return more.right ? pauseMs : restMs?.()
  }
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const wait = waitAfter(await next()())
      if (wait === undefined) return
      await pause(wait)
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
