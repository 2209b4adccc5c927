import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { Client } from 'pg'
import type { PaymentError } from '../../src/core/index.js'
import type { Store } from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { plainVault } from '../../src/ledger/vault.js'

export const succeeds = async <A>(effect: TE.TaskEither<PaymentError, A>): Promise<A> => {
  const result = await effect()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

export const open = (url: string, poolSize = 10): Promise<Store> =>
  succeeds(openPostgres({ url, vault: plainVault, poolSize }))

/** A connection beside the store's, which the server may end. */
export const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}
