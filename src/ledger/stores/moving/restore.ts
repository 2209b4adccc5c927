import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig, type PaymentError } from '../../../core/index.js'
import { openStates } from '../../records.js'
import type { MaintainedLedger } from '../maintained.js'
import { isOneOf, now, raw, type Sql, sql } from '../sql.js'
import type { Statement } from '../writes.js'

/** What is known of a restored ledger. It is plain data. Times are milliseconds since the epoch. */
export interface RestoredReport {
  /** When the backup was taken. */
  readonly takenAt: number
  /** Until when keys that the ledger does not know are looked up, or refused. */
  readonly until: number
  /** How many operations were not over in the backup. paymux sends none of them any more: it looks for them. */
  readonly open: number
}

/** The time of the lost span, in milliseconds since the epoch; `askingMs` is for how long from now on keys are looked up. */
export interface LostSpan {
  readonly takenAt: number
  readonly until?: number
  readonly askingMs: number
}

const unguarded = (statement: Sql): Statement => ({ sql: statement, guarded: false })

const isOpen = raw(isOneOf('state', openStates))
const earlier = (column: string, time: number): Sql =>
  sql`case when ${raw(column)} < ${time} then ${raw(column)} else cast(${time} as bigint) end`

/** If it was restored before, the earlier backup and the later end count. */
const setRestored = ({ takenAt, until, askingMs }: LostSpan): Sql => {
  const end = until === undefined ? sql`${now} + ${askingMs}` : sql`cast(${until} as bigint)`
  return sql`update paymux_ledger set taken_at = case when restored_until > ${now} then ${earlier('taken_at', takenAt)} else cast(${takenAt} as bigint) end,
    restored_at = ${now}, restored_until = case when restored_until > ${end} then restored_until else ${end} end where status = 'open'`
}

/**
 * What was open in the backup is not sent by a worker: its deadline is over, and no worker of before holds it. What had not been sent
 * may have been since then: it counts as dispatched, without the request and the reference that are lost.
 */
const distrust = (takenAt: number): readonly Sql[] => [
  sql`insert into paymux_log (operation_id, n, at, what, fence) select id, attempt, ${now}, 'restored', fence + 1 from paymux_operations where ${isOpen} order by created_at, id`,
  sql`update paymux_attempts set state = 'dispatched' where state = 'open' and exists
    (select 1 from paymux_operations o where o.id = operation_id and o.attempt = n and o.state = 'prepared')`,
  sql`update paymux_operations set deadline = ${earlier('deadline', takenAt)}, next_poll_at = ${now}, scheduled_poll_at = null, lease_until = 0, fence = fence + 1,
    state_since = case when state = 'prepared' then ${now} else state_since end, state = case when state = 'prepared' then 'dispatched' else state end where ${isOpen}`,
]

const notOpen: PaymentError = invalidConfig([{ path: 'store', expected: 'a ledger that is open' }])

/** Marks a ledger as restored from a backup, in one transaction. */
export const markRestored = async (
  ledger: MaintainedLedger,
  span: LostSpan,
): Promise<E.Either<PaymentError, RestoredReport>> => {
  const counted = await ledger.query(sql`select count(*) as open from paymux_operations where ${isOpen}`)
  if (E.isLeft(counted)) return counted
  const written = await ledger.commit([
    { sql: setRestored(span), guarded: true },
    ...distrust(span.takenAt).map(unguarded),
  ])
  if (E.isLeft(written)) return written
  if (!written.right) return E.left(notOpen)
  const kept = await ledger.query(raw('select taken_at, restored_until from paymux_ledger'))
  if (E.isLeft(kept)) return kept
  const [row] = kept.right
  return E.right({
    takenAt: Number(row?.taken_at),
    until: Number(row?.restored_until),
    open: Number(counted.right[0]?.open),
  })
}
