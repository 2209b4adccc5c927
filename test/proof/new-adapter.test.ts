import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { codeIn, documentAt, tableUnder } from '../docs/markdown.js'
import { type Ended, ended, node } from '../packaging/ended.js'

const repository = resolve(__dirname, '../..')

/** What is made from the rest, or is no part of it. */
const left = ['.git', 'node_modules', 'dist', 'coverage']

const adapter = 'quickpay'

describe('npm run new-adapter', () => {
  let copy: string
  let before: ReadonlyMap<string, string>
  let after: ReadonlyMap<string, string>
  let made: Ended

  const npm = (...args: readonly string[]): Promise<Ended> => ended(copy, 'npm', 'run', '--silent', ...args)

  /** Every file of the copy by its path, as a digest. */
  const files = (): ReadonlyMap<string, string> =>
    new Map(
      readdirSync(copy, { withFileTypes: true })
        .filter(({ name }) => !left.includes(name))
        .flatMap((entry) =>
          entry.isDirectory()
            ? readdirSync(join(copy, entry.name), { recursive: true, withFileTypes: true })
                .filter((below) => below.isFile())
                .map(({ parentPath, name }) => join(parentPath, name))
            : [join(copy, entry.name)],
        )
        .map((path) => [
          relative(copy, path).replaceAll('\\', '/'),
          createHash('sha256').update(readFileSync(path)).digest('hex'),
        ]),
    )

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'paymux-new-adapter-'))
    for (const name of readdirSync(repository).filter((each) => !left.includes(each)))
      await cp(join(repository, name), join(copy, name), { recursive: true })
    await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'), 'junction')
    before = files()
    made = await npm('new-adapter', adapter)
    after = files()
  })

  afterAll(() => rm(copy, { recursive: true, force: true }))

  it('makes an adapter, and says what it made and what is next', () => {
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining(`src/adapters/${adapter}/adapter.ts`) })
    expect(made.output).toContain('Next:')
  })

  it('touches what CONTRIBUTING says, and nothing else', () => {
    const listed = tableUnder(documentAt('CONTRIBUTING.md'), 'Adding an adapter').flatMap((row) =>
      codeIn(row['File or folder']).map((path) => [path.replaceAll('acme', adapter), row.Is] as const),
    )
    const entryOf = (path: string) =>
      listed.find(([place]) => path === place || (place.endsWith('/') && path.startsWith(place)))
    const touched = [...after].filter(([path, digest]) => before.get(path) !== digest).map(([path]) => path)
    const unlisted = touched.filter((path) => {
      const is = entryOf(path)?.[1]
      return is !== 'generated' && is !== (before.has(path) ? 'edited' : 'made')
    })
    expect(unlisted).toEqual([])
    expect(listed.filter((entry) => !touched.some((path) => entryOf(path) === entry))).toEqual([])
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([])
  })

  it.each(['lint', 'build'])('passes npm run %s', async (script) => {
    const { code, output } = await npm(script)
    expect(code === 0 ? '' : output).toBe('')
  })

  it('meets the requirements, passes its tests, and is in the schema and in the documents', async () => {
    const suites = [adapter, 'test/orchestrator/config-schema', 'test/docs/generated', 'test/docs/links']
    const { code, output } = await node(
      copy,
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      'tests',
      '--',
      ...suites,
    )
    expect(code === 0 ? '' : output).toBe('')
    for (const folder of ['adapters', 'emulators']) expect(output).toContain(`test/${folder}/${adapter}/`)
    expect(output).toContain(`test/conformance/${adapter}.test.ts`)
  })

  it('loads from the build, and takes its configuration', async () => {
    const program = `
      const { ${adapter} } = require('paymux/${adapter}')
      const { createProvider } = require('paymux')
      const config = { adapter: '${adapter}', merchantId: 'made-up', secretKey: 'made-up' }
      createProvider(config)().then(({ _tag }) => console.log(typeof ${adapter}, _tag))`
    expect((await node(copy, '-e', program)).stdout).toBe('function Right\n')
  })

  it.each([
    [adapter, 'exist|entry point'],
    ['QuickPay', 'Usage'],
    ['1pay', 'Usage'],
    ['../pay', 'Usage'],
    ['webhooks', 'entry point'],
    ['kit', 'exists'],
    ['payment', 'no common word'],
  ])('refuses the name %s, and changes nothing', async (name, reason) => {
    const untouched = files()
    const { code, output } = await npm('new-adapter', name)
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(reason))
    expect(files()).toEqual(untouched)
  })
})
