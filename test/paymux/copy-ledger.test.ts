import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  cancelCopy,
  checkLedger,
  copyLedger,
  type ledgers,
  type Paymux,
  type PaymuxConfig,
} from '../../src/paymux/index.js'
import { copyLedger as copyLedgerPromise } from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
  rupeePayout,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const key = () => randomBytes(32).toString('base64')
const encryption = (id: string) => ({ current: id, keys: { [id]: key() } })
const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }

const sqlite = (id?: string): PaymuxConfig => ({
  ...configurationOn(stage),
  webhooks,
  ...(id === undefined ? {} : { encryption: encryption(id) }),
})

const copied = (from: PaymuxConfig, to: PaymuxConfig, onProgress = (_: ledgers.CopyProgress) => {}) =>
  right(copyLedger(from, to, { env: stage.env, onProgress }))

/** A payment that was paid and partly refunded, one that was erased, a payout, one whose answer was lost, a notification, undelivered events. */
const trade = async (config: PaymuxConfig, name: string) => {
  const shop = await openShop(stage, config)
  const payment = await right(shop.createPayment(order(`${name}-1`)))
  stage.payop.act(idOf(payment.reference), 'pay')
  await right(shop.getStatus(payment.reference))
  await right(
    shop.refund({
      idempotencyKey: `${name}-2`,
      payment: payment.reference,
      amount: { value: '9.90', currency: 'EUR' },
    }),
  )
  await right(shop.payout(payout(`${name}-3`)))
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  expect(await left(shop.payout(payout(`${name}-4`)))).toMatchObject({ outcome: 'unknown' })
  const erased = await right(shop.createPayment(order(`${name}-5`)))
  stage.payop.act(idOf(erased.reference), 'pay')
  await right(shop.getStatus(erased.reference))
  expect(await right(shop.erase({ merchantReference: `ORD-${name}-5` }))).toMatchObject({ complete: true, notYet: [] })
  const body = JSON.stringify({ invoice: { id: 'unknown' } })
  const notification = new Request(await right(shop.webhooks.address('europe')), { method: 'POST', body })
  await shop.webhooks.handle(notification, { address: '203.0.113.7' })
  const log = await right(shop.log(payment.operationId ?? ''))
  const events = (await right(shop.listEvents({}))).items
  await right(shop.stop())
  return { payment, log, events }
}

const answersAs = async (shop: Paymux, name: string, { payment, log, events }: Awaited<ReturnType<typeof trade>>) => {
  const before = stage.payop.executions().length
  expect(await right(shop.createPayment(order(`${name}-1`)))).toMatchObject({
    replayed: true,
    reference: payment.reference,
  })
  expect(await left(shop.createPayment(order(`${name}-1`, { value: '1.00', currency: 'EUR' })))).toMatchObject({
    _tag: 'Conflict',
  })
  expect(await right(shop.payout(payout(`${name}-3`)))).toMatchObject({ replayed: true })
  expect(await right(shop.createPayment(order(`${name}-5`)))).toMatchObject({
    replayed: true,
    erasedAt: expect.any(Number),
  })
  expect(await left(shop.payout(payout(`${name}-4`)))).toMatchObject({ _tag: 'Indeterminate' })
  expect(stage.payop.executions()).toHaveLength(before)
  expect(await right(shop.log(payment.operationId ?? ''))).toEqual(log)
  expect((await right(shop.listEvents({}))).items).toEqual(events)
}

