import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { catalog } from '../../../src/catalog.js'
import { type Adapter, type Catalog, type PaymentError, unreachable } from '../../../src/core/index.js'

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

/** Adapters that take a lost answer for proof that nothing was sent: what a proof has to catch. */
export const carelessCatalog = catalogWith((adapter) => ({
  ...adapter,
  send: (wire, hook) => TE.mapLeft((): PaymentError => unreachable('connect'))(adapter.send(wire, hook)),
}))
