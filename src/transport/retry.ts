import * as E from 'fp-ts/lib/Either.js'
import {
  type Effect,
  isTransientStatus,
  MINUTE,
  type PaymentError,
  retryAfterMs,
  type WireAnswer,
} from '../core/index.js'
import type { Settings } from './options.js'

const BASE_MS = 200
const MAX_BACKOFF_MS = 5000
const MAX_RETRY_AFTER_MS = MINUTE

type Result = E.Either<PaymentError, WireAnswer>

/**
 * Milliseconds to wait at least before a send is repeated, or `undefined` if it must not be: only reads are repeated,
 * and what was provably not sent.
 */
const pauseAfter = (effect: Effect, result: Result): number | undefined => {
  if (E.isLeft(result)) {
    const { _tag } = result.left
    return _tag === 'Unreachable' || (_tag === 'Indeterminate' && effect === 'reads') ? 0 : undefined
  }
  const { status } = result.right
  if (effect !== 'reads' || !(isTransientStatus(status) || status === 429)) return undefined
  const asked = retryAfterMs(result.right) ?? 0
  return asked <= MAX_RETRY_AFTER_MS ? asked : undefined
}

/** Repeats a try, with full jitter, while that is safe and `allowed` and not too often. It is given how many came before. */
export const retrying = async (
  effect: Effect,
  tryOnce: (retryCount: number) => Promise<Result>,
  allowed: () => boolean,
  { retries, random, sleep }: Settings,
  signal?: AbortSignal,
): Promise<Result> => {
  for (let n = 0; ; n++) {
    const result = await tryOnce(n)
    const pause = n < retries && allowed() ? pauseAfter(effect, result) : undefined
    if (pause === undefined) return result
    await sleep(Math.max(pause, random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** n)), signal)
    if (signal?.aborted === true) return result
  }
}
