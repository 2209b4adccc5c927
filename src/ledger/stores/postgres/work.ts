import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger, Runner } from 'graphile-worker'
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg'
import { decode, type PaymentError } from '../../../core/index.js'
import { storedJob } from '../../codecs.js'
import type { Job, Work } from '../../store.js'
import { RENEW_MS } from '../statements.js'
import { type Drivers, notOpened, openPool } from './driver.js'
import { ACQUIRE, AGAIN_MS, RELEASE, RENEW, REQUEUE, SWEEP, WORKER_SCHEMA } from './queue.js'
import { configure } from './session.js'

const POLL_MS = 500
const RESTART_MS = 1_000
/** What is due and not in the queue is looked for this often: what a worker left that died, mostly. */
const SWEEP_MS = 3_000
/** How long the queue's own records are waited for at the end. What is not written there is found by the sweep. */
const PATIENCE_MS = 5_000
/**
 * A runner that fails is replaced by a new one: it keeps a first query that failed for good. One that gives up may never tell by its
 * promise, for what it could not write it waits for.
 */
const SIGNS_OF_FAILURE = ['worker:getJob:error', 'worker:fatalError', 'pool:gracefulShutdown'] as const
/** A runner that has looked for a job, and for which nothing has failed. */
const SIGNS_OF_SUCCESS = ['worker:getJob:empty', 'job:success'] as const

/** Prints nothing: a message of the queue may hold private data. */
export const silent = ({ Logger }: Drivers['worker']): Logger => new Logger(() => () => {})

/** Does a job. */
export type Run = (job: Job) => Promise<void>

export const jobOf = (payload: unknown): Job => {
  const job = decode(storedJob, payload)
  if (E.isLeft(job)) throw new TypeError('not a job of paymux')
  return job.right
}

type Ask = (query: QueryConfig) => Promise<QueryResult<{ until: string }>>

/** Keeps a job until stopped. A renewal that fails is made up for by the next, within the time that a worker is waited for. */
export const renewed = (pool: Pool, named: string, first: string) => {
  let until = first
  let isStopped = false
  let last = Promise.resolve()
  const renew = async (): Promise<void> => {
    const values = [named, until]
    const { rows } = await pool.query<{ until: string }>({ name: 'paymux_renew', text: RENEW, values })
    until = rows[0]?.until ?? until
  }
  const timer = setInterval(() => {
    last = last.then(() => (isStopped ? undefined : renew())).catch(() => {})
  }, RENEW_MS).unref()
  return {
    until: () => until,
    stop: async (): Promise<void> => {
      isStopped = true
      clearInterval(timer)
      await last
    },
  }
}

/** Hands a job out if it is due and no other worker has it, and puts it back into the queue for when it is due next. */
const runJob = async (pool: Pool, ask: Ask, handle: Run, job: Job): Promise<void> => {
  const named = JSON.stringify(job)
  const { rows } = await ask({ name: 'paymux_acquire', text: ACQUIRE, values: [named] })
  const acquired = rows[0]
  if (acquired !== undefined) {
    const renewing = renewed(pool, named, acquired.until)
    await handle(job).finally(renewing.stop)
    // Released before it is queued again: a worker that came meanwhile left the job to this one.
    await ask({ name: 'paymux_release', text: RELEASE, values: [named, renewing.until()] })
  }
  const wait = acquired === undefined ? 0 : AGAIN_MS
  await ask({ name: 'paymux_requeue', text: REQUEUE, values: [named, wait] })
}

/** Reports an error on its way. */
const reporting =
  (report: (error: unknown) => void) =>
  (error: unknown): never => {
    report(error)
    throw error
  }

/** What becomes of the failures of a runner's queries. */
interface Observer {
  /** Whether failures are kept from it. */
  readonly isQuiet: () => boolean
  readonly failed: (error: unknown) => void
}

const nothing = { rows: [], rowCount: 0, command: '', oid: 0, fields: [] } satisfies QueryResult

/**
 * The pool as a runner sees it.
 *
 * - Its request for a connection to listen on is never answered: there are no notifications. It would give that connection back
 *   twice where it is lost and the runner stops before it listens, and that ends the process (graphile-worker 0.17.3,
 *   `listenForChanges`).
 * - While it runs, what fails finds nothing: it is reported, and the runner is replaced. A runner that hears of a failure prints
 *   it on the console of the process, whatever logger it has (`console.trace` where it stops, `console.error` before it tries again).
 */
