import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, SECOND } from '../core/index.js'
import type { Store } from './store.js'

/** Gives milliseconds since the epoch. */
export type Clock = () => number

/**
 * The machine's time without its jumps: what is measured by it takes about as long as it takes. If the machine's clock is put
 * forward or back, this one goes faster, up to twice as fast, or slower, down to half as fast, until they agree. It never goes back.
 */
export const createSteadyClock = (wall: Clock = Date.now, elapsed: Clock = () => performance.now()): Clock => {
  let time = wall()
  let at = elapsed()
  return () => {
    const passed = Math.max(0, elapsed() - at)
    at += passed
    const difference = wall() - (time + passed)
    time += passed + Math.min(Math.max(difference, -passed / 2), passed)
    return Math.floor(time)
  }
}

const SYNC_EVERY_MS = 10 * SECOND
// An answer that took longer does not say well when it was given.
const PRECISE_MS = SECOND

/**
 * The store's time, asked for every ten seconds and counted by `ticks` in between: a process whose clock is wrong measures by the clock that all
 * processes of a ledger share. Errors: `Unreachable` if the store does not answer at first; later its last answer counts.
 */
export const openStoreClock = (store: Pick<Store, 'now'>, ticks: Clock): TE.TaskEither<PaymentError, Clock> => {
  let offset = 0
  let askedAt = Number.NEGATIVE_INFINITY
  const ask = async (isFirst: boolean): Promise<E.Either<PaymentError, void>> => {
    const before = ticks()
    askedAt = before
    const answer = await store.now()()
    const after = ticks()
    if (E.isLeft(answer)) return answer
    if (isFirst || Math.abs(after - before) <= PRECISE_MS) offset = answer.right - (before + after) / 2
    return E.right(undefined)
  }
  const now: Clock = () => {
    const at = ticks()
    // A store that does not answer is asked again in ten seconds.
    if (Math.abs(at - askedAt) >= SYNC_EVERY_MS) void ask(false)
    return Math.round(at + offset)
  }
  return TE.map(() => now)(() => ask(true))
}
