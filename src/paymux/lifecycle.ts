import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../core/index.js'
import type { Job, Work } from '../ledger/index.js'
import { reportUnmatched } from '../orchestrator/index.js'
import { type Queue, stopped } from './in-flight.js'
import type { Running } from './running.js'

/** Starts and stops the work in the background. */
export interface Lifecycle {
  readonly start: TE.TaskEither<PaymentError, void>
  readonly stop: TE.TaskEither<PaymentError, void>
}

/** The work in the background. */
export interface Background {
  readonly runJob: (job: Job) => Promise<void>
  /** How many jobs run at once. */
  readonly concurrency: number
  readonly reloads: Queue
}

type State =
  | { readonly name: 'opened' }
  | { readonly name: 'started'; readonly work: Work; readonly report: NodeJS.Timeout }
  | { readonly name: 'stopped'; readonly closed: Promise<void> }

const HOUR = 60 * 60_000

const everyHour = (task: () => Promise<unknown>): NodeJS.Timeout => {
  void task()
  return setInterval(() => void task(), HOUR).unref()
}

/** Opened, not started. A stopped one does not start again. */
export const createLifecycle = (running: Running, { runJob, concurrency, reloads }: Background): Lifecycle => {
  const { store, inFlight, active, context } = running
  let state: State = { name: 'opened' }

  const start = (): E.Either<PaymentError, void> => {
    switch (state.name) {
      case 'opened':
        state = {
          name: 'started',
          work: store.work(runJob, concurrency),
          report: everyHour(() => reportUnmatched(context)),
        }
        return E.right(undefined)
      case 'started':
        return E.right(undefined)
      case 'stopped':
        return E.left(stopped())
    }
  }

  const close = async (from: State): Promise<void> => {
    inFlight.close()
    if (from.name === 'started') clearInterval(from.report)
    await active().receiver.stop()
    if (from.name === 'started') await from.work.stop()
    await reloads.emptied()
    await inFlight.settled()
    await store.close()
  }

  const stop = (): Promise<void> => {
    if (state.name !== 'stopped') state = { name: 'stopped', closed: close(state) }
    return state.closed
  }

  return {
    start: TE.fromIOEither(start),
    stop: TE.tryCatch(stop, () => unreachable('store')),
  }
}
