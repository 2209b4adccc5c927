import type { Kind } from '../../core/index.js'
import { MINUTE, SECOND } from '../../core/index.js'
import type { AcquiredRead, ReadsWanted } from '../store.js'
import { now, type Sql, sql } from './sql.js'
import type { Row } from './tables.js'

/** What a worker has acquired to read, and has not recorded, may be acquired again after this long. */
const READ_LEASE_MS = MINUTE
/** One read of so many is one of the schedule, if there are any: notifications cannot keep it from going on. */
const SCHEDULED_ONE_OF = 4

/** Statements to run in one transaction: each step is given the rows of the statements that it asked for. */
export type Script<A> = Generator<readonly Sql[], A, readonly (readonly Row[])[]>

// A lease that would end later was written by a clock that was ahead: the store's own was put back since then.
const isFree = sql`(read_until <= ${now} or read_until > ${now} + ${READ_LEASE_MS})`

const due = (account: string, requested: 0 | 1, limit: number): Sql =>
  sql`select kind, id from paymux_objects where account = ${account} and read_requested = ${requested} and next_read_at <= ${now} and ${isFree} order by next_read_at limit ${limit}`

/** The accounts that have a read that is due. */
export const accountsToRead = sql`select a.name from paymux_accounts a where exists
  (select 1 from paymux_objects where account = a.name and read_requested in (0, 1) and next_read_at <= ${now} and ${isFree}) order by a.name`

/** When a bucket will be full again, in microseconds, says how much is in it now. */
interface Bucket {
  readonly fullAt: number
  readonly reads: number
}

/** How many reads a bucket gives now, and the bucket when it has given some. It holds what a second allows. */
const openBucket = (stored: Bucket, nowMs: number, perSecond: number) => {
  const at = nowMs * SECOND
  const second = SECOND * SECOND
  const interval = Math.ceil(second / perSecond)
  // Later than that a bucket is never full, unless the clock was put back.
  const fullAt = Math.min(Math.max(stored.fullAt, at), at + second)
  return {
    holds: Math.floor((at + second - fullAt) / interval),
    take: (reads: number): Bucket => ({ fullAt: fullAt + reads * interval, reads: stored.reads + reads }),
  }
}

/** Of `limit` reads, those that notifications asked for, and those of the schedule; one kind takes what the other leaves. */
const share = <A>(requested: readonly A[], scheduled: readonly A[], limit: number, reads: number): readonly A[] => {
  const turns = Math.floor((reads + limit) / SCHEDULED_ONE_OF) - Math.floor(reads / SCHEDULED_ONE_OF)
  const kept = Math.min(turns, scheduled.length)
  const first = requested.slice(0, limit - kept)
  return [...first, ...scheduled.slice(0, limit - first.length)]
}

const readOf =
  (account: string, why: Pick<AcquiredRead, 'isRequested'>) =>
  ({ kind, id }: Row): AcquiredRead => ({ account, kind: kind as Kind, id: String(id), ...why })

/** The bucket of an account. Its row is locked: processes acquire one after another. `undefined`: the account was not recorded. */
function* lockBucket(account: string, perSecond: number) {
  const [[row] = []]: readonly (readonly Row[])[] = yield [
    sql`update paymux_accounts set reads = reads where name = ${account} returning reads, reads_full_at, ${now} as now`,
  ]
  if (row === undefined) return undefined
  const stored: Bucket = { fullAt: Number(row.reads_full_at), reads: Number(row.reads) }
  return { ...openBucket(stored, Number(row.now), perSecond), reads: stored.reads }
}

const keepBucket = (account: string, { fullAt, reads }: Bucket): Sql =>
  sql`update paymux_accounts set reads_full_at = ${fullAt}, reads = ${reads} where name = ${account} returning name`

/** As {@link Store.acquireReads}. */
export function* acquireReads(account: string, { perSecond, limit }: ReadsWanted): Script<readonly AcquiredRead[]> {
  const bucket = yield* lockBucket(account, perSecond)
  const most = Math.min(limit, bucket?.holds ?? 0)
  if (bucket === undefined || most <= 0) return []
  const [requested = [], scheduled = []] = yield [due(account, 1, most), due(account, 0, most)]
  const acquired = share(
    requested.map(readOf(account, { isRequested: true })),
    scheduled.map(readOf(account, {})),
    most,
    bucket.reads,
  )
  if (acquired.length === 0) return []
  yield [
    ...acquired.map(
      ({ kind, id }) =>
        sql`update paymux_objects set read_until = ${now} + ${READ_LEASE_MS} where account = ${account} and kind = ${kind} and id = ${id} returning id`,
    ),
    keepBucket(account, bucket.take(acquired.length)),
  ]
  return acquired
}

/** As {@link Store.acquireRead}. */
export function* acquireRead(account: string, perSecond: number): Script<boolean> {
  const bucket = yield* lockBucket(account, perSecond)
  if (bucket === undefined || bucket.holds <= 0) return false
  yield [keepBucket(account, bucket.take(1))]
  return true
}
