import type { LedgerHealth } from '../../src/ledger/index.js'
import { reportOf } from '../../src/orchestrator/queries/health.js'
import { MINUTE, START } from './reading-stage.js'

const quiet: LedgerHealth = {
  now: START,
  accounts: [{ account: 'main', dueReads: 0 }],
  unresolvedOperations: 0,
}

const withAccount = (reads: Partial<LedgerHealth['accounts'][number]>): LedgerHealth => ({
  ...quiet,
  accounts: [{ account: 'main', dueReads: 0, ...reads }],
})

describe('the report of health', () => {
  it('is ok if nothing waits, fails or is late', () => {
    expect(reportOf(quiet)).toEqual({
      status: 'ok',
      reasons: [],
      store: { reachable: true },
      accounts: { main: { dueReads: 0 } },
      unresolvedOperations: 0,
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
    ['reads_late', withAccount({ dueReads: 1, oldestDueAt: START - 15 * MINUTE })],
    ['operations_require_resolution', { ...quiet, unresolvedOperations: 1 }],
  ])('is degraded by %s', (reason, ledger) => {
    expect(reportOf(ledger)).toMatchObject({ status: 'degraded', reasons: [reason] })
  })

  it('takes a short backlog for what it is', () => {
    expect(reportOf(withAccount({ dueReads: 9, oldestDueAt: START - MINUTE })).status).toBe('ok')
  })
})
