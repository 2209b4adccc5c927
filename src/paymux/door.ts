import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../core/index.js'
import type { Store } from '../ledger/index.js'
import { createWebhooks, type Webhooks } from '../webhooks/index.js'
import type { Setup } from './setup.js'

/** Where notifications come in, if anywhere. */
export interface Door {
  readonly handle: Webhooks['handle']
  readonly address: Webhooks['address']
  readonly attemptAddress?: Webhooks['attemptAddress']
  readonly stop: Webhooks['stop']
}

const closedDoor: Door = {
  handle: async () => new Response('', { status: 503 }),
  address: () => {
    throw new Error('The configuration has no webhooks')
  },
  stop: async () => undefined,
}

/** The door that a setup tells of. Gives `InvalidConfig` where its webhooks cannot be used. */
export const openDoor = (
  { configuration, adapters }: Setup,
  store: Store,
  now: () => number,
): E.Either<PaymentError, Door> =>
  configuration.webhooks === undefined
    ? E.right(closedDoor)
    : createWebhooks({
        settings: configuration.webhooks,
        store,
        adapters: (account) => adapters.get(account),
        now,
      })
