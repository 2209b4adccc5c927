import { noEncryption } from '../../src/ledger/encryption.js'
import type { Work } from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { configure } from '../../src/ledger/stores/postgres/session.js'
import { fail, succeed } from '../either.js'
import { eventually } from '../eventually.js'
import { openPooler, type Pooler, type PoolerOptions } from '../postgres/pooler.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { connect, open } from './postgres-open.js'
import { claiming, event } from './records.js'

describeWithPostgres('a PostgreSQL store behind a pooler', (server) => {
  let url: string
  let pooler: Pooler
  beforeEach(async () => {
    url = await createDatabase(server)
  })
  afterEach(async () => {
    await pooler.close()
    await dropDatabase(server, url)
  })

  const behind = async (options: PoolerOptions): Promise<string> => {
    pooler = await openPooler(url, options)
    return pooler.url
  }

  describe.each(['discard all', ''])('in session mode, with the reset query "%s",', (resetQuery) => {
    it('commits, and works in the background, without a setting in the start-up packet', async () => {
      const way = await behind({ mode: 'session', resetQuery })
      let work: Work | undefined
      // The second gets the sessions of the first.
      for (const n of [1, 2]) {
        const store = await open(way)
        const handled = new Promise<string>((resolve) => {
          work = store.work(async (job) => {
            if (job.job !== 'events') return
            await succeed(store.commit([{ write: 'delivered', id: `s#${n}` }]))
            resolve(job.subject)
          }, 2)
        })
        await succeed(store.commit([...claiming(`a-${n}`), { write: 'event', event: event('s', n) }]))
        expect(await handled).toBe('s')
        await work?.stop()
        await store.close()
      }
      expect(pooler.refused).toEqual([])
    })

    it.each(['ledger', 'migration', 'queue'] as const)(
      'begins each connection of the role %s with the settings that the promises need, and nothing of a former client',
      async (role) => {
        const admin = await connect(url)
        await admin.query(`do $$ begin
          execute format('alter database %I set synchronous_commit = off', current_database());
          execute format('alter database %I set statement_timeout = 1234', current_database());
          execute format('alter database %I set default_transaction_isolation = serializable', current_database());
          execute format('alter database %I set client_encoding = latin1', current_database());
        end $$`)
        await admin.end()
        const way = await behind({ mode: 'session', resetQuery })
        const seen: unknown[] = []
        for (const n of [1, 2]) {
          const client = await connect(way)
          await configure(role)(client)
          const names = ['synchronous_commit', 'default_transaction_read_only', 'default_transaction_isolation']
          const shown = [...names, 'client_encoding', 'statement_timeout', 'search_path']
          const { rows } = await client.query({
            // Prepared under one name by both clients, as the store's statements are.
            name: 'paymux_same',
            text: `select pg_backend_pid() as pid, ${shown.map((name) => `current_setting('${name}') as ${name}`).join(', ')}`,
          })
          seen.push(rows[0])
          if (n === 1) await client.query(`select set_config('search_path', 'elsewhere', false)`)
          await client.end()
          await eventually(() => pooler.freeSessions() === 1)
        }
        const expected = {
          ledger: { synchronous_commit: 'on', default_transaction_read_only: 'on', statement_timeout: '10s' },
          migration: { synchronous_commit: 'on', default_transaction_read_only: 'off', statement_timeout: '0' },
          queue: { synchronous_commit: 'off', default_transaction_read_only: 'off', statement_timeout: '10s' },
        }[role]
        const always = { default_transaction_isolation: 'read committed', client_encoding: 'UTF8' }
        const search = { search_path: '"$user", public' }
        expect(seen).toMatchObject([1, 2].map(() => ({ ...expected, ...always, ...search })))
        expect(new Set(seen.map((row) => Object(row).pid)).size).toBe(1)
      },
    )
  })

  describe.each([false, true])('in transaction mode, with server_round_robin %s,', (roundRobin) => {
    it.each([0, 1, 2, 5])('is refused at the start, and writes nothing, where %i sessions were free', async (count) => {
      const way = await behind({ mode: 'transaction', roundRobin })
      const warm = await Promise.all(Array.from({ length: count }, () => connect(way)))
      await Promise.all(warm.map((client) => client.query('select pg_sleep(0.1)')))
      const error = await fail(openPostgres({ url: way, encryption: noEncryption }))
      expect(error).toMatchObject({
        _tag: 'InvalidConfig',
        issues: [{ path: 'store.url', expected: expect.stringContaining('pooler in session mode') }],
      })
      const admin = await connect(url)
      const { rows } = await admin.query(`select nspname from pg_namespace where nspname like 'paymux%'
        union all select relname from pg_class where relname like 'paymux%'`)
      expect(rows).toEqual([])
      await Promise.all([admin, ...warm].map((client) => client.end()))
    })
  })

  it('is refused in transaction mode while others use its sessions', async () => {
    const way = await behind({ mode: 'transaction' })
    const others = await Promise.all(Array.from({ length: 4 }, () => connect(way)))
    let isOver = false
    const traffic = others.map(async (client) => {
      while (!isOver) await client.query('select 1')
    })
    const error = await fail(openPostgres({ url: way, encryption: noEncryption }))
    isOver = true
    await Promise.all(traffic)
    await Promise.all(others.map((client) => client.end()))
    expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'store.url' }] })
  })

  it('says which is wrong where the address has a parameter that the pooler does not take', async () => {
    const way = await behind({ mode: 'session' })
    const error = await fail(openPostgres({ url: `${way}?options=-c%20work_mem%3D4MB`, encryption: noEncryption }))
    expect(error).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'store.url', expected: expect.stringContaining('08P01') }],
    })
  })
})
