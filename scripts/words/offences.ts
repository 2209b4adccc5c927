import { type Piece, piecesOfMarkdown, piecesOfSource } from './pieces.js'
import { type Rule, rules } from './rules.js'

/** A word that has to be replaced. */
export interface Offence {
  /** Counts from 1. */
  readonly line: number
  readonly word: string
  readonly instead: string
}

/** `ringsSeen` and `rings_seen` are `rings` and `seen`. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)

const without = (text: string, allowed: RegExp | undefined): string =>
  allowed === undefined ? text : text.replace(allowed, (match) => ' '.repeat(match.length))

const breaksAsName = (rule: Rule, { kind, text }: Piece): boolean => {
  const { words = [], names, properties, strings = [] } = rule
  if (kind === 'text') return strings.includes(text)
  if (kind === 'property' && properties?.test(text)) return true
  return (kind !== 'path' && names?.test(text) === true) || wordsOf(text).some((word) => words.includes(word))
}

const wordsAgainst = (rule: Rule, piece: Piece): readonly string[] => {
  const around = without(piece.around, rule.allowed)
  if (breaksAsName(rule, piece)) return around.includes(piece.text) ? [piece.text] : []
  if (piece.kind !== 'text' || rule.text === undefined) return []
  return [...around.matchAll(rule.text)].map(([word]) => word.trim())
}

const inCode = (rule: Rule, source: string): readonly Offence[] =>
  source
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(rule.code ?? /(?!)/g)].map(([word]) => ({ line: index + 1, word, instead: rule.instead })),
    )

/** The folders and the name of a file are names as well. */
const piecesOfPath = (path: string): readonly Piece[] =>
  path
    .replace(/\.\w+$/, '')
    .split(/[/.]/)
    .map((text) => ({ line: 1, kind: 'path', text, around: text }))

/** The words of a file that have to be replaced. `path`: from the root, with slashes. */
export const offencesIn = (path: string, source: string): readonly Offence[] => {
  const pieces = [...piecesOfPath(path), ...(path.endsWith('.md') ? piecesOfMarkdown(source) : piecesOfSource(source))]
  const offences = rules
    .filter(({ files }) => files === undefined || files.test(path))
    .flatMap((rule) => [
      ...pieces.flatMap((piece) =>
        wordsAgainst(rule, piece).map((word) => ({ line: piece.line, word, instead: rule.instead })),
      ),
      ...inCode(rule, source),
    ])
  const unique = new Map(offences.map((offence) => [`${offence.line} ${offence.word}`, offence]))
  return [...unique.values()].sort((one, other) => one.line - other.line)
}
