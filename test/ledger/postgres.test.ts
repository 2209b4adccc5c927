import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { connect, open } from './postgres-open.js'
import { storeSuite } from './store-suite.js'

const empty = `DO $$ BEGIN EXECUTE (
  SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
  WHERE tablename LIKE 'paymux\\_%' AND tablename <> 'paymux_migrations' OR tablename = '_private_jobs'
); END $$`

describeWithPostgres('on a server,', (server) => {
  let url: string
  beforeAll(async () => {
    url = await createDatabase(server)
    await (await open(url)).close()
  })
  afterAll(() => dropDatabase(server, url))

  storeSuite('PostgreSQL', async () => {
    const admin = await connect(url)
    await admin.query(empty)
    await admin.end()
    const store = await open(url)
    return { store, close: store.close }
  })
})
