import type { Paymux, queries } from '../../paymux/promises.js'
import { CommandError, exitCodes, usageError } from '../exit.js'
import { time } from '../format.js'
import { type Invocation, type Run, withLedger } from '../open.js'
import type { Column, Output } from '../output.js'
import { findQueryOf, type NamedObject, type ObjectOptions } from '../pick-object.js'

interface EraseOptions extends ObjectOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

interface Line extends queries.Erased {
  readonly state: string
}

const columns: readonly Column<Line>[] = [
  { name: 'state', cell: ({ state }) => state },
  { name: 'what', cell: ({ what }) => what },
  { name: 'account', cell: ({ account }) => account },
  { name: 'id', cell: ({ id }) => id },
  { name: 'reference', cell: ({ merchantReference }) => merchantReference },
  { name: 'created', cell: ({ createdAt }) => time(createdAt) },
]

const linesOf = ({ erased, notYet }: queries.ErasureReport, done: string): readonly Line[] => [
  ...erased.map((one) => ({ ...one, state: one.erasedAt === undefined ? done : 'erased before' })),
  ...notYet.map((one) => ({ ...one, state: `not yet: ${one.why.replaceAll('_', ' ')}` })),
]

const showWhatStays = ({ kept, alsoIn, complete }: queries.ErasureReport, output: Output): void => {
  for (const { what, why } of kept) output.note(`stays: ${what}; ${why}`)
  for (const { where, note } of alsoIn) output.note(`also in ${where.replaceAll('_', ' ')}: ${note}`)
  if (!complete) output.note('There is more of this name: run the command again.')
}

/** An order is erased as a whole: options that seem to narrow it would erase more than was asked for. */
const queryOf = ({ args, options }: Invocation<EraseOptions>): NamedObject => {
  const query = findQueryOf(args[0], options)
  if ('merchantReference' in query && (options.kind !== undefined || options.account !== undefined))
    throw usageError(
      'An order is erased as a whole: --kind and --account belong to --id.',
      'Give kind:account:id, as `--dry-run` lists it, for one part of the order.',
    )
  return query
}

/** What would be erased. Lists it for people. */
const plan = async (
  ledger: Paymux,
  query: NamedObject,
  { options, output }: Invocation<EraseOptions>,
): Promise<queries.ErasureReport> => {
  const planned = await ledger.erase(query, { dryRun: true })
  if (planned.erased.length + planned.notYet.length === 0)
    throw new CommandError(exitCodes.notFound, 'The ledger has nothing of this name.')
  if (options.json !== true) output.table(columns)(linesOf(planned, 'to erase'))
  return planned
}

const eraseNow = async (
  ledger: Paymux,
  query: NamedObject,
  { options, output }: Invocation<EraseOptions>,
): Promise<queries.ErasureReport> => {
  const report = await ledger.erase(query)
  if (options.json !== true) output.table(columns)(linesOf(report, 'erased'))
  return report
}

/** `paymux erase`: the personal data of an order or an object, at once. What would be erased is listed first. */
export const run: Run<EraseOptions> = async (invocation) => {
  const { ask, options, output } = invocation
  const { dryRun = false, json = false, yes = false } = options
  const query = queryOf(invocation)
  // The question is asked with nothing open, so that no lock is held while a person thinks.
  const planned = await withLedger(invocation, true, (ledger) => plan(ledger, query, invocation))
  if (!dryRun && !yes && !(await ask.confirm('Erase the personal data of what can be erased?', '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was erased.')
  const report = dryRun ? planned : await withLedger(invocation, false, (ledger) => eraseNow(ledger, query, invocation))
  if (json) output.json(report)
  else showWhatStays(report, output)
  if (dryRun && !json) output.note('Nothing was erased (--dry-run).')
  return report.notYet.length > 0 ? exitCodes.findings : exitCodes.done
}
