import ts from 'typescript'

/** A name or a text in a file. */
export interface Piece {
  /** Counts from 1. */
  readonly line: number
  /** `property`: a name that is a member of an object. `path`: a part of the path of the file. */
  readonly kind: 'name' | 'property' | 'path' | 'text'
  readonly text: string
  /** The name with a few characters on both sides; the text itself. */
  readonly around: string
}

/** Names in code that stands inside a text: in backticks, or in a code block of a document. */
const namesIn = (code: string, line: number): readonly Piece[] =>
  [...code.matchAll(/[A-Za-z_$][\w$]*/g)].map(({ 0: text, index }) => ({
    line,
    kind: code[index - 1] === '.' ? 'property' : 'name',
    text,
    around: code.slice(Math.max(0, index - 20), index + text.length + 20),
  }))

/** One line of prose: what stands in backticks is code. */
const proseLine = (text: string, line: number): readonly Piece[] => {
  const prose = text.replace(/`[^`]*`/g, '`…`')
  const code = [...text.matchAll(/`([^`]*)`/g)].flatMap(([, inner = '']) => namesIn(inner, line))
  return prose.trim() === '' ? code : [{ line, kind: 'text', text: prose, around: prose }, ...code]
}

/** The comment of a line of code in a document is prose, unless the slashes belong to an address. */
const codeLine = (text: string, line: number): readonly Piece[] => {
  const [, code = '', comment = ''] = /^(.*?)(?:(?<!:)\/\/(.*))?$/.exec(text) ?? []
  return [...namesIn(code, line), ...proseLine(comment, line)]
}

/** The pieces of a Markdown document. */
export const piecesOfMarkdown = (source: string): readonly Piece[] => {
  let isCode = false
  return source.split('\n').flatMap((text, index) => {
    const isFence = /^\s*```/.test(text)
    if (isFence) isCode = !isCode
    if (isFence) return []
    return isCode ? codeLine(text, index + 1) : proseLine(text, index + 1)
  })
}

const linesFrom = (text: string, first: number): readonly Piece[] =>
  text.split('\n').flatMap((line, index) => proseLine(line, first + index))

/** A string that is one word is a name as well: a state, a log entry, the type of an event, a column. */
const stringPieces = (text: string, line: number): readonly Piece[] => [
  ...text.split('\n').map((part, index): Piece => ({ line: line + index, kind: 'text', text: part, around: part })),
  ...(/^[\w.]+$/.test(text) ? namesIn(text, line) : []),
  ...text
    .split('\n')
    .flatMap((part, index) =>
      namesIn(part, line + index).filter((piece) => /[a-z]_[a-z]/.test(piece.text) && piece.text !== text),
    ),
]

const isProperty = (node: ts.Node): boolean => {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertySignature(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent)) &&
      parent.name === node) ||
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === node)
  )
}

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)

/** The comments before and after a node, by where they begin. Two nodes may have the same. */
const commentsAt = (node: ts.Node, source: string): readonly (readonly [number, string])[] =>
  [
    ...(ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []),
    ...(ts.getTrailingCommentRanges(source, node.getEnd()) ?? []),
  ].map(({ pos, end }) => [pos, source.slice(pos, end)])

const isPath = ({ parent }: ts.Node): boolean =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent)

const piecesOfNode = (node: ts.Node, source: string, line: number): readonly Piece[] => {
  if (isText(node)) return isPath(node) ? [] : stringPieces(node.text, line)
  if (!(ts.isIdentifier(node) || ts.isPrivateIdentifier(node))) return []
  const around = source.slice(Math.max(0, node.getStart() - 20), node.getEnd() + 20)
  return [{ line, kind: isProperty(node) ? 'property' : 'name', text: node.text, around }]
}

/** The pieces of a source file: identifiers, comments and strings. Paths of imports are left out. */
export const piecesOfSource = (source: string): readonly Piece[] => {
  const file = ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true)
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const pieces: Piece[] = []
  const comments = new Map<number, string>()
  const visit = (node: ts.Node): void => {
    for (const [start, comment] of commentsAt(node, source)) comments.set(start, comment)
    pieces.push(...piecesOfNode(node, source, lineOf(node.getStart(file, false))))
    for (const child of node.getChildren(file)) if (!ts.isJSDoc(child)) visit(child)
  }
  visit(file)
  for (const [start, comment] of comments) pieces.push(...linesFrom(comment, lineOf(start)))
  return pieces.sort((one, other) => one.line - other.line)
}
