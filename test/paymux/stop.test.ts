import { setTimeout as delay } from 'node:timers/promises'
import type { PaymuxEvent } from '../../src/paymux/index.js'
import { closeShops, configurationOn, createListener, left, openShop, order, payout, right } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

describe('stopping', () => {
  it('waits for an operation that is running, which is told and gives its lease back', async () => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'latency', ms: 100 } })
    const paying = right(shop.createPayment(order('running-1')))
    await right(shop.stop())
    expect(await paying).toMatchObject({ status: 'requires_action' })
    const next = await openShop(stage, config)
    expect(await right(next.createPayment(order('running-1')))).toMatchObject({ replayed: true })
  })

  it('waits for a subscriber that is at work', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { hear, until } = createListener()
    let isDone = false
    const take = async (event: PaymuxEvent): Promise<void> => {
      await hear(event)
      await delay(50)
      isDone = true
    }
    await right(shop.subscribe('slow', take))
    await right(shop.start())
    await right(shop.createPayment(order('slow-1')))
    await until(({ type }) => type === 'payment.requires_action')
    await right(shop.stop())
    expect(isDone).toBe(true)
  })

  it('may be asked for twice', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    await right(shop.start())
    await Promise.all([right(shop.stop()), right(shop.stop())])
    await right(shop.stop())
  })
})

describe('after stopping', () => {
  it('a call about a key says that the operation may be under way, every other one that nothing was sent', async () => {
    const config = configurationOn(stage)
    const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }
    const shop = await openShop(stage, { ...config, webhooks })
    const { reference } = await right(shop.createPayment(order('after-1')))
    const address = await right(shop.webhooks.address('europe'))
    await right(shop.stop())
    const before = stage.payop.executions().length
    const closed = { _tag: 'Unreachable', phase: 'store', outcome: 'not_sent', code: 'ERR_STOPPED' }
    const underWay = { _tag: 'InProgress', outcome: 'unknown', retry: 'same_key', code: 'ERR_STOPPED' }
    const refund = { idempotencyKey: 'after-2', payment: reference }
    const resolution = { outcome: 'not_executed', attestedBy: 'ann', note: 'seen' } as const
    for (const call of [
      shop.createPayment(order('after-1')),
      shop.createPayment(order('after-3')),
      shop.refund(refund),
      shop.payout(payout('after-4')),
      shop.getStatus({ kind: 'payout', account: 'europe', idempotencyKey: 'after-4' }),
      shop.find({ operation: 'payout', idempotencyKey: 'after-4' }),
      shop.recorded({ kind: 'payout', account: 'europe', idempotencyKey: 'after-4' }),
      shop.operation('any'),
      shop.operation({ name: 'payout', idempotencyKey: 'after-4' }),
      shop.resolve('any', resolution),
    ])
      expect(await left<unknown>(call)).toMatchObject(underWay)
    const others = [
      shop.getStatus(reference),
      shop.recorded(reference),
      shop.find({ merchantReference: 'any' }),
      shop.list(),
      shop.listOperations(),
      shop.listEvents(),
      shop.redeliver('any'),
      shop.erase({ merchantReference: 'any' }),
      shop.summary({ from: 0, to: 1 }),
      shop.requirements({ currency: 'EUR' }),
      shop.log('any'),
      shop.listUnresolved(),
      shop.reconcile({ from: 0, to: Date.now() }),
      shop.webhooks.address('europe'),
      shop.subscribe('late', async () => undefined),
      shop.start(),
      shop.reload({ ...config, webhooks }),
      shop.reload('no such file'),
    ]
    for (const call of others) expect(await left<unknown>(call)).toMatchObject(closed)
    const request = new Request(address, { method: 'POST', body: '{}' })
    expect((await shop.webhooks.handle(request, { address: '203.0.113.7' })).status).toBe(503)
    expect(stage.payop.executions()).toHaveLength(before)
  })

  it('no replay of what was executed is told that it was not sent, while paymux stops and after it', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
    expect(await left(shop.payout(payout('executed-1')))).toMatchObject({ outcome: 'unknown' })
    const stopping = right(shop.stop())
    expect(await left(shop.payout(payout('executed-1')))).toMatchObject({ _tag: 'InProgress', outcome: 'unknown' })
    await stopping
    expect(await left(shop.payout(payout('executed-1')))).toMatchObject({ _tag: 'InProgress', outcome: 'unknown' })
  })
})
