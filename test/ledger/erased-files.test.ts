import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noEncryption, type Store, type Write } from '../../src/ledger/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { right } from '../either.js'
import { entry, event, PAST, payment, snapshot } from './records.js'

describe('text that was erased from a ledger in a file', () => {
  let folder: string
  let file: string
  let store: Store
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-erased-'))
    file = join(folder, 'ledger.db')
    store = right(await openSqlite({ file, encryption: noEncryption })())
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })

  const secret = (n: number, version: number): string => `made-up-bank-reference-${n}-${version}-${'x'.repeat(n * 40)}`
  // By another process: one that opens and closes the files of its own ledger drops the locks on them.
  const holds = (path: string): boolean => spawnSync('grep', ['-qa', 'made-up-bank-reference', path]).status === 0
  const places = (): readonly string[] => [file, `${file}-wal`].filter((path) => existsSync(path) && holds(path))
  const commit = async (...writes: readonly Write[]) =>
    expect(right(await store.commit(writes)())).toEqual({ done: true })

  /** Payments whose texts are short and long, each read again a few times, so that older texts were replaced. */
  const fill = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const id = `p-${n}`
      const object = (version: number) =>
        payment(id, {
          status: 'succeeded',
          version,
          overAt: PAST,
          snapshot: snapshot(id, { status: 'succeeded', bankReference: secret(n, version) }),
        })
      await commit({ write: 'new_object', object: object(1) })
      for (const version of [1, 2, 3])
        await commit({ write: 'object', object: object(version + 1), version, refreshRequestsSeen: 0 })
      const about = { account: 'main', kind: 'payment', id } as const
      await commit(
        {
          write: 'event',
          event: event(`payment:main:${id}`, 1, { payload: { object: { bankReference: secret(n, 9) } } }),
        },
        { write: 'inbox', entry: entry(`n-${n}`, { object: about, body: secret(n, 8), state: 'known' }) },
      )
    }
  }

  const eraseAll = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      expect(right(await store.erasure.erase({ account: 'main', kind: 'payment', id: `p-${n}` })())).toBe(true)
  }

  it('is in no file any more, nor in a backup', async () => {
    await fill(120)
    expect(places()).not.toEqual([])
    const before = join(folder, 'before.db')
    right(await store.backup(before)())
    expect(holds(before)).toBe(true)
    await eraseAll(120)
    expect(right(await store.erasure.flush()())).toBe(true)
    expect(places()).toEqual([])
    const after = join(folder, 'after.db')
    right(await store.backup(after)())
    expect(holds(after)).toBe(false)
  })

  it('leaves the files with a pass that finds what is old', async () => {
    await fill(30)
    while (right(await store.erasure.next({ personalDataMs: 1 })()));
    expect(places()).toEqual([])
  })

  it('is said to be in the log beside the file for as long as another process reads', async () => {
    await fill(3)
    const reader = right(await loadDriver()())(file)
    reader.exec('begin')
    reader.prepare('select count(*) from paymux_objects').all([])
    await eraseAll(3)
    expect(right(await store.erasure.flush()())).toBe(false)
    expect(places()).not.toEqual([])
    reader.exec('commit')
    reader.close()
    expect(right(await store.erasure.flush()())).toBe(true)
    expect(places()).toEqual([])
  })
})
