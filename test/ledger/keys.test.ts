import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { triggerStatements } from '../../src/ledger/stores/triggers.js'
import { right } from '../either.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import { keysSuite } from './keys-suite.js'
import { connect } from './postgres-open.js'

describe('', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  keysSuite('SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymux-keys-'))
    folders.push(folder)
    const file = join(folder, 'ledger.db')
    const drops = triggerStatements('sqlite').filter((statement) => statement.startsWith('drop'))
    return {
      open: (encryption) => openSqlite({ file, encryption }),
      run: async (statement) => {
        const driver = right(await loadDriver()())(file)
        if (statement.startsWith('update')) for (const drop of drops) driver.exec(drop)
        const rows = driver.prepare(statement).all([])
        driver.close()
        return rows
      },
    }
  })
})

describeWithPostgres('', (server) => {
  keysSuite('PostgreSQL', async () => {
    const url = await createDatabase(server)
    return {
      open: (encryption) => openPostgres({ url, encryption, poolSize: 4 }),
      run: async (statement) => {
        const client = await connect(url)
        await client.query('set session_replication_role = replica')
        const { rows } = await client.query<Readonly<Record<string, unknown>>>(statement)
        await client.end()
        return rows
      },
    }
  })
})
