import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesOf } from '../../scripts/surface/entries.js'
import { overLimit } from '../../scripts/surface/limits.js'
import { differenceOf, writeReports } from '../../scripts/surface/report.js'
import { folderWith, packageFiles, runScript, writeFiles } from './fixture.js'

const sources = {
  'src/index.ts': "export { charge, type Charge } from './charge.js'\nexport const LIMIT = 3\n",
  'src/charge.ts': `
interface Customer { readonly name: string }
/** A charge. */
export interface Charge { readonly id: string; readonly customer: Customer }
/** Makes a charge. */
export const charge = (id: string, options: { readonly tries?: number } = {}): Charge => ({
  id: id + options.tries,
  customer: { name: '' },
})
`,
  'src/side/index.ts': "export { charge as bill } from '../charge.js'\nexport type Side = 'left' | 'right'\n",
}

let folder: string

beforeAll(async () => {
  folder = await folderWith({ ...packageFiles, ...sources })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const made = async (): Promise<string> => {
  const reports = await mkdtemp(join(folder, 'reports-'))
  await writeReports(folder, entriesOf(folder), reports)
  return reports
}

describe('the reports', () => {
  let first: string

  beforeAll(async () => {
    first = await made()
  })

  it('are one file per entry point, with the whole signature of each exported name and of what it refers to', async () => {
    expect(await readdir(first)).toEqual(['paymux.api.md', 'side.api.md'])
    const main = await readFile(join(first, 'paymux.api.md'), 'utf8')
    expect(main).toContain('export interface Charge {')
    expect(main).toContain('readonly customer: Customer;')
    expect(main).toMatch(/^interface Customer \{\n {4}.*\n {4}readonly name: string;/m)
    expect(main).toContain('export const charge: (id: string, options?: {\n    readonly tries?: number;\n}) => Charge;')
    expect(main).toContain('export const LIMIT = 3;')
    const side = await readFile(join(first, 'side.api.md'), 'utf8')
    expect(side).toContain("export type Side = 'left' | 'right';")
    expect(side).toContain('const bill: (')
  })

  it('are the same when they are made again, and leave nothing else behind', async () => {
    expect(await differenceOf(first, await made())).toBe('')
    expect(await readdir(join(folder, 'dist'))).toEqual([])
  })

  it('are not made from sources that do not compile', async () => {
    await writeFiles(folder, { 'src/charge.ts': "export const charge: number = ''\n" })
    await expect(made()).rejects.toThrow('src/charge.ts(1,14): error TS2322')
    await writeFiles(folder, sources)
  })
})

describe('the limits of the main entry point', () => {
  const constants = (count: number) =>
    Array.from({ length: count }, (_, n) => `export const value${n} = ${n}\n`).join('')
  const types = (count: number) => Array.from({ length: count }, (_, n) => `export type Type${n} = ${n}\n`).join('')
  const offencesOf = async (index: string) => {
    await writeFiles(folder, { 'src/index.ts': index, 'src/value.ts': 'export class Value {}\n' })
    return overLimit(folder, entriesOf(folder))
  }

  afterAll(() => writeFiles(folder, sources))

  it('are 12 values and 80 types', async () => {
    expect(await offencesOf(constants(12) + types(80))).toEqual([])
    expect(await offencesOf(constants(13) + types(81))).toEqual([
      'paymux exports 13 values; at most 12 are allowed.',
      'paymux exports 81 types; at most 80 are allowed.',
    ])
  })

  it('count a class that is exported as a type among the types', async () => {
    const exported = "export type { Value } from './value.js'\n"
    expect(await offencesOf(constants(12) + types(79) + exported)).toEqual([])
    expect(await offencesOf(types(80) + exported)).toEqual(['paymux exports 81 types; at most 80 are allowed.'])
  })
})

describe('the check', () => {
  it('prints what is stale, missing or of no entry point, and writes nothing', async () => {
    expect(await runScript(folder, 'api-report.ts')).toMatchObject({ code: 0 })
    const fresh = await runScript(folder, 'api-report.ts', '--check')
    expect(fresh).toMatchObject({ code: 0, output: 'api: 2 entry points checked, 0 offences\n' })

    await rm(join(folder, 'docs/api/side.api.md'))
    await writeFiles(folder, {
      'docs/api/gone.api.md': 'export const gone = 1\n',
      'src/charge.ts': sources['src/charge.ts'].replace('tries?: number', 'tries?: bigint'),
    })
    const { code, output } = await runScript(folder, 'api-report.ts', '--check')
    expect(output).toContain('-    readonly tries?: number;\n+    readonly tries?: bigint;')
    expect(output).toContain("+export type Side = 'left' | 'right';")
    expect(output).toContain('-export const gone = 1')
    expect(output).toContain('docs/api is stale. Run "npm run api"')
    expect(code).toBe(1)
    expect((await readdir(join(folder, 'docs/api'))).sort()).toEqual(['gone.api.md', 'paymux.api.md'])
  })
})
