import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger, Runner } from 'graphile-worker'
import type { Pool } from 'pg'
import { decode } from '../../../core/index.js'
import { storedJob } from '../../codecs.js'
import type { Job, Work } from '../../store.js'
import { type Drivers, openPool } from './driver.js'
import { ACQUIRE, AGAIN_MS, RELEASE, REQUEUE, SWEEP, WORKER_SCHEMA } from './queue.js'

const POLL_MS = 500
const RESTART_MS = 1_000
/** How long the queue's own records are waited for at the end. What is not written there is found by the sweep. */
const PATIENCE_MS = 5_000
/**
 * A runner that fails is replaced by a new one. It would go on by itself, but not always: it keeps a first query that failed
 * for good, and one that gives up may never tell by its promise, for what it could not write it waits for.
 */
const SIGNS_OF_FAILURE = ['worker:getJob:error', 'worker:fatalError', 'pool:gracefulShutdown'] as const

/** Prints nothing: a message of the queue may hold private data. */
export const silent = ({ Logger }: Drivers['worker']): Logger => new Logger(() => () => {})

type Run = (job: Job) => Promise<void>

const jobOf = (payload: unknown): Job => {
  const job = decode(storedJob, payload)
  if (E.isLeft(job)) throw new TypeError('not a job of paymux')
  return job.right
}

/** Hands a job out if it is due and no other worker has it, and puts it back into the queue for when it is due next. */
const runJob = async (pool: Pool, handle: Run, job: Job): Promise<void> => {
  const named = JSON.stringify(job)
  const { rows } = await pool.query<{ until: string }>({ name: 'paymux_acquire', text: ACQUIRE, values: [named] })
  const acquired = rows[0]
  if (acquired !== undefined) {
    await handle(job)
    // Released before it is queued again: a worker that came meanwhile left the job to this one.
    await pool.query({ name: 'paymux_release', text: RELEASE, values: [named, acquired.until] })
  }
  const wait = acquired === undefined ? 0 : AGAIN_MS
  await pool.query({ name: 'paymux_requeue', text: REQUEUE, values: [named, wait] })
}

const everyMinute = ({ parseCronItems }: Drivers['worker']) =>
  parseCronItems([
    { task: 'paymux_sweep', match: '* * * * *', identifier: 'paymux_sweep', options: { backfillPeriod: 0 } },
  ])

/**
 * The pool as a runner sees it, whose request for a connection to listen on is never answered: there are no notifications. It would give
 * that connection back twice where it is lost and the runner stops before it listens, and that ends the process
 * (graphile-worker 0.17.3, `listenForChanges`).
 */
const withoutListener = (pool: Pool): Pool =>
  Object.assign(Object.create(pool) as Pool, {
    connect: (listener?: unknown) => (listener === undefined ? pool.connect() : undefined),
    query: pool.query.bind(pool),
  })

/**
 * Works on what is due, as graphile-worker hands it out, until stopped. What it may not know (which worker died with a job, what it
 * lost) our own records and the sweep know.
 */
export const workOn = (drivers: Drivers, url: string, handle: Run, concurrency: number): Work => {
  const { worker } = drivers
  const ending = new AbortController()
  const ended = once(ending.signal, 'abort')
  const running = new Set<Promise<void>>()
  // Its records and ours may be lost with the server: a job is then only handed out twice. Plans made while the queue is short
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
      // Without it, a lost answer is an unhandled rejection, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: {
        // A payload that does not decode was not queued by paymux. It fails in the queue's own records.
        paymux: (job) => track(runJob(books, handle, jobOf(job))),
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
