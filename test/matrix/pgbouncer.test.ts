import { noEncryption } from '../../src/ledger/encryption.js'
import type { Work } from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { fail, succeed } from '../either.js'
import { connect, open } from '../ledger/postgres-open.js'
import { claiming, event } from '../ledger/records.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { type PgBouncer, startPgBouncer } from './pgbouncer.js'

describeWithPostgres('PgBouncer', (server) => {
  let url: string
  let bouncer: PgBouncer | undefined
  beforeEach(async () => {
    url = await createDatabase(server)
  })
  afterEach(async () => {
    await bouncer?.close()
    bouncer = undefined
    await dropDatabase(server, url)
  })

  const behind = async (...settings: readonly string[]): Promise<string> => {
    bouncer = await startPgBouncer(url, settings)
    return bouncer.url
  }

  it.each(['server_reset_query = DISCARD ALL', 'server_reset_query =', 'ignore_startup_parameters = options'])(
    'takes calls and background work in session mode with %s',
    async (setting) => {
      const way = await behind('pool_mode = session', 'default_pool_size = 40', setting)
      for (const n of [1, 2]) {
        const store = await open(way)
        let work: Work | undefined
        const handled = new Promise<string>((resolve) => {
          work = store.work(async (job) => {
            if (job.job !== 'events') return
            await succeed(store.commit([{ write: 'delivered', id: `s#${n}` }]))
            resolve(job.subject)
          }, 4)
        })
        await Promise.all(Array.from({ length: 20 }, (_, one) => succeed(store.commit(claiming(`a-${n}-${one}`)))))
        await succeed(store.commit([{ write: 'event', event: event('s', n) }]))
        expect(await handled).toBe('s')
        await work?.stop()
        await store.close()
      }
    },
  )

  it.each([
    ['transaction', 'server_round_robin = 0', 0],
    ['transaction', 'server_round_robin = 1', 0],
    ['transaction', 'server_round_robin = 0', 4],
    ['transaction', 'server_round_robin = 1', 4],
    ['statement', 'server_round_robin = 0', 0],
  ])('is refused in %s mode with %s, where %i sessions were free', async (mode, setting, free) => {
    const way = await behind(`pool_mode = ${mode}`, setting)
    const warm = await Promise.all(Array.from({ length: free }, () => connect(way)))
    await Promise.all(warm.map((client) => client.query('select pg_sleep(0.1)')))
    const error = await fail(openPostgres({ url: way, encryption: noEncryption }))
    await Promise.all(warm.map((client) => client.end()))
    expect(error).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'store.url', expected: expect.stringContaining('pooler in session mode') }],
    })
  })

  it('does not answer with too few connections to start with, and says why', async () => {
    const way = await behind('pool_mode = session', 'max_client_conn = 1')
    const error = await fail(openPostgres({ url: way, encryption: noEncryption }))
    expect(error).toMatchObject({ _tag: 'Unreachable', phase: 'store', code: '08P01' })
  })
})
