import { readdirSync } from 'node:fs'
import { flowChart } from '../../src/cli/diagram.js'
import { kinds } from '../../src/core/index.js'
import { capabilityMatrix } from './capability-matrix.js'
import { commandReference, exitCodeTable } from './command-reference.js'
import { errorTable, reasonTable } from './error-cases.js'
import { hostExamples } from './host-examples.js'
import { withBlocks } from './markdown.js'
import { moduleTable } from './module-table.js'
import { ruleTable, statusTable } from './state-machines.js'

/** The pages that hold generated blocks. */
export const pages = [
  'CONTRIBUTING.md',
  'docs/cli.md',
  ...['lifecycle', 'errors', 'capabilities'].map((name) => `docs/concepts/${name}.md`),
  ...readdirSync('docs/hosts').map((name) => `docs/hosts/${name}`),
]

const allBlocks = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ...kinds.flatMap((kind): [string, string][] => [
      [`${kind} statuses`, statusTable(kind)],
      [`${kind} chart`, ['```mermaid', flowChart(kind), '```'].join('\n')],
      [`${kind} rules`, ruleTable(kind)],
    ]),
    ['errors', errorTable()],
    ['refusal reasons', reasonTable()],
    ['capabilities', await capabilityMatrix()],
    ['modules', moduleTable()],
    ['commands', commandReference()],
    ['exit codes', exitCodeTable()],
    ...hostExamples(),
  ])

/** A page as it has to read, from the page as it reads. */
export const generated = async (page: string): Promise<string> => withBlocks(page, await allBlocks())
