import * as E from 'fp-ts/lib/Either.js'
import type { Pool } from 'pg'
import type { PaymentError } from '../../../core/index.js'
import type { DueJobs, Job } from '../../store.js'
import { runDue } from '../statements.js'
import { type Drivers, notAnswered, notOpened, openPool } from './driver.js'
import { ACQUIRE_DUE, FORGET, REST, SWEEP_ACQUIRED, WAKE_AGAIN } from './queue.js'
import { configure } from './session.js'
import { jobOf, type Run, renewed } from './work.js'

/** A job, as the database names it, and until when it is acquired. */
interface AcquiredJob {
  readonly job: Job
  readonly named: string
  readonly until: string
}

const acquire = async (pool: Pool, limit: number): Promise<E.Either<PaymentError, readonly AcquiredJob[]>> => {
  try {
    const { rows } = await pool.query<{ job: unknown; until: string }>(ACQUIRE_DUE, [limit])
    return E.right(rows.map(({ job, until }) => ({ job: jobOf(job), named: JSON.stringify(job), until })))
  } catch (error) {
    return E.left(notAnswered(error))
  }
}

const putBack = async (pool: Pool, named: string, until: string): Promise<void> => {
  await pool.query(FORGET, [named])
  // After it: what a commit makes due meanwhile is in the queue again.
  await pool.query(WAKE_AGAIN, [named])
  await pool.query(REST, [named, until])
}

/** If it fails, the job can be acquired again when its time is over. */
const release = (pool: Pool, named: string, until: string): Promise<void> => putBack(pool, named, until).catch(() => {})

const run = async (pool: Pool, handle: Run, { job, named, until }: AcquiredJob): Promise<void> => {
  const renewing = renewed(pool, named, until)
  // If `handle` rejects against its contract, the job stays due, as after a crash.
  await Promise.resolve(job)
    .then(handle)
    .catch(() => {})
  await renewing.stop()
  await release(pool, named, renewing.until())
}

/** As {@link Store.runDue}: without the queue, which is for those who work until they are stopped. */
export const runDueJobs = async (drivers: Drivers, url: string, handle: Run, jobs: DueJobs) => {
  const books = openPool(drivers, { connectionString: url, max: 2, onConnect: configure('queue') })
  try {
    await books.query(SWEEP_ACQUIRED)
    return await runDue(
      {
        acquire: (limit) => acquire(books, limit),
        run: (acquired) => run(books, handle, acquired),
        release: ({ named, until }) => release(books, named, until),
      },
      jobs,
    )
  } catch (error) {
    return E.left(notOpened(error))
  } finally {
    await books.end()
  }
}
