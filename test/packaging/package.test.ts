import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { ended } from './ended.js'

const repository = resolve(__dirname, '../..')
const tool = (path: string) => join(repository, 'node_modules', path)

/** `paymux`, `paymux/payop`, … */
const entries = Object.keys(manifest.exports)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => entry.replace('.', 'paymux'))

const peers = Object.keys(manifest.peerDependencies)
const versions: Readonly<Record<string, string>> = manifest.peerDependencies

const succeed = async (...command: Parameters<typeof ended>): Promise<string> => {
  const { code, stdout, output } = await ended(...command)
  if (code !== 0) throw new Error(output)
  return stdout
}

const node = process.execPath
let consumer: string
let tarball: string

const install = (...packages: readonly string[]) =>
  succeed(consumer, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...packages)

const installPeers = (...names: readonly string[]) => install(...names.map((name) => `${name}@${versions[name]}`))

beforeAll(async () => {
  consumer = await mkdtemp(join(tmpdir(), 'paymux-consumer-'))
  await succeed(repository, node, '--import', 'tsx', 'scripts/build.ts')
  await succeed(repository, 'npm', 'pack', '--pack-destination', consumer)
  tarball = join(consumer, `paymux-${manifest.version}.tgz`)
  await writeFile(join(consumer, 'package.json'), '{ "private": true }')
  await install(tarball, `@types/node@${manifest.devDependencies['@types/node']}`)
}, 120_000)

afterAll(() => rm(consumer, { recursive: true, force: true }))

describe('the packed package', () => {
  it('passes publint', async () => {
    const publint = tool('publint/src/cli.js')
    expect(await succeed(repository, node, publint, 'run', tarball, '--strict')).toContain('All good!')
  })

  it('has types that are right for ES modules and for CommonJS', async () => {
    const attw = tool('@arethetypeswrong/cli/dist/index.js')
    const told = await succeed(repository, node, attw, tarball, '--profile', 'node16', '--no-definitely-typed')
    for (const entry of entries) expect(told).toContain(`"${entry}"`)
  }, 30_000)
})

it('loads by require alone on its CommonJS side, where jest has no import()', async () => {
  const folder = join(consumer, 'node_modules/paymux/dist/cjs')
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'))
  expect(files.length).toBeGreaterThan(entries.length - 2)
  for (const file of files) expect(await readFile(join(folder, file), 'utf8')).not.toMatch(/[^.\w]import\(/)
})

it('publishes the JSON Schema of the configuration', async () => {
  const program = "console.log(JSON.stringify(require('paymux/paymux.schema.json')))"
  const schema = await readFile(join(repository, 'paymux.schema.json'), 'utf8')
  expect(JSON.parse(await succeed(consumer, node, '-e', program))).toEqual(JSON.parse(schema))
})

describe.each(entries)('%s', (entry) => {
  const printed = async (program: string, ...args: string[]): Promise<string[]> =>
    JSON.parse(await succeed(consumer, node, ...args, '-e', program))

  it('loads by require and by import, with the same names', async () => {
    const required = await printed(`console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`)
    const imported = await printed(
      `import * as entry from '${entry}'; console.log(JSON.stringify(Object.keys(entry).sort()))`,
      '--input-type=module',
    )
    expect(required.length).toBeGreaterThan(0)
    expect(imported).toEqual(required)
  })

  it('loads no optional peer', async () => {
    const loaded = await printed(`require('${entry}'); console.log(JSON.stringify(Object.keys(require.cache)))`)
    expect(loaded.filter((file) => peers.some((peer) => file.includes(`/node_modules/${peer}/`)))).toEqual([])
  })
})

// Node has an SQLite of its own from 22.13 on.
const hasSqlite = process.getBuiltinModule('node:sqlite') !== undefined

const everything = `sqlite: opened
postgres: The store did not answer
payment requires_action
payout processing
recorded requires_action
recorded requires_action, again: true
`

describe('a TypeScript program', () => {
  const programs = ['shop.mjs', 'shop.cjs']
  const both = ['--module', 'node16', 'shop.mts', 'shop.cts']
  let folder: string

  const compile = (compiler: string, ...args: string[]): Promise<string> =>
    succeed(folder, node, tool(compiler), '--target', 'es2022', '--types', 'node', '--strict', ...args)

  beforeAll(async () => {
    folder = join(consumer, 'program')
    await mkdir(folder)
    for (const name of ['shop.mts', 'shop.cts', 'shop.ts']) await cp(join(__dirname, 'shop.ts'), join(folder, name))
    await compile('@typescript/native/bin/tsc', ...both)
  }, 30_000)

  it.each([
    ['as an ES module and as CommonJS, by TypeScript 6', 'typescript/bin/tsc6', both],
    ['as an ES module and as CommonJS, by TypeScript 7', '@typescript/native/bin/tsc', both],
    ['for a bundler', '@typescript/native/bin/tsc', ['--module', 'esnext', '--moduleResolution', 'bundler', 'shop.ts']],
  ])(
    'compiles %s',
    async (_, compiler, args) => {
      expect(await compile(compiler, '--noEmit', ...args)).toBe('')
    },
    60_000,
  )

  it.each(programs)('is told which packages its store needs: %s', async (program) => {
    const { output } = await ended(folder, node, program)
    expect(output).toContain('postgres: store.type')
    expect(output).toContain('npm install pg graphile-worker')
    expect(output).toMatch(hasSqlite ? /^sqlite: opened$/m : /^sqlite: .*npm install libsql/m)
  })

  it.each(programs)('is told that the emulators need an HTTP server: %s', async (program) => {
    const { code, output } = await ended(folder, node, program)
    expect(output).toContain('npm install hono @hono/node-server')
    expect(code).toBe(1)
  })

  describe('with the HTTP server', () => {
    beforeAll(() => installPeers('hono', '@hono/node-server'), 60_000)

    it.each(programs)('is told that a payout needs sealed boxes: %s', async (program) => {
      const { code, output } = await ended(folder, node, program)
      expect(output).toContain('payment requires_action')
      expect(output).toContain('npm install libsodium-wrappers')
      expect(code).toBe(1)
    })
  })

  describe('with every optional peer', () => {
    beforeAll(() => installPeers(...peers), 60_000)

    it.each(programs)('runs: %s', async (program) => {
      expect(await succeed(folder, node, program)).toBe(everything)
    })
  })
})
