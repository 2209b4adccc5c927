import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { modules } from './modules.js'

/**
 * Makes an adapter, its emulator, tests and gateway page from `templates/adapter`, and enters it where the package lists its
 * adapters: `npm run new-adapter NAME`. Run in the root of the repository. It changes nothing if the name is not possible.
 */

const template = 'templates/adapter'

/** The gateway of the template, in each way that it is written there. */
const renamed = (text: string, name: string): string =>
  text.replaceAll('acme', name).replaceAll('Acme', titleOf(name)).replaceAll('ACME', name.toUpperCase())

const titleOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

const below = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).replaceAll('\\', '/'))
    .sort()

/** The new files by their paths, from the root of the repository. */
const newFiles = (name: string): ReadonlyMap<string, string> =>
  new Map(
    below(template).map((path) => [
      renamed(path.slice(template.length + 1), name),
      renamed(readFileSync(path, 'utf8'), name),
    ]),
  )

/** The first file of a module that may name no gateway, and that holds the name all the same. */
const fileWith = (name: string): string | undefined =>
  Object.entries(modules)
    .filter(([, { namesGateways }]) => namesGateways !== true)
    .flatMap(([module]) => (module.endsWith('/') ? below(`src/${module.slice(0, -1)}`) : [`src/${module}`]))
    .find((path) => `${path}\n${readFileSync(path, 'utf8')}`.toLowerCase().includes(name))

/** Why an adapter cannot have a name; `undefined` if it can. */
const objection = (name: string | undefined): string | undefined => {
  if (name === undefined || !/^[a-z][a-z0-9]*$/.test(name))
    return 'Usage: npm run new-adapter NAME, with a name of lower-case letters and digits that begins with a letter.'
  const { exports }: { exports: object } = JSON.parse(readFileSync('package.json', 'utf8'))
  if (`./${name}` in exports) return `The package has an entry point "${name}". Choose another name.`
  const taken = [...newFiles(name).keys(), `src/emulators/${name}`].find((path) => existsSync(path))
  if (taken !== undefined) return `${taken} exists. Choose another name.`
  const mention = fileWith(name)
  return (
    mention && `"${name}" stands in ${mention}, where no gateway may be named. Choose a name that is no common word.`
  )
}

/** One edit of a file that lists the adapters. */
interface Edit {
  readonly path: string
  readonly change: (text: string) => string
}

/** Puts a text before a place, which has to be there once. */
const insertedBefore = (text: string, place: string, added: string): string => {
  const [before = '', after, more] = text.split(place)
  if (after === undefined || more !== undefined) throw new Error(`not once in the file: ${place}`)
  return `${before}${added}${place}${after}`
}

/** The entry points, with that of the adapter after the others. The files of data stay at the end. */
const withEntry = (text: string, name: string): string => {
  const manifest: { exports: Readonly<Record<string, unknown>>; typesVersions: { '*': object } } = JSON.parse(text)
  const file = `adapters/${name}/index`
  const entry = { import: `./dist/esm/${file}.js`, require: `./dist/cjs/${file}.js` }
  const entries = Object.entries(manifest.exports)
  const isData = ([path]: (typeof entries)[number]): boolean => path.endsWith('.json')
  const exports = [...entries.filter((each) => !isData(each)), [`./${name}`, entry], ...entries.filter(isData)]
  const typesVersions = { '*': { ...manifest.typesVersions['*'], [name]: [`./dist/cjs/${file}.d.ts`] } }
  return `${JSON.stringify({ ...manifest, exports: Object.fromEntries(exports), typesVersions }, null, 2)}\n`
}

const withCatalogLine = (text: string, name: string): string => {
  const title = titleOf(name)
  const withImport = `import type { ${title}Config } from './adapters/${name}/index.js'\n${text}`
  const type = `  /** An account at ${title}. */\n  readonly ${name}: ${title}Config\n`
  const withType = insertedBefore(withImport, '}\n\n/** The adapters', type)
  return withType.replace(
    /\n\}\s*$/,
    `\n  ${name}: async () => (await import('./adapters/${name}/index.js')).${name},\n}\n`,
  )
}

const withEmulator = (text: string, name: string): string => {
  const names = ['Behaviour', 'Controls', 'Credentials', 'Emulator', 'EmulatorOptions', 'Outcome']
  const types = names.map((suffix) => `type ${titleOf(name)}${suffix}`)
  return `${text}export { ${types.join(', ')}, start${titleOf(name)}Emulator } from './${name}/index.js'\n`
}

/** The page in the index of the documents, after the pages of the other gateways. */
const withPage = (text: string, name: string): string => {
  const links = [...text.matchAll(/\]\(gateways\/\w+\.md\)/g)]
  const last = links.at(-1)
  if (last === undefined) throw new Error('docs/README.md links no gateway page')
  const end = last.index + last[0].length
  return `${text.slice(0, end)}, [${titleOf(name)}](gateways/${name}.md)${text.slice(end)}`
}

const edits = (name: string): readonly Edit[] => [
  { path: 'src/catalog.ts', change: (text) => withCatalogLine(text, name) },
  { path: 'package.json', change: (text) => withEntry(text, name) },
  { path: 'src/emulators/index.ts', change: (text) => withEmulator(text, name) },
  { path: 'docs/README.md', change: (text) => withPage(text, name) },
]

const run = (...args: readonly string[]): void => {
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

const make = async (name: string): Promise<void> => {
  const changed = await Promise.all(
    edits(name).map(
      async ({ path, change }): Promise<[string, string]> => [path, change(await readFile(path, 'utf8'))],
    ),
  )
  const files = newFiles(name)
  for (const [path, text] of [...files, ...changed]) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  const written = [...files.keys(), ...changed.map(([path]) => path)]
  // A longer or shorter name moves line breaks, and the order of imports.
  const code = written.filter((path) => path.endsWith('.ts') || path.endsWith('.json'))
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...code)
  for (const script of ['generate-docs', 'api-report']) run('--import', 'tsx', `scripts/${script}.ts`)
  console.log(
    report(
      name,
      [...files.keys()],
      changed.map(([path]) => path),
    ),
  )
}

const report = (name: string, files: readonly string[], changed: readonly string[]): string => `Made:
${files.map((path) => `  ${path}`).join('\n')}

Edited:
${changed.map((path) => `  ${path}`).join('\n')}

Generated:
  docs/api
  docs/concepts/capabilities.md
  paymux.schema.json

The adapter serves the made-up gateway of the template. Next:
  1. npx jest ${name}, which runs its tests
  2. replace the gateway as "Adding an adapter" in CONTRIBUTING.md says: each place has a comment that begins with TEMPLATE
`

const [name] = process.argv.slice(2)
const problem = objection(name)
if (name === undefined || problem !== undefined) {
  console.error(problem)
  process.exitCode = 1
} else await make(name)
