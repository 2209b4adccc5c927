import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { withBlocks } from '../../scripts/docs/markdown.js'
import { generated, pages } from '../../scripts/docs/pages.js'

const repository = resolve(__dirname, '../..')

describe('the generated part of the docs', () => {
  it.each(pages)('of %s says what the code does (if not: npm run docs)', async (page) => {
    const text = await readFile(join(repository, page), 'utf8')
    expect(text).toContain('<!-- generated: ')
    expect(await generated(text)).toBe(text)
  })
})

describe('a generated block', () => {
  const page = 'Before\n\n<!-- generated: one -->\nold\n<!-- end of generated -->\n\nAfter\n'
  const blocks = new Map([['one', 'new']])

  it('is replaced, and nothing around it', () => {
    expect(withBlocks(page, blocks)).toBe(page.replace('old', 'new'))
  })

  it('is reported where it is unknown or has no end', () => {
    expect(() => withBlocks(page, new Map())).toThrow('No such block: one')
    expect(() => withBlocks('<!-- generated: one -->\nold', blocks)).toThrow('A generated block has no end: one')
  })
})
