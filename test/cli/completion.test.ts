import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setups } from '../../src/cli/gateways.js'
import { runCli } from './run.js'

let folder: string
let printed: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-completion-'))
  printed = []
  // The package that completes writes to the console of the process.
  jest.spyOn(console, 'log').mockImplementation((text: string) => {
    printed.push(text)
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const credentials = {
  PAYOP_API_URL: 'http://127.0.0.1:9',
  PAYOP_CHECKOUT_URL: 'http://127.0.0.1:9',
  PAYOP_PUBLIC_KEY: 'application-made-up',
  PAYOP_SECRET_KEY: 'made-up',
  PAYOP_TOKEN: 'made-up',
}

const configure = (): void =>
  writeFileSync(
    join(folder, 'paymux.config.json'),
    JSON.stringify({ accounts: { europe: setups.payop.account }, store: { type: 'sqlite', file: 'paymux.db' } }),
  )

/** What a shell is offered for the words so far, of which the last one may be begun. */
const complete = async (words: readonly string[], env: Readonly<Record<string, string>> = credentials) => {
  const ran = await runCli(['complete', '--', ...words], { cwd: folder, env })
  expect(ran).toEqual({ code: 0, stdout: '', stderr: '' })
  return printed
    .join('\n')
    .split('\n')
    .map((line) => line.split('\t')[0])
}

it.each([
  ['bash', 'complete '],
  ['zsh', '#compdef paymux'],
  ['fish', 'complete -c paymux'],
])('prints the script that %s loads', async (shell, part) => {
  expect((await runCli(['completion', shell], { cwd: folder })).code).toBe(0)
  expect(printed.join('\n')).toContain(part)
})

it('refuses a shell that it has no script for', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh'], { cwd: folder })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Allowed choices are bash, zsh, fish.') })
})

it.each([
  ['the commands', [''], ['find', 'list', 'doctor', 'events']],
  ['the commands of a group', ['events', ''], ['list', 'redeliver']],
  ['the options of a command', ['list', '--'], ['--kind', '--status', '--all']],
  ['the values of an option', ['list', '--kind', ''], ['payment', 'refund', 'payout']],
])('offers %s', async (_, words, offered) => {
  expect(await complete(words)).toEqual(expect.arrayContaining(offered))
})

describe('the accounts of the configuration', () => {
  it('are offered, with no ledger and no network', async () => {
    configure()
    expect(await complete(['list', '--account', ''])).toContain('europe')
  })

  it.each([
    ['there is no configuration', () => undefined],
    ['it cannot be used', () => writeFileSync(join(folder, 'paymux.config.json'), '{')],
  ])('are not, and nothing is said, if %s', async (_, prepare) => {
    prepare()
    expect(await complete(['list', '--account', ''])).not.toContain('europe')
  })
})
