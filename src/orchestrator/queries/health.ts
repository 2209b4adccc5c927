import * as E from 'fp-ts/lib/Either.js'
import { MINUTE, omitUndefined, type PaymentError } from '../../core/index.js'
import type { AccountHealth, LedgerHealth, Reencryption, Restoration } from '../../ledger/index.js'
import { FAILING_MS } from '../reads/note-read.js'

/** Reads of an account, and events, are late once the first of them has waited this long, in milliseconds. */
const LATE_MS = 15 * MINUTE

/** Why paymux is not well, and what an operator looks at: a word for each reason. */
const levels = {
  /** The ledger does not answer: no call is taken. */
  store_unreachable: 'down',
  /** The ledger was copied to another store since it was opened, or is being copied: no call is taken. */
  ledger_moved: 'down',
  /** The ledger was restored from a backup: calls are refused whose keys may have been used after it, and cannot be looked up. */
  ledger_restored: 'degraded',
  /** The background work of this process does not go on. */
  background_failing: 'degraded',
  /** Most of the last requests of this process to an account failed: routing tries it last. */
  account_unhealthy: 'degraded',
  /** No read of an account has succeeded for 15 minutes. */
  account_failing: 'degraded',
  /** The last comparison of what an account's gateway lists with the ledger did not succeed. */
  reconciliation_failing: 'degraded',
  /** An object has been due to be read for 15 minutes: the budget is too small, or no process works. */
  reads_late: 'degraded',
  /** An operation waits for `resolve`. */
  operations_require_resolution: 'degraded',
  /** Some subscriber has not taken an event for 15 minutes: it rejects, or no process works. */
  events_late: 'degraded',
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

/** What an operator looks at, and why. */
export interface HealthReason {
  /** What it is. */
  readonly code: keyof typeof levels
  /** The account that it is about. Absent: it is about none. */
  readonly account?: string
  /** Since when, in milliseconds since the epoch, by the store's clock. Absent: it is not known. */
  readonly since?: number
}

/** What is known of an account: by the ledger, and by the process that was asked. */
export interface ReportedAccount extends Omit<AccountHealth, 'account'> {
  /**
   * Of how many requests routing tries it in its own place: 0 after most of its last requests from this process failed, then a
   * tenth, and more with time, up to 1. Of the others it is tried last. Absent: this process does not have the account.
   */
  readonly share?: number
}

/** How paymux is, by what its ledger holds. It is plain data. Times are milliseconds since the epoch, by the store's clock. */
export interface HealthReport {
  /** `down`: no call is taken. `degraded`: calls are taken, and an operator should look. */
  readonly status: 'ok' | 'degraded' | 'down'
  /** Why it is not `ok`. Empty: it is. */
  readonly reasons: readonly HealthReason[]
  /** The ledger. */
  readonly store: {
    /** Whether it answers. If it does not, nothing is known of what follows, and counts are 0. */
    readonly reachable: boolean
    /** Why it does not: `ERR_LEDGER_…`, a code of SQLite or of the system, or an SQLSTATE. Absent: it answers, or no code is known. */
    readonly code?: string
    /** The version of its schema. Absent: it does not answer. */
    readonly schemaVersion?: number
    /** By how many milliseconds the clock of this process is ahead of the store's; below zero, behind. Absent: the store does not answer. */
    readonly clockOffsetMs?: number
    /** The backup that it was restored from, as long as keys are looked up because of it. Absent: none. */
    readonly restoration?: Restoration
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
  readonly accounts: Readonly<Record<string, ReportedAccount>>
  /** How many objects of all accounts are due to be read. Counted up to 10,000 for each account. */
  readonly dueReads: number
  /** Since when the first of them has been due. Absent: none is. */
  readonly oldestDueAt?: number
  /** What came to notification addresses in the last 24 hours, and is not as it should be, of all accounts. */
  readonly notifications: AccountHealth['notifications']
  /** How many operations wait for `resolve`. Counted up to 10,000. */
  readonly unresolvedOperations: number
  /** Since when the first of them has been in its state. Absent: none waits. */
  readonly oldestUnresolvedAt?: number
  /** How many operations are `indeterminate`: their outcome is not known. Counted up to 10,000. */
  readonly indeterminateOperations: number
  /** Since when the first of them has been so. Absent: none is. */
  readonly oldestIndeterminateAt?: number
  /** How many events some subscriber has not taken. Counted up to 10,000. */
  readonly undeliveredEvents: number
  /** When the first of them was recorded. Absent: all were taken. */
  readonly oldestUndeliveredAt?: number
  /** How many events cannot be read, by this version of paymux or with its keys. Counted up to 10,000. */
  readonly unreadableEvents: number
}

/** What the process that is asked knows beside its ledger. */
export interface ProcessHealth {
  /** Its background work. */
  readonly background: BackgroundHealth
  /** How far it is with encrypting the ledger anew. */
  readonly reencryption?: ReturnType<Reencryption['progress']>
  /** Its own clock when the ledger answered, in milliseconds since the epoch. */
  readonly clock: number
  /** Of how many requests routing tries an account in its own place. `undefined`: the process does not have it. */
  readonly share: (account: string) => number | undefined
}

const statusOf = (reasons: readonly HealthReason[]): HealthReport['status'] => {
  if (reasons.length === 0) return 'ok'
  return reasons.some(({ code }) => levels[code] === 'down') ? 'down' : 'degraded'
}

const codeOf = (error: PaymentError): string | undefined => ('code' in error ? error.code : undefined)

const reasonIf = (
  isSo: boolean,
  code: HealthReason['code'],
  about: Omit<HealthReason, 'code'>,
): readonly HealthReason[] => (isSo ? [{ code, ...about }] : [])

/** Whether it began at least so long ago. */
const isOlder = (since: number | undefined, ms: number, now: number): since is number =>
  since !== undefined && now - since >= ms

const reasonsOfAccount = (now: number, known: AccountHealth, share: number | undefined): readonly HealthReason[] => {
  const { account, failingSince, oldestDueAt, reconciliation } = known
  return [
    ...reasonIf(share === 0, 'account_unhealthy', { account }),
    ...(isOlder(failingSince, FAILING_MS, now)
      ? [{ code: 'account_failing', account, since: failingSince } as const]
      : []),
    ...(reconciliation?.error === undefined
      ? []
      : [{ code: 'reconciliation_failing', account, since: reconciliation.at } as const]),
    ...(isOlder(oldestDueAt, LATE_MS, now) ? [{ code: 'reads_late', account, since: oldestDueAt } as const] : []),
  ]
}

const reasonsOf = (ledger: LedgerHealth, { background, share }: ProcessHealth): readonly HealthReason[] => {
  const { now, accounts, oldestUnresolvedAt, oldestUndeliveredAt, oldestUnreadableAt } = ledger
  const since = (time: number | undefined) => omitUndefined({ since: time })
  const { failingSince } = background
  return [
    ...reasonIf(ledger.status !== 'open', 'ledger_moved', {}),
    ...reasonIf(ledger.restoration !== undefined, 'ledger_restored', since(ledger.restoration?.restoredAt)),
    ...reasonIf(failingSince !== undefined, 'background_failing', since(failingSince)),
    ...accounts.flatMap((account) => reasonsOfAccount(now, account, share(account.account))),
    ...reasonIf(ledger.unresolvedOperations > 0, 'operations_require_resolution', since(oldestUnresolvedAt)),
    ...reasonIf(isOlder(oldestUndeliveredAt, LATE_MS, now), 'events_late', since(oldestUndeliveredAt)),
    ...reasonIf(ledger.unreadableEvents > 0, 'events_unreadable', since(oldestUnreadableAt)),
  ]
}

const sumOfNotifications = (accounts: readonly AccountHealth[]): AccountHealth['notifications'] => {
  const sum = (name: keyof AccountHealth['notifications']) =>
    accounts.reduce((total, { notifications }) => total + notifications[name], 0)
  return {
    unlistedSource: sum('unlistedSource'),
    rejected: sum('rejected'),
    quarantined: sum('quarantined'),
    overQuota: sum('overQuota'),
  }
}

const earliest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

const unreachable = (error: PaymentError, { background }: ProcessHealth): HealthReport => ({
  status: 'down',
  reasons: [{ code: 'store_unreachable' }],
  store: { reachable: false, ...omitUndefined({ code: codeOf(error) }) },
  background,
  accounts: {},
  dueReads: 0,
  notifications: sumOfNotifications([]),
  unresolvedOperations: 0,
  indeterminateOperations: 0,
  undeliveredEvents: 0,
  unreadableEvents: 0,
})

/** What the ledger says about its state, and the process about its work, as a report. A ledger that did not answer is `down`. */
export const reportOf = (answer: E.Either<PaymentError, LedgerHealth>, known: ProcessHealth): HealthReport => {
  if (E.isLeft(answer)) return unreachable(answer.left, known)
  const ledger = answer.right
  const { accounts, oldestUnresolvedAt, oldestIndeterminateAt, oldestUndeliveredAt } = ledger
  const reasons = reasonsOf(ledger, known)
  const reported = ({ account, ...health }: AccountHealth) =>
    [account, { ...health, ...omitUndefined({ share: known.share(account) }) }] as const
  return {
    status: statusOf(reasons),
    reasons,
    store: {
      reachable: true,
      schemaVersion: ledger.schemaVersion,
      clockOffsetMs: Math.round(known.clock - ledger.now),
      ...omitUndefined({ restoration: ledger.restoration, reencryption: known.reencryption }),
    },
    background: known.background,
    accounts: Object.fromEntries(accounts.map(reported)),
    dueReads: accounts.reduce((sum, { dueReads }) => sum + dueReads, 0),
    notifications: sumOfNotifications(accounts),
    unresolvedOperations: ledger.unresolvedOperations,
    indeterminateOperations: ledger.indeterminateOperations,
    undeliveredEvents: ledger.undeliveredEvents,
    unreadableEvents: ledger.unreadableEvents,
    ...omitUndefined({
      oldestDueAt: earliest(accounts.map(({ oldestDueAt }) => oldestDueAt)),
      oldestUnresolvedAt,
      oldestIndeterminateAt,
      oldestUndeliveredAt,
    }),
  }
}
