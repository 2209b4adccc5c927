import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { type Module, modules } from './modules.js'
import { entriesOf } from './surface/entries.js'

/** Who may import whom. Run in the root of the repository; ends with code 1 and the list of offences. */

const src = (...names: readonly string[]) => `^src/(${names.join('|').replaceAll('.', '\\.')})`

const rulesOf = ([name, { imports, packages }]: readonly [string, Module]): IForbiddenRuleType[] => [
  {
    name: `${name.replace('/', '')}-imports-an-unlisted-module`,
    from: { path: src(name) },
    to: { path: '^src/', pathNot: imports === 'everything' ? '^src/' : src(name, ...imports) },
  },
  {
    name: `${name.replace('/', '')}-imports-an-unlisted-package`,
    from: { path: src(name) },
    to: { path: 'node_modules/', pathNot: `node_modules/(@types/)?(${packages.join('|')})/` },
  },
]

const withSockets = Object.keys(modules).filter((name) => modules[name]?.opensSockets)
const entries = entriesOf('.').map(({ source }) => source)

const forbidden: IForbiddenRuleType[] = [
  ...Object.entries(modules).flatMap(rulesOf),
  {
    name: 'core-is-imported-by-its-index',
    from: { path: '^src/', pathNot: '^src/core/' },
    to: { path: '^src/core/', pathNot: '^src/core/index\\.ts$' },
  },
  {
    name: 'adapters-do-not-import-each-other',
    from: { path: '^src/adapters/([^/]+)/' },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'adapters-load-when-used',
    from: { path: '^src/', pathNot: '^src/adapters/' },
    to: { path: '^src/adapters/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
  },
  {
    name: 'only-listed-modules-open-sockets',
    from: { path: '^src/', pathNot: src(...withSockets) },
    to: { path: '^(node:)?(http|https|http2|tls|dgram|dns)(/|$)', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'src-imports-src-only',
    from: { path: '^src/' },
    to: { path: '^(test|bench|examples|scripts)/' },
  },
  {
    name: 'examples-import-entry-points-only',
    from: { path: '^examples/' },
    to: { path: '^src/', pathNot: `^(${entries.join('|').replaceAll('.', '\\.')})$` },
  },
  // Hosts have packages of their own.
  { name: 'every-import-resolves', from: { pathNot: '^examples/hosts/' }, to: { couldNotResolve: true } },
  { name: 'no-cycles', from: {}, to: { circular: true } },
]

const readGraph = async (): Promise<ICruiseResult> => {
  const { output } = await cruise(
    ['src', 'test', 'bench', 'examples', 'scripts'].filter((folder) => existsSync(folder)),
    {
      validate: true,
      ruleSet: { forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })) },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      tsConfig: { fileName: 'tsconfig.json' },
      enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
    },
    undefined,
    { tsConfig: extractTSConfig('tsconfig.json') },
  )
  if (typeof output === 'string') throw new Error(output)
  return output
}

const gateways = existsSync('src/adapters') ? readdirSync('src/adapters') : []

const moduleOf = (source: string): string => /^src\/([^/]+\/?)/.exec(source)?.[1] ?? ''

const gatewaysNamedIn = (source: string): string[] => {
  const text = `${source}\n${readFileSync(source, 'utf8')}`.toLowerCase()
  return gateways.filter((name) => text.includes(name)).map((name) => `names-no-gateway: ${source} → ${name}`)
}

const { modules: files, summary } = await readGraph()
const sources = files.map(({ source }) => source).filter((source) => source.startsWith('src/'))
const used = new Set(sources.map(moduleOf))
const offences = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ...sources
    .filter((source) => modules[moduleOf(source)] === undefined)
    .map((source) => `belongs-to-no-module: ${source}`),
  ...Object.keys(modules)
    .filter((name) => !used.has(name))
    .map((name) => `no-such-module: src/${name} has a row in scripts/modules.ts and no file`),
  ...sources.filter((source) => modules[moduleOf(source)]?.namesGateways !== true).flatMap(gatewaysNamedIn),
  ...(sources.length === 0 || gateways.length === 0
    ? ['nothing-to-check: no file of src, or no adapter, was found']
    : []),
]

for (const offence of offences) console.error(offence)
console.log(`boundaries: ${sources.length} files of src checked, ${offences.length} offences`)
process.exitCode = offences.length === 0 ? 0 : 1
