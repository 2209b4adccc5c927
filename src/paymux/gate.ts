import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../core/index.js'

/** What calls go through, so that they can be waited for. */
export interface Gate {
  /** Gives `Unreachable` with phase `store` once the gate is closed. */
  readonly through: <A>(task: TE.TaskEither<PaymentError, A>) => TE.TaskEither<PaymentError, A>
  /** Counts what no gate turns away. */
  readonly counted: <A>(result: Promise<A>) => Promise<A>
  /** Waits for the calls that are running now. */
  readonly settled: () => Promise<void>
  /** Lets no call through any more. */
  readonly close: () => void
}

/** An open gate. */
export const createGate = (): Gate => {
  const running = new Set<Promise<unknown>>()
  let isOpen = true
  const counted = <A>(result: Promise<A>): Promise<A> => {
    running.add(result)
    const forget = () => running.delete(result)
    result.then(forget, forget)
    return result
  }
  return {
    counted,
    through: (task) => () => (isOpen ? counted(task()) : TE.left(unreachable('store'))()),
    settled: async () => {
      await Promise.allSettled(running)
    },
    close: () => {
      isOpen = false
    },
  }
}

/** Runs tasks one after the other. They never reject. */
export const createQueue = () => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    queued:
      <A>(task: T.Task<A>): T.Task<A> =>
      () => {
        const result = last.then(task)
        last = result
        return result
      },
    emptied: (): Promise<unknown> => last,
  }
}
