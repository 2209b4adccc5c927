import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Ended, node } from './ended.js'

const repository = resolve(__dirname, '../..')

const checkBoundaries = (copy: string) => node(copy, '--import', 'tsx', 'scripts/check-boundaries.ts')

const copyOf = async (...paths: string[]): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'paymux-boundaries-'))
  for (const path of paths) await cp(join(repository, path), join(copy, path), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'), 'junction')
  return copy
}

/** What is planted, where, and how the line begins that the check has to print for it. */
const offences = [
  {
    what: 'an adapter imports another',
    file: 'src/adapters/ippopay/planted.ts',
    text: "export * from '../payop/index.js'",
    line: 'adapters-are-strangers: src/adapters/ippopay/planted.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'core names a gateway in a comment',
    file: 'src/core/planted-comment.ts',
    text: '/** As PayOp counts. */\nexport const planted = 100',
    line: 'names-no-gateway: src/core/planted-comment.ts → payop',
  },
  {
    what: 'core names a gateway in code',
    file: 'src/core/planted-code.ts',
    text: "export const planted = 'ippopay'",
    line: 'names-no-gateway: src/core/planted-code.ts → ippopay',
  },
  {
    what: 'transport names a gateway',
    file: 'src/transport/planted.ts',
    text: 'export const payopTimeoutMs = 100',
    line: 'names-no-gateway: src/transport/planted.ts → payop',
  },
  {
    what: 'core imports an adapter, if only its types',
    file: 'src/core/planted-import.ts',
    text: "export type * from '../adapters/payop/index.js'",
    line: 'core-knows-too-much: src/core/planted-import.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'an adapter goes round the front door of core',
    file: 'src/adapters/payop/planted-door.ts',
    text: "export * from '../../core/money.js'",
    line: 'core-has-one-door: src/adapters/payop/planted-door.ts → src/core/money.ts',
  },
  {
    what: 'core imports axios',
    file: 'src/core/planted-axios.ts',
    text: "export { default } from 'axios'",
    line: 'core-imports-a-foreign-package: src/core/planted-axios.ts → ',
  },
  {
    what: 'an adapter imports axios',
    file: 'src/adapters/payop/planted-axios.ts',
    text: "export { default } from 'axios'",
    line: 'adapters-imports-a-foreign-package: src/adapters/payop/planted-axios.ts → ',
  },
  {
    what: 'an adapter opens a socket',
    file: 'src/adapters/payop/planted-socket.ts',
    text: "export { request } from 'node:https'",
    line: 'only-transport-opens-sockets: src/adapters/payop/planted-socket.ts → https',
  },
  {
    what: 'an emulator imports an adapter',
    file: 'src/emulators/payop/planted.ts',
    text: "export * from '../../adapters/payop/index.js'",
    line: 'emulators-knows-too-much: src/emulators/payop/planted.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'an emulator imports core',
    file: 'src/emulators/planted.ts',
    text: "export * from '../core/money.js'",
    line: 'emulators-knows-too-much: src/emulators/planted.ts → src/core/money.ts',
  },
  {
    what: 'the conformance kit imports an emulator',
    file: 'src/conformance/planted.ts',
    text: "export * from '../emulators/index.js'",
    line: 'conformance-knows-too-much: src/conformance/planted.ts → src/emulators/index.ts',
  },
  {
    what: 'a webhook handler imports the orchestrator',
    file: 'src/webhooks/planted.ts',
    text: "export * from '../orchestrator/planted.js'",
    line: 'webhooks-knows-too-much: src/webhooks/planted.ts → src/orchestrator/planted.ts',
  },
  {
    what: 'the orchestrator imports the public entry',
    file: 'src/orchestrator/planted.ts',
    text: "export * from '../index.js'",
    line: 'orchestrator-knows-too-much: src/orchestrator/planted.ts → src/index.ts',
  },
  {
    what: 'the catalog loads an adapter at import time',
    file: 'src/catalog.ts',
    text: "export * from './adapters/payop/index.js'",
    line: 'adapters-load-when-used: src/catalog.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'a module of src imports a test',
    file: 'src/core/planted-test.ts',
    text: "import '../../test/setup.js'",
    line: 'src-knows-src-only: src/core/planted-test.ts → test/setup.ts',
  },
  {
    what: 'an example reaches behind the public entries',
    file: 'examples/planted/planted.ts',
    text: "export * from '../../src/core/money.js'",
    line: 'examples-use-what-is-published: examples/planted/planted.ts → src/core/money.ts',
  },
  {
    what: 'a module imports itself through another',
    file: 'src/core/planted-cycle.ts',
    text: "export * from './planted-circle.js'",
    line: 'no-cycles: src/core/planted-c',
    also: { file: 'src/core/planted-circle.ts', text: "export * from './planted-cycle.js'" },
  },
  {
    what: 'a module has no room',
    file: 'src/helpers/planted.ts',
    text: 'export const planted = 1',
    line: 'belongs-to-no-room: src/helpers/planted.ts',
  },
  {
    what: 'an import leads nowhere',
    file: 'src/core/planted-nowhere.ts',
    text: "export * from './planted-elsewhere.js'",
    line: 'every-import-resolves: src/core/planted-nowhere.ts → ./planted-elsewhere.js',
  },
]

