import * as E from 'fp-ts/lib/Either.js'
import { unreachable } from '../../src/core/index.js'
import type { LedgerHealth } from '../../src/ledger/index.js'
import { type BackgroundHealth, reportOf } from '../../src/orchestrator/queries/health.js'
import { MINUTE, START } from './reading-stage.js'

const main: LedgerHealth['accounts'][number] = {
  account: 'main',
  dueReads: 0,
  failedReads: 0,
  notifications: { unlistedSource: 0, rejected: 0, quarantined: 0, overQuota: 0 },
}

const quiet: LedgerHealth = {
  now: START,
  schemaVersion: 3,
  accounts: [main],
  unresolvedOperations: 0,
  undeliveredEvents: 0,
  unreadableEvents: 0,
}

const works: BackgroundHealth = { started: true }

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
      store: { reachable: true },
      background: { started: true },
      accounts: { [account]: health },
      unresolvedOperations: 0,
      unreadableEvents: 0,
    })
  })

  it('is down if the ledger does not answer', () => {
    const report = reportOf(E.left(unreachable('store')), works)
    expect(report).toMatchObject({ status: 'down', reasons: ['store_unreachable'] })
    expect(report.store).toEqual({ reachable: false })
  })

  it.each(['ERR_LEDGER_REMOVED', 'SQLITE_IOERR', '57P01', 'ECONNREFUSED'])(
    'says that it does not because of %s',
    (code) => {
      expect(reportOf(E.left(unreachable('store', { code })), works).store).toEqual({ reachable: false, code })
    },
  )

  it.each([
    ['account_failing', withAccount({ failingSince: START - 15 * MINUTE, reason: 'Refused authentication 401' })],
    ['reads_late', withAccount({ dueReads: 1, oldestDueAt: START - 15 * MINUTE })],
    ['events_unreadable', { ...quiet, unreadableEvents: 1 }],
    ['operations_require_resolution', { ...quiet, unresolvedOperations: 1 }],
  ])('is degraded by %s', (reason, ledger) => {
    expect(reportOf(E.right(ledger), works)).toMatchObject({ status: 'degraded', reasons: [reason] })
  })

  it('is degraded by background work that the store holds up, with the reason', () => {
    const background = { started: true, failingSince: START, error: unreachable('store', { code: '53300' }) }
    const report = reportOf(E.right(quiet), background)
    expect(report).toMatchObject({ status: 'degraded', reasons: ['background_failing'], background })
    expect(report.background.error?.message).toContain('53300')
  })

  it('is ok after a short backlog, and a few reads that failed', () => {
    expect(reportOf(E.right(withAccount({ dueReads: 9, oldestDueAt: START - MINUTE })), works).status).toBe('ok')
    const failing = withAccount({ failingSince: START - MINUTE, reason: 'Unreachable connect' })
    expect(reportOf(E.right(failing), works).status).toBe('ok')
  })
})
