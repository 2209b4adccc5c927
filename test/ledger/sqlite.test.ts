import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { claiming } from './records.js'
import { storeSuite } from './store-suite.js'

const openAt = async (file: string) => {
  const opened = await openSqlite({ file, encryption: noEncryption })()
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

describe('a ledger in a file', () => {
  it('is whole in that file once it is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymux-ledger-'))
    const store = await openAt(join(folder, 'ledger.db'))
    expect(await store.commit(claiming('op-1'))()).toEqual(E.right({ done: true }))
    await store.close()
    copyFileSync(join(folder, 'ledger.db'), join(folder, 'copy.db'))

    const copy = await openAt(join(folder, 'copy.db'))
    expect(await copy.operation('op-1')()).toMatchObject(E.right({ operation: { id: 'op-1' } }))
    await copy.close()
    rmSync(folder, { recursive: true })
  })
})
