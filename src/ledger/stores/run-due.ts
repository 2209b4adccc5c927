import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import type { DueJobs, Job } from '../store.js'

/** How a store gives out the jobs that are due. */
export interface DueQueue<Acquired extends { readonly job: Job }> {
  /** Acquires some, soonest first, at most `limit`. */
  readonly acquire: (limit: number) => Promise<E.Either<PaymentError, readonly Acquired[]>>
  /** Runs one that was acquired, keeps it meanwhile, and releases it. Never rejects. */
  readonly run: (acquired: Acquired) => Promise<void>
  /** Releases one that was not run. Never rejects. */
  readonly release: (acquired: Acquired) => Promise<void>
}

/** As {@link Store.runDue}. */
export const runDue = async <Acquired extends { readonly job: Job }>(
  { acquire, run, release }: DueQueue<Acquired>,
  { concurrency, mayBegin }: DueJobs,
): Promise<E.Either<PaymentError, { readonly ran: number; readonly more: boolean }>> => {
  const running = new Set<Promise<void>>()
  let ran = 0
  const start = (acquired: Acquired): void => {
    ran += 1
    const one = run(acquired).finally(() => running.delete(one))
    running.add(one)
  }
  const ended = async <A>(result: A): Promise<A> => {
    await Promise.all(running)
    return result
  }
  while (mayBegin()) {
    const acquired = await acquire(concurrency - running.size)
    if (E.isLeft(acquired)) return ended(acquired)
    for (const one of acquired.right) {
      if (mayBegin()) start(one)
      else await release(one)
    }
    if (acquired.right.length === 0 && running.size === 0) return E.right({ ran, more: false })
    // One that ends may make another due.
    if (acquired.right.length === 0 || running.size === concurrency) await Promise.race(running)
  }
  return ended(E.right({ ran, more: true }))
}
