import { exitCodes } from '../exit.js'
import { time } from '../format.js'
import { type Run, withLedger } from '../open.js'

/** `paymux health`: how paymux is, by its ledger. */
export const run: Run = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const report = await ledger.health()
    if (options.json === true) output.json(report)
    else {
      output.fields([
        ['status', report.status],
        ['schema', report.store.schemaVersion],
        ['clock offset', report.store.clockOffsetMs === undefined ? undefined : `${report.store.clockOffsetMs} ms`],
        ['looks keys up until', time(report.store.restoration?.until)],
        ['due reads', report.dueReads],
        ['oldest due since', time(report.oldestDueAt)],
        ['unresolved', report.unresolvedOperations],
        ['undelivered events', report.undeliveredEvents],
        ['unreadable events', report.unreadableEvents],
        ['quarantined', report.notifications.quarantined],
      ])
      output.table([
        { name: 'reason', cell: ({ code }: (typeof report.reasons)[number]) => code },
        { name: 'account', cell: ({ account }) => account },
        { name: 'since', cell: ({ since }) => time(since) },
      ])(report.reasons)
    }
    return report.status === 'ok' ? exitCodes.done : exitCodes.findings
  })
