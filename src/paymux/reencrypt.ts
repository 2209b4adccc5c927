import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Reencryption, Work } from '../ledger/index.js'

/** Between two batches, so that payments are not held up, and after one that failed, in milliseconds. */
const PAUSE_MS = 5
const AGAIN_MS = 1_000

/** Encrypts in the background what the configuration asks for with `migrate`, until all of it is done. */
export const reencrypt = ({ next }: Reencryption): Work => {
  const stopping = new AbortController()
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const more = await next()()
      if (E.isRight(more) && !more.right) return
      // A store that did not answer is asked again.
      await pause(E.isLeft(more) ? AGAIN_MS : PAUSE_MS)
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
