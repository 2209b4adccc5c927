import { readFileSync } from 'node:fs'

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

export const readCounts = (file: string): Counts => {
  const results: Results = JSON.parse(readFileSync(file, 'utf8'))
  const skipped = results.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName)
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
  return { line: `${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`, skipped }
}
