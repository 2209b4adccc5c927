import { once } from 'node:events'
import type { Work } from '../../src/ledger/index.js'
import { succeed } from '../either.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { connect, open } from './postgres-open.js'
import { claiming, event, operation, PAST } from './records.js'

describeWithPostgres('the queue in PostgreSQL', (server) => {
  let url: string
  beforeAll(async () => {
    url = await createDatabase(server)
  })
  afterAll(() => dropDatabase(server, url))

  it('gets its jobs without NOTIFY, whose lock would have commits flushed one by one', async () => {
    const store = await open(url)
    const listener = await connect(url)
    await listener.query('listen "jobs:insert"')
    const notified = once(listener, 'notification')

    const over = { ...operation('op-1', { state: 'canceled' }) }
    await succeed(store.commit(claiming('op-1', { nextPollAt: PAST })))
    await succeed(store.commit([{ write: 'operation', operation: over, from: 'prepared', keepLease: false }]))
    await succeed(
      store.commit([
        { write: 'event', event: event('payment:main:p-0', 1) },
        { write: 'event', event: event('payment:main:p-1', 1) },
      ]),
    )
    const { rows } = await listener.query('select key from paymux_worker.jobs')
    await listener.query(`select pg_notify('jobs:insert', 'ours')`)

    expect(rows).toHaveLength(2)
    expect(await notified).toMatchObject([{ payload: 'ours' }])
    await listener.end()
    await store.close()
  })

  it('has nobody listen to it', async () => {
    const store = await open(url)
    const admin = await connect(url)
    let work: Work | undefined
    await new Promise<void>((resolve) => {
      work = store.work(async () => resolve(), 2)
    })
    const { rows } = await admin.query(
      `select query from pg_stat_activity where datname = current_database() and query like 'LISTEN%'`,
    )
    expect(rows).toEqual([])
    await work?.stop()
    await admin.end()
    await store.close()
  })
})
