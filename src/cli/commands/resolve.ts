import type { Kind, StatusOf } from '../../core/index.js'
import type { Paymux, Resolution } from '../../paymux/promises.js'
import { CommandError, exitCodes, usageError } from '../exit.js'
import { type Invocation, type Run, withLedger } from '../open.js'
import { operationColumns } from '../tables.js'

interface ResolveOptions {
  readonly executed?: boolean
  readonly notExecuted?: boolean
  readonly id?: string
  readonly status?: StatusOf<Kind>
  readonly by?: string
  readonly note?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
}

const resolutionOf = ({ executed, notExecuted, id, status, by, note }: ResolveOptions): Resolution => {
  if ((executed === true) === (notExecuted === true)) throw usageError('Give either --executed or --not-executed.')
  if (by === undefined || note === undefined)
    throw usageError('Say who saw it and where.', 'Give --by YOU --note "seen in the dashboard, transaction …".')
  const seen = { attestedBy: by, note }
  if (notExecuted === true) {
    if (id !== undefined || status !== undefined) throw usageError('--id and --status belong to --executed.')
    return { outcome: 'not_executed', ...seen }
  }
  if (status === undefined)
    throw usageError('--executed needs the status that you saw.', 'Give --status succeeded, say.')
  return { outcome: 'executed', status, ...seen, ...(id === undefined ? {} : { id }) }
}

const consequence = ({ outcome }: Resolution): string => {
  switch (outcome) {
    case 'executed':
      return 'It will count as executed. A call with its idempotency key gives its result.'
    case 'not_executed':
      return 'It will count as not executed, and what a refund reserved is released. A call with its idempotency key may send again: if money has moved, it moves twice.'
  }
}

/** The operation, if it can be resolved. */
const openOperation = async (ledger: Paymux, id: string) => {
  const operation = await ledger.operation(id)
  if (operation.state === 'dispatched' || operation.state === 'indeterminate') return operation
  throw new CommandError(
    exitCodes.usage,
    `The operation is ${operation.state}: its outcome is known, and there is nothing to resolve.`,
  )
}

const show = (
  { options, output }: Invocation<ResolveOptions>,
  operation: Awaited<ReturnType<typeof openOperation>>,
) => {
  if (options.json === true) output.json(operation)
  else output.table(operationColumns)([operation])
}

/** `paymux resolve`: closes an operation with what an operator saw at the gateway. */
export const run: Run<ResolveOptions> = async (invocation) => {
  const { args, ask, options, output } = invocation
  const resolution = resolutionOf(options)
  const [id = ''] = args
  // The question is asked with nothing open, so that no lock is held while a person thinks.
  await withLedger(invocation, true, async (ledger) => {
    const operation = await openOperation(ledger, id)
    if (options.dryRun === true) show(invocation, operation)
    output.note(
      `${operation.name} ${operation.merchantReference ?? ''} on ${operation.accounts.join(' or ')}. ${consequence(resolution)}`,
    )
  })
  if (options.dryRun === true) {
    output.note('Nothing was written (--dry-run).')
    return exitCodes.done
  }
  if (options.yes !== true && !(await ask.confirm('Resolve it?', '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
  return withLedger(invocation, false, async (ledger) => {
    const resolved = await ledger.resolve(id, resolution)
    if (options.json === true) output.json(resolved)
    else output.table(operationColumns)([resolved])
    return exitCodes.done
  })
}
