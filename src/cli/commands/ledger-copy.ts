import { resolve } from 'node:path'
import type { ledgers } from '../../paymux/promises.js'
import { CommandError, exitCodes, usageError } from '../exit.js'
import type { Host } from '../host.js'
import { configFile, type Invocation, type NamedLedger, namedLedger, type Run } from '../open.js'
import type { Column } from '../output.js'
import { showSteps } from '../steps.js'

interface CopyOptions {
  readonly from?: string
  readonly to?: string
  readonly cancel?: boolean
  readonly yes?: boolean
}

interface Copied extends ledgers.TableDigest {
  readonly table: string
}

const columns: readonly Column<Copied>[] = [
  { name: 'table', cell: ({ table }) => table },
  { name: 'rows', cell: ({ rows }) => rows, align: 'right' },
  { name: 'sha256', cell: ({ sha256 }) => sha256 },
]

const confirm = async ({ ask, options }: Invocation<CopyOptions>, question: string): Promise<void> => {
  if (options.yes !== true && !(await ask.confirm(question, '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
}

const pathOf = ({ host }: Invocation<CopyOptions>, file: string): string => resolve(host.cwd, file)

/** The variables of both configurations. One name cannot stand for two values. */
const variables = (one: NamedLedger, other: NamedLedger): Host['env'] => {
  const twice = Object.keys(one.env).find((name) => name in other.env && one.env[name] !== other.env[name])
  if (twice !== undefined)
    throw usageError(
      `The .env beside each configuration says something else of ${twice}.`,
      'Give the variables another name in one of them, or set them in the environment with --no-env-file.',
    )
  return { ...one.env, ...other.env }
}

const cancel = async (invocation: Invocation<CopyOptions>, from: NamedLedger): Promise<number> => {
  const { options, output } = invocation
  await confirm(
    invocation,
    `Give up the copy of the ${from.name}? It is open again then, and what was copied is never used`,
  )
  const { cancelCopy } = await import('../../paymux/promises.js')
  await cancelCopy(from.file, { env: from.env })
  if (options.json === true) output.json({ canceled: true })
  else output.line('The copy was canceled. The ledger is open again.')
  output.note('Start processes that ran during the copy again. A new copy takes an empty store.')
  return exitCodes.done
}

const copy = async (invocation: Invocation<CopyOptions>, from: NamedLedger, to: NamedLedger): Promise<number> => {
  const { options, output } = invocation
  const env = variables(from, to)
  output.note('Stop every process that works on the ledger first: from the start of the copy on it takes no call.')
  await confirm(invocation, `Move the ${from.name} to the ${to.name}? What is moved is never opened for work again`)
  output.note('If it is interrupted, run the same command again: it goes on. To give it up, run it with --cancel.')
  const { copyLedger } = await import('../../paymux/promises.js')
  const steps = showSteps<ledgers.CopyProgress['step']>(output, { copy: 'copying rows', verify: 'comparing rows' })
  const report = await copyLedger(from.file, to.file, { env, onProgress: steps.report }).finally(steps.end)
  if (options.json === true) output.json(report)
  else output.table(columns)(Object.entries(report.tables).map(([table, digest]) => ({ table, ...digest })))
  output.note(`Both ledgers hold the same, and the ledger is the new one. Start every process with ${to.file}.`)
  return exitCodes.done
}

/** `paymux ledger copy`: moves a ledger to another store, goes on with a copy that was interrupted, or gives it up. */
export const run: Run<CopyOptions> = async (invocation) => {
  const { options } = invocation
  const { from, to, cancel: isCanceled = false } = options
  if (isCanceled && to !== undefined) throw usageError('--cancel takes no --to: the copy is given up where it began.')
  if (!isCanceled && to === undefined)
    throw usageError('Say where to.', 'Give --to FILE, a configuration with the new store.')
  const source = await namedLedger(invocation, from === undefined ? configFile(invocation) : pathOf(invocation, from))
  if (to === undefined) return cancel(invocation, source)
  return copy(invocation, source, await namedLedger(invocation, pathOf(invocation, to)))
}
