import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import type { Entry } from './entries.js'

/** A name that an entry point exports. */
export interface Exported {
  readonly name: string
  /** What the name stands for, re-exports followed. */
  readonly symbol: ts.Symbol
  /** A function, a class or a constant; else a type alone. */
  readonly isValue: boolean
}

/** The settings the sources are built with, and the names of the entry points resolved to their sources. */
export const settingsOf = (root: string, entries: readonly Entry[]): ts.CompilerOptions => {
  const { config, error } = ts.readConfigFile(join(root, 'tsconfig.esm.json'), ts.sys.readFile)
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  const { rootDir, outDir, ...options } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    ts.sys,
    root,
  ).options
  const paths = Object.fromEntries(entries.map(({ specifier, source }) => [specifier, [join(root, source)]]))
  return { ...options, paths, noEmit: true, declaration: false }
}

/** A program of the entry points and what they import. */
export const programOf = (root: string, entries: readonly Entry[]): ts.Program =>
  ts.createProgram(
    entries.map(({ source }) => join(root, source)),
    settingsOf(root, entries),
  )

const isAlias = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Alias) !== 0

const isTypeOnly = (symbol: ts.Symbol): boolean => (symbol.declarations ?? []).some(ts.isTypeOnlyExportDeclaration)

/** What an entry point exports, in the order of the alphabet. */
export const exportedBy = (program: ts.Program, root: string, { source }: Entry): readonly Exported[] => {
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(join(root, source))
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${source} is not there, or exports nothing.`)
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const target = isAlias(symbol) ? checker.getAliasedSymbol(symbol) : symbol
      return {
        name: symbol.name,
        symbol: target,
        isValue: !isTypeOnly(symbol) && (target.flags & ts.SymbolFlags.Value) !== 0,
      }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** `src/core/money.ts:12`, from the root of the package. */
export const positionOf = (root: string, node: ts.Node): string => {
  const file = node.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(node.getStart())
  return `${relative(root, file.fileName).replaceAll(sep, '/')}:${line + 1}`
}
