import type { Client } from 'pg'
import { noEncryption } from '../../src/ledger/encryption.js'
import { type Store, type Work, without } from '../../src/ledger/index.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { succeed } from '../either.js'
import { eventually } from '../eventually.js'
import { COMMIT, openProxy, type ServerProxy } from '../postgres/proxy.js'
import { createDatabase, describeWithPostgres, dropDatabase, killServer, ownPostgres } from '../postgres/server.js'
import { connect, ofStores, open } from './postgres-open.js'
import { claiming, event, LONG_MS, logLine, operation } from './records.js'

const isStored = async (store: Store, id: string): Promise<boolean> =>
  (await succeed(store.operation(id))) !== undefined

const renew = (id: string) => ({ write: 'renew_lease', id, fence: 1, leaseMs: LONG_MS }) as const

const logging = (operationId: string, detail = '') =>
  ({ write: 'log', log: { operationId, n: 1, at: 1, fence: 1, what: 'polled', detail } }) as const

const opensAt = (url: string) => openPostgres({ url, encryption: noEncryption })()

describeWithPostgres(
  'a PostgreSQL store whose server fails',
  (server) => {
    let url: string
    let admin: Client
    let proxy: ServerProxy
    let store: Store
    let throughProxy: Store
    const works: Work[] = []
    beforeAll(async () => {
      url = await createDatabase(server)
      proxy = await openProxy(url)
      store = await open(url)
      throughProxy = await open(proxy.url)
      admin = await connect(url)
    })
    afterAll(async () => {
      await Promise.all(works.map((work) => work.stop()))
      await Promise.all([store.close(), throughProxy.close(), admin.end()])
      await proxy.close()
      await dropDatabase(server, url)
    })

    const terminate = (event: string) =>
      admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ofStores} AND wait_event = '${event}'`,
      )
    const someoneWaits = (event: string) =>
      eventually(async () => {
        const waiting = `SELECT 1 FROM pg_stat_activity WHERE ${ofStores} AND wait_event = '${event}'`
        return (await admin.query(waiting)).rowCount !== 0
      })
    // The server minds it a moment later: only then do commits wait.
    const commitsWait = async (): Promise<void> => {
      const probe = await connect(url)
      await probe.query('SET synchronous_commit = on')
      const { rows } = await probe.query('SELECT pg_backend_pid() AS pid')
      const [{ pid }] = rows
      let isWaiting = false
      const write = async (): Promise<void> => {
        while (!isWaiting) await probe.query('UPDATE paymux_migrations SET name = name')
      }
      const written = write()
      await eventually(async () => {
        const waits = `SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'SyncRep'`
        return (await admin.query(waits)).rowCount !== 0
      })
      isWaiting = true
      await admin.query(`SELECT pg_cancel_backend(${pid})`)
      await written
      await probe.end()
    }
    const standby = async (name: string): Promise<void> => {
      await admin.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`)
      await admin.query('SELECT pg_reload_conf()')
      if (name !== '') await commitsWait()
    }

    it('does not know what became of a commit that was cut on its way there, and wrote nothing', async () => {
      proxy.cutAt(COMMIT, 'before')
      expect(await throughProxy.commit(claiming('cut-before'))()).toMatchObject({ left: { _tag: 'Indeterminate' } })
      expect(await isStored(store, 'cut-before')).toBe(false)
    })

    it('does not know what became of a commit whose answer was cut, and wrote it', async () => {
      proxy.cutAt(COMMIT, 'after')
      expect(await throughProxy.commit(claiming('cut-after'))()).toMatchObject({ left: { _tag: 'Indeterminate' } })
      expect(await isStored(store, 'cut-after')).toBe(true)
    })

    // Nothing in it has to hold: the commit goes to the server together with it.
    it.each(['before', 'after'] as const)(
      'does not know what became of a commit without guards that was cut %s the server heard of it',
      async (when) => {
        proxy.cutAt(COMMIT, when)
        const committed = await throughProxy.commit([logging(when)])()
        expect(committed).toMatchObject({ left: { _tag: 'Indeterminate' } })
        expect(await succeed(store.log(when))).toHaveLength(when === 'before' ? 0 : 1)
      },
    )

    it('writes nothing of a commit without guards where one statement is refused', async () => {
      const refused = await store.commit([
        logging('half'),
        { write: 'log', log: logLine('other', { n: 0.5 }) },
        logging('half'),
      ])()
      expect(refused).toMatchObject({ left: { _tag: 'Unreachable', code: '22P02' } })
      expect(await succeed(store.log('half'))).toEqual([])
    })

    // Its statements are on their way when the server says so, and each would be a transaction of its own.
    it('writes nothing where the transaction did not begin', async () => {
      proxy.garble('begin isolation')
      const free = await throughProxy.commit([logging('unbegun'), logging('unbegun')])()
      expect(free).toMatchObject({ left: { _tag: 'Unreachable' } })
      proxy.garble('begin isolation')
      const guarded = await throughProxy.commit([...claiming('unbegun'), logging('unbegun')])()
      expect(guarded).toMatchObject({ left: { _tag: 'Unreachable' } })
      expect(await isStored(store, 'unbegun')).toBe(false)
      expect(await succeed(store.log('unbegun'))).toEqual([])
    })

    it('does not know what became of a commit whose backend was terminated in it', async () => {
      // A standby that is not there keeps every commit waiting after it was written.
      await standby('nobody')
      const committed = store.commit(claiming('terminated'))()
      await someoneWaits('SyncRep')
      await terminate('SyncRep')
      await standby('')
      expect(await committed).toMatchObject({ left: { _tag: 'Indeterminate' } })
      expect(await isStored(store, 'terminated')).toBe(true)
    })

    it('knows that nothing was written when its backend was terminated before the commit', async () => {
      await succeed(store.commit(claiming('held')))
      await admin.query('BEGIN')
      await admin.query(`SELECT 1 FROM paymux_operations WHERE id = 'held' FOR UPDATE`)
      const committed = store.commit([...claiming('before'), renew('held')])()
      const other = await connect(url)
      await eventually(async () => {
        const ended = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ofStores} AND wait_event_type = 'Lock'`
        return (await other.query(ended)).rowCount !== 0
      })
      await other.end()
      await admin.query('ROLLBACK')
      expect(await committed).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store', code: '57P01' } })
      expect(await isStored(store, 'before')).toBe(false)
    })

    it('takes a transaction again that the server took back because of a deadlock', async () => {
      await succeed(store.commit([...claiming('one'), ...claiming('two')]))
      const other = await connect(url)
      await other.query(
        `SET deadlock_timeout = '1h'; BEGIN; UPDATE paymux_operations SET poll_count = 0 WHERE id = 'two'`,
      )
      const committed = store.commit([renew('one'), renew('two')])()
      await someoneWaits('transactionid')
      // It waits for us now, and we for it; the server looks on our side only, and ends us.
      await other.query(`UPDATE paymux_operations SET poll_count = 0 WHERE id = 'one'`)
      await other.query('COMMIT')
      await other.end()
      expect(await committed).toEqual({ _tag: 'Right', right: { done: true } })
    })

    it('promises the disk where the server would not', async () => {
      const name = new URL(url).pathname.slice(1)
      await admin.query(`ALTER DATABASE ${name} SET synchronous_commit = off`)
      const careless = await open(url, 1)
      await standby('nobody')
      const committed = careless.commit(claiming('careless'))()
      await someoneWaits('SyncRep')
      await standby('')
      expect(await committed).toMatchObject({ right: { done: true } })
      await careless.close()
      await admin.query(`ALTER DATABASE ${name} RESET synchronous_commit`)
    })

    it('tells nothing of what the database says', async () => {
      const secret = 'someone@example.com'
      const writes = [
        { write: 'claim', operation: Object.assign(operation('broken'), { deadline: secret }), leaseMs: 1 },
      ] as const
      const broken = await store.commit(writes)()
      expect(broken).toMatchObject({ left: { _tag: 'Unreachable', code: '22P02' } })
      expect(JSON.stringify(broken)).not.toContain(secret)
    })

    it('opens at no address, with no right and where nobody listens: each is told apart, and no password is', async () => {
      const wrong = Object.assign(new URL(url), { password: 'not-this-one' }).toString()
      const nowhere = Object.assign(new URL(url), { port: '1' }).toString()
      const results = [await opensAt('mysql://127.0.0.1/shop'), await opensAt(wrong), await opensAt(nowhere)]
      expect(results).toMatchObject([
        { left: { _tag: 'InvalidConfig', issues: [{ path: 'store.url' }] } },
        { left: { _tag: 'InvalidConfig', issues: [{ path: 'store.url' }] } },
        { left: { _tag: 'Unreachable', phase: 'store', code: 'ECONNREFUSED' } },
      ])
      expect(JSON.stringify(results)).not.toContain('not-this-one')
    })

    it('works on where its connection was lost while it asked for its first job', async () => {
      proxy.cutAt('select unnest($1::text[])', 'before')
      const handled = new Promise<void>((resolve) => {
        works.push(throughProxy.work(async (job) => void (job.job === 'events' && resolve()), 2))
      })
      await succeed(store.commit([{ write: 'event', event: event('s', 1) }]))
      await handled
      await works.pop()?.stop()
    })

    it('finds everything that it answered for after the server was killed under load, and works on by itself', async () => {
      const acknowledged: string[] = []
      let isOver = false
      const writer = async (name: string): Promise<void> => {
        for (let n = 0; !isOver; n += 1) {
          const id = `${name}-${n}`
          const result = await store.commit(claiming(id, { nextPollAt: 1 }, 0))()
          if (result._tag === 'Right') acknowledged.push(id)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      const writers = ['a', 'b', 'c', 'd'].map(writer)
      const handled = new Set<string>()
      const work = store.work(async (job) => {
        if (job.job !== 'operation') return
        const found = await store.operation(job.id)()
        if (found._tag === 'Left' || found.right === undefined) return
        const over = { ...without(found.right.operation, 'nextPollAt'), state: 'canceled' } as const
        await store.commit([{ write: 'operation', operation: over, from: 'prepared', keepLease: false }])()
        handled.add(job.id)
      }, 2)
      await eventually(() => handled.size >= 5)
      await killServer(server)
      const before = handled.size
      await eventually(() => handled.size >= before + 5)
      isOver = true
      await Promise.all(writers)
      await work.stop()
      const after = await connect(url)
      const { rows } = await after.query<{ id: string }>('SELECT id FROM paymux_operations')
      await after.end()
      const found = new Set(rows.map(({ id }) => id))
      expect(acknowledged.length).toBeGreaterThan(10)
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
    })
  },
  ownPostgres,
)
