import { SECOND } from '../../../core/index.js'
import { NOW } from './dialect.js'

/** The schema of graphile-worker that holds our jobs, apart from one that the host may have. */
export const WORKER_SCHEMA = 'paymux_worker'
/** A job of a worker that has not been heard of for so many milliseconds can be acquired by another. */
const ACQUIRED_MS = 30 * SECOND
/** A job that is still due after it was handled is handed out again after this long. */
export const AGAIN_MS = 1_000

const operationJob = (row: string): string => `jsonb_build_object('job', 'operation', 'id', ${row}.id)`
const eventsJob = (row: string): string => `jsonb_build_object('job', 'events', 'subject', ${row}.subject)`
const redeliveryJob = (row: string): string => `jsonb_build_object('job', 'redelivery', 'id', ${row}.id)`

// Ids may be longer than the keys of the queue, and a job is identified by its content alone.
const keyOf = (job: string): string => `encode(sha256(convert_to(${job}::text, 'UTF8')), 'hex')`

const acquiredTable = 'create table if not exists paymux_acquired_jobs (job jsonb primary key, until bigint not null)'

// The rows say what is due; a job in the queue only says when to look at them.
const due = `create or replace function paymux_due(job jsonb) returns bigint language sql stable as $$
  select case job->>'job'
    when 'operation' then (select greatest(o.next_poll_at, o.lease_until) from paymux_operations o
      where o.id = job->>'id' and o.next_poll_at is not null)
    when 'events' then (select e.next_delivery_at from paymux_events e
      where e.subject = job->>'subject' and e.delivered_at is null order by e.sequence limit 1)
    when 'redelivery' then (select e.redeliver_at from paymux_events e where e.id = job->>'id')
  end
$$`

// The queue's functions notify its listeners, and a notification holds a lock of the whole database until the commit is on
// disk: commits would be flushed one by one. They find this function instead of pg_notify, and workers poll often.
const quiet = [
  'create schema if not exists paymux_quiet',
  `create or replace function paymux_quiet.pg_notify(text, text) returns void language sql as ''`,
]
// Their plans are made while the queue is short, and kept when it is long. Left to itself the server makes them anew for
// every call, which costs more than the call: it believes that a list of unknown length is longer than one.
const settings =
  'set search_path = paymux_quiet, pg_catalog set enable_seqscan = off set plan_cache_mode = force_generic_plan'

const wake = `create or replace function paymux_wake(job jsonb, at bigint, mode text) returns void language plpgsql ${settings} as $$ begin
  perform ${WORKER_SCHEMA}.add_job('paymux', job::json, run_at => to_timestamp(at / 1000.0), job_key => ${keyOf('job')}, job_key_mode => mode);
end $$`

const forget = `create or replace function paymux_forget(job jsonb) returns void language plpgsql ${settings} as $$ begin
  perform ${WORKER_SCHEMA}.remove_job(${keyOf('job')});
end $$`

/** Acquires a job for one worker. Gives until when it has it; no row if the job is not due, or another worker has it. */
export const ACQUIRE = `insert into paymux_acquired_jobs as c (job, until)
  select $1::jsonb, ${NOW} + ${ACQUIRED_MS} where paymux_due($1::jsonb) <= ${NOW}
  on conflict (job) do update set until = excluded.until where c.until <= ${NOW}
  returning until`

/** Keeps a job that is still running. Gives until when, or no row if another worker has it meanwhile. */
export const RENEW = `update paymux_acquired_jobs set until = ${NOW} + ${ACQUIRED_MS} where job = $1::jsonb and until = $2 returning until`

/** Releases a job. */
export const RELEASE = 'delete from paymux_acquired_jobs where job = $1::jsonb and until = $2'

/**
 * Puts a job into the queue for when it is due, no earlier than `$2` milliseconds from now, if no worker has it. A worker that
 * has it queues it again itself.
 */
export const REQUEUE = `select paymux_wake($1::jsonb, greatest(due, ${NOW} + $2), 'preserve_run_at')
  from paymux_due($1::jsonb) as due
  where due is not null and not exists (select 1 from paymux_acquired_jobs where job = $1::jsonb and until > ${NOW})`

const SWEPT = 1000

const dueJobs = `(select ${operationJob('o')} as job, greatest(o.next_poll_at, o.lease_until) as at from paymux_operations o
      where o.next_poll_at <= ${NOW} and o.lease_until <= ${NOW} order by o.next_poll_at limit ${SWEPT})
    union all
    (select distinct ${eventsJob('e')}, ${NOW} from paymux_events e
      where e.delivered_at is null and e.next_delivery_at <= ${NOW} limit ${SWEPT})
    union all
    (select ${redeliveryJob('e')}, e.redeliver_at from paymux_events e where e.redeliver_at <= ${NOW} limit ${SWEPT})`

