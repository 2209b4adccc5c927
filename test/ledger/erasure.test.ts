import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { triggerStatements } from '../../src/ledger/stores/triggers.js'
import { right } from '../either.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import { erasureSuite } from './erasure-suite.js'
import { connect } from './postgres-open.js'

describe('', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  erasureSuite('SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymux-erasure-'))
    folders.push(folder)
    const file = join(folder, 'ledger.db')
    const beside = async () => {
      const driver = right(await loadDriver()())(file)
      driver.exec('pragma busy_timeout = 5000')
      return driver
    }
    return {
      close: async () => {},
      open: (encryption) => openSqlite({ file, encryption }),
      rows: async (statement) => {
        const driver = await beside()
        const rows = driver.prepare(statement).all([])
        driver.close()
        return rows
      },
      force: async (statement) => {
        const driver = await beside()
        driver.exec('begin immediate')
        for (const drop of triggerStatements('sqlite').filter((one) => one.startsWith('drop'))) driver.exec(drop)
        driver.exec(statement)
        for (const one of triggerStatements('sqlite')) driver.exec(one)
        driver.exec('commit')
        driver.close()
      },
      tried: async (statement) => {
        const driver = await beside()
        driver.exec('begin immediate')
        try {
          return driver.prepare(statement).run([]) > 0
        } catch {
          return false
        } finally {
          driver.exec('rollback')
          driver.close()
        }
      },
    }
  })
})

describeWithPostgres('', (server) => {
  erasureSuite('PostgreSQL', async () => {
    const url = await createDatabase(server)
    const client = await connect(url)
    return {
      open: (encryption) => openPostgres({ url, encryption, poolSize: 4 }),
      rows: async (statement) => (await client.query<Readonly<Record<string, unknown>>>(statement)).rows,
      force: async (statement) => {
        await client.query('set session_replication_role = replica')
        await client.query(statement)
        await client.query('set session_replication_role = default')
      },
      tried: async (statement) => {
        await client.query('begin')
        const { rowCount } = await client.query(statement).catch(() => ({ rowCount: 0 }))
        await client.query('rollback')
        return Number(rowCount) > 0
      },
      close: () => client.end(),
    }
  })
})
