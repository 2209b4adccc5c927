import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { unreachable } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import { readEncryptionKeys, type Write } from '../../src/ledger/index.js'
import type { MaintainedLedger } from '../../src/ledger/stores/maintained.js'
import { type CopyReport, cancelCopyOf, copyRecords } from '../../src/ledger/stores/moving/copy.js'
import { copiedTables, ownTables } from '../../src/ledger/stores/moving/rows.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { maintainPostgres } from '../../src/ledger/stores/postgres/maintain.js'
import { firstSchema } from '../../src/ledger/stores/schema.js'
import { sql } from '../../src/ledger/stores/sql.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { maintainSqlite } from '../../src/ledger/stores/sqlite/maintain.js'
import { tables } from '../../src/ledger/stores/tables.js'
import { fail, left, right, succeed } from '../either.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import { attempt, captured, claiming, entry, event, logLine, operation, payment } from './records.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-copy-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const keys = (id: string) =>
  right(readEncryptionKeys({ current: id, keys: { [id]: Buffer.alloc(32, id).toString('base64') } }))

const inFile = (name: string) => ({ file: join(folder, name), encryption: keys(name) })

/** As many lines of the log as make three batches, and one row at least of each other table. */
const rows: readonly Write[] = [
  ...claiming('a', { events: 1 }),
  {
    write: 'operation',
    operation: operation('a', { state: 'dispatched', events: 1 }),
    from: 'prepared',
    keepLease: true,
  },
  { write: 'attempt', attempt: attempt('a', { state: 'dispatched', dispatchCount: 1 }), is: 'changed' },
  ...claiming('b'),
  { write: 'new_object', object: captured('p1', 9_007_199_254_740_993n) },
  { write: 'new_object', object: payment('p2') },
  { write: 'event', event: event('operation:a', 1) },
  { write: 'inbox', entry: entry('n1') },
  {
    write: 'notification_count',
    counts: { account: 'main', unlistedSource: false, quarantined: 0, rejected: 0, overQuota: 0, entries: 1, bytes: 9 },
  },
  { write: 'account', account: { name: 'main', identity: { adapter: 'made-up' } } },
  ...Array.from({ length: 1_100 }, (_, n) => ({ write: 'log', log: logLine('a', { at: n }) }) as const),
]

const fill = async (options: ReturnType<typeof inFile>, writes: readonly Write[] = rows): Promise<void> => {
  const store = await succeed(openSqlite(options))
  expect(await succeed(store.commit(writes))).toEqual({ done: true })
  await store.close()
}

const anyStatus = { accepted: ['open', 'arriving', 'leaving', 'moved'] } as const

const maintain = (options: ReturnType<typeof inFile>) => succeed(maintainSqlite(options, anyStatus))

const ignore = () => {}

/** Whether the ledger can be opened for work. */
const isOpen = async (options: ReturnType<typeof inFile>): Promise<boolean> => {
  const store = await openSqlite(options)()
  if (E.isRight(store)) await store.right.close()
  else expect(store.left).toMatchObject({ code: expect.stringMatching(/^ERR_LEDGER_(ARRIVING|LEAVING|MOVED)$/) })
  return E.isRight(store)
}

/** Two ledgers whose process ends at the nth commit that either is asked for: before it is made, or before it is answered. */
const dyingAt = (at: number, isMade: boolean) => {
  let commits = 0
  const dead = unreachable('store', { code: 'EDEAD' })
  return {
    commits: () => commits,
    over: (ledger: MaintainedLedger): MaintainedLedger => ({
      ...ledger,
      query: async (statement) => (commits > at ? E.left(dead) : ledger.query(statement)),
      commit: async (statements) => {
        commits += 1
        if (commits > at + 1 || (commits === at + 1 && !isMade)) return E.left(dead)
        const made = await ledger.commit(statements)
        return commits === at + 1 ? E.left(dead) : made
      },
    }),
  }
}

const attemptCopy = async (
  from: ReturnType<typeof inFile>,
  to: ReturnType<typeof inFile>,
  { over }: Pick<ReturnType<typeof dyingAt>, 'over'> = { over: (ledger) => ledger },
) => {
  const [source, target] = [await maintain(from), await maintain(to)]
  const result = await copyRecords(over(source), over(target), ignore)
  await Promise.all([source.close(), target.close()])
  return result
}

