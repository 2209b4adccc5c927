import { cpus } from 'node:os'
import type { Proof } from '../../test/proof/proof.js'

/** A proof, and how long it took. */
export interface Outcome extends Proof {
  readonly seconds: number
}

/** What a row says of the run that it is of. */
export interface Run {
  readonly seed: number
  /** The commit that ran, shortened, with `+` if the tree had other changes. */
  readonly commit: string
  /** `2026-11-28` */
  readonly date: string
}

const verdictOf = ({ passed }: Proof): string => (passed ? 'passed' : 'FAILED')

const countedOf = ({ counted }: Proof): string =>
  Object.entries(counted)
    .map(([what, number]) => `${number.toLocaleString('en')} ${what}`)
    .join(', ')

/** One line about a proof that was run. */
export const summaryOf = (outcome: Outcome): string =>
  `  ${verdictOf(outcome)} in ${outcome.seconds.toFixed(1)} s: ${countedOf(outcome)}\n`

const rowOf = (outcome: Outcome, { seed, commit, date }: Run): string =>
  `| ${outcome.name} | ${verdictOf(outcome)} | ${countedOf(outcome)} | ${outcome.seconds.toFixed(0)} s | ${date}, ${commit}, seed ${seed} |`

const isRow = (line: string): boolean => /^\| .+ seed \d+ \|$/.test(line)

const nameIn = (row: string): string => row.slice(2, row.indexOf(' | '))

/**
 * The page that keeps the runs, a row for each proof. All of them take hours, so they need not run together.
 *
 * @param kept the page so far: rows of proofs that did not run now stay
 */
export const document = (outcomes: readonly Outcome[], run: Run, kept: string): string => {
  const earlier = kept.split('\n').filter(isRow)
  const now = new Map(outcomes.map((outcome) => [outcome.name, rowOf(outcome, run)]))
  const rows = earlier.map((row) => now.get(nameIn(row)) ?? row)
  const added = [...now].filter(([name]) => !earlier.some((row) => nameIn(row) === name)).map(([, row]) => row)
  return `# Proof

Written by \`npm run prove -- --write docs/proof.md\`, in the long form: Node ${process.versions.node}, ${cpus().length} cores. What each proof does stands at its head in \`test/proof\`.

| Proof | Result | Counted | Took | Run |
|---|---|---|---|---|
${[...rows, ...added].join('\n')}
`
}
