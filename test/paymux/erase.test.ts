import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { PaymentError, PaymentRequest } from '../../src/core/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { tables } from '../../src/ledger/stores/tables.js'
import type { Paymux, PaymuxConfig, PaymuxOptions, queries } from '../../src/paymux/index.js'
import { paymux as paymuxPromises } from '../../src/paymux/promises.js'
import { succeed } from '../either.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  iban,
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

afterEach(async () => {
  stage.payop.clearFaults()
  await closeShops()
})

const DAY = 86_400_000
const amount = (value: string) => ({ value, currency: 'EUR' })
const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }

/** What the shop knows of a customer: each text names who it is about. */
const personal = (who: string) => ({
  name: `${who} Customer`,
  email: `${who}@home.example`,
  phone: `+49151${who.length}000${who.charCodeAt(0)}`,
  gift: `for ${who}, with love`,
})

const orderOf = (who: string, idempotencyKey = `key-${who}`): PaymentRequest => {
  const { gift, ...payer } = personal(who)
  return { ...order(idempotencyKey), metadata: { gift }, description: `order of ${who}`, payer }
}

const why = ({ notYet }: queries.ErasureReport) => notYet.map((item) => `${item.what}: ${item.why}`)
const ids = (items: readonly queries.Erased[]) => items.map(({ what, id }) => `${what} ${id}`)

