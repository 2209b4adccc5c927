import { MINUTE, omitUndefined } from '../../core/index.js'
import type { AccountReads, LedgerHealth, Reencryption } from '../../ledger/index.js'

/** The reads of an account are late once the first that is due has waited this long, in milliseconds. */
const LATE_MS = 15 * MINUTE

/** Why paymux is not well, and what an operator looks at: a word for each reason. */
const levels = {
  /** The ledger does not answer: no call is taken. */
  store_unreachable: 'down',
  /** No read of an account has succeeded for a while. */
  account_failing: 'degraded',
  /** An object has been due to be read for 15 minutes: the budget is too small, or no process works. */
  reads_late: 'degraded',
  /** An operation waits for `resolve`. */
  operations_require_resolution: 'degraded',
} as const satisfies Readonly<Record<string, 'degraded' | 'down'>>

/** How paymux is, by what its ledger holds. It is plain data. Times are milliseconds since the epoch, by the store's clock. */
export interface HealthReport {
  /** `down`: no call is taken. `degraded`: calls are taken, and an operator should look. */
  readonly status: 'ok' | 'degraded' | 'down'
  /** Why it is not `ok`. Empty: it is. */
  readonly reasons: readonly (keyof typeof levels)[]
  /** The ledger. */
  readonly store: {
    /** Whether it answers. If it does not, the other fields are empty. */
    readonly reachable: boolean
    /** How many rows this process has visited to encrypt them, of how many. Absent: `migrate` asks for nothing, or all is done. */
    readonly reencryption?: {
      /** Rows that the current pass has visited. */
      readonly visited: number
      /** Rows that there are. */
      readonly total: number
    }
  }
  /** The accounts that the ledger knows, by name. */
  readonly accounts: Readonly<Record<string, Omit<AccountReads, 'account'>>>
  /** How many operations wait for `resolve`. */
  readonly unresolvedOperations: number
}

type Reason = HealthReport['reasons'][number]

const statusOf = (reasons: readonly Reason[]): HealthReport['status'] => {
  if (reasons.length === 0) return 'ok'
  return reasons.some((reason) => levels[reason] === 'down') ? 'down' : 'degraded'
}

const isLate = (now: number, { oldestDueAt }: AccountReads): boolean =>
  oldestDueAt !== undefined && now - oldestDueAt >= LATE_MS

const reasonsOf = ({ now, accounts, unresolvedOperations }: LedgerHealth): readonly Reason[] => {
  const holds: readonly (readonly [Reason, boolean])[] = [
    ['account_failing', accounts.some(({ failingSince }) => failingSince !== undefined)],
    ['reads_late', accounts.some((account) => isLate(now, account))],
    ['operations_require_resolution', unresolvedOperations > 0],
  ]
  return holds.filter(([, isSo]) => isSo).map(([reason]) => reason)
}

/**
 * What the ledger says about its state, as a report. `undefined`: it did not answer.
 *
 * @param reencryption how far this process is with encrypting the ledger anew
 */
export const reportOf = (
  ledger: LedgerHealth | undefined,
  reencryption?: ReturnType<Reencryption['progress']>,
): HealthReport => {
  if (ledger === undefined)
    return {
      status: 'down',
      reasons: ['store_unreachable'],
      store: { reachable: false },
      accounts: {},
      unresolvedOperations: 0,
    }
  const reasons = reasonsOf(ledger)
  const { accounts, unresolvedOperations } = ledger
  return {
    status: statusOf(reasons),
    reasons,
    store: { reachable: true, ...omitUndefined({ reencryption }) },
    accounts: Object.fromEntries(
      accounts.map(({ account, failingSince, reason, dueReads, oldestDueAt }) => [
        account,
        { dueReads, ...omitUndefined({ failingSince, reason, oldestDueAt }) },
      ]),
    ),
    unresolvedOperations,
  }
}
