import { rm } from 'node:fs/promises'
import { compileExamples } from '../../scripts/docs/examples.js'
import { gapsIn } from '../../scripts/surface/documented.js'
import { entriesOf } from '../../scripts/surface/entries.js'
import { programOf } from '../../scripts/surface/exported.js'
import { type Files, folderWith, packageFiles, runScript, writeFiles } from './fixture.js'

const documented: Files = {
  'src/index.ts': `
/** A charge. */
export interface Charge {
  /** Its id. */
  readonly id: string
}
/**
 * Makes a charge.
 *
 * @example
 * \`\`\`ts
 * import { charge } from 'paymux'
 *
 * const { id } = charge('one')
 * \`\`\`
 */
export const charge = (id: string): Charge => ({ id })
`,
  'src/side/index.ts': `
/** A side. */
export type Side =
  | {
      readonly type: 'left'
      /** How far. */
      readonly by: number
    }
  | { readonly type: 'right' }
`,
  'README.md':
    "# Read me\n\n```ts\nimport type { Side } from 'paymux/side'\nconst side: Side = { type: 'right' }\n```\n",
}

let folder: string

beforeAll(async () => {
  folder = await folderWith({ ...packageFiles, ...documented })
})

beforeEach(() => writeFiles(folder, documented))

afterAll(() => rm(folder, { recursive: true, force: true }))

const programNow = () => programOf(folder, entriesOf(folder))

describe('the check of doc comments', () => {
  const gapsOf = async (index: string) => {
    await writeFiles(folder, { 'src/index.ts': index })
    return gapsIn(programNow(), folder, entriesOf(folder)).map(({ place, name }) => `${place} ${name}`)
  }

  it('accepts a name and members that have one, and the discriminant of a union without', async () => {
    expect(await gapsOf(documented['src/index.ts'] ?? '')).toEqual([])
  })

  it.each([
    ['a constant', 'export const limit = 3', ['src/index.ts:1 limit']],
    ['a comment without text', '/** */\nexport const limit = 3', ['src/index.ts:2 limit']],
    ['a comment that is no doc comment', '// The limit.\nexport const limit = 3', ['src/index.ts:2 limit']],
    ['a function', 'export function pay() {}', ['src/index.ts:1 pay']],
    [
      'a member of an interface',
      '/** . */\nexport interface A {\n  readonly b: 1\n  c(): void\n}',
      ['src/index.ts:3 A.b', 'src/index.ts:4 A.c'],
    ],
    [
      'a member of an object type inside another',
      '/** . */\nexport type A = {\n  /** . */\n  readonly b: readonly {\n    c: 1 }[]\n}',
      ['src/index.ts:5 A.b.c'],
    ],
    [
      'a member of a case of a union',
      "/** . */\nexport type A = 'no' | { type: 'a' } | {\n  b: number }",
      ['src/index.ts:3 A.b'],
    ],
    [
      'a literal member that tells nothing apart',
      "/** . */\nexport type A = {\n  type: 'a' }",
      ['src/index.ts:3 A.type'],
    ],
    [
      'a member of an option of a function',
      '/** . */\nexport const pay = (options: {\n  tries: number }) => options.tries',
      ['src/index.ts:3 pay.tries'],
    ],
    [
      'a public member of a class, and a property that its constructor declares',
      [
        '/** . */',
        'export class A {',
        '  b = 1',
        '  #c = 2',
        '  private d = 3',
        '  constructor(readonly e: string, private f: string) {}',
        '  get g() { const a: { b: 1 } = { b: 1 }; return this.#c + this.d + this.f.length + a.b }',
        '}',
      ].join('\n'),
      ['src/index.ts:3 A.b', 'src/index.ts:6 A.e', 'src/index.ts:7 A.g'],
    ],
    [
      'what an exported type inherits from one that is not exported',
      'interface Base {\n  b: 1 }\n/** . */\nexport interface A extends Base {}',
      ['src/index.ts:1 Base', 'src/index.ts:2 Base.b'],
    ],
  ])('names %s', async (_, index, gaps) => {
    expect(await gapsOf(index)).toEqual(gaps)
  })

  it('looks behind re-exports, namespaces included', async () => {
    await writeFiles(folder, { 'src/inner.ts': 'export const one = 1\n/** Two. */\nexport const two = 2\n' })
    expect(await gapsOf("export * from './inner.js'")).toEqual(['src/inner.ts:1 one'])
    expect(await gapsOf("export { two as three } from './inner.js'")).toEqual([])
    expect(await gapsOf("export * as inner from './inner.js'")).toEqual(['src/inner.ts:1 inner.one'])
  })
})