/** Acquires at most `$1` due jobs without the queue. Gives each, and until when it is acquired. */
export const ACQUIRE_DUE = `insert into paymux_acquired_jobs as c (job, until)
  select job, ${NOW} + ${ACQUIRED_MS} from (${dueJobs}) as found
    where paymux_due(found.job) <= ${NOW}
      and not exists (select 1 from paymux_acquired_jobs c where c.job = found.job and c.until > ${NOW})
    order by at limit $1
  on conflict (job) do update set until = excluded.until where c.until <= ${NOW}
  returning job, until`

/** Takes a job out of the queue: it was run without it. */
export const FORGET = 'select paymux_forget($1::jsonb)'

/** Puts it into the queue again if it is due later, or still. Then it rests for so long as a job of the queue does. */
export const WAKE_AGAIN = `select paymux_wake($1::jsonb, greatest(due, ${NOW} + ${AGAIN_MS}), 'replace')
  from paymux_due($1::jsonb) as due where due is not null`
export const REST = `update paymux_acquired_jobs set until = ${NOW} + case when paymux_due($1::jsonb) is null then 0 else ${AGAIN_MS} end
  where job = $1::jsonb and until = $2`

/** Deletes what dead workers left of the jobs that they had acquired. */
export const SWEEP_ACQUIRED = `delete from paymux_acquired_jobs where until <= ${NOW} - ${ACQUIRED_MS}`

const sweep = `create or replace function paymux_sweep() returns void language sql as $$
  select paymux_wake(job, at, 'preserve_run_at') from (
    ${dueJobs}
  ) as found
  where not exists (select 1 from paymux_acquired_jobs c where c.job = found.job and c.until > ${NOW})
    and not exists (select 1 from ${WORKER_SCHEMA}.jobs q where q.key = ${keyOf('found.job')} and q.locked_at is null);
  ${SWEEP_ACQUIRED};
  select ${WORKER_SCHEMA}.complete_jobs(array(select id from ${WORKER_SCHEMA}.jobs
    where task_identifier = 'paymux' and key is null and attempts >= max_attempts limit ${SWEPT}));
$$`

/**
 * Puts every due job into the queue that is missing there, mostly because its worker died. Deletes what dead workers left.
 */
export const SWEEP = 'select paymux_sweep()'

interface Trigger {
  readonly name: string
  readonly table: string
  readonly on: string
  readonly when: string
  readonly body: string
}

const operationDue = (row: string): string => `greatest(${row}.next_poll_at, ${row}.lease_until)`

// A job that becomes due later than before is not moved: the worker that comes early queues it again.
const triggers: readonly Trigger[] = [
  {
    name: 'paymux_operation_new',
    table: 'paymux_operations',
    on: 'insert',
    when: 'new.next_poll_at is not null',
    body: `perform paymux_wake(${operationJob('new')}, ${operationDue('new')}, 'replace');`,
  },
  {
    name: 'paymux_operation_due',
    table: 'paymux_operations',
    on: 'update of next_poll_at, lease_until',
    when: `new.next_poll_at is not null and (old.next_poll_at is null or ${operationDue('new')} < ${operationDue('old')})`,
    body: `perform paymux_wake(${operationJob('new')}, ${operationDue('new')}, 'replace');`,
  },
  {
    name: 'paymux_operation_over',
    table: 'paymux_operations',
    on: 'update of next_poll_at',
    when: 'old.next_poll_at is not null and new.next_poll_at is null',
    body: `perform paymux_forget(${operationJob('new')});`,
  },
  {
    name: 'paymux_event_new',
    table: 'paymux_events',
    on: 'insert',
    when: 'new.delivered_at is null',
    body: `perform paymux_wake(${eventsJob('new')}, ${NOW}, 'replace');`,
  },
  {
    name: 'paymux_event_sooner',
    table: 'paymux_events',
    on: 'update of next_delivery_at',
    when: 'new.delivered_at is null and new.next_delivery_at < old.next_delivery_at',
    body: `perform paymux_wake(${eventsJob('new')}, new.next_delivery_at, 'replace');`,
  },
  {
    name: 'paymux_event_again',
    table: 'paymux_events',
    on: 'update of redeliver_at',
    when: 'new.redeliver_at is not null',
    body: `perform paymux_wake(${redeliveryJob('new')}, new.redeliver_at, 'replace');`,
  },
]

const triggerStatements = ({ name, table, on, when, body }: Trigger): readonly string[] => [
  `create or replace function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$`,
  `drop trigger if exists ${name} on ${table}`,
  `create trigger ${name} after ${on} on ${table} for each row when (${when}) execute function ${name}()`,
]

/**
 * What puts jobs into the queue, in the transaction that makes them due. Made anew after each migration, so a change here
 * takes a migration, if an empty one.
 */
export const queueStatements: readonly string[] = [
  acquiredTable,
  due,
  ...quiet,
  wake,
  forget,
  sweep,
  ...triggers.flatMap(triggerStatements),
]