describe('a copy', () => {
  it('decides for every table of the schema whether its rows go along', () => {
    const names = (['sqlite', 'postgres'] as const).flatMap((database) =>
      firstSchema(database).map((text) => /^create table (\w+)/.exec(text)?.[1]),
    )
    const decided = [...copiedTables.map((name) => tables[name].name), ...ownTables, undefined]
    expect(names.filter((name) => !decided.includes(name))).toEqual([])
    expect([...copiedTables].sort()).toEqual(Object.keys(tables).sort())
  })

  /** Copies, ends at a commit, and copies again. Gives whether the first copy ended by itself. */
  const copyTwice = async (at: number, isMade: boolean, { log, attempts }: CopyReport['tables']): Promise<boolean> => {
    const [from, to] = [inFile(`from-${at}-${isMade}`), inFile(`to-${at}-${isMade}`)]
    await fill(from)
    const first = await attemptCopy(from, to, dyingAt(at, isMade))
    // Before anything was marked, the target is an empty ledger like any other.
    const hasBegun = at > 0 || isMade
    expect([await isOpen(from), await isOpen(to)].filter(Boolean).length).toBeLessThan(hasBegun ? 2 : 3)
    const again = await attemptCopy(from, to)
    // What ended after its last commit was over: the ledger has moved.
    if (E.isRight(again)) expect(again.right.tables).toMatchObject({ log, attempts })
    else expect(again.left).toMatchObject({ code: 'ERR_LEDGER_MOVED' })
    expect([await isOpen(from), await isOpen(to)]).toEqual([false, true])
    return E.isRight(first)
  }

  it('goes on after an end at any commit, and never leaves two ledgers open', async () => {
    await fill(inFile('source'))
    const { tables: whole } = right(await attemptCopy(inFile('source'), inFile('whole')))
    expect(whole).toMatchObject({ log: { rows: 1_100 }, attempts: { rows: 2 }, objects: { rows: 2 } })
    let at = 0
    while (!((await copyTwice(at, false, whole)) && (await copyTwice(at, true, whole)))) at += 1
    expect(at).toBeGreaterThan(12)
    const [source, target] = [await maintain(inFile('source')), await maintain(inFile('whole'))]
    expect(target.encryption.fingerprint('x')).toBe(source.encryption.fingerprint('x'))
    await Promise.all([source.close(), target.close()])
  })

  it('is seen not to be one if a row was lost or changed on the way, and is not opened', async () => {
    await fill(inFile('from'))
    const [from, to] = [inFile('from'), inFile('to')]
    const [source, target] = [await maintain(from), await maintain(to)]
    const changed: MaintainedLedger = {
      ...target,
      insertRows: (table, found) =>
        target.insertRows(
          table,
          table.name === 'paymux_log' ? found.map((row, n) => (n === 7 ? { ...row, at: 1 } : row)) : found,
        ),
    }
    expect(left(await copyRecords(source, changed, ignore))).toMatchObject({
      code: 'ERR_LEDGER_COPY',
      message: expect.stringContaining('paymux_log'),
    })
    await Promise.all([source.close(), target.close()])
    expect([await isOpen(from), await isOpen(to)]).toEqual([false, false])
  })

  it('that is given up leaves the source open, and a target that is never opened', async () => {
    const [from, to] = [inFile('from'), inFile('to')]
    await fill(from)
    expect(E.isLeft(await attemptCopy(from, to, dyingAt(6, true)))).toBe(true)
    const source = await maintain(from)
    expect(await cancelCopyOf(source)).toEqual(E.right(undefined))
    expect(left(await cancelCopyOf(source))).toMatchObject({ _tag: 'InvalidConfig' })
    await source.close()
    expect([await isOpen(from), await isOpen(to)]).toEqual([true, false])
    // What is not whole is not read either: it would lack keys.
    expect(await fail(openSqlite({ ...to, readOnly: true }))).toMatchObject({ code: 'ERR_LEDGER_ARRIVING' })
    await fill(from, claiming('c'))
    expect(left(await attemptCopy(from, to))).toMatchObject({ issues: [{ path: 'to.store' }] })
    expect(right(await attemptCopy(from, inFile('other')))).toMatchObject({ tables: { operations: { rows: 3 } } })
  })

  it('that an earlier version has begun is not gone on with, and can be given up', async () => {
    const [from, to] = [inFile('from'), inFile('to')]
    await fill(from)
    expect(E.isLeft(await attemptCopy(from, to, dyingAt(6, true)))).toBe(true)
    // This version has a migration that the ledgers have not.
    for (const options of [from, to]) {
      const ledger = await maintain(options)
      await ledger.commit([{ sql: sql`delete from paymux_migrations`, guarded: true }])
      await ledger.close()
    }
    const older = { _tag: 'Unreachable', code: 'ERR_LEDGER_SCHEMA', message: expect.stringContaining('cancel it') }
    expect(await fail(maintainSqlite(from, anyStatus))).toMatchObject(older)
    expect(await fail(maintainSqlite(to, anyStatus))).toMatchObject(older)
    const source = await succeed(maintainSqlite(from, { ...anyStatus, keepsSchema: true }))
    expect(await cancelCopyOf(source)).toEqual(E.right(undefined))
    expect(right(await source.query(sql`select status from paymux_ledger`))).toEqual([{ status: 'open' }])
    await source.close()
  })

  it('is not gone on with into the target of another copy', async () => {
    const [one, other, to] = [inFile('one'), inFile('other'), inFile('to')]
    await fill(one)
    await fill(other)
    expect(E.isLeft(await attemptCopy(one, to, dyingAt(1, true)))).toBe(true)
    // The target is empty yet: the other copy takes it.
    expect(E.isLeft(await attemptCopy(other, to, dyingAt(5, true)))).toBe(true)
    expect(left(await attemptCopy(one, to))).toMatchObject({ issues: [{ path: 'to.store' }] })
    expect(E.isRight(await attemptCopy(other, to))).toBe(true)
    expect(E.isRight(await attemptCopy(one, inFile('elsewhere')))).toBe(true)
  })

  it('stops at a row that does not decrypt', async () => {
    const from = inFile('from')
    await fill(from)
    const source = await maintain(from)
    await source.commit([{ sql: sql`drop trigger paymux_operation_kept`, guarded: false }])
    await source.commit([
      { sql: sql`update paymux_operations set request = replace(request, 'v1.', 'v2.')`, guarded: false },
    ])
    await source.close()
    expect(left(await attemptCopy(from, inFile('to')))).toMatchObject({ code: 'ERR_DECRYPT' })
  })
})

