import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { ended } from './ended.js'

const repository = resolve(__dirname, '../..')
const bin = (name: string) => join(repository, 'node_modules', name)

/** `paymux`, `paymux/payop`, … */
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace('.', 'paymux'))

const peers = Object.keys(manifest.peerDependencies)

let consumer: string
let tarball: string

const succeed = async (...command: Parameters<typeof ended>): Promise<string> => {
  const { code, stdout, output } = await ended(...command)
  if (code !== 0) throw new Error(output)
  return stdout
}

const install = (...packages: readonly string[]) =>
  succeed(consumer, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...packages)

beforeAll(async () => {
  consumer = await mkdtemp(join(tmpdir(), 'paymux-consumer-'))
  await succeed(repository, process.execPath, '--import', 'tsx', 'scripts/build.ts')
  await succeed(repository, 'npm', 'pack', '--pack-destination', consumer)
  tarball = join(consumer, `paymux-${manifest.version}.tgz`)
  await writeFile(join(consumer, 'package.json'), '{ "private": true }')
  await install(tarball, '@types/node@20')
}, 120_000)

afterAll(() => rm(consumer, { recursive: true, force: true }))

describe('the packed package', () => {
  it('passes publint', async () => {
    const publint = bin('publint/src/cli.js')
    expect(await succeed(repository, process.execPath, publint, 'run', tarball, '--strict')).toContain('All good!')
  })

  it('has types that are right for ES modules and for CommonJS', async () => {
    const attw = bin('@arethetypeswrong/cli/dist/index.js')
    const args = [attw, tarball, '--profile', 'node16', '--no-definitely-typed']
    expect(await succeed(repository, process.execPath, ...args)).toContain('"paymux/ippopay"')
  }, 30_000)
})

describe.each(entries)('%s', (entry) => {
  const names = async (program: string, ...args: string[]): Promise<string[]> =>
    JSON.parse(await succeed(consumer, process.execPath, ...args, '-e', program))

  it('loads by require and by import, with the same names', async () => {
    const required = await names(`console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`)
    const imported = await names(
      `import * as entry from '${entry}'; console.log(JSON.stringify(Object.keys(entry).sort()))`,
      '--input-type=module',
    )
    expect(required.length).toBeGreaterThan(0)
    expect(imported).toEqual(required)
  })

  it('loads no optional peer', async () => {
    const loaded = await names(`require('${entry}'); console.log(JSON.stringify(Object.keys(require.cache)))`)
    expect(loaded.filter((file) => peers.some((peer) => file.includes(`/node_modules/${peer}/`)))).toEqual([])
  })
})
