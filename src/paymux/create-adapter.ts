import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { catalog as ownCatalog } from '../catalog.js'
import {
  type Adapter,
  type Catalog,
  catchThrown,
  createStatelessProvider,
  decodeConfig,
  invalidConfig,
  type PaymentError,
  type PaymentProvider,
  text,
} from '../core/index.js'
import { checkAdapter } from './check-adapter.js'
import type { AccountConfig } from './define-config.js'

/** The name that a configuration gives its account. Default: the adapter's own. */
const accountIn = (config: unknown): string | undefined => {
  const named = t.type({ account: t.string }).decode(config)
  return named._tag === 'Right' ? named.right.account : undefined
}

const loadAdapter = (config: unknown, catalog: Catalog | undefined): TE.TaskEither<PaymentError, Adapter> => {
  const known: Catalog = { ...ownCatalog, ...catalog }
  const AdapterName = text(Object.keys(known).join(' or '), (name) => Object.hasOwn(known, name))
  const named = t.type({ adapter: AdapterName }, 'a configuration')
  return pipe(
    TE.fromIOEither(() => decodeConfig(named, config)),
    TE.flatMap(({ adapter: name }) =>
      pipe(
        TE.tryCatch(
          async () => (await (known[name]?.() ?? Promise.reject()))(config),
          () => invalidConfig([{ path: 'adapter', expected: 'an adapter that can be loaded' }]),
        ),
        TE.flatMapEither((made) => checkAdapter(name, accountIn(config), made)),
      ),
    ),
  )
}

/**
 * Makes the adapter that the `adapter` field of an account's configuration names, and loads no other. `catalog` adds or replaces
 * adapters. Errors: `InvalidConfig`, which names paths and prints no value.
 */
export const createAdapter = (config: unknown, catalog?: Catalog): TE.TaskEither<PaymentError, Adapter> =>
  catchThrown(
    () => loadAdapter(config, catalog),
    () => invalidConfig([{ path: '(root)', expected: 'settings that its adapter reads without throwing' }]),
  )

/**
 * One account behind the {@link PaymentProvider} interface, chosen by configuration. It keeps no record: after
 * `Indeterminate`, read the object before you repeat the call. `catalog` adds or replaces adapters. Default: none. Errors:
 * `InvalidConfig`, which names paths and prints no value.
 *
 * @example
 * ```ts
 * import { createProvider } from 'paymux'
 *
 * const provider = createProvider({ adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' })
 * ```
 */
export const createProvider = (
  config: AccountConfig,
  catalog?: Catalog,
): TE.TaskEither<PaymentError, PaymentProvider> => pipe(createAdapter(config, catalog), TE.map(createStatelessProvider))
