import { execFile } from 'node:child_process'
import fs, {
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { Store } from '../../src/ledger/index.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { right } from '../either.js'
import { claiming } from './records.js'

describe('the files of a SQLite ledger', () => {
  let folder: string
  let file: string
  const stores: Store[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-files-'))
    file = join(folder, 'ledger.db')
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    rmSync(folder, { recursive: true })
  })

  const removeAll = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end)
  }
  const open = async (path = file): Promise<Store> => {
    const store = right(await openSqlite({ file: path, encryption: noEncryption })())
    stores.push(store)
    return store
  }
  const opened = async (path?: string): Promise<Store> => {
    const store = await open(path)
    right(await store.commit(claiming('before', { idempotencyKey: 'before' }))())
    return store
  }
  /** Another process works on the ledger. Gives what it says. */
  const worker = async (mode: string, ...args: readonly string[]): Promise<readonly string[]> => {
    const script = ['--import', 'tsx', join(__dirname, 'worker-process.ts')]
    const { stdout } = await promisify(execFile)(process.execPath, [...script, mode, file, ...args])
    return stdout.split('\n')
  }
  /** Another process opens the ledger, reads it, and closes it. */
  const visit = () => worker('visit')
  const answers = (store: Store): readonly TaskEither<PaymentError, unknown>[] => [
    store.commit(claiming('after', { idempotencyKey: 'after' })),
    store.operation('before'),
    store.operationByKey('createPayment', 'before'),
    store.object({ account: 'a', kind: 'payment', id: 'p' }),
    store.unresolved(1),
    store.accounts(),
    store.now(),
  ]
  const expectBroken = async (store: Store, code: string): Promise<void> => {
    for (const answer of answers(store))
      expect(await answer()).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store', code } })
  }

  it('are still those that were opened, when another process has come and gone', async () => {
    const store = await opened()
    await visit()
    for (const answer of answers(store)) expect(await answer()).toMatchObject({ _tag: 'Right' })
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  })

  it('break the store for good when another process deleted -wal after a copy in this process', async () => {
    const store = await opened()
    await copyFile(file, join(folder, 'copy.db'))
    await visit()
    await expectBroken(store, 'ERR_LEDGER_WAL')
    // This process cannot open it again, and another one can.
    expect(await openSqlite({ file, encryption: noEncryption })()).toMatchObject({ left: { code: 'ERR_LEDGER_WAL' } })
    expect(await worker('claim', 'fresh', '1')).toContain('fresh-0')
    await expectBroken(store, 'ERR_LEDGER_WAL')
    await store.close()
    expect(await worker('claim', 'last', '1')).not.toContain('last-0')
  })

  // Elsewhere nobody can be asked who holds a lock.
  const onLinux = process.platform === 'linux' ? it : it.skip

  // Another program that closes the ledger now brings it up to date, and deletes -wal with what is committed meanwhile.
  onLinux.each(['', '-shm'])(
    'leave a commit unknown, and break the store, after ledger.db%s was copied in this process',
    async (end) => {
      const store = await opened()
      await copyFile(file + end, join(folder, 'copy'))
      expect(await store.commit(claiming('after', { idempotencyKey: 'after' }))()).toMatchObject({
        left: { _tag: 'Indeterminate', code: 'ERR_LEDGER_UNLOCKED' },
      })
      await expectBroken(store, 'ERR_LEDGER_UNLOCKED')
      // SQLite takes no lock again that it believes to have.
      expect(await openSqlite({ file, encryption: noEncryption })()).toMatchObject({
        left: { _tag: 'Unreachable', code: 'ERR_LEDGER_UNLOCKED' },
      })
      expect(await worker('claim', 'fresh', '1')).toContain('fresh-0')
    },
  )

  // The list of a machine comes page by page, and what is given up before it is read moves the rest of it up.
  onLinux('are held if the list of locks lacks them once', async () => {
    const store = await opened()
    const read = jest.spyOn(fs, 'readFileSync')
    const listed = () => read.mock.calls.filter(([path]) => path === '/proc/locks').length
    read.mockImplementationOnce(() => '')
    expect(right(await store.commit(claiming('once', { idempotencyKey: 'once' }))())).toEqual({ done: true })
    expect(listed()).toBe(2)
    read.mockRestore()
    expect(right(await store.operation('once')())).toMatchObject({ operation: { id: 'once' } })
  })

  it.each([
    ['the file is removed', () => rmSync(file), 'ERR_LEDGER_REMOVED'],
    ['all of them are removed', () => removeAll(), 'ERR_LEDGER_REMOVED'],
    ['the file is moved away', () => renameSync(file, `${file}.old`), 'ERR_LEDGER_REMOVED'],
    [
      'another file takes the place of the file',
      () => {
        copyFileSync(file, `${file}.restored`)
        renameSync(`${file}.restored`, file)
      },
      'ERR_LEDGER_REPLACED',
    ],
    ['-wal is removed', () => rmSync(`${file}-wal`), 'ERR_LEDGER_WAL'],
    ['-shm is removed', () => rmSync(`${file}-shm`), 'ERR_LEDGER_WAL'],
    [
      'another file takes the place of -wal',
      () => {
        rmSync(`${file}-wal`)
        writeFileSync(`${file}-other`, '')
        renameSync(`${file}-other`, `${file}-wal`)
      },
      'ERR_LEDGER_WAL',
    ],
  ])('break the store when %s', async (_name, change, code) => {
    const store = await opened()
    change()
    await expectBroken(store, code)
  })

  it('break the store when the link that it was opened by leads elsewhere', async () => {
    const link = join(folder, 'link.db')
    symlinkSync(file, link)
    writeFileSync(file, '')
    const store = await opened(link)
    expect(right(await store.operation('before')())).toBeDefined()
    writeFileSync(join(folder, 'other.db'), '')
    rmSync(link)
    symlinkSync(join(folder, 'other.db'), link)
    await expectBroken(store, 'ERR_LEDGER_REPLACED')
  })

  it('leave a commit unknown when they change while it is written', async () => {
    const store = await opened()
    const writing = store.commit(claiming('meanwhile', { idempotencyKey: 'meanwhile' }))()
    rmSync(`${file}-wal`)
    expect(await writing).toMatchObject({ left: { code: 'ERR_LEDGER_WAL' } })
    await expectBroken(store, 'ERR_LEDGER_WAL')
  })

  it("are its owner's alone, whatever the umask says", async () => {
    const before = process.umask(0)
    try {
      await opened()
    } finally {
      process.umask(before)
    }
    for (const end of ['', '-wal', '-shm']) expect(statSync(file + end).mode & 0o777).toBe(0o600)
  })

  it('keep the mode that an operator gave them', async () => {
    writeFileSync(file, '', { mode: 0o640 })
    await opened()
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it("are copied while commits are made, into a file that is its owner's alone", async () => {
    const store = await opened()
    const target = join(folder, "it's a copy.db")
    const before = process.umask(0)
    try {
      const commits = Array.from({ length: 50 }, (_, n) =>
        store.commit(claiming(`op-${n}`, { idempotencyKey: `k-${n}` })),
      )
      const made = await Promise.all(
        [...commits.slice(0, 25), store.backup(target), ...commits.slice(25)].map((task) => task()),
      )
      for (const one of made) expect(one).toMatchObject({ _tag: 'Right' })
    } finally {
      process.umask(before)
    }
    expect(statSync(target).mode & 0o777).toBe(0o600)
    const copy = await open(target)
    expect(right(await copy.operation('before')())).toBeDefined()
    // The copy in this process took no lock away.
    await visit()
    expect(right(await store.operation('op-49')())).toBeDefined()
  })

  it.each([
    ['a file that is there', () => file],
    ['no folder', () => join(folder, 'none', 'copy.db')],
    ['a folder', () => folder],
  ])('are not copied to %s', async (_name, target) => {
    const store = await opened()
    expect(await store.backup(target())()).toMatchObject({
      left: { _tag: 'InvalidRequest', issues: [{ path: 'path' }] },
    })
    expect(right(await store.operation('before')())).toBeDefined()
  })

  it('are not copied once they are not the ledger any more', async () => {
    const store = await opened()
    rmSync(file)
    expect(await store.backup(join(folder, 'copy.db'))()).toMatchObject({ left: { code: 'ERR_LEDGER_REMOVED' } })
    expect(existsSync(join(folder, 'copy.db'))).toBe(false)
  })
})
