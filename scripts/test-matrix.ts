import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readCounts } from './test-counts.js'

/** Runs the suite on every supported line of Node, which the npm package `node` brings, and prints a line for each. */
const lines = ['20', '22', '24']

const folder = mkdtempSync(join(tmpdir(), 'paymux-matrix-'))

for (const line of lines) {
  const results = join(folder, `${line}.json`)
  const packed = join(folder, `${line}-packed.json`)
  const jest = (output: string, ...tests: readonly string[]) =>
    `node node_modules/jest/bin/jest.js --ci --json --outputFile=${output} ${tests.join(' ')}`
  const suite = jest(results, '--selectProjects=tests')
  const packedPackage = jest(packed, '--selectProjects=proofs', '--testPathPatterns=proof/package')
  const started = Date.now()
  try {
    const npx = ['--yes', '--package', `node@${line}`, '--call', `node --version && ${suite} && ${packedPackage}`]
    const { stdout } = await promisify(execFile)('npx', npx, { maxBuffer: 2 ** 28 })
    const [version] = stdout.split('\n')
    console.log(`${version}: ${readCounts([results, packed]).line} in ${Math.round((Date.now() - started) / 1000)} s`)
  } catch (error) {
    console.error(Object(error).stderr ?? error)
    console.log(`Node ${line}: failed`)
    process.exitCode = 1
  }
}

rmSync(folder, { recursive: true })
