import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type HealthMessage,
  MINUTE,
  moments,
  omitUndefined,
  type PaymentError,
  SECOND,
  unreachable,
} from '../core/index.js'
import type { Job, Reconciliation, Work } from '../ledger/index.js'
import {
  type BackgroundHealth,
  type Configuration,
  createObjectReader,
  type HealthReport,
  workOnReads,
} from '../orchestrator/index.js'
import type { BackgroundWatch } from './background.js'
import { workInBatches } from './batches.js'
import { accountsOf, claim, housekeeping, reconcileAccounts } from './housekeeping.js'
import { type Queue, stopped } from './in-flight.js'
import { createRetention } from './retain.js'
import type { Running } from './running.js'

/** Starts and stops the work in the background. */
export interface Lifecycle {
  readonly start: TE.TaskEither<PaymentError, void>
  readonly stop: TE.TaskEither<PaymentError, void>
  readonly health: () => BackgroundHealth
}

/** The work in the background. */
export interface Background {
  readonly runJob: (job: Job) => Promise<void>
  /** How many jobs run at once, and how many reads of one account. */
  readonly concurrency: number
  /** How many reads an account may take in a second. */
  readonly readsPerSecond: number
  readonly reloads: Queue
  readonly watch: BackgroundWatch
  /** How paymux is, for who measures it. */
  readonly health: TE.TaskEither<PaymentError, HealthReport>
}

type State =
  | { readonly name: 'opened' }
  | { readonly name: 'started'; readonly works: readonly Work[] }
  | { readonly name: 'stopped'; readonly closed: Promise<void> }

const CLAIM_EVERY_MS = 5 * SECOND
/** Between two batches of rows that are encrypted anew, and of those that are erased. */
const REENCRYPT_PAUSE_MS = 5
const RETAIN_PAUSE_MS = 20
/** Lists are compared once a day or so; whether it is time is asked the ledger this often. */
const RECONCILE_EVERY_MS = MINUTE
const MEASURE_EVERY_MS = 15 * SECOND

/** Runs a task now, and again and again after a pause, one run at a time. The task never rejects. */
const every = (pauseMs: () => number, task: (goesOn: () => boolean) => Promise<unknown>): Work => {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const run = async (): Promise<void> => {
    await task(() => !isStopped)
    if (isStopped) return
    timer = setTimeout(() => {
      running = run()
    }, pauseMs()).unref()
  }
  let running = run()
  return {
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

const findings = ({ comparedTo, missingInLedger, staleInLedger }: Reconciliation) => ({
  missingInLedger,
  staleInLedger,
  ...omitUndefined({ comparedTo }),
})

/** Names, numbers and times, and nothing else of the report: the error of the background work stays there. */
const measured = (report: HealthReport, at: number): HealthMessage => {
  const { status, reasons, store, accounts, unresolvedOperations, oldestIndeterminateAt } = report
  const { undeliveredEvents, oldestUndeliveredAt } = report
  const { reachable, clockOffsetMs } = store
  return {
    at,
    status,
    reasons: reasons.map(({ code, account }) => ({ code, ...omitUndefined({ account }) })),
    store: { reachable, ...omitUndefined({ clockOffsetMs }) },
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([account, { dueReads, oldestDueAt, failingSince, reconciliation }]) => [
        account,
        {
          dueReads,
          ...omitUndefined({ oldestDueAt, failingSince, reconciliation: reconciliation && findings(reconciliation) }),
        },
      ]),
    ),
    unresolvedOperations,
    undeliveredEvents,
    ...omitUndefined({ oldestIndeterminateAt, oldestUndeliveredAt }),
  }
}

/** Publishes how paymux is, if anything listens: only then the ledger is asked. */
const publishHealth = async ({ now }: Running, health: Background['health']): Promise<void> => {
  if (!moments.health.hasSubscribers()) return
  const report = await health()
  // After `stop` there is nothing to say.
  if (E.isLeft(report)) return
  moments.health.publish(() => measured(report.right, now()))
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
export const createLifecycle = (
  running: Running,
  { runJob, concurrency, readsPerSecond, reloads, watch, health }: Background,
): Lifecycle => {
  const { store, inFlight, active, context } = running
  const housekeepingMs = (): number => active().setup.configuration.background.housekeepingMinutes * MINUTE
  let state: State = { name: 'opened' }

  const start = (): E.Either<PaymentError, void> => {
    switch (state.name) {
      case 'opened':
        warnOfPlainLedger(active().setup.configuration)
        watch.start()
        state = {
          name: 'started',
          works: [
            store.work(runJob, concurrency, watch.observe),
            workOnReads({
              store,
              accounts: () => new Set(accountsOf(running)),
              readObject: createObjectReader(context),
              perSecond: readsPerSecond,
              concurrency,
            }),
            workInBatches(store.reencryption, { pauseMs: REENCRYPT_PAUSE_MS }),
            workInBatches(createRetention(running), { pauseMs: RETAIN_PAUSE_MS, restMs: housekeepingMs }),
            every(housekeepingMs, () => housekeeping(running)),
            every(
              () => CLAIM_EVERY_MS,
              () => claim(running, readsPerSecond),
            ),
            every(
              () => RECONCILE_EVERY_MS,
              async (goesOn) => {
                if ((await reconcileAccounts(running, goesOn)) > 0) await publishHealth(running, health)
              },
            ),
            every(
              () => MEASURE_EVERY_MS,
              () => publishHealth(running, health),
            ),
          ],
        }
        moments.lifecycle.publish(() => ({ what: 'started' }))
        return E.right(undefined)
      case 'started':
        return E.right(undefined)
      case 'stopped':
        return E.left(stopped())
    }
  }

  const close = async (from: State): Promise<void> => {
    inFlight.close()
    await active().receiver.stop()
    if (from.name === 'started') await Promise.all(from.works.map((work) => work.stop()))
    watch.stop()
    await reloads.emptied()
    await inFlight.settled()
    await store.close()
    moments.lifecycle.publish(() => ({ what: 'stopped' }))
  }

  const stop = (): Promise<void> => {
    if (state.name !== 'stopped') state = { name: 'stopped', closed: close(state) }
    return state.closed
  }

  return {
    start: TE.fromIOEither(start),
    stop: TE.tryCatch(stop, () => unreachable('store')),
    health: watch.health,
  }
}
