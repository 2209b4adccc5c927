import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { mayBeUnderWay, type PaymentError, unreachable } from '../core/index.js'

/** The calls that are running, so that they can be waited for. */
export interface InFlight {
  /** Runs a call. Errors: {@link stopped} after `close`. */
  readonly run: <A>(task: TE.TaskEither<PaymentError, A>) => TE.TaskEither<PaymentError, A>
  /** Runs a call about an idempotency key. Errors: `InProgress` after `close`, because the key was not looked up. */
  readonly runKeyed: <A>(task: TE.TaskEither<PaymentError, A>) => TE.TaskEither<PaymentError, A>
  /** Waits for the calls that are running now. */
  readonly settled: () => Promise<void>
  /** Refuses every call from now on. */
  readonly close: () => void
}

/** The error of a call after `stop`. */
export const stopped = (): PaymentError => unreachable('store', { code: 'ERR_STOPPED' })

/** Refuses every call with an error, and runs nothing. */
export const refusing = (error: () => PaymentError): Pick<InFlight, 'run' | 'runKeyed'> => ({
  run: () => TE.left(error()),
  runKeyed: () => TE.left(mayBeUnderWay(error())),
})

/** No call is running, and none is refused. */
export const createInFlight = (): InFlight => {
  const running = new Set<Promise<unknown>>()
  let isOpen = true
  const track = <A>(result: Promise<A>): Promise<A> => {
    running.add(result)
    const forget = () => running.delete(result)
    result.then(forget, forget)
    return result
  }
  const unlessClosed =
    (closed: () => PaymentError): InFlight['run'] =>
    (task) =>
    () =>
      isOpen ? track(task()) : TE.left(closed())()
  return {
    run: unlessClosed(stopped),
    runKeyed: unlessClosed(() => mayBeUnderWay(stopped())),
    settled: async () => {
      await Promise.allSettled(running)
    },
    close: () => {
      isOpen = false
    },
  }
}

/** Runs tasks one after the other. */
export interface Queue {
  /** A task that waits for those before it. It must not reject. */
  readonly queued: <A>(task: T.Task<A>) => T.Task<A>
  /** Waits for the tasks that are in the queue now. */
  readonly emptied: () => Promise<void>
}

/** An empty queue. */
export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    queued: (task) => () => {
      const result = last.then(task)
      // One that rejects against its contract stops no other.
      last = result.catch(() => {})
      return result
    },
    emptied: async () => {
      await last
    },
  }
}
