import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import type { PaymentError } from '../../src/core/index.js'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { Store } from '../../src/ledger/index.js'
import { checkFacts } from '../../src/ledger/stores/postgres/check-server.js'
import { openPostgres } from '../../src/ledger/stores/postgres/index.js'
import { fail, succeed } from '../either.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase, killServer, ownPostgres } from '../postgres/server.js'
import { connect, open } from './postgres-open.js'
import { event } from './records.js'

const refusal = (url: string): Promise<PaymentError> => fail(openPostgres({ url, encryption: noEncryption }))

const about = (words: string) => ({
  _tag: 'InvalidConfig',
  outcome: 'not_sent',
  issues: [{ path: 'store.url', expected: expect.stringContaining(words) }],
})

const tables = `select relname from pg_class where relname like 'paymux%'`

describeWithPostgres('a PostgreSQL server that a ledger cannot be kept on', (server) => {
  let url: string
  let admin: Client
  let role: string
  beforeEach(async () => {
    url = await createDatabase(server)
    admin = await connect(url)
    role = `${new URL(url).pathname.slice(1)}_role`
    await admin.query(`create role ${role} login password 'made-up'`)
  })
  afterEach(async () => {
    await admin.query(`drop owned by ${role}; drop role ${role}`)
    await admin.end()
    await dropDatabase(server, url)
  })

  const asRole = (): string => Object.assign(new URL(url), { username: role, password: 'made-up' }).toString()
  const grant = async (): Promise<void> => {
    const database = new URL(url).pathname.slice(1)
    await admin.query(`grant create on database ${database} to ${role}; grant create on schema public to ${role}`)
  }

  it.each(['LATIN1', 'SQL_ASCII'])('is refused with the encoding %s, and nothing is written', async (encoding) => {
    const name = `${role}_${encoding.toLowerCase()}`
    await admin.query(`create database ${name} encoding '${encoding}' template template0`)
    const there = Object.assign(new URL(url), { pathname: `/${name}` }).toString()
    const error = await refusal(there)
    const client = await connect(there)
    const { rows } = await client.query(tables)
    await client.end()
    await dropDatabase(server, there)
    expect(error).toMatchObject(about('UTF8'))
    expect(rows).toEqual([])
  })

  it.each([
    { version: 12, isTaken: false },
    { version: 13, isTaken: true },
    { version: 19, isTaken: true },
  ])('is taken in version $version: $isTaken', ({ version, isTaken }) => {
    const checked = checkFacts({ version, encoding: 'UTF8', standby: false }, false)
    expect(checked).toMatchObject(isTaken ? { _tag: 'Right' } : { left: about('PostgreSQL 13 or later') })
  })

  it('is refused without the right to create tables, by its SQLSTATE', async () => {
    expect(await refusal(asRole())).toMatchObject(about('42501'))
    const database = new URL(url).pathname.slice(1)
    await admin.query(`grant create on database ${database} to ${role}; revoke create on schema public from public`)
    expect(await refusal(asRole())).toMatchObject(about('42501'))
    await admin.query(`grant create on schema public to ${role}; alter role ${role} set search_path = nowhere`)
    expect(await refusal(asRole())).toMatchObject(about('3F000'))
  })

  it('is refused without a right to connect, and with a wrong password, by their SQLSTATE', async () => {
    await admin.query(`revoke connect on database ${new URL(url).pathname.slice(1)} from public`)
    expect(await refusal(asRole())).toMatchObject(about('42501'))
    await admin.query(`alter role ${role} password 'rotated'`)
    const error = await refusal(asRole())
    expect(error).toMatchObject(about('28P01'))
    expect(JSON.stringify(error)).not.toMatch(/made-up|_role/)
  })

  it('does not answer with too few connections, by its SQLSTATE', async () => {
    await grant()
    await admin.query(`alter role ${role} connection limit 1`)
    expect(await refusal(asRole())).toMatchObject({ _tag: 'Unreachable', phase: 'store', code: '53300' })
  })

  it('is taken with limits and a read-only default of the role, which are not for the ledger', async () => {
    await grant()
    await admin.query(`alter role ${role} set default_transaction_read_only = on`)
    await admin.query(`alter role ${role} set statement_timeout = '3s'`)
    await admin.query(`alter role ${role} set idle_in_transaction_session_timeout = '1s'`)
    const store = await open(asRole())
    await store.close()
  })

  describe('by the workers', () => {
    let store: Store
    beforeEach(async () => {
      await grant()
      store = await open(asRole(), 1)
    })
    afterEach(() => store.close())

    it.each([
      {
        what: 'with too many connections',
        refuse: () => `alter role ${role} connection limit 0`,
        admit: () => `alter role ${role} connection limit -1`,
        failure: { _tag: 'Unreachable', phase: 'store', code: '53300' },
      },
      {
        what: 'after the password was rotated',
        refuse: () => `alter role ${role} password 'rotated'`,
        admit: () => `alter role ${role} password 'made-up'`,
        failure: about('28P01'),
      },
      {
        what: 'after a right was revoked',
        refuse: () => `revoke usage on schema paymux_worker from ${role}`,
        admit: () => `grant usage on schema paymux_worker to ${role}`,
        failure: about('42501'),
      },
    ])('is reported $what, and works on by itself', async ({ refuse, admit, failure }) => {
      await succeed(store.commit([{ write: 'event', event: event('s', 1) }]))
      await admin.query(refuse())
      const observed: (PaymentError | undefined)[] = []
      const subjects: string[] = []
      const work = store.work(
        async (job) => {
          if (job.job === 'events') subjects.push(job.subject)
          await store.commit([{ write: 'delivered', id: 's#1' }])()
        },
        2,
        (one) => observed.push(one),
      )
      await eventually(() => observed.length > 0)
      expect(observed[0]).toMatchObject(failure)
      expect(subjects).toEqual([])
      await admin.query(admit())
      await eventually(() => subjects.length > 0 && observed.at(-1) === undefined)
      await work.stop()
    })
  })
})

describeWithPostgres(
  'a PostgreSQL standby',
  (server) => {
    it('is refused, and tells that it only reads', async () => {
      writeFileSync(join(server.data, 'standby.signal'), '')
      await killServer(server)
      expect(await refusal(server.url)).toMatchObject(about('25006'))
    })
  },
  ownPostgres,
)
