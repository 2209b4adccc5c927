import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { plainVault } from '../../src/ledger/vault.js'
import { storeSuite } from './store-suite.js'

const openAt = async (file: string) => {
  const opened = await openSqlite({ file, vault: plainVault })()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  return opened.right
}

storeSuite('SQLite in memory', async () => {
  const store = await openAt(':memory:')
  return { store, close: store.close }
})

storeSuite('SQLite in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymux-ledger-'))
  const store = await openAt(join(folder, 'ledger.db'))
  const close = async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  }
  return { store, close }
})
