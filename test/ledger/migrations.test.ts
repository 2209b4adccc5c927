import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Store, Write } from '../../src/ledger/index.js'
import { type Migration, migrations, upgradeOf } from '../../src/ledger/stores/migrations.js'
import { queueStatements } from '../../src/ledger/stores/postgres/queue.js'
import type { Connection } from '../../src/ledger/stores/sqlite/connection.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { type OpenedLedger, openConnection } from '../../src/ledger/stores/sqlite/open.js'
import { storeOver } from '../../src/ledger/stores/sqlite/store.js'
import { raw, sql } from '../../src/ledger/stores/statements.js'
import { triggerStatements } from '../../src/ledger/stores/triggers.js'
import { right } from '../either.js'
import { attempt, claiming, event, operation, PAST, payment } from './records.js'

const digest = (statements: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(statements)).digest('hex').slice(0, 16)

// A second migration as a later version may bring it: a column, and a table filled from what is there.
const second: Migration = {
  id: 2,
  name: 'regions',
  statements: () => [
    `alter table paymux_operations add column region text not null default 'eu'`,
    'create table paymux_seen (id text primary key)',
    'insert into paymux_seen (id) select id from paymux_operations',
  ],
}

describe('migrations', () => {
  let folder: string
  const connections: Connection[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-migrations-'))
  })
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close()
    rmSync(folder, { recursive: true })
  })

  const open = async (known?: readonly Migration[], readOnly = false) => {
    const opened = openConnection(right(await loadDriver()()), join(folder, 'ledger.db'), Date.now, {
      known: known ?? migrations,
      readOnly,
    })
    if (E.isRight(opened)) connections.push(opened.right)
    return opened
  }
  const storeOn = (opened: OpenedLedger): Store => storeOver(opened, Date.now)

  it('are numbered from 1 without gaps', () => {
    expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1))
  })

  // Whoever changes one of these makes databases that this version opened differ from those that the next one makes. What
  // was released stays; a new migration brings the change, and makes the guards and the queue anew.
  it('do not change once they are released, nor do the guards and the queue that go with the last', () => {
    expect({
      sqlite: migrations.map((migration) => digest(migration.statements('sqlite'))),
      postgres: migrations.map((migration) => digest(migration.statements('postgres'))),
      guards: { sqlite: digest(triggerStatements('sqlite')), postgres: digest(triggerStatements('postgres')) },
      queue: digest(queueStatements),
    }).toEqual({
      sqlite: ['5c4232c071542f6a'],
      postgres: ['53fa94950e40e940'],
      guards: { sqlite: 'e2acd48d3ee9b9d4', postgres: 'dd1e8c5ea6401f08' },
      queue: '4f1a79c0e7759ba5',
    })
  })

  it('leave a database alone that is up to date', async () => {
    const connection = right(await open())
    const before = connection.all(raw('select * from paymux_migrations'))
    const again = right(await open())
    expect(again.all(raw('select * from paymux_migrations'))).toEqual(before)
    expect(before).toHaveLength(migrations.length)
  })

  it('upgrade a database with operations in flight, which go on', async () => {
    const before = storeOn(right(await open()))
    const withDispatch = attempt('flying', { state: 'dispatched', dispatchCount: 1 })
    const writes: readonly Write[] = [
      ...claiming('flying', { nextPollAt: PAST }, -1),
      {
        write: 'operation',
        operation: operation('flying', { state: 'dispatched' }),
        from: 'prepared',
        keepLease: false,
      },
      { write: 'attempt', attempt: withDispatch, is: 'changed' },
      { write: 'new_object', object: payment('p1', { nextReadAt: PAST }) },
      { write: 'event', event: event('s', 1) },
    ]
    expect(right(await before.commit(writes)())).toEqual({ done: true })
    const dispatched = right(await before.operation('flying')())

    const connection = right(await open([...migrations, second]))
    const after = storeOn(connection)
    expect(connection.all(raw('select id from paymux_seen'))).toMatchObject([{ id: 'flying' }])
    expect(right(await after.operation('flying')())).toEqual(dispatched)
    expect(right(await after.object(payment('p1'))())).toEqual(payment('p1', { nextReadAt: PAST }))
    expect(right(await after.dueEvents('s', 9)())).toEqual([event('s', 1)])
    const executed = operation('flying', { state: 'executed', object: { account: 'main', kind: 'payment', id: 'p1' } })
    const finish: readonly Write[] = [
      { write: 'operation', operation: executed, from: 'dispatched', keepLease: false },
      { write: 'attempt', attempt: { ...withDispatch, state: 'executed' }, is: 'changed' },
      {
        write: 'object',
        object: payment('p1', { status: 'succeeded', version: 2 }),
        version: 1,
        refreshRequestsSeen: 0,
      },
    ]
    expect(right(await after.commit(finish)())).toEqual({ done: true })
    const back = { ...executed, state: 'dispatched' } as const
    expect(
      await after.commit([{ write: 'operation', operation: back, from: 'executed', keepLease: false }])(),
    ).toMatchObject({ left: { phase: 'store' } })
  })

  it('refuse a database of a newer version', async () => {
    right(await open([...migrations, second]))
    expect(await open()).toMatchObject({
      left: { _tag: 'InvalidConfig', issues: [{ path: 'store', expected: expect.stringContaining('newer version') }] },
    })
  })

  it('are not run on a database that is only read: it says so, and is left alone', async () => {
    right(await open())
    expect(await open([...migrations, second], true)).toMatchObject({
      left: {
        _tag: 'InvalidConfig',
        issues: [{ path: 'store', expected: expect.stringContaining('without readOnly') }],
      },
    })
    const connection = right(await open(undefined, true))
    expect(connection.all(raw('select id from paymux_migrations'))).toEqual([{ id: 1n }])
    expect(() => connection.exec('delete from paymux_migrations')).toThrow()
  })

  it('refuse a database that was made by others', async () => {
    const connection = right(await open())
    connection.run(sql`update paymux_migrations set checksum = ${'0'.repeat(64)} where id = ${1}`)
    expect(await open()).toMatchObject({ left: { _tag: 'InvalidConfig', issues: [{ path: 'store' }] } })
  })

  it('leave nothing behind when one fails', async () => {
    right(await open())
    const broken: Migration = { ...second, statements: () => [...second.statements('sqlite'), 'no statement'] }
    expect(await open([...migrations, broken])).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store' } })
    const connection = right(await open([...migrations, second]))
    expect(connection.all(raw('select id from paymux_migrations order by id'))).toEqual([{ id: 1n }, { id: 2n }])
  })

  it('name the same guards for both databases', () => {
    const names = (statements: readonly string[]) =>
      statements.map((text) => /^create trigger (\w+)/.exec(text)?.[1]).filter((name) => name !== undefined)
    expect(names(triggerStatements('sqlite'))).toEqual(names(triggerStatements('postgres')))
    expect(right(upgradeOf('postgres', [])).statements).toEqual(
      expect.arrayContaining([...triggerStatements('postgres')]),
    )
  })

  describe('make a database that refuses, whoever writes,', () => {
    it.each([
      ['to delete an operation', 'delete from paymux_operations'],
      ['to delete an attempt', 'delete from paymux_attempts'],
      ['to delete an object', 'delete from paymux_objects'],
      ['to delete an event', 'delete from paymux_events'],
      ['to delete from the log', 'delete from paymux_log'],
      ['to change the log', `update paymux_log set what = 'executed'`],
      ['to change what was attested', `update paymux_log set attestation = 'plain.{}'`],
      ['to change what an event says', `update paymux_events set payload = 'plain.{}'`],
      ['to number events anew', 'update paymux_events set sequence = 9'],
      ['to free a key', `update paymux_operations set idempotency_key = 'other'`],
      ['to change a request', `update paymux_operations set request = 'plain.{}'`],
      ['to lower a fence', 'update paymux_operations set fence = 0'],
      ['to lower the marks', 'update paymux_attempts set dispatch_count = 0'],
      ['to change a draft', `update paymux_attempts set draft = 'plain.{}'`],
      ['to change the place in a trace', `update paymux_attempts set traceparent = '${'0'.repeat(55)}'`],
      ['to clear the place in a trace', 'update paymux_attempts set traceparent = null'],
      [
        'to write another text for a place in a trace',
        `insert into paymux_attempts (operation_id, n, position, account, state, dispatch_count, traceparent) values ('a', 2, 1, 'main', 'open', 0, 'ORD-1')`,
      ],
      ['to lower a version', 'update paymux_objects set version = 0'],
      ['to set a status by hand', `update paymux_objects set status = 'succeeded'`],
      ['to take back what was refunded', 'update paymux_objects set refunded = 0'],
      ['to reserve more than was captured', 'update paymux_objects set reserved = 101'],
      ['to write text for a number', `update paymux_objects set refresh_requests = 'many'`],
    ])('%s', async (_name, statement) => {
      const connection = right(await open())
      const wire = {
        exchange: 'pay.create',
        effect: 'creates',
        method: 'GET',
        base: 'a',
        path: '/',
        auth: 'b',
        headers: {},
      } as const
      const paid = payment('p1', { captured: { minorUnits: 100n, currency: 'EUR' }, reserved: 60n, refunded: 30n })
      const written = await storeOn(connection).commit([
        ...claiming('a'),
        {
          write: 'attempt',
          attempt: attempt('a', {
            state: 'dispatched',
            dispatchCount: 1,
            draft: { wire, context: null, notPassedOn: [] },
            traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
          }),
          is: 'changed',
        },
        { write: 'new_object', object: paid },
        { write: 'event', event: event('s', 1) },
        { write: 'log', log: { operationId: 'a', n: 1, at: 1, what: 'claimed', fence: 1 } },
      ])()
      expect(right(written)).toEqual({ done: true })
      expect(() => connection.exec(statement)).toThrow()
    })
  })
})
