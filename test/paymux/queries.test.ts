import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../src/core/index.js'
import { iterate, type Paymux, type PaymuxConfig, paymux, type queries } from '../../src/paymux/index.js'
import { iterate as iteratePromises, paymux as paymuxPromises } from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  idOf,
  left,
  openShop,
  order,
  payer,
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

const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 3).toString('base64') } }
const nothing: queries.Found = { objects: [], operations: [], complete: true }
const amount = (value: string) => ({ value, currency: 'EUR' })
const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }

/** An operator's questions, and what the ledger answers without asking a gateway. */
const queriesOn = (configuration: (stage: Stage) => Promise<PaymuxConfig>): void => {
  let config: PaymuxConfig
  let shop: Paymux
  beforeEach(async () => {
    config = await configuration(stage)
    shop = await openShop(stage, config)
  })

  const pay = async (key: string) => {
    const { reference } = await right(shop.createPayment(order(key)))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    return reference
  }

  /** A payout that Payop executed, and whose answer was lost. */
  const lostPayout = async (key: string): Promise<PaymentError> => {
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    return left(shop.payout(payout(key)))
  }

  const failing = async (key: string) => {
    const { reference } = await right(shop.createPayment(order(key)))
    stage.payop.act(idOf(reference), 'decline')
    await right(shop.getStatus(reference))
    return reference
  }

  describe('find', () => {
    it('answers where the money of an order is, and how much of it was refunded, by any of its names', async () => {
      const payment = await pay('found-1')
      const refund = await right(shop.refund({ idempotencyKey: 'found-1-r', payment, amount: amount('20.00') }))
      stage.payop.decideRefund(idOf(refund.reference), 2)
      await right(shop.getStatus(refund.reference))
      await right(shop.refund({ idempotencyKey: 'found-1-s', payment, amount: amount('5.00') }))
      const byReference = await right(shop.find({ merchantReference: 'ORD-found-1' }))
      expect(byReference).toMatchObject({
        objects: [
          {
            kind: 'payment',
            account: 'europe',
            id: idOf(payment),
            status: 'succeeded',
            merchantReference: 'ORD-found-1',
            idempotencyKey: 'found-1',
            expectedAmount: amount('49.90'),
            amount: amount('49.90'),
            paid: { value: expect.any(String) },
            captured: amount('49.90'),
            refunded: amount('20.00'),
            reserved: amount('5.00'),
            needsReview: false,
          },
          { kind: 'refund', id: idOf(refund.reference), status: 'succeeded', amount: amount('20.00') },
          { kind: 'refund', idempotencyKey: 'found-1-s', status: 'processing', amount: amount('5.00') },
        ],
        operations: [
          { name: 'createPayment', state: 'executed', attempts: [{ account: 'europe', state: 'executed' }] },
          { name: 'refund', idempotencyKey: 'found-1-r', object: { kind: 'refund', id: idOf(refund.reference) } },
          { name: 'refund', idempotencyKey: 'found-1-s' },
        ],
        complete: true,
      })
      expect(await right(shop.find({ operation: 'createPayment', idempotencyKey: 'found-1' }))).toEqual(byReference)
      expect(await right(shop.find({ account: 'europe', id: idOf(payment) }))).toEqual(byReference)
      const ofRefund = await right(shop.find({ operation: 'refund', idempotencyKey: 'found-1-r' }))
      expect(ofRefund.objects.map(({ id }) => id)).toEqual([idOf(refund.reference)])
      expect(ofRefund.operations.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['found-1-r'])
      for (const value of Object.values(payer)) expect(JSON.stringify(byReference)).not.toContain(value)
    })

    it('finds an operation that has no object yet', async () => {
      await lostPayout('found-2')
      const found = await right(shop.find({ operation: 'payout', idempotencyKey: 'found-2' }))
      expect(found).toMatchObject({
        objects: [],
        operations: [{ name: 'payout', state: 'indeterminate', attempts: [{ state: 'dispatched', dispatchCount: 1 }] }],
      })
      expect(await right(shop.find({ merchantReference: 'INV-1' }))).toEqual(found)
    })

    it('is empty for what the ledger does not have', async () => {
      expect(await right(shop.find({ merchantReference: 'ORD-none' }))).toEqual(nothing)
      expect(await right(shop.find({ operation: 'refund', idempotencyKey: 'none' }))).toEqual(nothing)
      expect(await right(shop.find({ account: 'europe', id: 'none' }))).toEqual(nothing)
    })
  })

  describe('recorded', () => {
    it('is what the ledger holds, whatever the gateway has meanwhile', async () => {
      const made = await right(shop.createPayment(order('recorded-1')))
      stage.payop.act(idOf(made.reference), 'pay')
      const { replayed: _replayed, ...held } = await right(shop.createPayment(order('recorded-1')))
      const key = { kind: 'payment', account: 'europe', idempotencyKey: 'recorded-1' } as const
      for (const reference of [made.reference, key]) expect(await right(shop.recorded(reference))).toEqual(held)
      const read = await right(shop.getStatus(made.reference))
      expect(read.status).toBe('succeeded')
      for (const reference of [made.reference, key]) expect(await right(shop.recorded(reference))).toEqual(read)
      expect(read.recordedAt).toEqual(expect.any(Number))
      const other = { ...made.reference, expectedAmount: amount('50.00') }
      expect(await right(shop.recorded(other))).toMatchObject({ amountCheck: 'mismatch' })
    })

    it('is the error of an operation that has no object, and refused for what the ledger does not have', async () => {
      const lost = await lostPayout('recorded-2')
      const key = { kind: 'payout', account: 'europe', idempotencyKey: 'recorded-2' } as const
      expect(await left(shop.recorded(key))).toMatchObject({ _tag: 'Indeterminate', operationId: lost.operationId })
      const none = { kind: 'payment', account: 'europe' } as const
      expect(await left(shop.recorded({ ...none, id: 'none' }))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'id' }],
      })
      expect(await left(shop.recorded({ ...none, idempotencyKey: 'none' }))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'idempotencyKey' }],
      })
    })
  })

  describe('list', () => {
    it('gives today’s failed payments, and pages that an export goes through in both spellings', async () => {
      const today = Math.floor(Date.now() / 86_400_000) * 86_400_000
      const failed = [await failing('list-1'), await failing('list-2')]
      await pay('list-3')
      const page = await right(shop.list({ kind: 'payment', status: 'failed', from: today }))
      expect(page.items.map(({ id }) => id)).toEqual(failed.map(idOf).reverse())
      expect(page).not.toHaveProperty('nextCursor')
      const first = await right(shop.list({ limit: 2 }))
      const rest = await right(shop.list({ limit: 2, cursor: first.nextCursor }))
      expect([...first.items, ...rest.items]).toEqual((await right(shop.list())).items)
      expect(rest).not.toHaveProperty('nextCursor')

      const query = { account: 'europe', order: 'oldest_first', limit: 1 } as const
      const exported: string[] = []
      for await (const payment of iterate(shop.list, query))
        if (E.isRight(payment)) exported.push(`${payment.right.merchantReference} ${payment.right.status}`)
      expect(exported).toEqual(['ORD-list-1 failed', 'ORD-list-2 failed', 'ORD-list-3 succeeded'])
      const promising = await paymuxPromises(config, { env: stage.env })
      const again: string[] = []
      for await (const { merchantReference, status } of iteratePromises(promising.list, query))
        again.push(`${merchantReference} ${status}`)
      expect(again).toEqual(exported)
      await promising.stop()
      await expect(iteratePromises(promising.list, query).next()).rejects.toMatchObject({ _tag: 'Unreachable' })
      const stopped = await right(paymux(config, { env: stage.env }))
      await right(stopped.stop())
      const ended: E.Either<PaymentError, unknown>[] = []
      for await (const entry of iterate(stopped.list, query)) ended.push(entry)
      expect(ended).toMatchObject([{ left: { _tag: 'Unreachable' } }])
    })

    it('finds what needs a look, and what is disputed', async () => {
      await pay('look-1')
      const disputed = await pay('look-2')
      stage.payop.setChargeback(stage.payop.invoice(idOf(disputed)).transactionId ?? '', true)
      await right(shop.getStatus(disputed))
      const unclear = await right(shop.createPayment(order('look-3')))
      stage.payop.setInvoiceStatus(idOf(unclear.reference), 77)
      await right(shop.getStatus(unclear.reference))
      expect((await right(shop.list({ disputed: true }))).items).toMatchObject([{ id: idOf(disputed), disputed: true }])
      expect((await right(shop.list({ review: true }))).items).toMatchObject([
        { id: idOf(unclear.reference), needsReview: true },
      ])
    })
  })

  it('listOperations gives what is unknown, and since when', async () => {
    const before = Date.now() - 60_000
    await pay('known-1')
    const lost = await lostPayout('unknown-1')
    const { items } = await right(shop.listOperations({ state: 'indeterminate' }))
    expect(items).toMatchObject([
      {
        id: lost.operationId,
        name: 'payout',
        account: 'europe',
        idempotencyKey: 'unknown-1',
        since: expect.any(Number),
      },
    ])
    expect(items[0]?.since).toBeGreaterThan(before)
    expect((await right(shop.listOperations({ account: 'europe', order: 'oldest_first' }))).items).toHaveLength(2)
    expect((await right(shop.listOperations({ name: 'refund' }))).items).toEqual([])
  })

  describe('listEvents and redeliver', () => {
    it('show the outbox, and deliver one event again while the others keep their order', async () => {
      const listener = createListener()
      await right(shop.subscribe('books', listener.hear))
      await right(shop.start())
      const { reference } = await right(shop.createPayment(order('event-1')))
      const event = await listener.until(({ type }) => type === 'payment.requires_action')
      await eventually(async () => (await right(shop.listEvents({ undelivered: true }))).items.length === 0)
      const subject = `payment:europe:${idOf(reference)}`
      const { items } = await right(shop.listEvents({ subject, type: 'payment.requires_action' }))
      expect(items).toEqual([
        {
          id: event.id,
          type: event.type,
          subject,
          sequence: 1,
          at: event.at,
          deliveredAt: expect.any(Number),
          tries: 0,
          event,
        },
      ])
      expect(event).toMatchObject({ object: { nextAction: { type: 'redirect' } } })
      listener.events.splice(0)
      await right(shop.redeliver(event.id))
      expect(await listener.until(({ id }) => id === event.id)).toEqual(event)
      stage.payop.act(idOf(reference), 'pay')
      await right(shop.getStatus(reference))
      await listener.until(({ type }) => type === 'payment.succeeded')
      expect(listener.types()).toEqual(['payment.requires_action', 'payment.succeeded'])
      expect(await left(shop.redeliver('payment:europe:none#1'))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'eventId' }],
      })
    })
  })

  it('summary counts and adds up by account, kind, status and currency, in total and by day', async () => {
    const payment = await pay('sum-1')
    await pay('sum-2')
    await failing('sum-3')
    await right(shop.refund({ idempotencyKey: 'sum-1-r', payment, amount: amount('20.00') }))
    const [from, to] = [Date.now() - 86_400_000, Date.now() + 60_000]
    const europe = { account: 'europe', kind: 'payment' }
    const lines = [
      {
        ...europe,
        status: 'succeeded',
        count: 2,
        amount: amount('99.80'),
        captured: amount('99.80'),
        refunded: amount('0.00'),
      },
      { ...europe, status: 'failed', count: 1, amount: amount('49.90') },
      { ...europe, kind: 'refund', status: 'processing', count: 1, amount: amount('20.00') },
    ]
    const total = await right(shop.summary({ from, to }))
    expect(total).toHaveLength(lines.length)
    expect(total).toEqual(expect.arrayContaining(lines))
    const [{ day } = {}, ...others] = await right(shop.summary({ from, to, by: 'day' }))
    expect(day).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(others).toHaveLength(2)
    expect(await right(shop.summary({ from: 0, to: 1 }))).toEqual([])
  })
}

describe('on SQLite,', () => {
  queriesOn(async (on) => ({ ...configurationOn(on), encryption, webhooks }))
})

describeWithPostgres('on PostgreSQL,', (server) => {
  const urls: string[] = []
  afterAll(() => Promise.all(urls.map((url) => dropDatabase(server, url))))

  queriesOn(async () => {
    const url = await createDatabase(server)
    urls.push(url)
    return { accounts, store: { type: 'postgres', url }, encryption, webhooks }
  })
})
