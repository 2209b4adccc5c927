import { CommandError, exitCodes } from '../exit.js'
import { type Run, withLedger } from '../open.js'

interface RedeliverOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

/** `paymux events redeliver`: one event once more, to every subscriber. */
export const run: Run<RedeliverOptions> = async ({ args: [id = ''], ...invocation }) => {
  const { ask, options, output } = invocation
  if (options.dryRun === true) {
    output.note('The event would be delivered once more, to every subscriber. Nothing was written (--dry-run).')
    return exitCodes.done
  }
  if (options.yes !== true && !(await ask.confirm('Deliver the event once more, to every subscriber?', '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
  return withLedger({ ...invocation, args: [id] }, false, async (ledger) => {
    await ledger.redeliver(id)
    if (options.json === true) output.json({ id })
    else output.note('A process that works delivers it soon.')
    return exitCodes.done
  })
}
