import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setups } from '../../src/cli/gateways.js'
import { documentOf, runCli } from './run.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-variables-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const variables = {
  PAYOP_API_URL: 'http://127.0.0.1:9',
  PAYOP_CHECKOUT_URL: 'http://127.0.0.1:9',
  PAYOP_PUBLIC_KEY: 'application-made-up',
  PAYOP_SECRET_KEY: 'made-up',
  PAYOP_TOKEN: 'made-up',
}

const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)
const configure = (name = 'paymux.config.json'): void =>
  write(
    name,
    JSON.stringify({ accounts: { europe: setups.payop.account }, store: { type: 'sqlite', file: 'paymux.db' } }),
  )
const check = (env: Readonly<Record<string, string>> = {}, ...argv: readonly string[]) =>
  runCli(['config', 'check', '--json', ...argv], { cwd: folder, env })
const lines = (values: object): string =>
  Object.entries(values)
    .map((pair) => `${pair.join('=')}\n`)
    .join('')

describe('the variables of a configuration', () => {
  beforeEach(() => configure())

  it('are read from .env beside it, unless that is forbidden', async () => {
    write('.env', lines(variables))
    expect((await check()).code).toBe(0)
    const { code, stdout } = await check({}, '--no-env-file')
    expect({ code, stdout }).toEqual({ code: 7, stdout: expect.stringContaining('PAYOP_SECRET_KEY') })
  })

  it('are those of the environment where both have one', async () => {
    write('.env', lines({ ...variables, PAYOP_API_URL: 'no address' }))
    expect((await check()).code).toBe(7)
    expect((await check({ PAYOP_API_URL: variables.PAYOP_API_URL })).code).toBe(0)
  })
})

describe('the configuration', () => {
  it('is the one of --config, else of PAYMUX_CONFIG, else the one of the folder', async () => {
    const fileOf = async (env: Readonly<Record<string, string>>, ...argv: readonly string[]) =>
      Object(documentOf(await check({ ...variables, ...env }, ...argv))).file
    for (const name of ['paymux.config.json', 'second.json', 'third.json']) configure(name)
    const second = { PAYMUX_CONFIG: 'second.json' }
    expect(await fileOf({})).toBe(join(folder, 'paymux.config.json'))
    expect(await fileOf(second)).toBe(join(folder, 'second.json'))
    expect(await fileOf(second, '--config', 'third.json')).toBe(join(folder, 'third.json'))
  })

  it('that is not there is wrong usage, and no finding', async () => {
    const { code, stdout, stderr } = await check()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(JSON.parse(stderr).error.message).toContain('There is no configuration at ')
  })

  it('that is no JSON is a finding, with the place', async () => {
    write('paymux.config.json', '{\n  "accounts": CANARY }')
    const { code, stdout } = await check()
    expect({ code, issues: JSON.parse(stdout).issues }).toEqual({
      code: 7,
      issues: [{ path: '(file)', expected: expect.stringContaining('line 2') }],
    })
    expect(stdout).not.toContain('CANARY')
  })
})

it('draws payments if no kind is named', async () => {
  const draw = async (...argv: readonly string[]) => (await runCli(['diagram', ...argv], { cwd: folder })).stdout
  expect(await draw('--format', 'mermaid')).toBe(await draw('payment', '--format', 'mermaid'))
})

it.each([
  ['payop', [], ['paymux', 'express']],
  ['payop', ['--payouts'], ['paymux', 'express', 'libsodium-wrappers']],
])('init names the files and the packages that %s needs with %j, as a document', async (gateway, flags, packages) => {
  const argv = ['init', '--gateway', gateway, '--store', 'postgres', '--framework', 'express', ...flags, '--json']
  const { stdout } = await runCli(argv, { cwd: folder })
  expect(JSON.parse(stdout)).toEqual({
    files: ['paymux.config.json', '.env.example', 'server.mjs'],
    packages: expect.arrayContaining([...packages, 'pg', 'graphile-worker']),
  })
})
