import { Client } from 'pg'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { Store } from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { succeed } from '../either.js'

export const open = (url: string, poolSize = 10): Promise<Store> =>
  succeed(openPostgres({ url, encryption: noEncryption, poolSize }))

/** A connection beside the store's, which the server may end. */
export const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** The condition on `pg_stat_activity` for sessions of stores on this database: other tests share the server. */
export const ofStores = `datname = current_database() AND application_name = 'paymux'`
