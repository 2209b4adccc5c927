import { randomUUID } from 'node:crypto'
import { SECOND } from '../../../core/index.js'
import type { Job } from '../../store.js'
import { now, type Row, type Sql, sql } from '../statements.js'
import type { Connection } from './connection.js'

/** A job that a worker has acquired. */
export interface AcquiredJob {
  readonly job: Job
  readonly name: string
  /** Made anew each time that the job is acquired. */
  readonly id: string
  /** What it was due by: a time, or the sequence number of an event. */
  readonly seen: bigint
}

/** A job of a worker that has not been heard of for so many milliseconds can be acquired again. */
const ACQUIRED_MS = 30 * SECOND
/** A job that ended without a write is due as before. It waits for so many milliseconds. */
const REST_MS = 1_000

const operations = sql`select 'operation:' || id as name, next_poll_at as at, next_poll_at as seen, 'operation' as job, id
  from paymux_operations where next_poll_at <= ${now} and lease_until <= ${now}`

// A subject is due when its first undelivered event is: no event overtakes another.
const events = sql`select 'events:' || subject as name, next_delivery_at as at, sequence as seen, 'events' as job, subject as id
  from paymux_events e where delivered_at is null and next_delivery_at <= ${now} and not exists
  (select 1 from paymux_events w where w.subject = e.subject and w.sequence < e.sequence and w.delivered_at is null)`

const redeliveries = sql`select 'redelivery:' || id as name, redeliver_at as at, redeliver_at as seen, 'redelivery' as job, id
  from paymux_events where redeliver_at <= ${now}`

const notAcquired = (source: Sql, limit: number): Sql =>
  sql`select * from (select * from (${source}) as due where not exists
  (select 1 from paymux_acquired_jobs c where c.job = due.name and c.until > ${now} and (c.seen is null or c.seen = due.seen))
  order by at limit ${limit})`

const due = (limit: number): Sql =>
  sql`${notAcquired(operations, limit)} union all ${notAcquired(events, limit)} union all ${notAcquired(redeliveries, limit)}
  order by at limit ${limit}`

const jobOf = ({ job, id: named }: Row): Job => {
  const id = String(named)
  return job === 'operation' || job === 'redelivery' ? { job, id } : { job: 'events', subject: id }
}

/** Whether any job can be acquired. */
export const isAnyDue = (connection: Connection): boolean => connection.all(due(1)).length > 0

/** Acquires the jobs that are due, soonest first. To be run in a transaction. */
export const acquireDue = (connection: Connection, limit: number): readonly AcquiredJob[] =>
  connection.all(due(limit)).map((row) => {
    const acquired = { job: jobOf(row), name: String(row.name), id: randomUUID(), seen: BigInt(String(row.seen)) }
    connection.run(
      sql`insert into paymux_acquired_jobs (job, id, until, seen) values (${acquired.name}, ${acquired.id}, ${now} + ${ACQUIRED_MS}, null) on conflict (job) do update set id = excluded.id, until = excluded.until, seen = null`,
    )
    return acquired
  })

/** Keeps a job that is still running. Another worker may have it meanwhile: then nothing is written. */
export const renewJob = (connection: Connection, { id, name }: AcquiredJob): void => {
  connection.run(
    sql`update paymux_acquired_jobs set until = ${now} + ${ACQUIRED_MS} where job = ${name} and id = ${id} and seen is null`,
  )
}

/** Releases a job. It waits, if what it was due by has not changed by then. */
export const releaseJob = (connection: Connection, { id, name, seen }: AcquiredJob): void => {
  connection.run(
    sql`update paymux_acquired_jobs set until = ${now} + ${REST_MS}, seen = ${seen} where job = ${name} and id = ${id}`,
  )
}

/** Deletes the records of acquired jobs that have ended. */
export const sweepAcquired = (connection: Connection): void => {
  connection.run(sql`delete from paymux_acquired_jobs where until <= ${now}`)
}

/** When the next job will be due, by the store's clock, of those that are not. */
export const nextDue = (connection: Connection): number | undefined => {
  const [row] = connection.all(sql`select min(at) as at from (
    select min(next_poll_at) as at from paymux_operations where next_poll_at > ${now} union all
    select min(next_delivery_at) from paymux_events where delivered_at is null and next_delivery_at > ${now} union all
    select min(redeliver_at) from paymux_events where redeliver_at > ${now})`)
  return row === undefined || row.at === null ? undefined : Number(row.at)
}
