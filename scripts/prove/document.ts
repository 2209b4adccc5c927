import { cpus } from 'node:os'
import type { Proof } from '../../test/proof/proof.js'

/** A proof, and how long it took. */
export interface Outcome extends Proof {
  readonly seconds: number
}

const verdictOf = ({ passed }: Proof): string => (passed ? 'passed' : 'FAILED')

const countedOf = ({ counted }: Proof): string =>
  Object.entries(counted)
    .map(([what, number]) => `${number.toLocaleString('en')} ${what}`)
    .join(', ')

/** One line about a proof that was run. */
export const summaryOf = (outcome: Outcome): string =>
  `  ${verdictOf(outcome)} in ${outcome.seconds.toFixed(1)} s: ${countedOf(outcome)}\n`

const rowOf = (outcome: Outcome): string =>
  `| ${outcome.name} | ${verdictOf(outcome)} | ${countedOf(outcome)} | ${outcome.seconds.toFixed(0)} s |`

/** The page that keeps a run. */
export const document = (outcomes: readonly Outcome[], seed: number): string => `# Proof

Written by \`npm run prove -- --write docs/proof.md\` on ${new Date().toISOString().slice(0, 10)}, in the long form: Node ${process.versions.node}, ${cpus().length} cores, seed ${seed}. What each proof does stands at its head in \`test/proof\`.

| Proof | Result | Counted | Took |
|---|---|---|---|
${outcomes.map(rowOf).join('\n')}
`
