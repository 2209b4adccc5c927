/** @jest-config-loader esbuild-register */
import { readdirSync } from 'node:fs'
import type { Config } from 'jest'
import manifest from './package.json' with { type: 'json' }

// Each entry point by the name that `exports` gives it: `^paymux/webhooks$`.
const entryPoints = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [
          [
            `^${path.replace('.', 'paymux')}$`,
            target.import.replace('./dist/esm', '<rootDir>/src').replace(/\.js$/, '.ts'),
          ] as const,
        ],
  ),
)

const toCommonJs: [string, Readonly<Record<string, unknown>>] = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
]

/** Packages that are ES modules only, which jest cannot require: those that ask and complete. */
const esModules = '(@clack|@bomb\\.sh|fast-(string-width|string-truncated-width|wrap-ansi)|sisteransi)/'

const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': toCommonJs, [`/node_modules/${esModules}`]: toCommonJs },
  transformIgnorePatterns: [`/node_modules/(?!${esModules})`],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Examples name the package; what is tested is the source, not a build.
    ...entryPoints,
  },
} satisfies Config

/** What takes long, and concerns whoever changes the protocol, the package or a check of the repository. */
const proofs = ['proof', 'packaging', 'scripts'].map((folder) => `<rootDir>/test/${folder}/`)

const config: Config = {
  projects: [
    {
      ...common,
      displayName: 'tests',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [...proofs, '<rootDir>/test/matrix/', '<rootDir>/test/hosts/'],
      setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
    },
    {
      // What needs a program that npm does not have: `npm run test:matrix` installs it.
      ...common,
      displayName: 'matrix',
      testMatch: ['<rootDir>/test/matrix/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
    },
    {
      // The examples of hosts, each installed from the registry with the packed package: `npm run test:hosts`.
      ...common,
      displayName: 'hosts',
      testMatch: ['<rootDir>/test/hosts/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/proof/setup.ts'],
    },
    {
      // In their short form, and with the bugs that each of them has to find.
      ...common,
      displayName: 'proofs',
      testMatch: proofs.map((folder) => `${folder}**/*.test.ts`),
      setupFilesAfterEnv: ['<rootDir>/test/setup.ts', '<rootDir>/test/proof/setup.ts'],
    },
  ],
  maxWorkers: '100%',
  // V8 counts no implicit else, no default argument and nothing inside a function that never ran.
  coverageProvider: 'babel',
  // The command runs in processes of its own, in test/cli/processes.test.ts, where nothing is counted.
  collectCoverageFrom: ['src/**/*.ts', '!src/cli/paymux.ts'],
  coverageReporters: [['text', { skipFull: true }], 'html'],
  coverageThreshold: {
    global: { branches: 90 },
    './src/core/': { branches: 95 },
    './src/transport/': { branches: 95 },
    ...Object.fromEntries(readdirSync('src/adapters').map((name) => [`./src/adapters/${name}/`, { branches: 95 }])),
  },
}

export default config
