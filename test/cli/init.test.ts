import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { frameworks } from '../../src/cli/server-template.js'
import { node } from '../packaging/ended.js'
import { documentOf, runCli } from './run.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-init-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const init = (...flags: readonly string[]) => runCli(['init', ...flags], { cwd: folder })
const files = ['.env.example', 'paymux.config.json', 'server.mjs']
const written = (name: string): string => readFileSync(join(folder, name), 'utf8')

const credentials = {
  PAYOP_PUBLIC_KEY: 'application-made-up',
  PAYOP_SECRET_KEY: 'made-up',
  PAYOP_TOKEN: 'made-up',
  PAYOP_CERTIFICATE: Buffer.alloc(32, 9).toString('base64'),
  IPPOPAY_PUBLIC_KEY: 'pk_live_made-up',
  IPPOPAY_SECRET_KEY: 'made-up',
  IPPOPAY_PAYOUTS_PUBLIC_KEY: 'made-up',
  IPPOPAY_PAYOUTS_SECRET_KEY: 'made-up',
  PAYMUX_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
  PAYMUX_WEBHOOK_SECRET: 'made-up-secret-of-32-characters-z',
}

describe.each(Object.keys(frameworks))('for %s', (framework) => {
  it('writes a server that Node can parse, without a word of TypeScript', async () => {
    expect((await init('--gateway', 'payop', '--store', 'sqlite', '--framework', framework)).code).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(files)
    expect(await node(folder, '--check', 'server.mjs')).toMatchObject({ code: 0, output: '' })
  })
})

describe.each([
  ['payop', []],
  ['ippopay', []],
  ['payop ippopay', ['--payouts']],
] as const)('with %s and %j', (gateways, flags) => {
  it.each(['sqlite', 'postgres'])(
    'writes a configuration on %s that can be used with the variables of its example',
    async (store) => {
      await init('--gateway', ...gateways.split(' '), '--store', store, '--framework', 'http', ...flags)
      // What the example leaves empty is what the merchant fills in; nothing else is needed.
      const example = parseEnv(written('.env.example'))
      const empty = Object.entries(example).flatMap(([name, value]) => (value === '' ? [name] : []))
      const filled = Object.fromEntries(Object.entries(credentials).filter(([name]) => empty.includes(name)))
      expect(Object.keys(filled).sort()).toEqual([...empty].sort())
      const env = { ...Object(example), ...filled }
      const checked = await runCli(['config', 'check', '--json'], { cwd: folder, env })
      expect(documentOf(checked)).toMatchObject({ issues: [] })
      expect(written('paymux.config.json')).not.toContain('made-up')
    },
  )
})

it('replaces no file without a confirmation, and writes nothing then', async () => {
  writeFileSync(join(folder, 'server.mjs'), '// mine\n')
  const flags = ['--gateway', 'payop', '--store', 'sqlite', '--framework', 'http']
  const { code, stderr } = await init(...flags)
  expect({ code, stderr, files: readdirSync(folder) }).toEqual({
    code: 2,
    stderr: expect.stringContaining('There is a file already: server.mjs'),
    files: ['server.mjs'],
  })
  expect((await init(...flags, '--yes')).code).toBe(0)
  expect(written('server.mjs')).toContain("from 'paymux/promises'")
})

it('writes nothing with --dry-run, and names the files', async () => {
  const { stdout } = await init('--gateway', 'payop', '--store', 'sqlite', '--framework', 'http', '--dry-run')
  expect({ names: stdout.trim().split('\n').sort(), files: readdirSync(folder) }).toEqual({ names: files, files: [] })
})

it('says which flag is missing without a terminal', async () => {
  const { code, stderr } = await init('--gateway', 'payop')
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Give --store sqlite.') })
})
