import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../core/index.js'
import type { Job, Work } from '../ledger/index.js'
import { type Configuration, reportUnmatched } from '../orchestrator/index.js'
import type { Queue } from './in-flight.js'
import { reencrypt } from './reencrypt.js'
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
  | { readonly name: 'started'; readonly works: readonly Work[]; readonly report: NodeJS.Timeout }
  | { readonly name: 'stopped'; readonly closed: Promise<void> }

const HOUR = 60 * 60_000

const everyHour = (task: () => Promise<unknown>): NodeJS.Timeout => {
  void task()
  return setInterval(() => void task(), HOUR).unref()
}

/** Tells an operator that the ledger keeps personal data that others may read. Nothing is kept in memory. */
const warnOfPlainLedger = ({ encryption, store }: Configuration): void => {
  if (encryption !== undefined || (store.type === 'sqlite' && store.file === ':memory:')) return
  process.emitWarning(
    'The ledger keeps names, addresses and bank accounts in plain text. Configure encryption: docs/concepts/configuration.md',
    { type: 'PaymuxWarning', code: 'PAYMUX_NO_ENCRYPTION' },
  )
}

/** Opened, not started. A stopped one does not start again. */
export const createLifecycle = (running: Running, { runJob, concurrency, reloads }: Background): Lifecycle => {
  const { store, inFlight, active, context } = running
  let state: State = { name: 'opened' }

  const start = (): E.Either<PaymentError, void> => {
    switch (state.name) {
      case 'opened':
        warnOfPlainLedger(active().setup.configuration)
        state = {
          name: 'started',
          works: [store.work(runJob, concurrency), reencrypt(store.reencryption)],
          report: everyHour(() => reportUnmatched(context)),
        }
        return E.right(undefined)
      case 'started':
        return E.right(undefined)
      case 'stopped':
        return E.left(unreachable('store'))
    }
  }

  const close = async (from: State): Promise<void> => {
    inFlight.close()
    if (from.name === 'started') clearInterval(from.report)
    await active().receiver.stop()
    if (from.name === 'started') await Promise.all(from.works.map((work) => work.stop()))
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
