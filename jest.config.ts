/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Examples name the package; what is tested is the source, not a build.
    '^paymux$': '<rootDir>/src/index.ts',
    '^paymux/(webhooks|emulators|conformance|transport)$': '<rootDir>/src/$1/index.ts',
    '^paymux/(sqlite|postgres)$': '<rootDir>/src/ledger/stores/$1/index.ts',
  },
  // Only a test that hangs takes as long; on a busy machine others take theirs.
  testTimeout: 20_000,
  maxWorkers: '100%',
  // V8 counts no implicit else, no default argument and nothing inside a function that never ran.
  coverageProvider: 'babel',
  // The command runs in processes of its own, in test/emulators/cli.test.ts, where nothing is counted.
  collectCoverageFrom: ['src/**/*.ts', '!src/emulators/cli.ts'],
  coverageReporters: [['text', { skipFull: true }], 'html'],
  coverageThreshold: {
    global: { branches: 90 },
    './src/core/': { branches: 95 },
    './src/transport/': { branches: 95 },
    './src/adapters/payop/': { branches: 95 },
    './src/adapters/ippopay/': { branches: 95 },
  },
}

export default config