describeWithPostgres('a ledger that is copied', (server) => {
  const postgres = async (id?: string): Promise<PaymuxConfig> => ({
    accounts,
    webhooks,
    store: { type: 'postgres', url: await createDatabase(server) },
    ...(id === undefined ? {} : { encryption: encryption(id) }),
  })

  it('is the same in PostgreSQL, and back in SQLite, under other keys, and the old ones are closed', async () => {
    const [first, second, third] = [sqlite('k1'), await postgres('k2'), sqlite('k3')]
    const traded = await trade(first, 'round')
    const steps: ledgers.CopyProgress[] = []
    const there = await copied(first, second, (step) => void steps.push(step))
    expect(there).toMatchObject({ resumed: false, tables: { operations: { rows: 5 }, accounts: { rows: 2 } } })
    expect(steps.at(-1)).toMatchObject({ step: 'verify', done: steps.at(-1)?.total })
    expect(await left(openAgain(first))).toMatchObject({ _tag: 'Unreachable', code: 'ERR_LEDGER_MOVED' })
    const back = await copied(second, third)
    expect(back.tables).toEqual(there.tables)
    for (const [key, ledger] of Object.entries({ k1: first, k2: second, k3: third })) {
      const { findings, rowsByKey } = await right(checkLedger(ledger, { env: stage.env }))
      expect({ findings, keys: Object.keys(rowsByKey) }).toEqual({ findings: [], keys: [key] })
    }
    expect(await left(openAgain(second))).toMatchObject({ _tag: 'Unreachable', code: 'ERR_LEDGER_MOVED' })
    await answersAs(await openShop(stage, third), 'round', traded)
  })

  it('is worked on in PostgreSQL: what was due is done, and the log is numbered on', async () => {
    const [from, to] = [sqlite(), await postgres('k1')]
    const traded = await trade(from, 'due')
    await copied(from, to)
    const shop = await openShop(stage, to)
    await answersAs(shop, 'due', traded)
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())
    const found = await listener.until((event) => event.type.startsWith('payout.') && event.idempotencyKey === 'due-4')
    expect(found).toMatchObject({ account: 'europe' })
    // Each subject has an order of its own: that of another one may be told later.
    await eventually(() =>
      traded.events.every(({ event }) => event === undefined || listener.events.some(({ id }) => id === event.id)),
    )
    expect(await right(shop.payout(payout('due-4')))).toMatchObject({ replayed: true })
    expect(await right(shop.createPayment(order('due-6')))).toMatchObject({ status: 'requires_action' })
  })

  it('goes within PostgreSQL, too', async () => {
    const [from, to] = [await postgres('k1'), await postgres('k2')]
    const traded = await trade(from, 'within')
    await copied(from, to)
    await answersAs(await openShop(stage, to), 'within', traded)
  })

  it('can be read where it was, which says of no key that it was not used', async () => {
    for (const [name, from] of [['read-s', sqlite()] as const, ['read-p', await postgres()] as const]) {
      const shop = await openShop(stage, from)
      const { reference } = await right(shop.createPayment(order(`${name}-1`)))
      await right(shop.stop())
      await copied(from, sqlite())
      const reader = await openShop(stage, from, { readOnly: true })
      const unknown = { kind: 'payout', account: 'europe', idempotencyKey: `${name}-2` } as const
      expect(await left(reader.recorded(unknown))).toMatchObject({ _tag: 'InProgress', code: 'ERR_LEDGER_MOVED' })
      expect(await right(reader.recorded(reference))).toMatchObject({ status: 'requires_action' })
      expect(await right(reader.health())).toMatchObject({ status: 'down', reasons: [{ code: 'ledger_moved' }] })
    }
  })

  it('takes no write of a process that has it open, which says no more about keys', async () => {
    for (const [name, from] of [['open-s', sqlite()] as const, ['open-p', await postgres()] as const]) {
      const shop = await openShop(stage, from)
      await right(shop.createPayment(order(`${name}-1`)))
      // No account can send it: the call ends before anything is claimed.
      const nowhere = { ...rupeePayout(`${name}-4`), amount: { value: '5.00', currency: 'EUR' } }
      expect(await left(shop.payout(nowhere))).toMatchObject({ outcome: 'not_sent' })
      // Its deadline is over before it is sent: the key may be used again.
      const late = { ...payout(`${name}-5`), deadline: Date.now() - 1 }
      expect(await left(shop.payout(late))).toMatchObject({ outcome: 'not_sent' })
      await copied(from, sqlite())
      const before = stage.payop.executions().length
      const moved = { _tag: 'InProgress', outcome: 'unknown', code: 'ERR_LEDGER_MOVED' }
      expect((await right(shop.health())).reasons).toMatchObject([{ code: 'ledger_moved' }])
      expect(await left(shop.payout(nowhere))).toMatchObject(moved)
      const unknown = { kind: 'payout', account: 'europe', idempotencyKey: `${name}-6` } as const
      expect(await left(shop.recorded(unknown))).toMatchObject(moved)
      expect(await left(shop.payout(late))).toMatchObject(moved)
      expect(await left(shop.createPayment(order(`${name}-2`)))).toMatchObject(moved)
      expect(await left(shop.payout(payout(`${name}-3`)))).toMatchObject(moved)
      expect(await left(shop.createPayment(order(`${name}-1`)))).toMatchObject(moved)
      expect(stage.payop.executions()).toHaveLength(before)
    }
  })
})

const openAgain = (config: PaymuxConfig) => async () =>
  (await import('../../src/paymux/index.js')).paymux(config, { env: stage.env })()

describe('a copy', () => {
  it('is refused for a target that is not empty, that is the same, or that would be plain', async () => {
    const [from, other] = [sqlite('k1'), sqlite('k1')]
    await trade(from, 'refused')
    await right((await openShop(stage, other)).stop())
    const empty = { issues: [{ path: 'to.store', expected: expect.stringContaining('empty') }] }
    expect(await left(copyLedger(from, other, { env: stage.env }))).toMatchObject({ _tag: 'InvalidConfig', ...empty })
    expect(await left(copyLedger(from, from, { env: stage.env }))).toMatchObject({ _tag: 'InvalidConfig' })
    expect(await left(copyLedger(from, sqlite(), { env: stage.env }))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'encryption' }],
    })
    const missing = { ...from, store: { type: 'sqlite', file: join(stage.folder, 'none.db') } } as const
    expect(await left(copyLedger(missing, sqlite('k1'), { env: stage.env }))).toMatchObject({
      issues: [{ path: 'store.file' }],
    })
    // It is open as before.
    const shop = await openShop(stage, from)
    expect(await right(shop.createPayment(order('refused-1')))).toMatchObject({ replayed: true })
    await expect(copyLedgerPromise(from, from, { env: stage.env })).rejects.toMatchObject({ outcome: 'not_sent' })
  })

  it('that is over cannot be canceled, nor made once more', async () => {
    const [from, to] = [sqlite('k1'), sqlite('k1')]
    await trade(from, 'over')
    await copied(from, to)
    expect(await left(cancelCopy(from, { env: stage.env }))).toMatchObject({ _tag: 'InvalidConfig' })
    const again = await left(copyLedger(from, to, { env: stage.env }))
    expect(again).toMatchObject({ _tag: 'Unreachable', code: 'ERR_LEDGER_MOVED' })
    expect(again.message).toContain('configuration of that store')
    expect(await left(copyLedger(from, sqlite('k1'), { env: stage.env }))).toMatchObject({ code: 'ERR_LEDGER_MOVED' })
  })
})
