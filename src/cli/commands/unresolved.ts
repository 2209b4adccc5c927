import { exitCodes } from '../exit.js'
import { type Run, withLedger } from '../open.js'
import { readCount } from '../pages.js'
import { operationColumns } from '../tables.js'

interface UnresolvedOptions {
  readonly limit?: string
  readonly exitCode?: boolean
}

/** `paymux unresolved`: operations that wait for `paymux resolve`, oldest first. */
export const run: Run<UnresolvedOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const limit = options.limit === undefined ? 100 : readCount('--limit', options.limit, 10_000)
    const waiting = await ledger.listUnresolved(limit)
    if (options.json === true) output.json(waiting)
    else output.table(operationColumns)(waiting)
    if (output.isForPeople && waiting.length > 0)
      output.note(
        'Look at the gateway, then say what you saw: paymux resolve OPERATION --executed|--not-executed --by YOU --note TEXT',
      )
    return options.exitCode === true && waiting.length > 0 ? exitCodes.findings : exitCodes.done
  })
