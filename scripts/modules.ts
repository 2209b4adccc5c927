/** A module: a folder of `src`, or a file right under it. */
export interface Module {
  /** What it holds, in one sentence. */
  readonly holds: string
  /** The other modules that it may import. */
  readonly imports: readonly string[] | 'everything'
  /** The packages that it may import. */
  readonly packages: readonly string[]
  /** Its files may open sockets by themselves: `node:http`, `node:tls` and the like. */
  readonly opensSockets?: true
  /** Its files may mention a gateway, that is any name of a folder in `src/adapters`. */
  readonly namesGateways?: true
}

const fp = ['fp-ts', 'io-ts']

/** Every module of `src`. The check of the imports reads this table, and the table in CONTRIBUTING is made from it. */
export const modules: Readonly<Record<string, Module>> = {
  'core/': {
    holds: 'The vocabulary, the rules and the interfaces; pure.',
    imports: [],
    packages: fp,
  },
  'transport/': {
    holds: 'The only code that opens a socket to a gateway, and the only code that imports axios.',
    imports: ['core/'],
    packages: [...fp, 'axios', 'hpagent'],
    opensSockets: true,
  },
  'adapters/': {
    holds: 'One folder per gateway: its endpoints, its codecs and its states mapped to ours.',
    imports: ['core/', 'transport/'],
    packages: [...fp, 'libsodium-wrappers'],
    namesGateways: true,
  },
  'ledger/': {
    holds: 'The durable record of operations, objects, notifications and events, in SQLite or PostgreSQL.',
    imports: ['core/'],
    packages: [...fp, 'libsql', 'pg', 'graphile-worker'],
  },
  'orchestrator/': {
    holds: 'The life of an operation over several accounts: configuration, routing, recovery, reads and events.',
    imports: ['core/', 'ledger/'],
    packages: [...fp, 'cockatiel'],
  },
  'webhooks/': {
    holds: 'The way of a notification from its bytes to the ledger: admission, checks and the answer.',
    imports: ['core/', 'ledger/'],
    packages: fp,
  },
  'telemetry/': {
    holds: 'What paymux publishes on its channels, as OpenTelemetry spans and metrics, and as log lines.',
    imports: ['core/'],
    packages: [...fp, '@opentelemetry/api'],
  },
  'emulators/': {
    holds: 'Local stand-ins for the gateways, written from the documents of the gateways alone.',
    imports: [],
    packages: ['hono', '@hono/node-server', 'libsodium-wrappers'],
    opensSockets: true,
    namesGateways: true,
  },
  'conformance/': {
    holds: 'The requirements that every adapter must satisfy, as a test suite.',
    imports: ['core/'],
    packages: fp,
  },
  'cli/': {
    holds: 'The command `paymux`: one entry, and a file for each command that loads when it is called.',
    imports: 'everything',
    packages: ['commander', '@clack/prompts', 'picocolors', '@bomb.sh/tab'],
    opensSockets: true,
    namesGateways: true,
  },
  'catalog.ts': {
    holds: 'One line per adapter, which loads it when it is used.',
    imports: ['core/', 'adapters/'],
    packages: fp,
    namesGateways: true,
  },
  'paymux/': {
    holds: 'The entry points for merchants and for authors of adapters: they join the other modules.',
    imports: 'everything',
    packages: [...fp, '@humanwhocodes/momoa'],
    namesGateways: true,
  },
}