const quietPool = (pool: Pool, { isQuiet, failed }: Observer): Pool => {
  const orNothing = (error: unknown): typeof nothing => {
    failed(error)
    if (!isQuiet()) throw error
    return nothing
  }
  const quietClient = (client: PoolClient): PoolClient =>
    Object.assign(Object.create(client) as PoolClient, {
      query: (...query: [string | QueryConfig, unknown[]?]) => client.query(...query).catch(orNothing),
    })
  const connect = async (): Promise<PoolClient> => {
    try {
      return quietClient(await pool.connect())
    } catch (error) {
      orNothing(error)
      return Object.assign(Object.create(null) as PoolClient, { query: async () => nothing, release: () => {} })
    }
  }
  return Object.assign(Object.create(pool) as Pool, {
    connect: (listener?: unknown) => (listener === undefined ? connect() : undefined),
    query: (...query: [string | QueryConfig, unknown[]?]) => pool.query(...query).catch(orNothing),
  })
}

/**
 * Works on what is due, as graphile-worker hands it out, until stopped. What it may not know (which worker died with a job, what it
 * lost) our own records and the sweep know.
 */
export const workOn = (
  drivers: Drivers,
  url: string,
  handle: Run,
  concurrency: number,
  observe: (failure: PaymentError | undefined) => void = () => {},
): Work => {
  const { worker } = drivers
  const ending = new AbortController()
  const ended = once(ending.signal, 'abort')
  const running = new Set<Promise<void>>()
  const books = openPool(drivers, {
    connectionString: url,
    max: Math.min(concurrency, 8) + 2,
    onConnect: configure('queue'),
  })

  const track = async (work: Promise<void>): Promise<void> => {
    running.add(work)
    await work.finally(() => running.delete(work))
  }

  const run = async (events: EventEmitter, failed: (error: unknown) => void): Promise<Runner> => {
    let isRunning = false
    const ask: Ask = (query) => books.query(query).catch(reporting(failed))
    const runner = await worker.run({
      events,
      pgPool: quietPool(books, { isQuiet: () => isRunning, failed }),
      schema: WORKER_SCHEMA,
      concurrency,
      noHandleSignals: true,
      pollInterval: POLL_MS,
      logger: silent(worker),
      // Without it, a lost answer is an unhandled rejection, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: {
        // A payload that does not decode was not queued by paymux. It fails in the queue's own records.
        paymux: (job) => track(runJob(books, ask, handle, jobOf(job))),
      },
      parsedCronItems: [],
    })
    isRunning = true
    return runner
  }

  const settle = async (runner: Runner): Promise<void> => {
    const stopped = runner.stop().catch(() => {})
    await Promise.allSettled(running)
    await Promise.race([stopped, sleep(PATIENCE_MS, undefined, { ref: false })])
  }

  // A sweep that fails is made up for by the next.
  const sweeping = setInterval(() => void books.query(SWEEP).catch(() => {}), SWEEP_MS).unref()

  /** Runs until something fails, or until the end. */
  const runOnce = async (): Promise<void> => {
    const events = new EventEmitter()
    const failing = new AbortController()
    const hasFailed = once(failing.signal, 'abort')
    const failed = (error: unknown): void => {
      // What is on its way to a server while this ends by itself concerns no operator.
      if (!ending.signal.aborted) observe(notOpened(error))
      failing.abort()
    }
    for (const sign of SIGNS_OF_FAILURE) events.once(sign, () => failing.abort())
    for (const sign of SIGNS_OF_SUCCESS) events.on(sign, () => failing.signal.aborted || observe(undefined))
    const runner = await books
      .query(SWEEP)
      .then(() => run(events, failed))
      .catch(failed)
    if (runner !== undefined) await Promise.race([runner.promise.catch(() => {}), hasFailed, ended])
    if (runner !== undefined) await settle(runner)
    if (!ending.signal.aborted) await Promise.race([sleep(RESTART_MS, undefined, { ref: false }), ended])
  }

  const work = async (): Promise<void> => {
    while (!ending.signal.aborted) await runOnce()
    clearInterval(sweeping)
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
