import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Ended, node } from './ended.js'

const repository = resolve(__dirname, '../..')

const checkBoundaries = (copy: string) => node(copy, '--import', 'tsx', 'scripts/check-boundaries.ts')

/** The check and what it imports. */
const check = [
  'scripts/check-boundaries.ts',
  'scripts/surface/entries.ts',
  'scripts/modules.ts',
  'package.json',
  'tsconfig.json',
]

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
    line: 'adapters-do-not-import-each-other: src/adapters/ippopay/planted.ts → src/adapters/payop/index.ts',
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
    line: 'core-imports-an-unlisted-module: src/core/planted-import.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'an adapter imports a file of core past its index',
    file: 'src/adapters/payop/planted-way.ts',
    text: "export * from '../../core/money.js'",
    line: 'core-is-imported-by-its-index: src/adapters/payop/planted-way.ts → src/core/money.ts',
  },
  {
    what: 'core imports axios',
    file: 'src/core/planted-axios.ts',
    text: "export { default } from 'axios'",
    line: 'core-imports-an-unlisted-package: src/core/planted-axios.ts → ',
  },
  {
    what: 'an adapter imports axios',
    file: 'src/adapters/payop/planted-axios.ts',
    text: "export { default } from 'axios'",
    line: 'adapters-imports-an-unlisted-package: src/adapters/payop/planted-axios.ts → ',
  },
  {
    what: 'an adapter opens a socket',
    file: 'src/adapters/payop/planted-socket.ts',
    text: "export { request } from 'node:https'",
    line: 'only-listed-modules-open-sockets: src/adapters/payop/planted-socket.ts → https',
  },
  {
    what: 'an emulator imports an adapter',
    file: 'src/emulators/payop/planted.ts',
    text: "export * from '../../adapters/payop/index.js'",
    line: 'emulators-imports-an-unlisted-module: src/emulators/payop/planted.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'an emulator imports core',
    file: 'src/emulators/planted.ts',
    text: "export * from '../core/money.js'",
    line: 'emulators-imports-an-unlisted-module: src/emulators/planted.ts → src/core/money.ts',
  },
  {
    what: 'the conformance kit imports an emulator',
    file: 'src/conformance/planted.ts',
    text: "export * from '../emulators/index.js'",
    line: 'conformance-imports-an-unlisted-module: src/conformance/planted.ts → src/emulators/index.ts',
  },
  {
    what: 'a webhook handler imports the orchestrator',
    file: 'src/webhooks/planted.ts',
    text: "export * from '../orchestrator/planted.js'",
    line: 'webhooks-imports-an-unlisted-module: src/webhooks/planted.ts → src/orchestrator/planted.ts',
  },
  {
    what: 'the orchestrator imports the public entry',
    file: 'src/orchestrator/planted.ts',
    text: "export * from '../paymux/index.js'",
    line: 'orchestrator-imports-an-unlisted-module: src/orchestrator/planted.ts → src/paymux/index.ts',
  },
  {
    what: 'the catalog loads an adapter at import time',
    file: 'src/catalog.ts',
    text: "export * from './adapters/payop/index.js'",
    line: 'adapters-load-when-used: src/catalog.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'another module loads an adapter at import time',
    file: 'src/paymux/planted.ts',
    text: "export * from '../adapters/payop/index.js'",
    line: 'adapters-load-when-used: src/paymux/planted.ts → src/adapters/payop/index.ts',
  },
  {
    what: 'a file of src imports a test',
    file: 'src/core/planted-test.ts',
    text: "import '../../test/setup.js'",
    line: 'src-imports-src-only: src/core/planted-test.ts → test/setup.ts',
  },
  {
    what: 'an example imports a file that is no entry point',
    file: 'examples/planted/planted.ts',
    text: "export * from '../../src/core/money.js'",
    line: 'examples-import-entry-points-only: examples/planted/planted.ts → src/core/money.ts',
  },
  {
    what: 'a file imports itself through another',
    file: 'src/core/planted-cycle.ts',
    text: "export * from './planted-circle.js'",
    line: 'no-cycles: src/core/planted-c',
    also: { file: 'src/core/planted-circle.ts', text: "export * from './planted-cycle.js'" },
  },
  {
    what: 'a file belongs to no module of the table',
    file: 'src/helpers/planted.ts',
    text: 'export const planted = 1',
    line: 'belongs-to-no-module: src/helpers/planted.ts',
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
    copy = await copyOf('src', 'test/setup.ts', 'test/time.ts', ...check)
    untouched = await checkBoundaries(copy)
    for (const { file, text } of offences.flatMap(({ also, ...offence }) => (also ? [offence, also] : [offence]))) {
      await mkdir(dirname(join(copy, file)), { recursive: true })
      await writeFile(join(copy, file), text)
    }
    planted = await checkBoundaries(copy)
  })

  afterAll(() => rm(copy, { recursive: true, force: true }))

  it('passes on the repository as it is', () => {
    expect(untouched.output).toMatch(/^boundaries: [1-9]\d+ files of src checked, 0 offences$/m)
    expect(untouched.code).toBe(0)
  })

  it('ends with code 1 when there is an offence', () => {
    expect(planted.code).toBe(1)
  })

  it.each(offences)('says so when $what', ({ line }) => {
    expect(planted.output).toContain(line)
  })

  it('fails when it found no file, and names every row without one', async () => {
    const empty = await copyOf(...check)
    const { code, output } = await checkBoundaries(empty)
    await rm(empty, { recursive: true })
    expect(output).toContain('nothing-to-check')
    expect(output).toContain('no-such-module: src/core/')
    expect(output).toContain('boundaries: 0 files')
    expect(code).toBe(1)
  })
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
