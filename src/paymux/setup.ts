import { readFile } from 'node:fs/promises'
import { parse } from '@humanwhocodes/momoa'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Catalog,
  checkPlainData,
  invalidConfig,
  isObject,
  omitUndefined,
  type PaymentError,
  parseJson,
  type StoreName,
  unreachable,
} from '../core/index.js'
import {
  type AccountRecord,
  type EncryptionKeys,
  readEncryptionKeys,
  type Store,
  tracingStore,
  type Write,
} from '../ledger/index.js'
import type { MaintainedLedger, MaintenanceOptions } from '../ledger/stores/maintained.js'
import {
  anotherIdentity,
  type Configuration,
  decodeConfiguration,
  type Environment,
  inAccount,
  type StoreSettings,
} from '../orchestrator/index.js'
import { createAdapter } from './create-adapter.js'
import type { PaymuxOptions } from './options.js'

/** What a configuration comes to: swapped as one. */
export interface Setup {
  readonly configuration: Configuration
  readonly adapters: ReadonlyMap<string, Adapter>
}

const fileIssue = (expected: string): PaymentError => invalidConfig([{ path: '(file)', expected }])

/** The offset at which a text stops being JSON, or its length where it ends too early. */
const offsetNotJson = (content: string): number | undefined => {
  try {
    parse(content, { mode: 'json' })
    return undefined
  } catch (error) {
    if (!(error instanceof Error && 'offset' in error && typeof error.offset === 'number')) return undefined
    return error.message.startsWith('Unexpected end') ? content.length : error.offset
  }
}

/** Where a text stops being JSON: `, and line 3, column 5 is not`. */
const whereNotJson = (content: string): string => {
  const offset = offsetNotJson(content)
  if (offset === undefined) return ''
  const before = content.slice(0, offset).split('\n')
  return `, and line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} is not`
}

/** The configuration itself, or what stands in the JSON file at a path. */
const contentOf = (config: unknown): TE.TaskEither<PaymentError, unknown> =>
  typeof config !== 'string'
    ? TE.right(config)
    : pipe(
        TE.tryCatch(
          () => readFile(config, 'utf8'),
          () => fileIssue('the path of a configuration file that can be read'),
        ),
        // Some editors begin a file with a byte order mark.
        TE.map((content) => content.replace(/^\uFEFF/, '')),
        TE.flatMapEither((content) => {
          const parsed = parseJson(content)
          return parsed === undefined ? E.left(fileIssue(`JSON${whereNotJson(content)}`)) : E.right(parsed)
        }),
        TE.filterOrElse(isObject, () => fileIssue('a JSON object')),
      )

/** An error of a configuration says which file it came from. */
export const inFile =
  (config: unknown) =>
  (error: PaymentError): PaymentError =>
    typeof config === 'string' && error._tag === 'InvalidConfig' ? invalidConfig(error.issues, config) : error

const adaptersOf = (
  { accounts }: Configuration,
  catalog: Catalog | undefined,
): TE.TaskEither<PaymentError, ReadonlyMap<string, Adapter>> =>
  pipe(
    [...accounts],
    TE.traverseArray(([name, { settings }]) =>
      pipe(
        createAdapter(settings(), catalog),
        TE.mapError(inAccount(name)),
        TE.map((adapter) => [name, adapter] as const),
      ),
    ),
    TE.map((adapters) => new Map(adapters)),
  )

const configurationOf = (config: unknown, env: Environment): TE.TaskEither<PaymentError, Configuration> =>
  pipe(
    contentOf(config),
    TE.flatMapEither((content) => checkPlainData(() => decodeConfiguration(content, env), invalidConfig)),
  )

/** Reads and checks a configuration, and makes no adapters. Gives `InvalidConfig`, which names paths and prints no value. */
export const readConfiguration = (config: unknown, env: Environment): TE.TaskEither<PaymentError, Configuration> =>
  pipe(configurationOf(config, env), TE.mapError(inFile(config)))

/**
 * Reads and checks a configuration, an object or the path of a JSON file, and makes its adapters. Gives `InvalidConfig`,
 * which names paths and prints no value.
 */