/** What a merchant can do about personal data, through the object. */
const erasingOn = (
  configuration: (stage: Stage) => Promise<PaymuxConfig>,
  rowsOf: (config: PaymuxConfig) => Promise<string>,
): void => {
  let config: PaymuxConfig
  let shop: Paymux
  beforeEach(async () => {
    config = await configuration(stage)
    shop = await openShop(stage, config)
  })

  const pay = async (request: PaymentRequest) => {
    const { reference } = await right(shop.createPayment(request))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    return reference
  }
  const notify = async (id: string, body: object) => {
    const address = await right(shop.webhooks.address('europe'))
    const text = JSON.stringify({ invoice: { id, status: 1 }, ...body })
    const request = new Request(address, { method: 'POST', body: text })
    expect((await shop.webhooks.handle(request, { address: '203.0.113.7' })).status).toBe(200)
  }
  const lostPayout = async (key: string): Promise<PaymentError> => {
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    return left(shop.payout(payout(key)))
  }
  /** Which of a customer's texts stand in any row of the ledger. */
  const held = async (who: string): Promise<readonly string[]> => {
    const rows = await rowsOf(config)
    return Object.values(personal(who)).filter((text) => rows.includes(text))
  }

  it('erases an order from the whole ledger, and nothing of another customer', async () => {
    const payment = await pay(orderOf('ann'))
    await pay(orderOf('bob'))
    await right(
      shop.refund({ idempotencyKey: 'ann-r', payment, amount: amount('5.00'), metadata: { to: 'ann@home.example' } }),
    )
    const refund = { kind: 'refund', account: 'europe', idempotencyKey: 'ann-r' } as const
    const { reference } = await right(shop.recorded(refund))
    stage.payop.decideRefund(idOf(reference), 2)
    await right(shop.getStatus(reference))
    await notify(idOf(payment), { payer: personal('ann') })
    expect(await held('ann')).toEqual(Object.values(personal('ann')))

    const planned = await right(shop.erase({ merchantReference: 'ORD-key-ann' }, { dryRun: true }))
    expect(await held('ann')).toEqual(Object.values(personal('ann')))
    const report = await right(shop.erase({ merchantReference: 'ORD-key-ann' }))
    expect(report).toEqual(planned)
    expect(report).toMatchObject({
      erased: [
        {
          what: 'payment',
          account: 'europe',
          id: idOf(payment),
          merchantReference: 'ORD-key-ann',
          idempotencyKey: 'key-ann',
          createdAt: expect.any(Number),
        },
        { what: 'refund', id: idOf(reference), idempotencyKey: 'ann-r' },
      ],
      notYet: [],
      complete: true,
    })
    expect(report.kept.length).toBeGreaterThan(3)
    for (const { what, why: reason } of report.kept) expect([what, reason]).not.toContain('')
    const places = report.alsoIn.map(({ where }) => where)
    expect(places.slice(0, 2)).toEqual(['gateway', 'backups'])
    expect(places.slice(2)).toEqual(config.store.type === 'sqlite' ? [] : ['dead_rows', 'write_ahead_log', 'replicas'])
    expect(await held('ann')).toEqual([])
    expect(await held('bob')).toEqual(Object.values(personal('bob')))
  })

  it('answers the key of an erased payment, and refunds, reads, disputes, finds and reconciles it', async () => {
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())
    const payment = await pay(orderOf('ann'))
    await listener.until(({ type }) => type === 'payment.succeeded')
    await eventually(async () => (await right(shop.listEvents({ undelivered: true }))).items.length === 0)
    await right(shop.erase({ account: 'europe', id: idOf(payment), kind: 'payment' }))
    const erasedAt = expect.any(Number)

    const replayed = await right(shop.createPayment(orderOf('ann')))
    expect(replayed).toMatchObject({
      replayed: true,
      status: 'succeeded',
      id: idOf(payment),
      amount: amount('49.90'),
      captured: amount('49.90'),
      merchantReference: 'ORD-key-ann',
      idempotencyKey: 'key-ann',
      erasedAt,
    })
    expect(replayed).not.toHaveProperty('metadata')
    expect(await left(shop.createPayment({ ...orderOf('ann'), amount: amount('1.00') }))).toMatchObject({
      _tag: 'Conflict',
    })
    expect(await left(shop.createPayment(orderOf('bob', 'key-ann')))).toMatchObject({ _tag: 'Conflict' })

    // A read of the gateway brings nothing back.
    expect(await right(shop.getStatus(payment))).toMatchObject({ status: 'succeeded', erasedAt })
    expect(await right(shop.recorded(payment))).toMatchObject({ status: 'succeeded', erasedAt })
    expect(await held('ann')).toEqual([])
    expect(await right(shop.find({ merchantReference: 'ORD-key-ann' }))).toMatchObject({
      objects: [{ id: idOf(payment), erasedAt, captured: amount('49.90') }],
      operations: [{ idempotencyKey: 'key-ann', state: 'executed', erasedAt }],
    })
    expect((await right(shop.list({ kind: 'payment' }))).items).toMatchObject([{ id: idOf(payment), erasedAt }])
    const { operationId = '' } = replayed
    expect(await right(shop.operation(operationId))).toMatchObject({ state: 'executed', erasedAt })
    expect((await right(shop.log(operationId))).map(({ what }) => what)).toEqual(['claimed', 'dispatched', 'executed'])

    const { items } = await right(shop.listEvents({ type: 'payment.succeeded' }))
    expect(items).toMatchObject([{ erasedAt, event: { erasedAt, object: { status: 'succeeded' } } }])
    const heard = listener.events.length
    await right(shop.redeliver(items[0]?.id ?? ''))
    const again = await listener.until((event) => listener.events.indexOf(event) >= heard)
    expect(again).toMatchObject({
      type: 'payment.succeeded',
      erasedAt,
      merchantReference: 'ORD-key-ann',
      object: { amount: amount('49.90') },
    })
    expect(again).not.toHaveProperty('metadata')

    const refund = await right(shop.refund({ idempotencyKey: 'ann-r', payment, amount: amount('5.00') }))
    expect(refund).toMatchObject({ status: 'processing', merchantReference: 'ORD-key-ann' })
    expect(why(await right(shop.erase({ merchantReference: 'ORD-key-ann' })))).toEqual([
      'payment: refund_under_way',
      'refund: open',
    ])
    stage.payop.decideRefund(idOf(refund.reference), 2)
    await right(shop.getStatus(refund.reference))
    expect(await right(shop.getStatus(payment))).toMatchObject({ refunded: amount('5.00') })
    const lists = await right(shop.reconcile({ from: Date.now() - DAY, to: Date.now() + DAY }))
    for (const { error, missingInLedger } of lists) expect([error, missingInLedger]).toEqual([undefined, []])

    stage.payop.setChargeback(stage.payop.invoice(idOf(payment)).transactionId ?? '', true)
    const disputed = await right(shop.getStatus(payment))
    expect(disputed).toMatchObject({ disputed: true })
    expect(disputed).not.toHaveProperty('erasedAt')
    await listener.until(({ type }) => type === 'payment.disputed')
    expect(why(await right(shop.erase({ merchantReference: 'ORD-key-ann' })))).toEqual(['payment: disputed'])
  })

  it('records a late success of an erased payment, which is erased again when that is asked for', async () => {
    const { reference } = await right(shop.createPayment(orderOf('ann')))
    stage.payop.act(idOf(reference), 'decline')
    expect(await right(shop.getStatus(reference))).toMatchObject({ status: 'failed' })
    await right(shop.erase({ merchantReference: 'ORD-key-ann' }))
    stage.payop.act(idOf(reference), 'pay_late')
    const late = await right(shop.getStatus(reference))
    expect(late).toMatchObject({ status: 'succeeded', captured: amount('49.90') })
    expect(late).not.toHaveProperty('erasedAt')
    expect((await right(shop.erase({ merchantReference: 'ORD-key-ann' }))).erased).toHaveLength(1)
    expect(await right(shop.recorded(reference))).toMatchObject({ status: 'succeeded', erasedAt: expect.any(Number) })
  })

  it('erases twice as once, and says when it was', async () => {
    const payment = await pay(orderOf('ann'))
    const first = await right(shop.erase({ merchantReference: 'ORD-key-ann' }))
    const rows = await rowsOf(config)
    const second = await right(shop.erase({ merchantReference: 'ORD-key-ann' }))
    expect(await rowsOf(config)).toBe(rows)
    expect(second).toMatchObject({
      ...first,
      erased: first.erased.map((item) => ({ ...item, erasedAt: expect.any(Number) })),
    })
    expect(ids(second.erased)).toEqual([`payment ${idOf(payment)}`])
  })

  it('lists every customer of an order number that was used again, and erases one of them by its id', async () => {
    const ann = await pay(orderOf('ann'))
    const bob = await pay({ ...orderOf('bob'), merchantReference: 'ORD-key-ann' })
    const listed = await right(shop.erase({ merchantReference: 'ORD-key-ann' }, { dryRun: true }))
    expect(ids(listed.erased)).toEqual([ann, bob].map((payment) => `payment ${idOf(payment)}`))
    await right(shop.erase({ account: 'europe', id: idOf(ann) }))
    expect([await held('ann'), (await held('bob')).length]).toEqual([[], 4])
    expect(ids((await right(shop.erase({ account: 'europe', id: idOf(bob), kind: 'refund' }))).erased)).toEqual([])
    expect((await held('bob')).length).toBe(4)
  })

  it('says what is not over, and erases nothing of it', async () => {
    await right(shop.createPayment(orderOf('ann')))
    const { operationId = '' } = await lostPayout('lost')
    expect(why(await right(shop.erase({ merchantReference: 'ORD-key-ann' })))).toEqual(['payment: open'])
    expect(why(await right(shop.erase({ merchantReference: 'INV-1' })))).toEqual(['operation: unresolved'])
    expect(await held('ann')).toEqual(Object.values(personal('ann')))
    expect(await rowsOf(config)).toContain(iban.iban)
    const seen = { attestedBy: 'clerk@shop.example', note: 'asked Pat at the bank' }
    await right(shop.resolve(operationId, { outcome: 'not_executed', ...seen }))
    const { erased } = await right(shop.erase({ merchantReference: 'INV-1' }))
    expect(erased).toMatchObject([{ what: 'operation', id: operationId, account: 'europe', idempotencyKey: 'lost' }])
    const rows = await rowsOf(config)
    for (const text of [...Object.values(seen), iban.iban, iban.name, iban.email]) expect(rows).not.toContain(text)
    expect((await right(shop.log(operationId))).at(-1)).toMatchObject({ what: 'resolved' })
  })

  it('opens a canceled operation again after it was erased, with the request of the call', async () => {
    const key = `again-${config.store.type}`
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_before_reading' } })
    const { operationId = '' } = await left(shop.payout(payout(key)))
    const seen = { attestedBy: 'clerk@shop.example', note: 'not in the list' }
    await right(shop.resolve(operationId, { outcome: 'not_executed', ...seen }))
    expect((await right(shop.erase({ merchantReference: 'INV-1' }))).erased).toMatchObject([{ what: 'operation' }])
    expect(await rowsOf(config)).not.toContain(iban.iban)
    expect(await right(shop.payout(payout(key)))).toMatchObject({ status: 'processing' })
    expect(await left(shop.payout({ ...payout(key), amount: amount('1.00') }))).toMatchObject({ _tag: 'Conflict' })
  })

  it('is empty for what the ledger does not have, and refuses what names nothing', async () => {
    expect(await right(shop.erase({ merchantReference: 'none' }))).toMatchObject({ erased: [], notYet: [] })
    const wrong: readonly unknown[] = [{}, { account: 'europe' }, { merchantReference: 'a', id: 'b' }, undefined]
    for (const query of wrong)
      expect(await left(shop.erase(query as queries.EraseQuery))).toMatchObject({ _tag: 'InvalidRequest' })
    const options = { dryrun: true } as queries.EraseOptions
    expect(await left(shop.erase({ merchantReference: 'a' }, options))).toMatchObject({
      issues: [{ path: 'options.dryrun' }],
    })
  })

  it('does the same with Promises', async () => {
    await pay(orderOf('ann'))
    const promises = await paymuxPromises(config, { env: stage.env })
    expect((await promises.erase({ merchantReference: 'ORD-key-ann' }, { dryRun: true })).erased).toHaveLength(1)
    expect((await promises.erase({ merchantReference: 'ORD-key-ann' })).erased).toHaveLength(1)
    await promises.stop()
    expect(await held('ann')).toEqual([])
  })
}