describe('the import-boundary check', () => {
  let copy: string
  let untouched: Ended
  let planted: Ended

  beforeAll(async () => {
    copy = await copyOf('src', 'test/setup.ts', 'scripts/check-boundaries.ts', 'package.json', 'tsconfig.json')
    untouched = await checkBoundaries(copy)
    for (const { file, text } of offences.flatMap(({ also, ...offence }) => (also ? [offence, also] : [offence]))) {
      await mkdir(dirname(join(copy, file)), { recursive: true })
      await writeFile(join(copy, file), text)
    }
    planted = await checkBoundaries(copy)
  }, 60_000)

  afterAll(() => rm(copy, { recursive: true, force: true }))

  it('passes on the repository as it is', () => {
    expect(untouched.output).toMatch(/^boundaries: [1-9]\d+ modules of src looked at, 0 offences$/m)
    expect(untouched.code).toBe(0)
  })

  it('ends with code 1 when there is an offence', () => {
    expect(planted.code).toBe(1)
  })

  it.each(offences)('says so when $what', ({ line }) => {
    expect(planted.output).toContain(line)
  })

  it('fails when it saw no module', async () => {
    const empty = await copyOf('scripts/check-boundaries.ts', 'package.json', 'tsconfig.json')
    const { code, output } = await checkBoundaries(empty)
    await rm(empty, { recursive: true })
    expect(output).toContain('nothing-to-check')
    expect(output).toContain('boundaries: 0 modules')
    expect(code).toBe(1)
  }, 60_000)
})

describe('the linter', () => {
  const lintImportOf = async (specifier: string): Promise<Ended> => {
    const copy = await copyOf('biome.json', 'package.json')
    await writeFile(join(copy, 'planted.ts'), `export * from '${specifier}'\n`)
    const ended = await node(copy, 'node_modules/@biomejs/biome/bin/biome', 'lint', '--vcs-enabled=false')
    await rm(copy, { recursive: true })
    return ended
  }

  it.each(['fp-ts', 'fp-ts/TaskEither', 'fp-ts/es6/TaskEither.js', 'fp-ts/lib/TaskEither'])(
    'refuses the import of %s',
    async (specifier) => {
      const { code, output } = await lintImportOf(specifier)
      expect(output).toContain('noRestrictedImports')
      expect(code).toBe(1)
    },
  )

  it('takes the one spelling that loads in plain Node both ways', async () => {
    expect((await lintImportOf('fp-ts/lib/TaskEither.js')).code).toBe(0)
  })
})
