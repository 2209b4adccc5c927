import { NOW } from './dialect.js'

/** The schema of graphile-worker that holds our jobs, apart from one that the host may have. */
export const WORKER_SCHEMA = 'paymux_worker'
/** How long a worker may take for a job before another may have it. */
const CLAIM_MS = 60_000
/** A job that is still due after it was handled is handed out again after this long. */
export const AGAIN_MS = 1_000

const operationJob = (row: string): string => `jsonb_build_object('job', 'operation', 'id', ${row}.id)`
const objectJob = (row: string): string =>
  `jsonb_build_object('job', 'object', 'object', jsonb_build_object('account', ${row}.account, 'kind', ${row}.kind, 'id', ${row}.id))`
const eventsJob = (row: string): string => `jsonb_build_object('job', 'events', 'subject', ${row}.subject)`

// Ids may be longer than the keys of the queue, and a job is told by its content alone.
const keyOf = (job: string): string => `encode(sha256(convert_to(${job}::text, 'UTF8')), 'hex')`

const claims = 'create table if not exists paymux_claims (job jsonb primary key, until bigint not null)'

// The rows say what is due; a job in the queue only says when to look at them.
const due = `create or replace function paymux_due(job jsonb) returns bigint language sql stable as $$
  select case job->>'job'
    when 'operation' then (select greatest(o.next_at, o.lease_until) from paymux_operations o
      where o.id = job->>'id' and o.next_at is not null)
    when 'object' then (select o.next_read_at from paymux_objects o
      where o.account = job->'object'->>'account' and o.kind = job->'object'->>'kind' and o.id = job->'object'->>'id')
    when 'events' then (select e.next_at from paymux_events e
      where e.subject = job->>'subject' and e.delivered_at is null order by e.sequence limit 1)
  end
$$`

// The queue's functions tell its listeners, and whoever tells holds a lock of the whole database until the commit is on disk:
// commits would be flushed one by one. They find this in place of what tells, and workers ask often.
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

/** A job for one worker: gives when its claim ends, or nothing where it is not due or somebody else has it. */
export const CLAIM = `insert into paymux_claims as c (job, until)
  select $1::jsonb, ${NOW} + ${CLAIM_MS} where paymux_due($1::jsonb) <= ${NOW}
  on conflict (job) do update set until = excluded.until where c.until <= ${NOW}
  returning until`

/** Gives a claim back. */
export const RELEASE = 'delete from paymux_claims where job = $1::jsonb and until = $2'

/**
 * Puts a job into the queue for when it is due, no earlier than `$2` milliseconds from now, where nobody has it: who has it
 * looks for himself in the end.
 */
export const REQUEUE = `select paymux_wake($1::jsonb, greatest(due, ${NOW} + $2), 'preserve_run_at')
  from paymux_due($1::jsonb) as due
  where due is not null and not exists (select 1 from paymux_claims where job = $1::jsonb and until > ${NOW})`

const SWEPT = 1000

const sweep = `create or replace function paymux_sweep() returns void language sql as $$
  select paymux_wake(job, at, 'preserve_run_at') from (
    (select ${operationJob('o')} as job, greatest(o.next_at, o.lease_until) as at from paymux_operations o
      where o.next_at <= ${NOW} and o.lease_until <= ${NOW} order by o.next_at limit ${SWEPT})
    union all
    (select ${objectJob('o')}, o.next_read_at from paymux_objects o
      where o.next_read_at <= ${NOW} order by o.next_read_at limit ${SWEPT})
    union all
    (select distinct ${eventsJob('e')}, ${NOW} from paymux_events e
      where e.delivered_at is null and e.next_at <= ${NOW} limit ${SWEPT})
  ) as found
  where not exists (select 1 from paymux_claims c where c.job = found.job and c.until > ${NOW});
  delete from paymux_claims where until <= ${NOW} - ${CLAIM_MS};
  select ${WORKER_SCHEMA}.complete_jobs(array(select id from ${WORKER_SCHEMA}.jobs
    where task_identifier = 'paymux' and key is null and attempts >= max_attempts limit ${SWEPT}));
$$`

/**
 * Puts everything due into the queue that has lost its place there: with a worker that died, above all. Sweeps up what dead
 * workers left.
 */
export const SWEEP = 'select paymux_sweep()'

interface Trigger {
  readonly name: string
  readonly table: string
  readonly on: string
  readonly when: string
  readonly body: string
}

const operationDue = (row: string): string => `greatest(${row}.next_at, ${row}.lease_until)`

// Later than it was is no reason: who comes early finds that out, and comes back.
const triggers: readonly Trigger[] = [
  {
    name: 'paymux_operation_new',
    table: 'paymux_operations',
    on: 'insert',
    when: 'new.next_at is not null',
    body: `perform paymux_wake(${operationJob('new')}, ${operationDue('new')}, 'replace');`,
  },
  {
    name: 'paymux_operation_due',
    table: 'paymux_operations',
    on: 'update of next_at, lease_until',
    when: `new.next_at is not null and (old.next_at is null or ${operationDue('new')} < ${operationDue('old')})`,
    body: `perform paymux_wake(${operationJob('new')}, ${operationDue('new')}, 'replace');`,
  },
  {
    name: 'paymux_operation_over',
    table: 'paymux_operations',
    on: 'update of next_at',
    when: 'old.next_at is not null and new.next_at is null',
    body: `perform paymux_forget(${operationJob('new')});`,
  },
  {
    name: 'paymux_object_new',
    table: 'paymux_objects',
    on: 'insert',
    when: 'new.next_read_at is not null',
    body: `perform paymux_wake(${objectJob('new')}, new.next_read_at, 'replace');`,
  },
  {
    name: 'paymux_object_due',
    table: 'paymux_objects',
    on: 'update of next_read_at',
    when: 'new.next_read_at is not null and (old.next_read_at is null or new.next_read_at < old.next_read_at)',
    body: `perform paymux_wake(${objectJob('new')}, new.next_read_at, 'replace');`,
  },
  {
    name: 'paymux_event_new',
    table: 'paymux_events',
    on: 'insert',
    when: 'new.delivered_at is null',
    body: `perform paymux_wake(${eventsJob('new')}, ${NOW}, 'replace');`,
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
  claims,
  due,
  ...quiet,
  wake,
  forget,
  sweep,
  ...triggers.flatMap(triggerStatements),
]
