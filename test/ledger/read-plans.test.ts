import type { Client } from 'pg'
import { oldRows } from '../../src/ledger/stores/erasure.js'
import { dialect } from '../../src/ledger/stores/postgres/dialect.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openConnection } from '../../src/ledger/stores/sqlite/open.js'
import {
  accountsToRead,
  acquireReads,
  lists,
  raw,
  reads,
  render,
  type Sql,
  sql,
} from '../../src/ledger/stores/statements.js'
import { right, succeed } from '../either.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { connect, open } from './postgres-open.js'

/** What takes objects in the order in which they are due. */
const inOrder = (): readonly Sql[] => {
  const script = acquireReads('main', { perSecond: 20, limit: 16 })
  script.next()
  const step = script.next([[{ reads: 0, reads_full_at: 0, now: 0 }]])
  return step.done === true ? [] : step.value
}

const aboutObject = reads.notificationsAbout({ account: 'main', kind: 'payment', id: 'a' }, 9).sql

const INDEX = 'paymux_objects_(due|unread)'

const page = { order: 'newest_first', limit: 100, from: 5, after: [9, 'main', 'payment', 'a'] } as const
const short = { ...page, after: [9, 'a'] } as const
const object = (filter: Parameters<typeof lists.listObjects>[0]['filter']) => lists.listObjects({ filter, page }).sql
const everyField = { kind: 'payment', status: 'failed', account: 'main', currency: 'EUR', review: false } as const

/** Lists, and the index that each leads with. */
const leads: readonly (readonly [name: string, index: string, list: Sql])[] = [
  ['everything', 'paymux_objects_kind', object({})],
  ['kind', 'paymux_objects_kind', object({ kind: 'payment' })],
  ['status', 'paymux_objects_status', object({ status: 'failed' })],
  ['account', 'paymux_objects_account', object({ account: 'main' })],
  ['currency', 'paymux_objects_currency', object({ currency: 'EUR' })],
  ['merchant reference', 'paymux_objects_reference', object({ merchantReference: 'a' })],
  ['review', 'paymux_objects_review', object({ review: true })],
  ['dispute', 'paymux_objects_disputed', object({ disputed: true })],
  ['many fields', 'paymux_objects_status', object(everyField)],
  ['operations', 'paymux_operations_state', lists.listOperations({ filter: {}, page: short }).sql],
  ['events', 'paymux_events_created', lists.listEvents({ filter: { type: 'a' }, page: short }).sql],
  [
    'undelivered events',
    'paymux_events_undelivered',
    lists.listEvents({ filter: { undelivered: true }, page: short }).sql,
  ],
]

describe('what looks for objects to read uses their index and sorts none of them', () => {
  it('in SQLite', async () => {
    const connection = right(openConnection(await succeed(loadDriver()), ':memory:', Date.now))
    const ordered = inOrder()
    for (const statement of [accountsToRead, reads.health().sql, ...ordered]) {
      const plan = connection.all(sql`explain query plan ${statement}`).map(({ detail }) => String(detail))
      const onObjects = plan.filter((line) => /\b(paymux_objects|o)\b/.test(line))
      expect(onObjects.length).toBeGreaterThan(0)
      for (const line of onObjects) expect(line).toMatch(new RegExp(`SEARCH .* USING (COVERING )?INDEX ${INDEX} `))
      if (ordered.includes(statement)) expect(plan.filter((line) => /ORDER BY/.test(line))).toEqual([])
    }
    connection.close()
  })
})

