import type { Paymux, queries } from '../../paymux/promises.js'
import { CommandError, exitCodes } from '../exit.js'
import { type Run, withLedger } from '../open.js'

interface RedeliverOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

/** The event of an id, which is its subject and its number. */
const eventOf = async ({ listEvents }: Paymux, id: string): Promise<queries.ListedEvent> => {
  const { iterate } = await import('../../paymux/promises.js')
  for await (const event of iterate(listEvents, { subject: id.replace(/#\d+$/, ''), limit: 1000 }))
    if (event.id === id) return event
  throw new CommandError(exitCodes.notFound, 'The ledger has no such event.')
}

/** `paymux events redeliver`: one event once more, to every subscriber. */
export const run: Run<RedeliverOptions> = async ({ args: [id = ''], ...invocation }) => {
  const { ask, options, output } = invocation
  if (options.dryRun === true) {
    const { type, subject } = await withLedger({ ...invocation, args: [id] }, true, (ledger) => eventOf(ledger, id))
    if (options.json === true) output.json({ id })
    output.note(
      `The event ${type} of ${subject} would be delivered once more, to every subscriber. Nothing was written (--dry-run).`,
    )
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
