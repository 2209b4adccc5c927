import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import type { Entry } from '../surface/entries.js'
import { settingsOf } from '../surface/exported.js'
import { type Snippet, snippetsOf } from './code-blocks.js'

/** The names that examples may use without declaring them, as ambient declarations. */
const NAMES = 'docs/snippet-names.d.mts'

interface Page {
  /** From the root of the package. */
  readonly path: string
  readonly snippets: readonly Snippet[]
}

const pageOf = (path: string, lines: readonly string[]): Page => {
  try {
    return { path, snippets: snippetsOf(lines) }
  } catch (error) {
    throw new Error(`${path}: ${Object(error).message}`)
  }
}

/** The lines of a document, emptied where they are a file of `examples`: it is compiled where it stands. */
const ownLines = (text: string): readonly string[] =>
  text
    .replace(/^<!-- generated: examples\/[\s\S]*?<!-- end of generated -->$/gm, (block) => block.replace(/.+/g, ''))
    .split('\n')

/** The documents whose code has to compile. The API reports hold declarations only. */
const documents = (root: string): readonly Page[] => {
  const below = existsSync(join(root, 'docs'))
    ? readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)
    : []
  return ['README.md', 'CONTRIBUTING.md', ...below.map((path) => path.replaceAll(sep, '/')).sort()]
    .filter((path) => path.endsWith('.md') && !path.startsWith('docs/api/') && existsSync(join(root, path)))
    .map((path) => pageOf(path, ownLines(readFileSync(join(root, path), 'utf8'))))
}

/** The lines of a source file, emptied where they are not part of an `@example` of a doc comment. */
const exampleLines = (text: string): readonly string[] => {
  let isExample = false
  let isCode = false
  return text.split('\n').map((line) => {
    const [, comment] = /^\s*(?:\/\*\*|\*(?!\/))\s?(.*)$/.exec(line) ?? []
    if (comment === undefined) isExample = false
    else if (!isCode && /^\s*@\w/.test(comment)) isExample = comment.includes('@example')
    if (!isExample) isCode = false
    else if (/^\s*```/.test(comment ?? '')) isCode = !isCode
    return isExample ? (comment ?? '') : ''
  })
}

const isOf = (root: string, { fileName }: ts.SourceFile): boolean =>
  ts.sys.resolvePath(fileName).startsWith(join(root, 'src'))

const comments = (root: string, program: ts.Program): readonly Page[] =>
  program
    .getSourceFiles()
    .filter((file) => isOf(root, file))
    .map((file) => pageOf(relative(root, file.fileName).replaceAll(sep, '/'), exampleLines(file.text)))

const extensionOf = ({ language, code }: Snippet): string => {
  if (language === 'ts') return 'mts'
  return /\brequire\(/.test(code) ? 'cjs' : 'mjs'
}

/** Each example as a module of its own, named after its place: `README.md.12.mts`. */
const filesOf = (root: string, pages: readonly Page[]): ReadonlyMap<string, string> =>
  new Map(
    pages.flatMap(({ path, snippets }) =>
      snippets.map((snippet): [string, string] => {
        const extension = extensionOf(snippet)
        const code = extension === 'cjs' ? snippet.code : `${snippet.code}export {}\n`
        return [join(root, `${path}.${snippet.line}.${extension}`), code]
      }),
    ),
  )

const hostWith = (options: ts.CompilerOptions, files: ReadonlyMap<string, string>): ts.CompilerHost => {
  const host = ts.createCompilerHost(options)
  const textOf = (name: string) => files.get(ts.sys.resolvePath(name))
  return {
    ...host,
    fileExists: (name) => textOf(name) !== undefined || host.fileExists(name),
    readFile: (name) => textOf(name) ?? host.readFile(name),
    getSourceFile: (name, target, ...others) => {
      const text = textOf(name)
      return text === undefined
        ? host.getSourceFile(name, target, ...others)
        : ts.createSourceFile(name, text, target, true)
    },
  }
}

/** JavaScript cannot write the type of a parameter. */
const untyped = [7006, 7031, 7019]

const worded = (root: string, { file, start, code, messageText }: ts.Diagnostic): string => {
  const text = `error TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  if (file === undefined) return text
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0)
  const place = relative(root, file.fileName)
    .replaceAll(sep, '/')
    .replace(/\.\d+\.(mts|mjs|cjs)$/, '')
  return `${place}:${line + 1}: ${text}`
}

/** What was compiled, and the complaints about it, each with file and line. */
export interface Compiled {
  readonly count: number
  readonly complaints: readonly string[]
}

/**
 * Compiles the examples in the documents and in the doc comments of the sources, under the settings of the project, against the
 * sources. `program` holds the sources.
 */
export const compileExamples = (root: string, entries: readonly Entry[], program: ts.Program): Compiled => {
  const files = filesOf(root, [...documents(root), ...comments(root, program)])
  const hasScripts = [...files.keys()].some((name) => !name.endsWith('.mts'))
  const options: ts.CompilerOptions = {
    ...settingsOf(root, entries),
    noUnusedLocals: false,
    ...(hasScripts ? { allowJs: true, checkJs: true } : {}),
  }
  const names = existsSync(join(root, NAMES)) ? [join(root, NAMES)] : []
  const examples = ts.createProgram([...names, ...files.keys()], options, hostWith(options, files), program)
  const diagnosed = [...names, ...files.keys()].flatMap((name) => {
    const file = examples.getSourceFile(name)
    if (file === undefined) throw new Error(`${name} was not compiled`)
    return [...examples.getSyntacticDiagnostics(file), ...examples.getSemanticDiagnostics(file)].filter(
      ({ code }) => name.endsWith('.mts') || !untyped.includes(code),
    )
  })
  return {
    count: files.size,
    complaints: [...examples.getOptionsDiagnostics(), ...diagnosed].map((diagnostic) => worded(root, diagnostic)),
  }
}
