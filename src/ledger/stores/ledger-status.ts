import { type PaymentError, unreachable } from '../../core/index.js'
import { type LedgerStatus, ledgerStatusNames, MOVED, whyNotOpen } from '../ledger-status.js'
import type { Upgrade } from './migrations.js'
import { type Database, raw, type Sql, sql } from './sql.js'
import { type Row, tables } from './tables.js'

/** How far a ledger is on its way to another store, or from one. */
export interface CopyStatus {
  readonly status: LedgerStatus
  /** The copy that it takes part in: the same in both ledgers. */
  readonly copyId?: string
  /** Of one that is `arriving`: up to where the rows have come. */
  readonly copiedTo?: string
}

/** Reads the row of {@link copyStatusOf}. */
export const ledgerStatusRow: Sql = sql`select status, copy_id, copied_to from paymux_ledger`

const statusOf = (text: unknown): LedgerStatus => ledgerStatusNames.find((status) => status === text) ?? 'moved'

/** Where a ledger stands. One that has no row yet is new. */
export const copyStatusOf = ([row]: readonly Row[]): CopyStatus => {
  if (row === undefined) return { status: 'open' }
  const { status, copy_id: copyId, copied_to: copiedTo } = row
  return {
    status: statusOf(status),
    ...(typeof copyId === 'string' ? { copyId } : {}),
    ...(typeof copiedTo === 'string' ? { copiedTo } : {}),
  }
}

/** Why a ledger is not opened, if those who open it take no other status than `accepted`. */
export const whyNotOpened = (
  rows: readonly Row[],
  accepted: readonly LedgerStatus[] = ['open'],
): PaymentError | undefined => {
  const { status } = copyStatusOf(rows)
  return accepted.includes(status) ? undefined : whyNotOpen(status)
}

/** Why an upgrade is not made: both ledgers of a copy keep the schema that it was begun with, and what writes there is refused. */
export const whyNotUpgraded = (rows: readonly Row[], { statements }: Upgrade): PaymentError | undefined =>
  statements.length === 0 || copyStatusOf(rows).status === 'open'
    ? undefined
    : unreachable('store', { code: 'ERR_LEDGER_SCHEMA' })

const refusingTriggers = Object.values(tables).flatMap(({ name }) =>
  (['insert', 'update', 'delete'] as const).map((on) => ({ trigger: `${name}_closed_${on}`, name, on })),
)

/** The triggers of {@link refuseWrites}, which a ledger has while it takes part in a copy. */
export const refusingTriggerNames: readonly string[] = refusingTriggers.map(({ trigger }) => trigger)

const REFUSE = 'paymux_refuse_closed'
const isClosed = "exists (select 1 from paymux_ledger where status <> 'open')"

// In class PX, which PostgreSQL leaves free.
/** The SQLSTATE of a write into a PostgreSQL ledger that is not open. */
export const MOVED_SQLSTATE = 'PX001'

/**
 * Makes the database refuse every change of a record while the ledger is not `open`, whichever program asks: a process may have it
 * open since before. To be made in the transaction that changes the status, before it is changed: PostgreSQL waits for those
 * who are writing.
 */
export const refuseWrites: Readonly<Record<Database, readonly Sql[]>> = {
  sqlite: refusingTriggers.map(({ trigger, name, on }) =>
    raw(
      `create trigger if not exists ${trigger} before ${on} on ${name} when ${isClosed} begin select raise(abort, '${MOVED}'); end`,
    ),
  ),
  postgres: [
    raw(`create or replace function ${REFUSE}() returns trigger language plpgsql as
$$ begin if ${isClosed} then raise exception '${MOVED}' using errcode = '${MOVED_SQLSTATE}'; end if; return null; end $$`),
    ...refusingTriggers.flatMap(({ trigger, name, on }) => [
      raw(`drop trigger if exists ${trigger} on ${name}`),
      raw(`create trigger ${trigger} before ${on} on ${name} for each statement execute function ${REFUSE}()`),
    ]),
  ],
}

/** Takes the triggers of {@link refuseWrites} away. */
export const admitWrites: Readonly<Record<Database, readonly Sql[]>> = {
  sqlite: refusingTriggers.map(({ trigger }) => raw(`drop trigger if exists ${trigger}`)),
  postgres: refusingTriggers.map(({ trigger, name }) => raw(`drop trigger if exists ${trigger} on ${name}`)),
}
