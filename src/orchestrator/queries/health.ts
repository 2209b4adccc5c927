import * as E from 'fp-ts/lib/Either.js'
import { MINUTE, omitUndefined, type PaymentError } from '../../core/index.js'
import type { AccountHealth, LedgerHealth, Reencryption } from '../../ledger/index.js'
import { FAILING_MS } from '../reads/note-read.js'

/** The reads of an account are late once the first that is due has waited this long, in milliseconds. */
const LATE_MS = 15 * MINUTE

/** Why paymux is not well, and what an operator looks at: a word for each reason. */
const levels = {
  /** The ledger does not answer: no call is taken. */
  store_unreachable: 'down',
  /** The background work of this process does not go on. */
  background_failing: 'degraded',
  /** No read of an account has succeeded for 15 minutes. */
  account_failing: 'degraded',
  /** An object has been due to be read for 15 minutes: the budget is too small, or no process works. */
  reads_late: 'degraded',
  /** An operation waits for `resolve`. */
  operations_require_resolution: 'degraded',
  /** An event cannot be read, by this version or with these keys, and those behind it wait. */
  events_unreadable: 'degraded',
} as const satisfies Readonly<Record<string, 'degraded' | 'down'>>

/** The background work of one process. It is plain data. */
export interface BackgroundHealth {
  /** Whether `start` was called, and `stop` was not. */
  readonly started: boolean
  /** Since when the store has held it up, in milliseconds since the epoch, by the store's clock. Absent: it goes on. */
  readonly failingSince?: number
  /** What held it up last. */
  readonly error?: PaymentError
}

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
    /** Why it does not: `ERR_LEDGER_…`, a code of SQLite or of the system, or an SQLSTATE. Absent: it answers, or no code is known. */
    readonly code?: string
    /** How many rows this process has visited to encrypt them, of how many. Absent: `migrate` asks for nothing, or all is done. */
    readonly reencryption?: {
      /** Rows that the current pass has visited. */
      readonly visited: number
      /** Rows that there are. */
      readonly total: number
    }
  }
  /** The background work of this process. */
  readonly background: BackgroundHealth
  /** The accounts that the ledger knows, by name. */
  readonly accounts: Readonly<Record<string, Omit<AccountHealth, 'account'>>>
  /** How many operations wait for `resolve`. */
  readonly unresolvedOperations: number
  /** How many events cannot be read, by this version of paymux or with its keys. */
  readonly unreadableEvents: number
}

type Reason = HealthReport['reasons'][number]

const statusOf = (reasons: readonly Reason[]): HealthReport['status'] => {
  if (reasons.length === 0) return 'ok'
  return reasons.some((reason) => levels[reason] === 'down') ? 'down' : 'degraded'
}

const codeOf = (error: PaymentError): string | undefined => ('code' in error ? error.code : undefined)

const isLate = (now: number, { oldestDueAt }: AccountHealth): boolean =>
  oldestDueAt !== undefined && now - oldestDueAt >= LATE_MS

const isFailing = (now: number, { failingSince }: AccountHealth): boolean =>
  failingSince !== undefined && now - failingSince >= FAILING_MS

const reasonsOf = (
  { now, accounts, unresolvedOperations, unreadableEvents }: LedgerHealth,
  { failingSince }: BackgroundHealth,
): readonly Reason[] => {
  const holds: readonly (readonly [Reason, boolean])[] = [
    ['background_failing', failingSince !== undefined],
    ['account_failing', accounts.some((account) => isFailing(now, account))],
    ['reads_late', accounts.some((account) => isLate(now, account))],
    ['operations_require_resolution', unresolvedOperations > 0],
    ['events_unreadable', unreadableEvents > 0],
  ]
  return holds.filter(([, isSo]) => isSo).map(([reason]) => reason)
}

/**
 * What the ledger says about its state, and the process about its work, as a report. A ledger that did not answer is `down`.
 *
 * @param reencryption how far this process is with encrypting the ledger anew
 */
export const reportOf = (
  ledger: E.Either<PaymentError, LedgerHealth>,
  background: BackgroundHealth,
  reencryption?: ReturnType<Reencryption['progress']>,
): HealthReport => {
  if (E.isLeft(ledger))
    return {
      status: 'down',
      reasons: ['store_unreachable'],
      store: { reachable: false, ...omitUndefined({ code: codeOf(ledger.left) }) },
      background,
      accounts: {},
      unresolvedOperations: 0,
      unreadableEvents: 0,
    }
  const reasons = reasonsOf(ledger.right, background)
  const { accounts, unresolvedOperations, unreadableEvents } = ledger.right
  return {
    status: statusOf(reasons),
    reasons,
    store: { reachable: true, ...omitUndefined({ reencryption }) },
    background,
    accounts: Object.fromEntries(accounts.map(({ account, ...health }) => [account, health])),
    unresolvedOperations,
    unreadableEvents,
  }
}
