import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { anchorsOf, documentAt, documents, linksOf, repository } from './markdown.js'

const described = [documentAt('README.md'), documentAt('CONTRIBUTING.md'), ...documents()]

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
