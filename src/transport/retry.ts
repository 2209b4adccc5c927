import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { type Effect, type PaymentError, retryAfterMs, type WireAnswer } from '../core/index.js'
import type { Settings } from './options.js'

const BASE_MS = 200
const MAX_BACKOFF_MS = 5000
const MAX_RETRY_AFTER_MS = 60_000

type Result = E.Either<PaymentError, WireAnswer>

const isPassing = (status: number): boolean => [408, 425, 429, 499].includes(status) || status >= 500

/**
 * Milliseconds the gateway asks to wait before this send is repeated, or `undefined` where it must not be: only what was
 * provably not sent, and reads, are ever repeated.
 */
const waitBeforeRepeat = (effect: Effect, result: Result): number | undefined => {
  if (E.isLeft(result)) {
    const { _tag } = result.left
    return _tag === 'Unreachable' || (_tag === 'Indeterminate' && effect === 'reads') ? 0 : undefined
  }
  if (effect !== 'reads' || !isPassing(result.right.status)) return undefined
  const asked = retryAfterMs(result.right) ?? 0
  return asked <= MAX_RETRY_AFTER_MS ? asked : undefined
}

/** Repeats an attempt while that is safe, with full jitter; `mayRepeat` is asked after each failure. */
export const retrying =
  (
    effect: Effect,
    attempt: Task<Result>,
    mayRepeat: () => boolean,
    { retries, random, sleep }: Pick<Settings, 'retries' | 'random' | 'sleep'>,
  ): Task<Result> =>
  async () => {
    for (let n = 0; ; n++) {
      const result = await attempt()
      const asked = n < retries && mayRepeat() ? waitBeforeRepeat(effect, result) : undefined
      if (asked === undefined) return result
      await sleep(Math.max(asked, random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** n)))
    }
  }
