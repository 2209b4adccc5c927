import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../core/index.js'
import { LONGEST_RECONCILIATION_PAUSE_MS, type Reconciliation } from '../records.js'
import type { Script } from './acquire-reads.js'
import { reconciliationRecord } from './rows.js'
import { now, sql } from './sql.js'
import type { Row } from './tables.js'

/** What {@link acquireReconciliation} gives. */
type Acquired = E.Either<PaymentError, { readonly last?: Reconciliation } | undefined>

/** As {@link Store.acquireReconciliation}. One that is due later than any may be was written by a clock that was ahead. */
export function* acquireReconciliation(account: string, leaseMs: number): Script<Acquired> {
  const [[row] = []]: readonly (readonly Row[])[] = yield [
    sql`update paymux_accounts set reconcile_at = ${now} + ${leaseMs} where name = ${account} and (reconcile_at <= ${now} or reconcile_at > ${now} + ${LONGEST_RECONCILIATION_PAUSE_MS}) returning reconciliation`,
  ]
  return row === undefined ? E.right(undefined) : reconciliationRecord(row)
}
