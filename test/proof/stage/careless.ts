import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { catalog } from '../../../src/catalog.js'
import { type Adapter, type Catalog, type PaymentError, unreachable } from '../../../src/core/index.js'
import type { Store } from '../../../src/ledger/index.js'

/** Broken on purpose: what every proof has to catch. */

/** Takes a lost answer for proof that nothing was sent. */
export const careless = (adapter: Adapter): Adapter => ({
  ...adapter,
  send: (wire, hook) => TE.mapLeft((): PaymentError => unreachable('connect'))(adapter.send(wire, hook)),
})

/** A catalog of adapters that are changed before they are used. */
export const catalogWith = (changed: (adapter: Adapter) => Adapter): Catalog =>
  Object.fromEntries(
    Object.entries(catalog).map(([name, load]) => [
      name,
      async () => {
        const factory = await load()
        return (config: unknown) => E.map(changed)(factory(config))
      },
    ]),
  )

/** Says that everything was written, whether a guard held or not. */
export const unguarded = (store: Store): Store => ({
  ...store,
  commit: (writes) => TE.map(() => ({ done: true }) as const)(store.commit(writes)),
})

/** Reserves nothing for refunds. */
export const unreserving = (store: Store): Store => ({
  ...store,
  commit: (writes) => store.commit(writes.filter(({ write }) => write !== 'reserve')),
})
