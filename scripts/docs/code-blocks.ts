/** A line of a document outside its code blocks, or inside one. Counts from 1. */
export interface Line {
  readonly number: number
  readonly text: string
  /** The line where the code block begins; `undefined` for prose. */
  readonly block?: number
  readonly language?: string
}

/** The lines of a document, without the fences of its code blocks. Throws if the last block has no end. */
export const linesOf = (lines: readonly string[]): readonly Line[] => {
  const found: Line[] = []
  let open: Pick<Line, 'block' | 'language'> | undefined
  for (const [index, text] of lines.entries()) {
    const number = index + 1
    const [, language] = /^\s*```(\w*)/.exec(text) ?? []
    if (language === undefined) found.push({ number, text, ...open })
    else open = open === undefined ? { block: number, language } : undefined
  }
  if (open !== undefined) throw new Error(`the code block of line ${open.block} has no end`)
  return found
}

/** A block of TypeScript or JavaScript. */
export interface Snippet {
  /** The line of its opening fence. */
  readonly line: number
  readonly language: 'ts' | 'js'
  /** Stands on the same lines as in its document, so that a compiler's complaint names them. */
  readonly code: string
}

const languages: Readonly<Record<string, Snippet['language']>> = {
  ts: 'ts',
  typescript: 'ts',
  js: 'js',
  javascript: 'js',
}

/** The blocks of TypeScript and JavaScript in a document. */
export const snippetsOf = (lines: readonly string[]): readonly Snippet[] => {
  const byBlock = new Map<number, Snippet>()
  for (const { text, block = 0, language = '' } of linesOf(lines)) {
    const known = languages[language]
    if (known === undefined) continue
    const before = byBlock.get(block)?.code ?? '\n'.repeat(block)
    byBlock.set(block, { line: block, language: known, code: `${before}${text}\n` })
  }
  return [...byBlock.values()]
}
