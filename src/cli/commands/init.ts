import { access, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { resolve } from 'node:path'
import { CommandError, exitCodes, usageError } from '../exit.js'
import { from, type Gateway, gatewayNames, LOCAL_PUBLIC_URL, type Setup, setups, type Variable } from '../gateways.js'
import type { Invocation, Run } from '../open.js'
import { type Framework, frameworks, serverText } from '../server-template.js'

interface InitOptions {
  readonly gateway?: readonly Gateway[]
  readonly store?: 'sqlite' | 'postgres'
  readonly framework?: Framework
  readonly payouts?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
}

interface Answers {
  readonly gateways: readonly Gateway[]
  readonly store: 'sqlite' | 'postgres'
  readonly framework: Framework
  readonly payouts: boolean
}

const frameworkNames = Object.keys(frameworks) as readonly Framework[]

const answersOf = async ({ ask, options }: Invocation<InitOptions>): Promise<Answers> => ({
  gateways: options.gateway ?? (await ask.chooseSome('Which gateways?', gatewayNames, '--gateway NAME…')),
  store: options.store ?? (await ask.choose('Where is the ledger kept?', ['sqlite', 'postgres'], '--store sqlite')),
  framework: options.framework ?? (await ask.choose('Which web framework?', frameworkNames, '--framework http')),
  payouts: options.payouts ?? (ask.isPossible && (await ask.confirm('Payouts, too?', '--payouts'))),
})

const setupOf = (gateway: Gateway): Setup => setups[gateway]

/** Rupees go where rupees are taken, everything else to the other gateway. */
const routesOf = (gateways: readonly Gateway[]) =>
  gateways.length > 1 ? { routes: [{ when: { currency: ['INR'] }, to: ['ippopay'] }, { to: ['payop'] }] } : {}

const configText = ({ gateways, store, payouts }: Answers): string => {
  const accounts = Object.fromEntries(
    gateways.map((gateway) => {
      const setup = setupOf(gateway)
      return [gateway, { ...setup.account, ...(payouts ? setup.payouts : {}) }]
    }),
  )
  const config = {
    $schema: './node_modules/paymux/paymux.schema.json',
    accounts,
    ...routesOf(gateways),
    store: store === 'sqlite' ? { type: 'sqlite', file: 'paymux.db' } : { type: 'postgres', url: from('DATABASE_URL') },
    encryption: { current: 'k1', keys: { k1: from('PAYMUX_ENCRYPTION_KEY') } },
    webhooks: { publicUrl: from('PAYMUX_PUBLIC_URL'), secret: from('PAYMUX_WEBHOOK_SECRET') },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

const lineOf = ({ name, example, comment }: Variable): string =>
  `${comment === '' ? '' : `# ${comment}\n`}${name}=${example}`

const exampleText = ({ gateways, store, payouts }: Answers): string => {
  const variables: readonly Variable[] = [
    {
      name: 'PAYMUX_ENCRYPTION_KEY',
      example: '',
      comment:
        'Copy this file to .env, and keep .env out of version control.\n# `npx paymux secret` makes these two. The ledger cannot be read without the first',
    },
    { name: 'PAYMUX_WEBHOOK_SECRET', example: '', comment: '' },
    {
      name: 'PAYMUX_PUBLIC_URL',
      example: LOCAL_PUBLIC_URL,
      comment: 'Where the gateways reach the server: https://shop.example/paymux',
    },
    ...(store === 'postgres'
      ? [
          {
            name: 'DATABASE_URL',
            example: 'postgres://user:password@127.0.0.1:5432/paymux',
            comment: 'The database is the ledger’s alone',
          },
        ]
      : []),
    ...gateways.flatMap((gateway) =>
      setupOf(gateway).variables.filter((variable) => payouts || variable.payouts !== true),
    ),
  ]
  return `${variables.map(lineOf).join('\n')}\n`
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

// Node has an SQLite of its own from 22.13 on.
const hasSqlite = (): boolean => isBuiltin('node:sqlite')

const packagesOf = ({ gateways, store, framework, payouts }: Answers): readonly string[] => [
  'paymux',
  ...frameworks[framework].packages,
  ...(store === 'postgres' ? ['pg', 'graphile-worker'] : []),
  ...(store === 'sqlite' && !hasSqlite() ? ['libsql'] : []),
  ...(payouts ? gateways.flatMap((gateway) => setupOf(gateway).payoutPackages) : []),
]

/** Asks before a file is replaced; without a person it is left alone, and nothing is written. */
const confirmReplacing = async ({ ask, options }: Invocation<InitOptions>, there: readonly string[]): Promise<void> => {
  if (there.length === 0 || options.yes === true) return
  const names = there.join(', ')
  if (!ask.isPossible)
    throw usageError(
      `There is a file already: ${names}. Nothing was written.`,
      'Give --yes to replace it, or take another folder.',
    )
  if (!(await ask.confirm(`Replace ${names}?`, '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
}

/** `paymux init`: a configuration, an example of its variables, and a server that runs. */
export const run: Run<InitOptions> = async (invocation) => {
  const { host, options, output } = invocation
  const answers = await answersOf(invocation)
  const files = [
    ['paymux.config.json', configText(answers)],
    ['.env.example', exampleText(answers)],
    ['server.mjs', serverText(answers.framework)],
  ] as const
  const pathOf = (name: string) => resolve(host.cwd, name)
  const there = await Promise.all(files.map(async ([name]) => ((await isThere(pathOf(name))) ? [name] : [])))
  if (options.dryRun !== true) {
    await confirmReplacing(invocation, there.flat())
    for (const [name, text] of files) await writeFile(pathOf(name), text)
  }
  if (options.json === true) output.json({ files: files.map(([name]) => name), packages: packagesOf(answers) })
  else for (const [name] of files) output.line(name)
  if (options.dryRun === true) output.note('Nothing was written (--dry-run).')
  output.note(
    [
      'Next:',
      `  npm install ${packagesOf(answers).join(' ')}`,
      '  npx paymux emulators --env .env     # or fill in .env, as .env.example says',
      '  node --env-file=.env server.mjs',
      '  npx paymux list',
    ].join('\n'),
  )
  return exitCodes.done
}
