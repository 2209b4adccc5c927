import type { ledgers } from '../../paymux/promises.js'
import { exitCodes } from '../exit.js'
import { namedLedger, type Run } from '../open.js'
import type { Column, Output } from '../output.js'
import { showSteps } from '../steps.js'

const columns: readonly Column<ledgers.LedgerFinding>[] = [
  { name: 'finding', cell: ({ code }) => code.replaceAll('_', ' ') },
  { name: 'table', cell: ({ table }) => table },
  { name: 'row', cell: ({ row }) => row },
  { name: 'what', cell: ({ what }) => what },
  { name: 'what to do', cell: ({ action }) => action },
]

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

const sumUp = ({ findings, hasMore, rows, rowsByKey }: ledgers.CheckReport, output: Output): void => {
  output.note(`rows: ${counted(rows)}`)
  output.note(`rows by encryption key: ${counted(rowsByKey) || 'none'}`)
  if (hasMore) output.note(`There is more: only ${findings.length} findings are listed.`)
  if (findings.length === 0) output.note('Nothing is wrong that a check sees.')
}

/** `paymux ledger check`: what is wrong with a ledger as a whole. */
export const run: Run = async (invocation) => {
  const { options, output } = invocation
  const { file, env } = await namedLedger(invocation)
  const { checkLedger } = await import('../../paymux/promises.js')
  const steps = showSteps<ledgers.CheckProgress['step']>(output, {
    database: 'checking the database',
    rows: 'reading rows',
    relations: 'comparing rows',
  })
  const report = await checkLedger(file, { env, onProgress: steps.report }).finally(steps.end)
  if (options.json === true) output.json(report)
  else {
    output.table(columns)(report.findings)
    sumUp(report, output)
  }
  return report.findings.length > 0 ? exitCodes.findings : exitCodes.done
}
