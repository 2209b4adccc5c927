import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conflict, type PaymentError } from '../../src/core/index.js'
import { noEncryption, readEncryptionKeys } from '../../src/ledger/encryption.js'
import type { Store, Write } from '../../src/ledger/index.js'
import { connect } from '../../src/ledger/stores/sqlite/connection.js'
import { type Driver, loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { storeOver } from '../../src/ledger/stores/sqlite/store.js'
import { right } from '../either.js'
import { eventually } from '../eventually.js'
import { attempt, claiming, entry, event, operation, payment, paymentRequest, snapshot } from './records.js'

describe('the embedded store', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-sqlite-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const fileIn = () => join(folder, 'ledger.db')

  /** A store whose driver runs `before` ahead of each statement that is not prepared, and counts them. */
  const watched = async (before: (text: string) => void = () => {}) => {
    const openDriver = right(await loadDriver()())
    const opened = right(openConnection(openDriver, fileIn(), Date.now))
    opened.close()
    const driver = openDriver(fileIn())
    const executed: string[] = []
    const exec: Driver['exec'] = (text) => {
      before(text)
      executed.push(text)
      driver.exec(text)
    }
    const store: Store = storeOver({ ...opened, ...connect({ ...driver, exec }, Date.now) }, Date.now)
    return { store, executed }
  }

  it('flushes once for all that is asked for in one turn', async () => {
    const { store, executed } = await watched()
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.commit(claiming(`op-${n}`))()))
    expect(executed.filter((text) => text === 'commit')).toHaveLength(1)
    await store.commit(claiming('later'))()
    expect(executed.filter((text) => text === 'commit')).toHaveLength(2)
    await store.close()
  })

  it('tells nobody that it is done when the disk fails, and is over then', async () => {
    const { store, executed } = await watched((text) => {
      if (text === 'commit') throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' })
    })
    const both = await Promise.all([store.commit(claiming('a'))(), store.commit(claiming('b'))()])
    for (const one of both) expect(one).toMatchObject({ left: { _tag: 'Indeterminate' } })
    expect(await store.commit(claiming('c'))()).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
    // The commit may be in the log beside the file, or not: neither may be shown.
    const broken = { left: { _tag: 'Unreachable', phase: 'store', code: 'ERR_LEDGER_FLUSH' } }
    expect(await store.operation('a')()).toMatchObject(broken)
    expect(await store.operationByKey('payout', 'key-of-a')()).toMatchObject(broken)
    expect(await store.unresolved(9)()).toMatchObject(broken)
    expect(await store.now()()).toMatchObject(broken)
    await store.close()
    // Nor is the disk asked again for what it may have lost.
    expect(executed.filter((text) => text.includes('checkpoint'))).toEqual([])
  })

  it('commits nothing that was asked for before the disk failed and was not written yet', async () => {
    let isFailing = true
    const { store } = await watched((text) => {
      if (text !== 'commit' || !isFailing) return
      isFailing = false
      later = store.commit(claiming('b'))()
      throw Object.assign(new Error('disk I/O error'), { errcode: 266 })
    })
    let later: ReturnType<ReturnType<Store['commit']>> | undefined
    expect(await store.commit(claiming('a'))()).toMatchObject({
      left: { _tag: 'Indeterminate', code: 'ERR_LEDGER_FLUSH' },
    })
    expect(await later).toMatchObject({ left: { _tag: 'Unreachable', code: 'ERR_LEDGER_FLUSH' } })
    await store.close()
  })

  it.each([
    [{ code: 'SQLITE_READONLY_DBMOVED' }, 'SQLITE_READONLY'],
    [{ errcode: 8 }, 'SQLITE_READONLY'],
    [{ code: 'SQLITE_IOERR_WRITE' }, 'SQLITE_IOERR'],
    [{ code: 'ENOENT' }, undefined],
  ])('says which error of SQLite kept it from writing (%j)', async (error, code) => {
    const { store } = await watched((text) => {
      if (text === 'begin immediate') throw Object.assign(new Error('no'), error)
    })
    const failed = await store.commit(claiming('a'))()
    expect(failed).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
    expect('left' in failed && 'code' in failed.left ? failed.left.code : undefined).toBe(code)
    await store.close()
  })

  it.each([{ code: 'SQLITE_FULL' }, { errcode: 13 }])(
    'writes nothing on a full disk, and goes on when there is room (%j)',
    async (error) => {
      let isFull = true
      const { store } = await watched((text) => {
        if (text === 'commit' && isFull) throw Object.assign(new Error('full'), error)
      })
      expect(await store.commit(claiming('a'))()).toMatchObject({
        left: { _tag: 'Unreachable', phase: 'store', code: 'SQLITE_FULL' },
      })
      expect(right(await store.operation('a')())).toBeUndefined()
      isFull = false
      expect(right(await store.commit(claiming('a'))())).toEqual({ done: true })
      await store.close()
    },
  )

  it('writes nothing when it cannot begin, or the transaction is lost', async () => {
    let failing = 'begin immediate'
    const { store } = await watched((text) => {
      if (text === failing) throw new Error('failing')
    })
    expect(await store.commit(claiming('a'))()).toMatchObject({ left: { _tag: 'Unreachable' } })
    failing = 'savepoint member'
    expect(await store.commit(claiming('a'))()).toMatchObject({ left: { _tag: 'Unreachable' } })
    failing = ''
    expect(right(await store.operation('a')())).toBeUndefined()
    expect(right(await store.commit(claiming('a'))())).toEqual({ done: true })
    await store.close()
  })

  it('commits what was asked for before it was closed, and nothing after', async () => {
    const { store } = await watched()
    const before = store.commit(claiming('a'))()
    const closed = store.close()
    const after = store.commit(claiming('b'))()
    expect(right(await before)).toEqual({ done: true })
    expect(await after).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
    await closed
    expect(await store.operation('a')()).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
  })

  it('keeps nothing private in plain text on the disk', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    const encryption = right(readEncryptionKeys({ current: 'k1', keys: { k1: key } }))
    const canary = (place: string) => `canary-of-${place}`
    const wire = {
      exchange: 'pay.create',
      effect: 'creates',
      method: 'POST',
      base: 'a',
      path: '/',
      auth: 'b',
      headers: {},
    } as const
    const draft = { wire: { ...wire, body: canary('draft') }, context: canary('context'), notPassedOn: [] }
    const drafted = attempt('a', { draft })
    const failed = operation('a', { error: { ...conflict(), message: canary('error') } })
    const request = { ...paymentRequest('a'), description: canary('request') }
    const writes: readonly Write[] = [
      ...claiming('a', { request }),
      { write: 'operation', operation: failed, from: 'prepared', keepLease: false },
      { write: 'attempt', attempt: drafted, is: 'changed' },
      {
        write: 'new_object',
        object: payment('p1', { snapshot: snapshot('p1', { bankReference: canary('snapshot') }) }),
      },
      { write: 'event', event: event('s', 1, { payload: { name: canary('payload') } }) },
      { write: 'inbox', entry: entry('x', { body: canary('body') }) },
    ]
    const store = right(await openSqlite({ file: fileIn(), encryption })())
    expect(right(await store.commit(writes)())).toEqual({ done: true })
    expect(right(await store.operation('a')())).toEqual({
      operation: { ...failed, request },
      attempts: [drafted],
      leased: false,
    })
    await store.close()

    expect(await openSqlite({ file: fileIn(), encryption: noEncryption })()).toMatchObject({
      left: { _tag: 'InvalidConfig', issues: [{ path: 'encryption.keys', expected: expect.stringContaining('k1') }] },
    })
    // Last: it takes SQLite's locks away.
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(bytes.join('')).toContain('key-a')
    for (const text of bytes) expect(text).not.toContain('canary-of')
  })

  it('measures leases by its own clock', async () => {
    let now = 1_000_000
    const store = right(await openSqlite({ file: ':memory:', encryption: noEncryption, clock: () => now })())
    await store.commit(claiming('a', {}, 30_000))()
    const acquire = store.commit([{ write: 'acquire_lease', id: 'a', fence: 1, leaseMs: 30_000 }])
    now += 29_999
    expect(right(await acquire())).toEqual({ done: false, index: 0 })
    now += 1
    expect(right(await acquire())).toEqual({ done: true })
    expect(right(await store.now()())).toBe(now)
    await store.close()
  })

  it('rests a job that ended with nothing written, and hands it out again', async () => {
    let now = 1_000_000
    const store = right(await openSqlite({ file: ':memory:', encryption: noEncryption, clock: () => now })())
    await store.commit([{ write: 'event', event: event('s', 1) }])()
    let count = 0
    let twice = () => {}
    const again = new Promise<void>((resolve) => {
      twice = resolve
    })
    const work = store.work(async () => {
      count += 1
      if (count === 2) twice()
    }, 4)
    // It rests from when the claim is given back: no one step of the clock is sure to come after that.
    const passing = setInterval(() => {
      now += 1_000
    }, 1)
    await again
    clearInterval(passing)
    await work.stop()
    expect(count).toBe(2)
    await store.close()
  })

  it('reports a failure that holds the work up, and goes on by itself', async () => {
    const connection = right(openConnection(right(await loadDriver()()), ':memory:', Date.now))
    let isFailing = true
    const all: typeof connection.all = (statement) => {
      if (isFailing) throw new Error('disk I/O error')
      return connection.all(statement)
    }
    const store = storeOver({ ...connection, all }, Date.now)
    const observed: (PaymentError | undefined)[] = []
    const work = store.work(
      async () => {},
      4,
      (failure) => observed.push(failure),
    )
    await eventually(() => observed.length > 0)
    expect(observed[0]).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
    isFailing = false
    await eventually(() => observed.at(-1) === undefined)
    await work.stop()
    await store.close()
  })

  it.each(['a folder that is not there/ledger.db', '.'])('does not open %s', async (place) => {
    expect(await openSqlite({ file: join(folder, place), encryption: noEncryption })()).toMatchObject({
      left: { _tag: 'InvalidConfig', issues: [{ path: 'store.file', expected: expect.stringContaining('folder') }] },
    })
  })

  it('does not open what is no database', async () => {
    writeFileSync(fileIn(), 'x'.repeat(8_192))
    expect(await openSqlite({ file: fileIn(), encryption: noEncryption })()).toMatchObject({
      left: {
        _tag: 'InvalidConfig',
        issues: [{ path: 'store.file', expected: expect.stringContaining('no file yet') }],
      },
    })
  })

  it('names the package to install where there is no SQLite', async () => {
    const loaded = await loadDriver(
      () => undefined,
      () => Promise.reject(new Error('not found')),
    )()
    expect(loaded).toMatchObject({ left: { issues: [{ expected: expect.stringContaining('npm install libsql') }] } })
  })

  it('runs on libsql where Node has no SQLite of its own', async () => {
    const openDriver = right(await loadDriver(() => undefined)())
    const connection = right(openConnection(openDriver, ':memory:', Date.now))
    const store = storeOver(connection, Date.now)
    expect(right(await store.commit(claiming('a'))())).toEqual({ done: true })
    await store.close()
  })
})
