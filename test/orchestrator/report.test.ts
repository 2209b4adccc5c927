import type { LedgerHealth } from '../../src/ledger/index.js'
import { reportOf } from '../../src/orchestrator/queries/health.js'
import { MINUTE, START } from './reading-stage.js'

const quiet: LedgerHealth = {
  now: START,
  accounts: [{ account: 'main', dueReads: 0, failedReads: 0 }],
  unresolvedOperations: 0,
  unreadableEvents: 0,
}

const withAccount = (health: Partial<LedgerHealth['accounts'][number]>): LedgerHealth => ({
  ...quiet,
  accounts: [{ account: 'main', dueReads: 0, failedReads: 0, ...health }],
})

describe('the report of health', () => {
  it('is ok if nothing waits, fails or is late', () => {
    expect(reportOf(quiet)).toEqual({
      status: 'ok',
      reasons: [],
      store: { reachable: true },
      accounts: { main: { dueReads: 0, failedReads: 0 } },
      unresolvedOperations: 0,
      unreadableEvents: 0,
    })
  })

  it('is down if the ledger does not answer', () => {
    expect(reportOf(undefined)).toMatchObject({
      status: 'down',
      reasons: ['store_unreachable'],
      store: { reachable: false },
    })
  })

  it.each([
    ['account_failing', withAccount({ failingSince: START - 15 * MINUTE, reason: 'Refused authentication 401' })],
    ['reads_late', withAccount({ dueReads: 1, oldestDueAt: START - 15 * MINUTE })],
    ['events_unreadable', { ...quiet, unreadableEvents: 1 }],
    ['operations_require_resolution', { ...quiet, unresolvedOperations: 1 }],
  ])('is degraded by %s', (reason, ledger) => {
    expect(reportOf(ledger)).toMatchObject({ status: 'degraded', reasons: [reason] })
  })

  it('is ok after a short backlog, and a few reads that failed', () => {
    expect(reportOf(withAccount({ dueReads: 9, oldestDueAt: START - MINUTE })).status).toBe('ok')
    expect(reportOf(withAccount({ failingSince: START - MINUTE, reason: 'Unreachable connect' })).status).toBe('ok')
  })
})
