import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Proof, Prove } from '../test/proof/proof.js'
import { document, type Outcome, summaryOf } from './prove/document.js'
import { proofs } from './prove/proofs.js'

/**
 * Runs the proofs in their long form and prints what they counted; `npm run prove:short` runs the short one. `--only <name>`
 * (any number of times) runs some, `--seed <n>` draws other faults, `--write <file>` keeps the results, beside those of proofs that
 * did not run. Ends with 1 if one failed.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: '4217' },
    write: { type: 'string' },
  },
})

const names = values.only ?? Object.keys(proofs)
const seed = Number(values.seed)
const print = (line: string): void => console.log(line)

const proofOf = (name: string): (() => Promise<Prove>) => {
  const load = proofs[name]
  if (load === undefined) throw new Error(`There is no proof ${name}; there are ${Object.keys(proofs).join(', ')}`)
  return load
}

const failed = (name: string, error: unknown): Proof => {
  print(`  ${error instanceof Error ? (error.stack ?? error.message) : 'it threw'}`)
  return { name, counted: {}, passed: false }
}

const prove = async (name: string, load: () => Promise<Prove>): Promise<Outcome> => {
  print(`${name}`)
  const begun = performance.now()
  const run = await load()
  const proof = await run({ long: true, seed, print: (line) => print(`  ${line}`) }).catch((error: unknown) =>
    failed(name, error),
  )
  const outcome = { ...proof, seconds: (performance.now() - begun) / 1000 }
  print(summaryOf(outcome))
  return outcome
}

const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()
// Read first: the tree may change while the proofs run.
const commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'src') === '' ? '' : '+'}`
const loaders = names.map((name) => [name, proofOf(name)] as const)
const outcomes: Outcome[] = []
/** After each, not at the end: a run that is stopped after hours has proven something. */
const keep = async (file: string, outcome: Outcome): Promise<void> => {
  const date = new Date().toISOString().slice(0, 10)
  const kept = await readFile(file, 'utf8').catch(() => '')
  await writeFile(file, document([outcome], { seed, commit, date }, kept))
}
for (const [name, load] of loaders) {
  const outcome = await prove(name, load)
  outcomes.push(outcome)
  if (values.write !== undefined) await keep(values.write, outcome)
}

// Said, not left to the end of the event loop: after an hour of killed processes Node 20 was seen to turn in its own clean-up
// for ever (node::Environment::CleanupHandles).
process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1)
