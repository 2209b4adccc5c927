import type { Paymux, queries } from '../../paymux/promises.js'
import { exitCodes } from '../exit.js'
import { type Run, withLedger } from '../open.js'
import { readCount } from '../pages.js'
import { operationColumns } from '../tables.js'

interface UnresolvedOptions {
  readonly limit?: string
  readonly polled?: boolean
  readonly exitCode?: boolean
}

/** Operations whose outcome paymux finds out by itself, oldest first. */
const polled = async ({ listOperations }: Paymux, limit: number): Promise<readonly queries.ListedOperation[]> => {
  const { iterate } = await import('../../paymux/promises.js')
  const found: queries.ListedOperation[] = []
  for (const state of ['dispatched', 'indeterminate'] as const) {
    let ofState = 0
    for await (const operation of iterate(listOperations, { state, order: 'oldest_first' })) {
      if (ofState === limit) break
      // The others wait for a person.
      if (operation.nextPollAt === undefined || operation.stalled !== undefined) continue
      found.push(operation)
      ofState += 1
    }
  }
  return found.sort((one, other) => one.createdAt - other.createdAt).slice(0, limit)
}

/** `paymux unresolved`: operations whose outcome is not known, oldest first. */
export const run: Run<UnresolvedOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const limit = options.limit === undefined ? 100 : readCount('--limit', options.limit, 1000)
    const found = options.polled === true ? await polled(ledger, limit) : await ledger.listUnresolved(limit)
    if (options.json === true) output.json(found)
    else output.table(operationColumns)(found)
    if (output.isForPeople && found.length > 0)
      output.note(
        options.polled === true
          ? 'paymux goes on polling these: you have nothing to do.'
          : 'Look at the gateway, then say what you saw: paymux resolve OPERATION --executed|--not-executed --by YOU --note TEXT',
      )
    return options.exitCode === true && found.length > 0 ? exitCodes.findings : exitCodes.done
  })