export const readSetup = (
  config: unknown,
  env: Environment,
  catalog: Catalog | undefined,
): TE.TaskEither<PaymentError, Setup> =>
  pipe(
    configurationOf(config, env),
    TE.bindTo('configuration'),
    TE.bind('adapters', ({ configuration }) => adaptersOf(configuration, catalog)),
    TE.mapError(inFile(config)),
  )

type Opened = TE.TaskEither<PaymentError, Store>

const openConfigured = async (
  store: StoreSettings,
  options: { readonly encryption: EncryptionKeys; readonly clock?: () => number; readonly readOnly: boolean },
): Promise<Opened> => {
  switch (store.type) {
    case 'sqlite': {
      const { openSqlite } = await import('../ledger/stores/sqlite/index.js')
      return openSqlite({ file: store.file, ...options })
    }
    case 'postgres': {
      const { openPostgres } = await import('../ledger/stores/postgres/index.js')
      return openPostgres({ url: store.url.reveal(), ...options })
    }
  }
}

const storeNames = { sqlite: 'sqlite', postgres: 'postgresql' } as const satisfies Record<
  StoreSettings['type'],
  StoreName
>

/** Opens the configured store, loading no other. Gives `InvalidConfig`, or `Unreachable` where it does not answer. */
export const openStore = (
  { store, encryption }: Configuration,
  { clock, readOnly = false }: Pick<PaymuxOptions, 'clock' | 'readOnly'>,
): Opened =>
  pipe(
    TE.fromEither(readEncryptionKeys(encryption)),
    TE.flatMap((keys) =>
      TE.tryCatch(
        () => openConfigured(store, { encryption: keys, readOnly, ...omitUndefined({ clock }) }),
        () => unreachable('store'),
      ),
    ),
    TE.flatten,
    TE.map((opened) => tracingStore(opened, storeNames[store.type])),
  )

const maintainConfigured = async (
  store: StoreSettings,
  encryption: EncryptionKeys,
  options: MaintenanceOptions,
): Promise<TE.TaskEither<PaymentError, MaintainedLedger>> => {
  switch (store.type) {
    case 'sqlite': {
      const { maintainSqlite } = await import('../ledger/stores/sqlite/maintain.js')
      return maintainSqlite({ file: store.file, encryption }, options)
    }
    case 'postgres': {
      const { maintainPostgres } = await import('../ledger/stores/postgres/maintain.js')
      return maintainPostgres({ url: store.url.reveal(), encryption }, options)
    }
  }
}

/** Opens the configured store to copy or check it whole. Gives what opening it for work gives, but by the accepted statuses. */
export const maintainStore = (
  { store, encryption }: Configuration,
  options: MaintenanceOptions,
): TE.TaskEither<PaymentError, MaintainedLedger> =>
  pipe(
    TE.fromEither(readEncryptionKeys(encryption)),
    TE.flatMap((keys) =>
      TE.tryCatch(
        () => maintainConfigured(store, keys, options),
        () => unreachable('store'),
      ),
    ),
    TE.flatten,
  )

/** One that tells what the ledger has of it, and more, is the same account: keys of a service that came later, say. */
const entering = (account: AccountRecord, known: readonly AccountRecord[]): Write => {
  const stored = known.find(({ name }) => name === account.name)?.identity ?? {}
  const isExtended = Object.entries(stored).every(([field, value]) => account.identity[field] === value)
  return { write: 'account', account, ...(isExtended ? { extended: stored } : {}) }
}

/**
 * Enters who the accounts are into the ledger. Gives `InvalidConfig` where the ledger knows another merchant's account by
 * one of the names; then nothing is entered.
 */
export const enterAccounts = (
  store: Store,
  adapters: ReadonlyMap<string, Adapter>,
): TE.TaskEither<PaymentError, void> => {
  const accounts = [...adapters].map(([name, { identity }]) => ({ name, identity }))
  return pipe(
    store.accounts(),
    TE.map((known) => accounts.map((account) => entering(account, known))),
    TE.flatMap((writes) => store.commit(writes)),
    TE.flatMapEither((committed) =>
      committed.done ? E.right(undefined) : E.left(anotherIdentity(accounts[committed.index]?.name ?? '?')),
    ),
  )
}
