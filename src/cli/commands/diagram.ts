import { type Kind, kinds } from '../../core/index.js'
import { flowChart, stateDiagram } from '../diagram.js'
import type { Run } from '../open.js'

interface DiagramOptions {
  readonly format?: 'svg' | 'mermaid'
}

/** `paymux diagram`: a state machine, as the documents show it. */
export const run: Run<DiagramOptions> = async ({ args, options, output }) => {
  const kind: Kind = kinds.find((one) => one === args[0]) ?? 'payment'
  output.text(options.format === 'mermaid' ? flowChart(kind) : stateDiagram(kind))
  return undefined
}
