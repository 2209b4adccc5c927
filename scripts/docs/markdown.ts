/** A table of GitHub's Markdown. A bar inside a cell would end it. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

export const code = (text: string): string => `\`${text}\``

const begin = (name: string) => `<!-- generated: ${name} -->`
const end = '<!-- end of generated -->'

/** A page with its generated blocks made anew. What stands between them is written by people. */
export const withBlocks = (page: string, blocks: ReadonlyMap<string, string>): string => {
  const parts = page.split(/^<!-- generated: (.+) -->$/m)
  return parts.reduce((whole, part, index) => {
    if (index === 0) return part
    if (index % 2 === 1) return `${whole}${begin(part)}\n${blockNamed(blocks, part)}\n`
    if (!part.includes(end)) throw new Error(`A generated block has no end: ${parts[index - 1]}`)
    return whole + part.slice(part.indexOf(end))
  }, '')
}

const blockNamed = (blocks: ReadonlyMap<string, string>, name: string): string => {
  const block = blocks.get(name)
  if (block === undefined) throw new Error(`No such block: ${name}`)
  return block
}
