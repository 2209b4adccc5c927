import * as E from 'fp-ts/lib/Either.js'
import { unreachable } from '../../src/core/index.js'
import type { LedgerHealth } from '../../src/ledger/index.js'
import { type ProcessHealth, reportOf } from '../../src/orchestrator/queries/health.js'
import { MINUTE, START } from './reading-stage.js'

const main: LedgerHealth['accounts'][number] = {
  account: 'main',
  dueReads: 0,
  failedReads: 0,
  notifications: { unlistedSource: 0, rejected: 0, quarantined: 0, overQuota: 0 },
}

const quiet: LedgerHealth = {
  now: START,
  status: 'open',
  schemaVersion: 3,
  accounts: [main],
  unresolvedOperations: 0,
  indeterminateOperations: 0,
  undeliveredEvents: 0,
  unreadableEvents: 0,
}

const works: ProcessHealth = { background: { started: true }, clock: START, share: () => 1 }

const withAccount = (health: Partial<LedgerHealth['accounts'][number]>): LedgerHealth => ({
  ...quiet,
  accounts: [{ ...main, ...health }],
})

describe('the report of health', () => {
  it('is ok if nothing waits, fails or is late', () => {
    const { account, ...health } = main
    expect(reportOf(E.right(quiet), works)).toEqual({
      status: 'ok',
      reasons: [],
      store: { reachable: true, schemaVersion: 3, clockOffsetMs: 0 },
      background: { started: true },
      accounts: { [account]: { ...health, share: 1 } },
      dueReads: 0,
      notifications: main.notifications,
      unresolvedOperations: 0,
      indeterminateOperations: 0,
      undeliveredEvents: 0,
      unreadableEvents: 0,
    })
  })

  it('is down if the ledger does not answer', () => {
    const report = reportOf(E.left(unreachable('store')), works)
    expect(report).toMatchObject({ status: 'down', reasons: [{ code: 'store_unreachable' }] })
    expect(report.store).toEqual({ reachable: false })
  })

  it.each(['ERR_LEDGER_REMOVED', 'SQLITE_IOERR', '57P01', 'ECONNREFUSED'])(
    'says that it does not because of %s',
    (code) => {
      expect(reportOf(E.left(unreachable('store', { code })), works).store).toEqual({ reachable: false, code })
    },
  )

  it.each<[string, LedgerHealth, object]>([
    [
      'account_failing',
      withAccount({ failingSince: START - 15 * MINUTE, reason: 'Refused authentication 401' }),
      { account: 'main', since: START - 15 * MINUTE },
    ],
    [
      'reads_late',
      withAccount({ dueReads: 1, oldestDueAt: START - 15 * MINUTE }),
      { account: 'main', since: START - 15 * MINUTE },
    ],
    [
      'events_late',
      { ...quiet, undeliveredEvents: 1, oldestUndeliveredAt: START - 15 * MINUTE },
      { since: START - 15 * MINUTE },
    ],
    ['events_unreadable', { ...quiet, unreadableEvents: 1, oldestUnreadableAt: START - 1 }, { since: START - 1 }],
    [
      'operations_require_resolution',
      { ...quiet, unresolvedOperations: 1, oldestUnresolvedAt: START - 2 },
      { since: START - 2 },
    ],
  ])('is degraded by %s', (code, ledger, about) => {
    expect(reportOf(E.right(ledger), works)).toMatchObject({ status: 'degraded', reasons: [{ code, ...about }] })
  })

  it('is degraded by an account whose lists could not be compared, since when that is known', () => {
    const counts = { listed: 0, unreadable: 0, missingInLedger: 0, staleInLedger: 0 }
    const failed = { ...main, reconciliation: { at: START - 5, ...counts, error: 'Refused permission 403' } }
    const compared = { ...main, account: 'spare', reconciliation: { at: START - 5, comparedTo: START - 5, ...counts } }
    expect(reportOf(E.right({ ...quiet, accounts: [failed, compared] }), works)).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'reconciliation_failing', account: 'main', since: START - 5 }],
      accounts: { main: { reconciliation: failed.reconciliation }, spare: { reconciliation: compared.reconciliation } },
    })
  })

  it('is degraded by an account that routing tries last, and knows nothing of one that the process does not have', () => {
    const spare = { ...main, account: 'spare' }
    const share = (account: string) => (account === 'main' ? 0 : undefined)
    const report = reportOf(E.right({ ...quiet, accounts: [main, spare] }), { ...works, share })
    expect(report).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'account_unhealthy', account: 'main' }],
      accounts: { main: { share: 0 } },
    })
    expect(report.accounts.spare).not.toHaveProperty('share')
  })

  it('is degraded by background work that the store holds up, with the reason', () => {
    const background = { started: true, failingSince: START, error: unreachable('store', { code: '53300' }) }
    const report = reportOf(E.right(quiet), { ...works, background })
    expect(report).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'background_failing', since: START }],
      background,
    })
    expect(report.background.error?.message).toContain('53300')
  })

  it('adds up what all accounts wait for, and says by how much the clocks differ', () => {
    const notifications = { unlistedSource: 1, rejected: 2, quarantined: 3, overQuota: 4 }
    const one = { ...main, dueReads: 2, oldestDueAt: START - 2, notifications }
    const other = { ...main, account: 'spare', dueReads: 3, oldestDueAt: START - 3, notifications }
    const report = reportOf(E.right({ ...quiet, accounts: [one, main, other] }), { ...works, clock: START - 1500.4 })
    expect(report).toMatchObject({
      store: { clockOffsetMs: -1500 },
      dueReads: 5,
      oldestDueAt: START - 3,
      notifications: { unlistedSource: 2, rejected: 4, quarantined: 6, overQuota: 8 },
    })
  })

  it('is ok after a short backlog, and a few reads that failed', () => {
    expect(reportOf(E.right(withAccount({ dueReads: 9, oldestDueAt: START - MINUTE })), works).status).toBe('ok')
    const failing = withAccount({ failingSince: START - MINUTE, reason: 'Unreachable connect' })
    expect(reportOf(E.right(failing), works).status).toBe('ok')
  })
})
