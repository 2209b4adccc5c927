import { existsSync, readFileSync } from 'node:fs'

/** What `jest --json --outputFile` wrote, as far as it is read here. */
interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Test files that could not even run. */
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

interface Counts {
  /** `812 passed, 0 failed, 0 skipped` */
  readonly line: string
  /** The names of the skipped tests; they say why. */
  readonly skipped: readonly string[]
}

/** A run that was ended before it wrote anything counts as one failure. */
const notWritten: Results = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1, testResults: [] }

const readResults = (file: string): Results => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : notWritten)

/** Adds up what several runs of jest wrote. */
export const readCounts = (files: readonly string[]): Counts => {
  const runs = files.map(readResults)
  const passed = runs.reduce((sum, run) => sum + run.numPassedTests, 0)
  const failed = runs.reduce((sum, run) => sum + run.numFailedTests + run.numRuntimeErrorTestSuites, 0)
  const skipped = runs
    .flatMap(({ testResults }) => testResults.flatMap(({ assertionResults }) => assertionResults))
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName)
  return { line: `${passed} passed, ${failed} failed, ${skipped.length} skipped`, skipped }
}
