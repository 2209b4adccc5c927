import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

/** Who may know whom. Run in the root of the repository; ends with code 1 and the list of offences. */

interface Room {
  /** What it may import of `src` beside itself. */
  readonly knows: readonly string[] | 'everything'
  /** What it may import of `node_modules`. */
  readonly packages: readonly string[]
  /** Its files may mention a gateway, which is any name of a folder in `src/adapters`. */
  readonly namesGateways?: true
}

const fp = ['fp-ts', 'io-ts']

const rooms: Readonly<Record<string, Room>> = {
  'core/': { knows: [], packages: fp },
  'transport/': { knows: ['core/'], packages: [...fp, 'axios'] },
  'adapters/': { knows: ['core/', 'transport/'], packages: [...fp, 'libsodium-wrappers'], namesGateways: true },
  'ledger/': { knows: ['core/'], packages: [...fp, 'libsql', 'pg', 'graphile-worker'] },
  'orchestrator/': { knows: ['core/', 'ledger/'], packages: [...fp, 'cockatiel'] },
  'webhooks/': { knows: ['core/', 'ledger/'], packages: fp },
  'telemetry/': { knows: ['core/'], packages: fp },
  'emulators/': { knows: [], packages: ['hono', '@hono/node-server', 'libsodium-wrappers'], namesGateways: true },
  'conformance/': { knows: ['core/'], packages: fp },
  'cli/': { knows: 'everything', packages: fp },
  'catalog.ts': { knows: ['core/', 'adapters/'], packages: fp, namesGateways: true },
  'paymux/': { knows: 'everything', packages: fp },
  'index.ts': { knows: 'everything', packages: fp, namesGateways: true },
}

const src = (...names: readonly string[]) => `^src/(${names.join('|').replaceAll('.', '\\.')})`

const roomRules = Object.entries(rooms).flatMap(([room, { knows, packages }]): IForbiddenRuleType[] => [
  {
    name: `${room.replace('/', '')}-knows-too-much`,
    from: { path: src(room) },
    to: { path: '^src/', pathNot: knows === 'everything' ? '^src/' : src(room, ...knows) },
  },
  {
    name: `${room.replace('/', '')}-imports-a-foreign-package`,
    from: { path: src(room) },
    to: { path: 'node_modules/', pathNot: `node_modules/(@types/)?(${packages.join('|')})/` },
  },
])

const forbidden: IForbiddenRuleType[] = [
  ...roomRules,
  {
    name: 'core-has-one-door',
    from: { path: '^src/', pathNot: '^src/core/' },
    to: { path: '^src/core/', pathNot: '^src/core/index\\.ts$' },
  },
  {
    name: 'adapters-are-strangers',
    from: { path: '^src/adapters/([^/]+)/' },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'adapters-load-when-used',
    from: { path: '^src/(index|catalog)\\.ts$' },
    to: { path: '^src/adapters/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
  },
  {
    name: 'only-transport-opens-sockets',
    from: { path: '^src/(core|adapters|conformance|orchestrator|ledger)/' },
    to: { path: '^(node:)?(http|https|http2|tls|dgram|dns)(/|$)' },
  },
  {
    name: 'src-knows-src-only',
    from: { path: '^src/' },
    to: { path: '^(test|bench|examples|scripts)/' },
  },
  {
    name: 'examples-use-what-is-published',
    from: { path: '^examples/' },
    to: {
      path: '^src/',
      pathNot:
        '^src/(index|(adapters/[^/]+|emulators|conformance|transport|webhooks)/index|adapters/payop/cards)\\.ts$',
    },
  },
  { name: 'every-import-resolves', from: {}, to: { couldNotResolve: true } },
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

const roomOf = (source: string): Room | undefined => rooms[/^src\/([^/]+\/?)/.exec(source)?.[1] ?? '']

const gatewaysNamedIn = (source: string): string[] => {
  const text = `${source}\n${readFileSync(source, 'utf8')}`.toLowerCase()
  return gateways.filter((name) => text.includes(name)).map((name) => `names-no-gateway: ${source} → ${name}`)
}

const { modules, summary } = await readGraph()
const sources = modules.map(({ source }) => source).filter((source) => source.startsWith('src/'))
const offences = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ...sources.filter((source) => roomOf(source) === undefined).map((source) => `belongs-to-no-room: ${source}`),
  ...sources.filter((source) => roomOf(source)?.namesGateways !== true).flatMap(gatewaysNamedIn),
  ...(sources.length === 0 || gateways.length === 0 ? ['nothing-to-check: no module, or no adapter, was found'] : []),
]

for (const offence of offences) console.error(offence)
console.log(`boundaries: ${sources.length} modules of src looked at, ${offences.length} offences`)
process.exitCode = offences.length === 0 ? 0 : 1
