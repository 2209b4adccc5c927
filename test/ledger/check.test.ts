import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noEncryption, readEncryptionKeys, type Store, type Write } from '../../src/ledger/index.js'
import type { MaintainedLedger } from '../../src/ledger/stores/maintained.js'
import { checkRecords, type LedgerFinding } from '../../src/ledger/stores/moving/check.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { maintainPostgres } from '../../src/ledger/stores/postgres/maintain.js'
import { raw } from '../../src/ledger/stores/sql.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { maintainSqlite } from '../../src/ledger/stores/sqlite/maintain.js'
import { right, succeed } from '../either.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import { captured, claiming, event, logLine, operation, payment, paymentRequest } from './records.js'

const encryption = right(readEncryptionKeys({ current: 'k1', keys: { k1: Buffer.alloc(32, 1).toString('base64') } }))

const refund = (id: string, minorUnits: bigint): readonly Write[] => {
  const reservation = { account: 'main', id: 'p1', amount: { minorUnits, currency: 'EUR' }, held: true }
  return [
    ...claiming(id, { reservation }),
    {
      write: 'reserve',
      object: { account: 'main', kind: 'payment', id: 'p1' },
      amount: reservation.amount,
      clipped: false,
    },
  ]
}

const rows: readonly Write[] = [
  { write: 'new_object', object: captured('p1', 1_000n) },
  { write: 'new_object', object: payment('p2', { events: 2 }) },
  { write: 'event', event: event('payment:main:p2', 1) },
  { write: 'event', event: event('payment:main:p2', 2) },
  ...claiming('a'),
  ...refund('b', 400n),
  ...refund('c', 300n),
  { write: 'log', log: logLine('a', { fence: 1 }) },
  { write: 'log', log: logLine('a', { fence: 2 }) },
]

interface Ledger {
  readonly open: () => Promise<Store>
  readonly maintain: (readOnly: boolean) => Promise<MaintainedLedger>
  /** Takes a trigger away, as a program could that knows the password. */
  readonly drop: (trigger: string, table: string) => string
}

const anyStatus = { accepted: ['open', 'arriving', 'leaving', 'moved'], mustExist: true } as const

const checking = (ledgerOf: () => Ledger) => {
  const run = async (...statements: readonly string[]): Promise<void> => {
    const ledger = await ledgerOf().maintain(false)
    right(await ledger.commit(statements.map((text) => ({ sql: raw(text), guarded: false }))))
    await ledger.close()
  }
  const check = async () => {
    const ledger = await ledgerOf().maintain(true)
    const report = right(await checkRecords(ledger, () => {}))
    await ledger.close()
    return report
  }
  const fill = async (): Promise<void> => {
    const store = await ledgerOf().open()
    expect(await succeed(store.commit(rows))).toEqual({ done: true })
    await store.close()
  }
  const found = async (): Promise<readonly Omit<LedgerFinding, 'action'>[]> =>
    (await check()).findings.map(({ action: _action, ...rest }) => rest)

  it('finds nothing in a sound ledger, and counts its rows by key', async () => {
    await fill()
    expect(await check()).toEqual({
      findings: [],
      hasMore: false,
      rows: { operations: 3, attempts: 3, objects: 2, events: 2, inbox: 0, notificationCounts: 0, log: 2, accounts: 0 },
      // Three requests, two snapshots, two payloads.
      rowsByKey: { k1: 7 },
    })
  })

  it('writes nothing', async () => {
    await fill()
    const ledger = await ledgerOf().maintain(true)
    const written = await ledger.commit([{ sql: raw('update paymux_accounts set reads = 0'), guarded: false }])
    expect(written).toMatchObject({ _tag: 'Left' })
    await ledger.close()
  })

  it('finds what other programs did to rows, by table and key', async () => {
    await fill()
    const { drop } = ledgerOf()
    await run(
      drop('paymux_operation_kept', 'paymux_operations'),
      drop('paymux_event_not_deleted', 'paymux_events'),
      drop('paymux_object_kept', 'paymux_objects'),
      drop('paymux_log_kept', 'paymux_log'),
      drop('paymux_operations_encrypted_update', 'paymux_operations'),
      'delete from paymux_events where sequence = 1',
      "update paymux_objects set reserved = 600 where id = 'p1'",
      'update paymux_log set fence = 9 where id = (select min(id) from paymux_log)',
      "update paymux_operations set request = 'plain.{}' where id = 'a'",
      "update paymux_operations set request = 'v1.k1.a.b.c' where id = 'b'",
      "update paymux_operations set attempt = 2 where id = 'c'",
    )
    const findings = await found()
    expect(findings.filter(({ code }) => code === 'schema_differs').map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'paymux_event_not_deleted',
        'paymux_log_kept',
        'paymux_object_kept',
        'paymux_operation_kept',
      ]),
    )
    expect(findings).toEqual(
      expect.arrayContaining([
        { code: 'plain_row', table: 'paymux_operations', row: 'a' },
        { code: 'does_not_decrypt', table: 'paymux_operations', row: 'b' },
        { code: 'sequence_broken', table: 'paymux_attempts', row: 'c', what: 'n' },
        { code: 'sequence_broken', table: 'paymux_events', row: 'payment:main:p2', what: 'sequence' },
        { code: 'sequence_broken', table: 'paymux_objects', row: 'main/payment/p2', what: 'events' },
        { code: 'sequence_broken', table: 'paymux_log', row: expect.any(String), what: 'fence' },
        { code: 'reserved_too_little', table: 'paymux_objects', row: 'main/payment/p1', what: 'reserved' },
      ]),
    )
    const text = JSON.stringify(await check())
    for (const content of [paymentRequest('a').payer.email, operation('a').fingerprint])
      expect(text).not.toContain(content)
  })

  it('finds a trigger that says something else, and one that was added', async () => {
    await fill()
    await run(...other(ledgerOf()))
    expect((await found()).map(({ code, what }) => [code, what]).sort()).toEqual([
      ['schema_differs', 'paymux_log_kept'],
      ['schema_differs', 'paymux_strange'],
    ])
  })
}

