import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import nock from 'nock'
import manifest from '../../package.json' with { type: 'json' }
import { eventually } from '../eventually.js'
import { ended } from '../packaging/ended.js'
import { openPlainShop, orders, type PlainShop, startPlainShop } from '../packaging/plain-shop-process.js'
import { order, payout, rupeePayout, rupees } from '../paymux/stage.js'

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
/** The oldest TypeScript whose users are served, and the last of 5: they are used here only. */
const compilers = ['typescript-5.6@npm:typescript@~5.6.3', 'typescript-5.9@npm:typescript@~5.9.3']

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
  await install(tarball, `@types/node@${manifest.devDependencies['@types/node']}`, ...compilers)
})

afterAll(() => rm(consumer, { recursive: true, force: true }))

describe('the packed package', () => {
  it('passes publint', async () => {
    const publint = tool('publint/src/cli.js')
    expect(await succeed(repository, node, publint, 'run', tarball, '--strict')).toContain('All good!')
  })

  it('has types that are right for node10, node16 and bundlers, ES modules and CommonJS', async () => {
    const attw = tool('@arethetypeswrong/cli/dist/index.js')
    const report = await succeed(repository, node, attw, tarball, '--profile', 'strict', '--no-definitely-typed')
    for (const entry of entries) expect(report).toContain(`"${entry}"`)
  })
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

const everything = `spans: made
sqlite: opened
postgres: The ledger did not answer (ECONNREFUSED). Nothing was sent; the call may be repeated
payment requires_action
payout processing
line: paymux started its background work.
line: A status changed.
line: The operation was executed.
recorded requires_action
recorded requires_action, again: true
line: paymux stopped.
`

describe('a TypeScript program', () => {
  const programs = ['shop.mjs', 'shop.cjs']
  let folder: string

  const compile = (compiler: string, ...args: string[]): Promise<string> =>
    succeed(folder, node, compiler, '--target', 'es2022', '--types', 'node', '--strict', ...args)

  beforeAll(async () => {
    folder = join(consumer, 'program')
    await mkdir(folder)
    for (const program of ['shop', 'types'])
      for (const extension of ['mts', 'cts', 'ts'])
        await cp(join(repository, 'test/packaging', `${program}.ts`), join(folder, `${program}.${extension}`))
    await compile(tool('@typescript/native/bin/tsc'), '--module', 'node16', 'shop.mts', 'shop.cts')
  })

  const installed = (version: string) => join(consumer, `node_modules/typescript-${version}/bin/tsc`)
  const both = (program: string) => [`${program}.mts`, `${program}.cts`]
  const resolutions = {
    node10: ['--module', 'commonjs', '--moduleResolution', 'node10', 'shop.ts', 'types.ts'],
    node16: ['--module', 'node16', ...both('shop'), ...both('types')],
    nodenext: ['--module', 'nodenext', ...both('shop'), ...both('types')],
    bundler: ['--module', 'esnext', '--moduleResolution', 'bundler', 'shop.ts', 'types.ts'],
  } as const

  it.each<readonly [compiler: string, resolution: keyof typeof resolutions, path: () => string]>([
    ['TypeScript 5.6', 'node10', () => installed('5.6')],
    ['TypeScript 5.6', 'node16', () => installed('5.6')],
    ['TypeScript 5.9', 'bundler', () => installed('5.9')],
    ['TypeScript 6', 'nodenext', () => tool('typescript/bin/tsc6')],
    ['TypeScript 7', 'node16', () => tool('@typescript/native/bin/tsc')],
    ['TypeScript 7', 'nodenext', () => tool('@typescript/native/bin/tsc')],
    ['TypeScript 7', 'bundler', () => tool('@typescript/native/bin/tsc')],
  ])('compiles by %s with the module resolution %s', async (_, resolution, path) => {
    const args = ['--noEmit', '--skipLibCheck', 'false', '--exactOptionalPropertyTypes']
    expect(await compile(path(), ...args, ...resolutions[resolution])).toBe('')
  })

  it.each(programs)('is told which packages its store needs: %s', async (program) => {
    const { output } = await ended(folder, node, program)
    expect(output).toContain('postgres: store.type')
    expect(output).toContain('npm install pg graphile-worker')
    expect(output).toContain('spans: options.api: ')
    expect(output).toContain('npm install @opentelemetry/api')
    expect(output).toMatch(hasSqlite ? /^sqlite: opened$/m : /^sqlite: .*npm install libsql/m)
  })

  it.each(programs)('is told that the emulators need an HTTP server: %s', async (program) => {
    const { code, output } = await ended(folder, node, program)
    expect(output).toContain('npm install hono @hono/node-server')
    expect(code).toBe(1)
  })

  describe('with the HTTP server', () => {
    beforeAll(() => installPeers('hono', '@hono/node-server'))

    it.each(programs)('is told that a payout needs sealed boxes: %s', async (program) => {
      const { code, output } = await ended(folder, node, program)
      expect(output).toContain('payment requires_action')
      expect(output).toContain('npm install libsodium-wrappers')
      expect(code).toBe(1)
    })
  })

  describe('with every optional peer', () => {
    beforeAll(() => installPeers(...peers))

    it.each(programs)('runs: %s', async (program) => {
      expect(await succeed(folder, node, program)).toBe(everything)
    })

    // A merchant's own build may put everything into one file.
    it.each([
      ['shop.mjs', 'esm', 'bundled.mjs'],
      ['shop.cjs', 'cjs', 'bundled.cjs'],
    ] as const)('runs as one file by esbuild: %s', async (program, format, bundled) => {
      await build({
        absWorkingDir: folder,
        entryPoints: [program],
        outfile: bundled,
        bundle: true,
        platform: 'node',
        format,
        external: peers,
        banner: {
          js:
            format === 'esm'
              ? "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)"
              : '',
        },
        logLevel: 'silent',
      })
      expect(await succeed(folder, node, bundled)).toBe(everything)
    })

    describe('in plain JavaScript', () => {
      let stage: Awaited<ReturnType<typeof openPlainShop>>
      let shop: PlainShop

      beforeAll(async () => {
        nock.restore()
        stage = await openPlainShop(folder)
        shop = await startPlainShop(folder, stage.env, 0)
      })
      afterAll(async () => {
        await shop.kill()
        await stage.close()
      })

      it.each([
        ['europe', order('plain-1')],
        ['india', rupees('plain-2')],
      ])('answers with the JSON of a payment, and reads it back by that JSON: %s', async (account, request) => {
        const made = await shop.post('/payments', { ...request, metadata: { basket: '7' } })
        expect(made).toMatchObject({
          status: 200,
          body: {
            kind: 'payment',
            account,
            status: 'requires_action',
            merchantReference: request.merchantReference,
            idempotencyKey: request.idempotencyKey,
            metadata: { basket: '7' },
            nextAction: { type: 'redirect' },
          },
        })
        const read = await shop.post('/status', made.body.reference)
        expect(read).toMatchObject({ status: 200, body: { id: made.body.id, amount: request.amount } })
      })

      it('answers with the JSON of a failure, without a value of the request', async () => {
        const { status, body } = await shop.post('/payments', { ...order('plain-3'), payer: { email: 'CANARY' } })
        expect({ status, body }).toMatchObject({
          status: 502,
          body: { name: 'PaymentFailure', _tag: 'InvalidRequest', error: { issues: [{ path: 'payer.email' }] } },
        })
        expect(JSON.stringify(body)).not.toContain('CANARY')
      })

      it('finds its order in payout.succeeded after the answer was lost and the process killed', async () => {
        const silence = { kind: 'silence_after_executing' } as const
        const { payop, ippopay } = stage
        payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: silence })
        ippopay.inject({ route: 'POST /v1/payout/transfer/request', fault: silence })
        const lost = [
          shop.post('/payouts', { ...payout('plain-4'), merchantReference: 'INV-1', metadata: orders['INV-1'] }),
          shop.post('/payouts', { ...rupeePayout('plain-5'), merchantReference: 'INV-2', metadata: orders['INV-2'] }),
        ]
        const outcome = Promise.allSettled(lost)
        await eventually(() => payop.withdrawals().length > 0 && ippopay.transfers().length > 0)
        await shop.kill()
        expect(await outcome).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
        expect(stage.orders()).toEqual(orders)

        for (const { id } of payop.withdrawals()) payop.decideWithdrawal(id, 2)
        for (const { transRef } of ippopay.transfers())
          while (ippopay.transfer(transRef)?.status !== 'success') ippopay.advanceTransfer(transRef)
        shop = await startPlainShop(folder, stage.env, 60_000)
        await Promise.all(Object.keys(orders).map(shop.untilPaidOut))
        expect(stage.orders()).toEqual({
          'INV-1': { supplier: 'pat', state: 'paid out' },
          'INV-2': { supplier: 'asha', state: 'paid out' },
        })
        expect([payop.withdrawals().length, ippopay.transfers().length]).toEqual([1, 1])
        expect(await shop.stop()).toBe(0)
      })
    })
  })
})