describe('what finds the notifications about an object uses their index', () => {
  it('in SQLite', async () => {
    const connection = right(openConnection(await succeed(loadDriver()), ':memory:', Date.now))
    const plan = connection.all(sql`explain query plan ${aboutObject}`).map(({ detail }) => String(detail))
    expect(plan.filter((line) => /paymux_inbox/.test(line))).toEqual([
      expect.stringMatching(/^SEARCH paymux_inbox USING INDEX paymux_inbox_object \(object_account=.*object_id=/),
    ])
    connection.close()
  })
})

/** What finds the next batch that is old enough, and the index that has it in the order of its age. */
const batches = Object.entries(oldRows(5)).map(
  ([table, statement]) => [table, table === 'paymux_log' ? 'paymux_log_thinned' : `${table}_kept`, statement] as const,
)

describe('what is old enough to be erased is found by its age', () => {
  it.each(batches)('in SQLite: %s', async (table, index, statement) => {
    const connection = right(openConnection(await succeed(loadDriver()), ':memory:', Date.now))
    const plan = connection.all(sql`explain query plan ${statement}`).map(({ detail }) => String(detail))
    const onTable = plan.filter((line) => new RegExp(`\\b${table}\\b`).test(line))
    expect(onTable).toEqual([
      expect.stringMatching(new RegExp(`^SEARCH ${table} USING (COVERING )?INDEX ${index} \\(`)),
    ])
    expect(plan.filter((line) => /ORDER BY/.test(line))).toEqual([])
    connection.close()
  })
})

describe('a list leads with an index that has its order', () => {
  it.each(leads)('in SQLite: %s', async (_name, index, list) => {
    const connection = right(openConnection(await succeed(loadDriver()), ':memory:', Date.now))
    const plan = connection.all(sql`explain query plan ${list}`).map(({ detail }) => String(detail))
    const onTable = plan.filter((line) => /\b(paymux_objects|paymux_operations|paymux_events)\b/.test(line))
    expect(onTable.length).toBeGreaterThan(0)
    for (const line of onTable)
      expect(line).toMatch(new RegExp(`SEARCH .* USING (COVERING )?INDEX ${index} \\(.*created_at`))
    expect(plan.filter((line) => /PART OF ORDER BY/.test(line))).toEqual([])
    connection.close()
  })
})

describeWithPostgres('on PostgreSQL, what looks for objects to read', (server) => {
  let url: string
  let admin: Client
  beforeAll(async () => {
    url = await createDatabase(server)
    await (await open(url)).close()
    admin = await connect(url)
    // A table without rows is read whole, whatever its indices.
    await admin.query('set enable_seqscan = off; set enable_bitmapscan = off')
  })
  afterAll(async () => {
    await admin.end()
    await dropDatabase(server, url)
  })

  it('finds the notifications about an object by their index', async () => {
    const { text, params } = render(dialect, sql`${raw('explain')} ${aboutObject}`)
    const { rows } = await admin.query<{ 'QUERY PLAN': string }>(text, [...params])
    const plan = rows.map((row) => row['QUERY PLAN']).filter((line) => /on paymux_inbox |Index Cond/.test(line))
    expect(plan).toEqual([
      expect.stringMatching(/Index Scan using paymux_inbox_object /),
      expect.stringMatching(/object_account = .*object_kind = .*object_id = /),
    ])
  })

  it.each(batches)('and what is old enough to be erased is found by its age: %s', async (table, index, statement) => {
    const { text, params } = render(dialect, sql`${raw('explain')} ${statement}`)
    const { rows } = await admin.query<{ 'QUERY PLAN': string }>(text, [...params])
    const plan = rows.map((row) => row['QUERY PLAN'])
    const onTable = plan.filter((line) => new RegExp(` on ${table} `).test(line))
    expect(onTable).toEqual([expect.stringMatching(new RegExp(`Index (Only )?Scan using ${index} `))])
    expect(plan.filter((line) => /Sort/.test(line))).toEqual([])
  })

  it.each(leads)('and a list leads with an index that has its order: %s', async (_name, index, list) => {
    const { text, params } = render(dialect, sql`${raw('explain')} ${list}`)
    const { rows } = await admin.query<{ 'QUERY PLAN': string }>(text, [...params])
    const plan = rows.map((row) => row['QUERY PLAN'])
    const onTable = plan.filter((line) => /on paymux_(objects|operations|events) /.test(line) && !/_pkey/.test(line))
    expect(onTable.length).toBeGreaterThan(0)
    for (const line of onTable) expect(line).toMatch(new RegExp(`Index (Only )?Scan (Backward )?using ${index} `))
  })

  it('uses their index and sorts none of them', async () => {
    const ordered = inOrder()
    for (const statement of [accountsToRead, reads.health().sql, ...ordered]) {
      const { text, params } = render(dialect, sql`${raw('explain')} ${statement}`)
      const { rows } = await admin.query<{ 'QUERY PLAN': string }>(text, [...params])
      const plan = rows.map((row) => row['QUERY PLAN'])
      const onObjects = plan.filter((line) => /paymux_objects /.test(line))
      expect(onObjects.length).toBeGreaterThan(0)
      for (const line of onObjects) expect(line).toMatch(new RegExp(`Index (Only )?Scan using ${INDEX} `))
      if (ordered.includes(statement)) expect(plan.filter((line) => /Sort/.test(line))).toEqual([])
    }
  })
})