/** Copies in a process of its own, and kills it after so many reports; `undefined`: it ended before. */
const copyAndKill = async (from: object, to: object, reports: number): Promise<unknown> => {
  const child: ChildProcess = fork(resolve('test/ledger/copying-process.ts'), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH },
  })
  let result: unknown
  const gone = new Promise((exited) => child.once('exit', exited))
  child.on('message', (message: { readonly result?: unknown }) => {
    result = message.result
  })
  child.send({ from, to, reports })
  await gone
  return result
}

const accounts = { main: { adapter: 'ippopay', mode: 'live', publicKey: 'made-up', secretKey: 'made-up' } }

describeWithPostgres('a copy into PostgreSQL that an earlier version has begun', (server) => {
  it('is not gone on with, and can be given up', async () => {
    const options = { url: await createDatabase(server), encryption: noEncryption }
    const to = await succeed(maintainPostgres(options, anyStatus))
    await to.commit([
      { sql: sql`update paymux_ledger set status = 'leaving', copy_id = 'made-up'`, guarded: true },
      { sql: sql`delete from paymux_migrations`, guarded: true },
    ])
    await to.close()
    expect(await fail(maintainPostgres(options, anyStatus))).toMatchObject({ code: 'ERR_LEDGER_SCHEMA' })
    const kept = await succeed(maintainPostgres(options, { ...anyStatus, keepsSchema: true }))
    expect(await cancelCopyOf(kept)).toEqual(E.right(undefined))
    await kept.close()
  })
})

describeWithPostgres('a copy whose process is killed', (server) => {
  it.each(['to PostgreSQL', 'from PostgreSQL'] as const)('goes on %s until it is whole', async (direction) => {
    const options = { file: join(folder, 'ledger.db'), encryption: noEncryption }
    const url = await createDatabase(server)
    const file = { accounts, store: { type: 'sqlite', file: options.file } } as const
    const database = { accounts, store: { type: 'postgres', url } } as const
    const isTo = direction === 'to PostgreSQL'
    const [from, to] = isTo ? [file, database] : [database, file]
    const store = await succeed(isTo ? openSqlite(options) : openPostgres({ url, encryption: noEncryption }))
    expect(await succeed(store.commit(rows))).toEqual({ done: true })
    await store.close()
    const results = []
    for (const reports of [1, 5, 9, 14]) results.push(await copyAndKill(from, to, reports))
    const last = (await copyAndKill(from, to, 1_000)) as { readonly _tag: string } | undefined
    expect([...results, last].some((result) => JSON.stringify(result)?.includes('"resumed":true'))).toBe(true)
    const opened = isTo
      ? await succeed(openPostgres({ url, encryption: noEncryption }))
      : await succeed(openSqlite(options))
    expect(await succeed(opened.log('a'))).toHaveLength(1_100)
    await succeed(opened.commit([{ write: 'log', log: logLine('a', { at: 5_000 }) }]))
    expect((await succeed(opened.log('a'))).at(-1)).toMatchObject({ at: 5_000 })
    await opened.close()
    const closed = isTo
      ? maintainSqlite(options, { ...anyStatus, accepted: ['open'] })
      : openPostgres({ url, encryption: noEncryption })
    expect(await fail(closed)).toMatchObject({ code: 'ERR_LEDGER_MOVED' })
  })
})