const plainRows = (rows: readonly (readonly object[])[]): string =>
  JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).replaceAll(
    '\\"',
    '"',
  )

const statements = Object.values(tables).map(({ name, key }) => `select * from ${name} order by ${key.join(', ')}`)

const sqliteRows = async ({ store }: PaymuxConfig): Promise<string> => {
  if (store.type !== 'sqlite') throw new Error('not a file')
  const driver = (await succeed(loadDriver()))(store.file)
  const rows = statements.map((statement) => driver.prepare(statement).all([]))
  driver.close()
  return plainRows(rows)
}

const postgresRows = async ({ store }: PaymuxConfig): Promise<string> => {
  if (store.type !== 'postgres') throw new Error('not a server')
  const client = new Client({ connectionString: store.url })
  await client.connect()
  const rows: object[][] = []
  for (const statement of statements) rows.push((await client.query(statement)).rows)
  await client.end()
  return plainRows(rows)
}

describe('on SQLite,', () => {
  erasingOn(async (on) => ({ ...configurationOn(on), webhooks }), sqliteRows)

  describe('in the background', () => {
    const start = async (config: PaymuxConfig, options: PaymuxOptions): Promise<Paymux> => {
      const shop = await openShop(stage, config, options)
      await right(shop.subscribe('books', async () => {}))
      await right(shop.start())
      return shop
    }
    const { clock, advance } = createMovableClock()
    const areErased = async (shop: Paymux): Promise<boolean> =>
      (await right(shop.listEvents())).items.every(({ erasedAt }) => erasedAt !== undefined)
    const texts = Object.values(personal('ann'))

    /** A payment of one customer with all its parts, of which everything was delivered. */
    const paid = async (config: PaymuxConfig): Promise<Paymux> => {
      const shop = await start(config, { clock })
      const { reference } = await right(shop.createPayment(orderOf('ann')))
      stage.payop.act(idOf(reference), 'pay')
      await right(shop.getStatus(reference))
      await eventually(async () => (await right(shop.listEvents({ undelivered: true }))).items.length === 0)
      return shop
    }

    it('erases what is old enough, when the configuration says so and not before', async () => {
      const base = configurationOn(stage)
      const kept = {
        ...base,
        retention: { personalData: false, notifications: false, events: false, log: false },
      } as const
      const forever = await paid(kept)
      await right(forever.stop())
      advance(399 * DAY)
      const before = await start(base, { clock })
      // What events hold goes after 90 days by default, the payment after 400.
      await eventually(() => areErased(before))
      expect((await right(before.list())).items).toMatchObject([{ status: 'succeeded' }])
      expect((await right(before.list())).items[0]).not.toHaveProperty('erasedAt')
      await right(before.stop())
      advance(2 * DAY)
      const after = await start(base, { clock })
      await eventually(async () => (await right(after.list())).items[0]?.erasedAt !== undefined)
      const rows = await sqliteRows(base)
      expect(texts.filter((text) => rows.includes(text))).toEqual([])
      expect(await right(after.createPayment(orderOf('ann')))).toMatchObject({ replayed: true, status: 'succeeded' })
    })

    it('keeps what is turned off without limit', async () => {
      const base = configurationOn(stage)
      const config = { ...base, retention: { personalData: false } } as const
      const shop = await paid(config)
      await right(shop.stop())
      advance(4000 * DAY)
      const later = await start(config, { clock })
      await eventually(() => areErased(later))
      const rows = await sqliteRows(base)
      expect(texts.filter((text) => rows.includes(text))).toEqual(texts)
    })
  })

  it('leaves no text in the files of the ledger, nor in a backup', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    const { reference } = await right(shop.createPayment(orderOf('zoe')))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    await right(shop.erase({ merchantReference: 'ORD-key-zoe' }))
    await right(shop.backup(join(stage.folder, 'after-erasure.db')))
    await right(shop.stop())
    const { execFileSync } = await import('node:child_process')
    const files = readdirSync(stage.folder).filter(
      (name) => name.startsWith('after-') || config.store.file.endsWith(name),
    )
    expect(files.length).toBeGreaterThan(1)
    for (const name of files)
      expect(() => execFileSync('grep', ['-qa', 'zoe@home.example', join(stage.folder, name)])).toThrow()
  })
})

describeWithPostgres('on PostgreSQL,', (server) => {
  const urls: string[] = []
  afterAll(() => Promise.all(urls.map((url) => dropDatabase(server, url))))

  erasingOn(async () => {
    const url = await createDatabase(server)
    urls.push(url)
    return { accounts, store: { type: 'postgres', url }, webhooks }
  }, postgresRows)
})
