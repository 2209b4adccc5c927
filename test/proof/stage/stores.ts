import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, dropDatabase, type PostgresServer } from '../../postgres/server.js'

/** Where a proof keeps its ledger. */
export interface Place {
  /** As it stands in a configuration. */
  readonly store:
    | { readonly type: 'sqlite'; readonly file: string }
    | { readonly type: 'postgres'; readonly url: string }
  readonly remove: () => Promise<void>
}

/** Makes an empty ledger's place. */
export type NewPlace = () => Promise<Place>

/** A file in a folder of its own. */
export const sqliteFile: NewPlace = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paymux-proof-'))
  return {
    store: { type: 'sqlite', file: join(folder, 'ledger.db') },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A database of its own on a server. */
export const postgresOn =
  (server: PostgresServer): NewPlace =>
  async () => {
    const url = await createDatabase(server)
    return { store: { type: 'postgres', url }, remove: () => dropDatabase(server, url) }
  }
