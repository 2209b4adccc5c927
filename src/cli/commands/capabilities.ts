import { CommandError, exitCodes } from '../exit.js'
import { openSetup, type Run } from '../open.js'
import type { Column } from '../output.js'

type Row = readonly [account: string, path: string, value: string]

const columns: readonly Column<Row>[] = [
  { name: 'account', cell: ([account]) => account },
  { name: 'capability', cell: ([, path]) => path },
  { name: 'value', cell: ([, , value]) => value },
]

/** Every fact of a capability by its path: `refund.partial`, `true`. */
const rowsOf = (account: string, value: unknown, path: string): readonly Row[] => {
  if (Array.isArray(value)) return [[account, path, value.join(' ') || 'none']]
  if (typeof value !== 'object' || value === null) return [[account, path, String(value)]]
  return Object.entries(value).flatMap(([name, field]) =>
    rowsOf(account, field, path === '' ? name : `${path}.${name}`),
  )
}

/** `paymux capabilities`: what routing, retry and recovery read about each account. */
export const run: Run = async (invocation) => {
  const { args, options, output } = invocation
  const { adapters } = await openSetup(invocation)
  const [wanted] = args
  const chosen = [...adapters].filter(([account]) => wanted === undefined || account === wanted)
  if (chosen.length === 0)
    throw new CommandError(
      exitCodes.notFound,
      `The configuration has no such account. It has ${[...adapters.keys()].join(', ')}.`,
    )
  const capabilities = Object.fromEntries(chosen.map(([account, adapter]) => [account, adapter.capabilities]))
  if (options.json === true) output.json(capabilities)
  else output.table(columns)(chosen.flatMap(([account, adapter]) => rowsOf(account, adapter.capabilities, '')))
  return undefined
}