describe('the check of examples', () => {
  const compiled = async (files: Files) => {
    await writeFiles(folder, files)
    return compileExamples(folder, entriesOf(folder), programNow())
  }

  it('accepts those that compile, in comments and in documents', async () => {
    expect(await compiled({})).toEqual({ count: 2, complaints: [] })
  })

  it('names the line of one that does not, in a comment', async () => {
    const index = (documented['src/index.ts'] ?? '').replace("charge('one')", 'charge(1)')
    expect((await compiled({ 'src/index.ts': index })).complaints).toEqual([
      "src/index.ts:14: error TS2345: Argument of type 'number' is not assignable to parameter of type 'string'.",
    ])
  })

  it('names the line of one that does not, in a document, under the settings of the project', async () => {
    const page = '```ts\nconst sum = (a, b) => a + b\n```\n\n- a list\n\n  ```ts\n  const one: string = 1\n  ```\n'
    await writeFiles(folder, { 'docs/deep/page.md': page })
    const { complaints } = await compiled({})
    await rm(`${folder}/docs`, { recursive: true })
    expect(complaints.map((line) => line.replace(/: error TS(\d+).*/, ' $1'))).toEqual([
      'docs/deep/page.md:2 7006',
      'docs/deep/page.md:2 7006',
      'docs/deep/page.md:8 2322',
    ])
  })

  it('checks JavaScript, too, whose parameters have no types', async () => {
    const page =
      "```js\nimport { charge } from 'paymux'\nconst pay = (id) => charge(id)\npay('a').ids\ncharge(1)\n```\n"
    expect((await compiled({ 'README.md': page })).complaints.map((line) => line.replace(/: error.*/, ''))).toEqual([
      'README.md:4',
      'README.md:5',
    ])
  })

  it('skips the API reports, and knows the names that examples need not declare', async () => {
    await writeFiles(folder, {
      'docs/api/paymux.api.md': '```ts\nexport const broken: = 1\n```\n',
      'docs/page.md': '```ts\ncustomer.length\n```\n',
    })
    expect((await compiled({})).complaints).toEqual(["docs/page.md:2: error TS2304: Cannot find name 'customer'."])
    const names = 'declare global {\n  const customer: string\n}\nexport {}\n'
    expect((await compiled({ 'docs/snippet-names.d.mts': names })).complaints).toEqual([])
    await rm(`${folder}/docs`, { recursive: true })
  })

  it('fails where a code block has no end', async () => {
    await expect(compiled({ 'README.md': '# A\n\n```ts\nconst a = 1\n' })).rejects.toThrow(
      'README.md: the code block of line 3 has no end',
    )
  })
})

describe('the script', () => {
  it('ends with code 1 and both kinds of offences, and with code 0 without any', async () => {
    expect(await runScript(folder, 'check-doc-comments.ts')).toMatchObject({
      code: 0,
      output: 'docs: 2 entry points, 0 names without a doc comment; 2 examples, 0 errors in them\n',
    })
    await writeFiles(folder, {
      'src/side/index.ts': 'export const limit = 3\n',
      'README.md': '```ts\nconst one: string = 1\n```\n',
    })
    const { code, output } = await runScript(folder, 'check-doc-comments.ts')
    expect(output).toContain('src/side/index.ts:1: limit has no doc comment\n')
    expect(output).toContain('README.md:2: error TS2322')
    expect(code).toBe(1)
  })
})