/** What a program could change in PostgreSQL, and what a check names it by. */
const alterations: readonly (readonly [statement: string, table: string, what: string | undefined])[] = [
  ['drop index paymux_operations_due', 'paymux_operations', 'paymux_operations_due'],
  ['create index paymux_own on paymux_events (id)', 'paymux_events', 'paymux_own'],
  [
    'alter table paymux_operations drop constraint paymux_operations_name_idempotency_key_key',
    'paymux_operations',
    'unique (name, idempotency_key)',
  ],
  ['alter table paymux_inbox drop constraint paymux_inbox_pkey', 'paymux_inbox', 'primary key (account, dedupe_key)'],
  [
    'alter table paymux_attempts drop constraint paymux_attempts_operation_id_fkey',
    'paymux_attempts',
    'foreign key (operation_id) references paymux_operations (id)',
  ],
  ['alter table paymux_attempts drop constraint paymux_attempts_n_check', 'paymux_attempts', 'check (n >= 1)'],
  [
    'alter table paymux_objects alter column merchant_reference type varchar(9)',
    'paymux_objects',
    'merchant_reference',
  ],
  ['alter table paymux_log alter column fence drop not null', 'paymux_log', 'fence'],
  ['alter table paymux_accounts alter column reads set default 9', 'paymux_accounts', 'reads'],
  ['alter table paymux_accounts add column own text', 'paymux_accounts', 'own'],
  ['alter table paymux_events drop column redeliver_at cascade', 'paymux_events', 'redeliver_at'],
  ['create table paymux_extra (id text)', 'paymux_extra', undefined],
  ['alter table paymux_events disable trigger paymux_event_kept', 'paymux_events', 'paymux_event_kept'],
  ['create or replace function paymux_forget(job jsonb) returns void language sql as $$ $$', '(all)', 'paymux_forget'],
]

const isSqlite = ({ drop }: Ledger): boolean => !drop('t', 'x').includes(' on ')

const other = (ledger: Ledger): readonly string[] =>
  isSqlite(ledger)
    ? [
        'drop trigger paymux_log_kept',
        "create trigger paymux_log_kept before update on paymux_log when false begin select raise(abort, 'no'); end",
        'create trigger paymux_strange before update on paymux_events begin select 1; end',
      ]
    : [
        'create or replace function paymux_log_kept() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger paymux_strange before update on paymux_events for each row execute function paymux_log_kept()',
      ]

describe('a check of a ledger in SQLite', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-check-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  checking(() => {
    const options = { file: join(folder, 'ledger.db'), encryption }
    return {
      open: () => succeed(openSqlite(options)),
      maintain: (readOnly) => succeed(maintainSqlite(options, { ...anyStatus, readOnly })),
      drop: (trigger) => `drop trigger ${trigger}`,
    }
  })

  it('counts plain rows of a ledger without keys', async () => {
    const options = { file: join(folder, 'plain.db'), encryption: noEncryption }
    const store = await succeed(openSqlite(options))
    await succeed(store.commit(rows))
    await store.close()
    const ledger = await succeed(maintainSqlite(options, { ...anyStatus, readOnly: true }))
    expect(right(await checkRecords(ledger, () => {}))).toMatchObject({ findings: [], rowsByKey: { plain: 7 } })
    await ledger.close()
  })
})

describeWithPostgres('a check of a ledger in PostgreSQL', (server) => {
  let url: string
  beforeEach(async () => {
    url = await createDatabase(server)
  })

  checking(() => ({
    open: () => succeed(openPostgres({ url, encryption })),
    maintain: (readOnly) => succeed(maintainPostgres({ url, encryption }, { ...anyStatus, readOnly })),
    drop: (trigger, table) => `drop trigger ${trigger} on ${table}`,
  }))

  it('finds every kind of change to the schema', async () => {
    await (await succeed(openPostgres({ url, encryption }))).close()
    const changing = await succeed(maintainPostgres({ url, encryption }, anyStatus))
    right(await changing.commit(alterations.map(([statement]) => ({ sql: raw(statement), guarded: false }))))
    await changing.close()
    const ledger = await succeed(maintainPostgres({ url, encryption }, { ...anyStatus, readOnly: true }))
    const found = right(await ledger.checkDatabase())
    await ledger.close()
    const expected = alterations.map(([, table, what]) => ({
      code: 'schema_differs',
      table,
      ...(what === undefined ? {} : { what }),
    }))
    expect(found).toEqual(expect.arrayContaining(expected))
    // What hangs on a column or a table is found with it.
    const others = found.filter(({ what }) => !alterations.some(([, , changed]) => changed === what))
    expect(others.map(({ what }) => what).sort()).toEqual(['id', 'paymux_event_again', 'paymux_events_redelivery'])
  })
})
