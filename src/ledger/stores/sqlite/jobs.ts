import { randomUUID } from 'node:crypto'
import type { Kind } from '../../../core/index.js'
import type { Job } from '../../store.js'
import { now, type Row, type Sql, sql } from '../statements.js'
import type { Connection } from './connection.js'

/** A job that a worker has claimed. */
export interface Claim {
  readonly job: Job
  readonly name: string
  /** Made for this claim: a later one of the same job has another. */
  readonly id: string
  /** What it was due by: a time, or the sequence number of an event. */
  readonly seen: bigint
}

/** The claim of a worker that is gone ends after so many milliseconds. */
const CLAIM_MS = 60_000
/** A job that ended with nothing written is due as before: it rests for so many milliseconds. */
const REST_MS = 1_000

const operations = sql`select 'operation:' || id as name, next_at as at, next_at as seen, 'operation' as job, id, null as account, null as kind
  from paymux_operations where next_at <= ${now} and lease_until <= ${now}`

const objects = sql`select 'object:' || kind || ':' || account || ':' || id as name, next_read_at as at, next_read_at as seen, 'object' as job, id, account, kind
  from paymux_objects where next_read_at <= ${now}`

// A subject is due when the first of its events that nobody has taken is: none overtakes another.
const events = sql`select 'events:' || subject as name, next_at as at, sequence as seen, 'events' as job, subject as id, null as account, null as kind
  from paymux_events e where delivered_at is null and next_at <= ${now} and not exists
  (select 1 from paymux_events w where w.subject = e.subject and w.sequence < e.sequence and w.delivered_at is null)`

const unclaimed = (source: Sql, limit: number): Sql =>
  sql`select * from (select * from (${source}) as due where not exists
  (select 1 from paymux_claims c where c.job = due.name and c.until > ${now} and (c.seen is null or c.seen = due.seen))
  order by at limit ${limit})`

const due = (limit: number): Sql =>
  sql`${unclaimed(operations, limit)} union all ${unclaimed(objects, limit)} union all ${unclaimed(events, limit)}
  order by at limit ${limit}`

const jobOf = (row: Row): Job => {
  const id = String(row.id)
  if (row.job === 'operation') return { job: 'operation', id }
  if (row.job === 'events') return { job: 'events', subject: id }
  return { job: 'object', object: { account: String(row.account), kind: row.kind as Kind, id } }
}

/** Whether there is anything to claim. */
export const isAnyDue = (connection: Connection): boolean => connection.all(due(1)).length > 0

/** Claims what is due, soonest first. To be run in a transaction. */
export const claimDue = (connection: Connection, limit: number): readonly Claim[] =>
  connection.all(due(limit)).map((row) => {
    const claim = { job: jobOf(row), name: String(row.name), id: randomUUID(), seen: BigInt(String(row.seen)) }
    connection.run(
      sql`insert into paymux_claims (job, id, until, seen) values (${claim.name}, ${claim.id}, ${now} + ${CLAIM_MS}, null) on conflict (job) do update set id = excluded.id, until = excluded.until, seen = null`,
    )
    return claim
  })

/** Gives a claim back. Where what it was due by has not changed by then, it rests. */
export const endClaim = (connection: Connection, { id, name, seen }: Claim): void => {
  connection.run(
    sql`update paymux_claims set until = ${now} + ${REST_MS}, seen = ${seen} where job = ${name} and id = ${id}`,
  )
}

/** Forgets claims that have ended. */
export const sweepClaims = (connection: Connection): void => {
  connection.run(sql`delete from paymux_claims where until <= ${now}`)
}

/** When the next job will be due, by the store's clock, of those that are not. */
export const nextDue = (connection: Connection): number | undefined => {
  const [row] = connection.all(sql`select min(at) as at from (
    select min(next_at) as at from paymux_operations where next_at > ${now} union all
    select min(next_read_at) from paymux_objects where next_read_at > ${now} union all
    select min(next_at) from paymux_events where delivered_at is null and next_at > ${now})`)
  return row === undefined || row.at === null ? undefined : Number(row.at)
}
