import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PaymentError } from '../../src/core/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { type Paymux, type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import { succeed } from '../either.js'
import { connect } from '../ledger/postgres-open.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import {
  accounts,
  closeShops,
  configurationOn,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
  type Stage,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

type OnStore = (config: PaymuxConfig, statement: string) => Promise<readonly unknown[]>

/** A ledger that a shop works on, opened read-only beside it. */
const readOnlyOn = (configuration: (stage: Stage) => Promise<PaymuxConfig>, run: OnStore): void => {
  let config: PaymuxConfig
  let shop: Paymux
  beforeEach(async () => {
    config = await configuration(stage)
    shop = await openShop(stage, config)
  })
  const openReader = () => openShop(stage, config, { readOnly: true })
  const sent = () => stage.payop.executions().length + stage.ippopay.executions().length

  it('reads what the shop records, and what it records later', async () => {
    const reader = await openReader()
    const { reference } = await right(shop.createPayment(order('read-1')))
    const query = { merchantReference: 'ORD-read-1' }
    expect(await right(reader.find(query))).toEqual(await right(shop.find(query)))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    expect(await right(reader.recorded(reference))).toMatchObject({ status: 'succeeded' })
    expect((await right(reader.list())).items).toHaveLength(1)
    expect(await right(reader.listEvents())).toEqual(await right(shop.listEvents()))
    expect(await right(reader.health())).toMatchObject({ store: { reachable: true } })
  })

  it('sends nothing and writes nothing, whatever is called', async () => {
    const { reference } = await right(shop.createPayment(order('read-2')))
    const [event] = (await right(shop.listEvents())).items
    const before = { sent: sent(), events: (await right(shop.listEvents())).items }
    const reader = await openReader()
    const refused = { _tag: 'Unreachable', outcome: 'not_sent', phase: 'store', code: 'ERR_READ_ONLY' }
    // Nothing was looked up about the key: another process may have it under way.
    const mayBeUnderWay = { _tag: 'InProgress', outcome: 'unknown', code: 'ERR_READ_ONLY' }
    const resolution = { outcome: 'not_executed', attestedBy: 'ann', note: 'seen' } as const
    const calls: readonly (readonly [Promise<PaymentError>, object])[] = [
      [left(reader.createPayment(order('read-3'))), mayBeUnderWay],
      [left(reader.createPayment(order('read-2'))), mayBeUnderWay],
      [left(reader.payout(payout('read-4'))), mayBeUnderWay],
      [left(reader.refund({ idempotencyKey: 'read-5', payment: reference })), mayBeUnderWay],
      [left(reader.resolve('made-up', resolution)), mayBeUnderWay],
      [left(reader.getStatus(reference)), refused],
      [left(reader.redeliver(event?.id ?? '')), refused],
      [left(reader.reconcile({ from: 0, to: Date.now() })), refused],
      [left(reader.reload(config)), refused],
      [left(reader.start()), refused],
    ]
    for (const [call, error] of calls) expect(await call).toMatchObject(error)
    expect({ sent: sent(), events: (await right(shop.listEvents())).items }).toEqual(before)
    expect((await right(shop.listOperations())).items).toHaveLength(1)
  })

  it('enters no account', async () => {
    const other = { ...config, accounts: { ...accounts, third: accounts.india } }
    const reader = await openShop(stage, other, { readOnly: true })
    expect(await right(reader.list())).toEqual({ items: [] })
    expect(Object.keys((await right(shop.health())).accounts)).toEqual(['europe', 'india'])
  })

  it('does not bring an older schema up to date, and says so', async () => {
    await right(shop.stop())
    await run(config, 'delete from paymux_migrations')
    expect(await left(paymux(config, { env: stage.env, readOnly: true }))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'store', expected: expect.stringContaining('ledger') }],
    })
    expect(await run(config, 'select id from paymux_migrations')).toEqual([])
  })
}

describe('a ledger in SQLite that is opened read-only', () => {
  const open = async (config: PaymuxConfig) =>
    (await succeed(loadDriver()))(config.store.type === 'sqlite' ? config.store.file : '')
  readOnlyOn(
    async (given) => configurationOn(given),
    async (config, statement) => {
      const driver = await open(config)
      const prepared = driver.prepare(statement)
      if (!statement.startsWith('select')) prepared.run([])
      const rows = statement.startsWith('select') ? prepared.all([]) : []
      driver.close()
      return rows
    },
  )

  it('is not created', async () => {
    const file = join(stage.folder, 'none.db')
    const refused = await left(
      paymux({ accounts, store: { type: 'sqlite', file } }, { env: stage.env, readOnly: true }),
    )
    expect(refused).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'store.file' }] })
    expect(existsSync(file)).toBe(false)
  })

  it('may be a backup, which stays as it is, byte for byte', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('backup-1')))
    const copy = join(stage.folder, 'copy.db')
    await right(shop.backup(copy))
    const before = readFileSync(copy)
    const reader = await openShop(stage, { accounts, store: { type: 'sqlite', file: copy } }, { readOnly: true })
    expect((await right(reader.list())).items).toHaveLength(1)
    await right(reader.stop())
    expect(readFileSync(copy).equals(before)).toBe(true)
    expect(existsSync(`${copy}-wal`)).toBe(false)
  })

  it('is backed up from there, too', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(shop.createPayment(order('backup-2')))
    const reader = await openShop(stage, config, { readOnly: true })
    const copy = join(stage.folder, 'copy-2.db')
    await right(reader.backup(copy))
    const restored = await openShop(stage, { accounts, store: { type: 'sqlite', file: copy } }, { readOnly: true })
    expect((await right(restored.list())).items).toHaveLength(1)
  })
})

describeWithPostgres('a ledger in PostgreSQL that is opened read-only', (server) => {
  const onServer: OnStore = async (config, statement) => {
    const client = await connect(config.store.type === 'postgres' ? config.store.url : '')
    const { rows } = await client.query(statement)
    await client.end()
    return rows
  }
  readOnlyOn(async () => ({ accounts, store: { type: 'postgres', url: await createDatabase(server) } }), onServer)

  it('is not created', async () => {
    const config: PaymuxConfig = { accounts, store: { type: 'postgres', url: await createDatabase(server) } }
    expect(await left(paymux(config, { env: stage.env, readOnly: true }))).toMatchObject({ _tag: 'InvalidConfig' })
    expect(await onServer(config, "select 1 from information_schema.tables where table_schema = 'public'")).toEqual([])
  })
})
