import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { catalog as ownCatalog } from '../catalog.js'
import {
  type Adapter,
  type Catalog,
  decodeConfig,
  invalidConfig,
  type PaymentError,
  type PaymentProvider,
  stateless,
  text,
} from '../core/index.js'

/**
 * Makes the adapter that the `adapter` field of a plain configuration object names, loading nothing else. Gives
 * `InvalidConfig`, which says which path is wrong and prints no value. `catalog` adds or replaces adapters.
 */
export const createAdapter = (config: unknown, catalog?: Catalog): TE.TaskEither<PaymentError, Adapter> => {
  const known: Catalog = { ...ownCatalog, ...catalog }
  const AdapterName = text(Object.keys(known).join(' or '), (name) => Object.hasOwn(known, name))
  const named = t.type({ adapter: AdapterName }, 'a configuration')
  return pipe(
    TE.fromEither(decodeConfig(named, config)),
    TE.flatMap(({ adapter }) =>
      TE.tryCatch(
        async () => (await (known[adapter]?.() ?? Promise.reject()))(config),
        () => invalidConfig([{ path: 'adapter', expected: 'an adapter that can be loaded' }]),
      ),
    ),
    TE.flatMapEither(identity),
  )
}

/**
 * One gateway account behind the {@link PaymentProvider} interface, chosen by configuration. It keeps no record: after
 * `Indeterminate`, read before repeating. Gives `InvalidConfig`. `catalog` adds or replaces adapters.
 */
export const createProvider = (config: unknown, catalog?: Catalog): TE.TaskEither<PaymentError, PaymentProvider> =>
  pipe(createAdapter(config, catalog), TE.map(stateless))
