import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Line, linesOf } from '../../scripts/docs/code-blocks.js'

export const repository = resolve(__dirname, '../..')

/** A document of the repository, by its path from the root. */
export interface Document {
  readonly path: string
  readonly lines: readonly string[]
}

/** The document at a path. */
export const documentAt = (path: string): Document => ({
  path,
  lines: readFileSync(join(repository, path), 'utf8').split('\n'),
})

/** Every document under `docs`. */
export const documents = (): readonly Document[] =>
  readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => documentAt(`docs/${path.replaceAll('\\', '/')}`))

const proseOf = (document: Document): readonly Line[] =>
  linesOf(document.lines).filter(({ block }) => block === undefined)

/** The targets of a document's links that stay in the repository. */
export const linksOf = (document: Document): readonly string[] =>
  proseOf(document).flatMap(({ text }) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target)),
  )

const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The anchors that GitHub makes of a document's headings. */
export const anchorsOf = (document: Document): readonly string[] => {
  const anchors: string[] = []
  for (const { text } of proseOf(document)) {
    const [, heading] = /^#{1,6} (.+)$/.exec(text) ?? []
    if (heading === undefined) continue
    const slug = slugOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    const before = anchors.filter((anchor) => anchor === slug || anchor.startsWith(`${slug}-`)).length
    anchors.push(anchors.includes(slug) ? `${slug}-${before}` : slug)
  }
  return anchors
}

const cellsOf = (text: string): readonly string[] =>
  text
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))

/** The rows of a table, each by the names of its columns. */
export type Rows = readonly Readonly<Record<string, string>>[]

const rowsOf = (table: readonly string[]): Rows => {
  const [names = [], , ...cells] = table.map(cellsOf)
  return cells.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column] ?? ''])))
}

/** The tables between a heading and the next one. */
export const tablesUnder = (document: Document, heading: string): readonly Rows[] => {
  const prose = proseOf(document).map(({ text }) => text)
  const start = prose.findIndex((text) => /^#+ /.test(text) && text.replace(/^#+ /, '') === heading)
  if (start < 0) throw new Error(`${document.path} has no heading "${heading}"`)
  const section = prose.slice(start + 1)
  const end = section.findIndex((text) => /^#+ /.test(text))
  const tables: string[][] = []
  for (const [index, text] of section.slice(0, end < 0 ? section.length : end).entries()) {
    if (!text.startsWith('|')) continue
    if (section[index - 1]?.startsWith('|')) tables.at(-1)?.push(text)
    else tables.push([text])
  }
  return tables.map(rowsOf)
}

/** The first table between a heading and the next one. */
export const tableUnder = (document: Document, heading: string): Rows => {
  const [table] = tablesUnder(document, heading)
  if (table === undefined) throw new Error(`${document.path} has no table under "${heading}"`)
  return table
}

/** The pieces of code in a cell. */
export const codeIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
