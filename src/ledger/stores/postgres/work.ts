import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger, Runner } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Job, Work } from '../../store.js'
import { type Drivers, openPool } from './driver.js'
import { AGAIN_MS, CLAIM, RELEASE, REQUEUE, SWEEP, WORKER_SCHEMA } from './queue.js'

const POLL_MS = 500
const RESTART_MS = 1_000
/** How long the queue's own books are waited for at the end. What is not written there is found by the sweep. */
const PATIENCE_MS = 5_000
/**
 * A runner that fails is replaced by a new one. It would go on by itself, but not always: it keeps a first look-up that failed
 * for good, and one that gives up may never tell by its promise, for what it could not write it waits for.
 */
const SIGNS_OF_FAILURE = ['worker:getJob:error', 'worker:fatalError', 'pool:gracefulShutdown'] as const

/** Says nothing: what it would print may hold what it should not. */
export const silent = ({ Logger }: Drivers['worker']): Logger => new Logger(() => () => {})

type Handle = (job: Job) => Promise<void>

/** Hands a job out, where it is due and nobody has it, and puts it back into the queue for when it is due next. */
const handOut = async (pool: Pool, handle: Handle, job: Job): Promise<void> => {
  const named = JSON.stringify(job)
  const { rows } = await pool.query<{ until: string }>({ name: 'paymux_claim', text: CLAIM, values: [named] })
  const claim = rows[0]
  if (claim !== undefined) {
    await handle(job)
    // Given back before looking: who came meanwhile left it to us.
    await pool.query({ name: 'paymux_release', text: RELEASE, values: [named, claim.until] })
  }
  const wait = claim === undefined ? 0 : AGAIN_MS
  await pool.query({ name: 'paymux_requeue', text: REQUEUE, values: [named, wait] })
}

const everyMinute = ({ parseCronItems }: Drivers['worker']) =>
  parseCronItems([
    { task: 'paymux_sweep', match: '* * * * *', identifier: 'paymux_sweep', options: { backfillPeriod: 0 } },
  ])

/**
 * The pool as a runner sees it, whose request for a connection to listen on is never answered: nobody notifies. It would give
 * that connection back twice where it is lost and the runner stops before it listens, and that ends the process
 * (graphile-worker 0.17.3, `listenForChanges`).
 */
const withoutListener = (pool: Pool): Pool =>
  Object.assign(Object.create(pool) as Pool, {
    connect: (listener?: unknown) => (listener === undefined ? pool.connect() : undefined),
    query: pool.query.bind(pool),
  })

/**
 * Works on what is due, as graphile-worker hands it out, until stopped. What it may not know (who died with a job, what it
 * lost) our own claims and the sweep know.
 */
export const workOn = (drivers: Drivers, url: string, handle: Handle, concurrency: number): Work => {
  const { worker } = drivers
  const ending = new AbortController()
  const ended = once(ending.signal, 'abort')
  const running = new Set<Promise<void>>()
  // Its books and our claims may be lost with the server: a job is only looked at twice. Plans made while the queue is short
  // are kept when it is long.
  const books = openPool(drivers, {
    connectionString: url,
    max: Math.min(concurrency, 8) + 2,
    options: '-c synchronous_commit=off -c enable_seqscan=off',
  })

  const track = async (work: Promise<void>): Promise<void> => {
    running.add(work)
    await work.finally(() => running.delete(work))
  }

  const run = (events: EventEmitter): Promise<Runner> =>
    worker.run({
      events,
      pgPool: withoutListener(books),
      schema: WORKER_SCHEMA,
      concurrency,
      noHandleSignals: true,
      pollInterval: POLL_MS,
      logger: silent(worker),
      // Without it an answer that is lost rejects where nobody listens, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: {
        paymux: (job) => track(handOut(books, handle, job as Job)),
        paymux_sweep: async () => void (await books.query(SWEEP)),
      },
      parsedCronItems: everyMinute(worker),
    })

  const settle = async (runner: Runner): Promise<void> => {
    const stopped = runner.stop().catch(() => {})
    await Promise.allSettled(running)
    await Promise.race([stopped, sleep(PATIENCE_MS, undefined, { ref: false })])
  }

  const work = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const events = new EventEmitter()
      const failed = Promise.race(SIGNS_OF_FAILURE.map((sign) => once(events, sign)))
      const runner = await books
        .query(SWEEP)
        .then(() => run(events))
        .catch(() => undefined)
      if (runner !== undefined) await Promise.race([runner.promise.catch(() => {}), failed, ended])
      // What is on its way to a server that is gone fails meanwhile: a runner that stops prints what fails then.
      await Promise.race([sleep(RESTART_MS, undefined, { ref: false }), ended])
      if (runner !== undefined) await settle(runner)
    }
    await Promise.race([books.end(), sleep(PATIENCE_MS, undefined, { ref: false })])
  }

  const done = work()
  return {
    stop: async () => {
      ending.abort()
      await done
    },
  }
}
