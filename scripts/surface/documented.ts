import { join } from 'node:path'
import ts from 'typescript'
import type { Entry } from './entries.js'
import { exportedBy, positionOf } from './exported.js'

/** A public name without a doc comment. */
export interface Gap {
  /** File and line, from the root of the package. */
  readonly place: string
  /** `charge`, `Charge.id`, … */
  readonly name: string
}

interface Walk {
  readonly program: ts.Program
  readonly root: string
  readonly gaps: Gap[]
  readonly seen: Set<ts.Symbol>
}

/** Every exported name, and every member of an exported type, that has no doc comment, in the order of the sources. */
export const gapsIn = (program: ts.Program, root: string, entries: readonly Entry[]): readonly Gap[] => {
  const walk: Walk = { program, root, gaps: [], seen: new Set() }
  for (const entry of entries)
    for (const { name, symbol } of exportedBy(program, root, entry)) visitName(walk, name, symbol)
  return [...new Map(walk.gaps.map((gap) => [`${gap.place} ${gap.name}`, gap])).values()].sort((one, other) =>
    one.place.localeCompare(other.place, 'en', { numeric: true }),
  )
}

const target = ({ program }: Walk, symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : program.getTypeChecker().getAliasedSymbol(symbol)

/** Its declarations in the sources of the package; none for what another package declares. */
const ownDeclarations = ({ root }: Walk, symbol: ts.Symbol): readonly ts.Declaration[] =>
  (symbol.declarations ?? []).filter((declaration) =>
    ts.sys.resolvePath(declaration.getSourceFile().fileName).startsWith(join(root, 'src')),
  )

const hasComment = ({ program }: Walk, symbol: ts.Symbol): boolean =>
  ts.displayPartsToString(symbol.getDocumentationComment(program.getTypeChecker())).trim() !== ''

const visitName = (walk: Walk, name: string, symbol: ts.Symbol): void => {
  if (walk.seen.has(symbol)) return
  walk.seen.add(symbol)
  const declarations = ownDeclarations(walk, symbol)
  const [first] = declarations
  if (first !== undefined && ts.isSourceFile(first)) visitNamespace(walk, name, symbol)
  else if (first !== undefined) {
    check(walk, name, symbol, first)
    for (const declaration of declarations) visitChildren(walk, name, declaration)
  }
}

/** `export * as name from …`: its names are public, too. */
const visitNamespace = (walk: Walk, name: string, symbol: ts.Symbol): void => {
  for (const inner of walk.program.getTypeChecker().getExportsOfModule(symbol))
    visitName(walk, `${name}.${inner.name}`, target(walk, inner))
}

const check = (walk: Walk, name: string, symbol: ts.Symbol, declaration: ts.Node): void => {
  if (!hasComment(walk, symbol)) walk.gaps.push({ place: positionOf(walk.root, declaration), name })
}

/** What stands in a declaration or a type: its members, and the names that are not exported but seen through it. */
const visitChildren = (walk: Walk, owner: string, node: ts.Node): void => {
  const hidden = implementationOf(node)
  ts.forEachChild(node, (child) => {
    if (child !== hidden && !isPrivate(child)) visit(walk, owner, child)
  })
}

const visit = (walk: Walk, owner: string, node: ts.Node): void => {
  if (ts.isTypeReferenceNode(node)) visitReference(walk, node.typeName)
  if (ts.isExpressionWithTypeArguments(node)) visitReference(walk, node.expression)
  const name = isMember(node) ? `${owner}.${node.name.getText()}` : owner
  const symbol = isMember(node) ? walk.program.getTypeChecker().getSymbolAtLocation(node.name) : undefined
  if (symbol !== undefined && !isDiscriminant(node)) check(walk, name, symbol, node)
  visitChildren(walk, name, node)
}

const visitReference = (walk: Walk, node: ts.Node): void => {
  const symbol = walk.program.getTypeChecker().getSymbolAtLocation(node)
  if (symbol === undefined || (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0) return
  const named = target(walk, symbol)
  visitName(walk, named.name, named)
}

/** The part of a declaration that says how, not what: the body of a function, the value of a constant. */
const implementationOf = (node: ts.Node): ts.Node | undefined => {
  if (ts.isFunctionLike(node) && 'body' in node) return node.body
  if (ts.isVariableDeclaration(node) && node.type === undefined && node.initializer !== undefined)
    return ts.isFunctionLike(node.initializer) ? undefined : node.initializer
  return ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isParameter(node)
    ? node.initializer
    : undefined
}

const isMember = (node: ts.Node): node is ts.Node & { readonly name: ts.Node } =>
  (ts.isTypeElement(node) ||
    (ts.isClassElement(node) && !ts.isConstructorDeclaration(node)) ||
    ts.isEnumMember(node) ||
    (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent))) &&
  node.name !== undefined

const isPrivate = (node: ts.Node): boolean =>
  isMember(node) &&
  (ts.isPrivateIdentifier(node.name) ||
    (ts.canHaveModifiers(node) && (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)))

/** The member that tells the cases of a union apart, `type: 'redirect'`: the comment of the union explains it. */
const isDiscriminant = (node: ts.Node): boolean => {
  if (!ts.isPropertySignature(node) || node.type === undefined || !ts.isLiteralTypeNode(node.type)) return false
  let parent: ts.Node = node.parent.parent
  while (ts.isParenthesizedTypeNode(parent) || ts.isIntersectionTypeNode(parent)) parent = parent.parent
  return ts.isUnionTypeNode(parent)
}
