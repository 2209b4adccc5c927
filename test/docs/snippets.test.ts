import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { node } from '../packaging/ended.js'
import { anchorsOf, documentAt, documents, linksOf, repository, snippetsOf } from './markdown.js'

/** Names that a snippet may use without declaring them. */
const NAMES = `
import type { Adapter, Payment, PaymentRequest, PromisedProvider, Reference } from 'paymux'
import type { IppoPayEmulator, PayopEmulator } from 'paymux/emulators'

declare global {
  const config: unknown
  const request: PaymentRequest
  const adapter: Adapter
  const provider: PromisedProvider
  const payment: Payment
  const reference: Reference<'payment'>
  const payop: PayopEmulator
  const ippopay: IppoPayEmulator
}
`

const described = [documentAt('README.md'), documentAt('CONTRIBUTING.md'), ...documents()]
const withSnippets = described.filter((document) => snippetsOf(document).length > 0).map(({ path }) => path)

/** Compiles the snippets of all documents at once and gives the compiler's complaints. */
const complaints = async (): Promise<readonly string[]> => {
  const cache = join(repository, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'snippets-'))
  try {
    const files = described.flatMap((document) =>
      snippetsOf(document).map(({ line, code }) => [`${document.path}.${line}.mts`, `${code}export {}\n`] as const),
    )
    for (const [name, code] of [...files, ['names.d.mts', NAMES] as const]) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), code)
    }
    const settings = {
      extends: join(repository, 'tsconfig.json'),
      compilerOptions: { types: ['node'], noUnusedLocals: false },
      include: [],
      files: ['names.d.mts', ...files.map(([name]) => name)],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
    const { output } = await node(folder, join(repository, 'node_modules/@typescript/native/bin/tsc'), '-p', '.')
    const [first = '', ...others] = output.split('\n')
    // Else the compiler itself failed, and its silence about the snippets would say nothing.
    if (first !== '' && !/^\S+\(\d+,\d+\): error /.test(first)) throw new Error(output)
    return [first, ...others]
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('the snippets of', () => {
  let told: readonly string[]

  beforeAll(async () => {
    told = await complaints()
  }, 30_000)

  it('any page find the names they may use', () => {
    expect(told.filter((line) => line.startsWith('names.d.mts'))).toEqual([])
  })

  it.each(withSnippets)('%s compile', (path) => {
    expect(told.filter((line) => line.startsWith(`${path}.`))).toEqual([])
  })
})

describe('the links of', () => {
  const isThere = (from: string, link: string): boolean => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? from : join(dirname(from), path)
    if (!existsSync(join(repository, target))) return false
    return anchor === undefined || anchorsOf(documentAt(target)).includes(anchor)
  }

  it.each(described)('$path lead somewhere', (document) => {
    expect(linksOf(document).filter((link) => !isThere(document.path, link))).toEqual([])
  })
})
