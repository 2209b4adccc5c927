import { DAY, HOUR, SECOND } from '../../src/core/index.js'
import type { Paymux } from '../../src/paymux/facade.js'
import type { PaymuxConfig } from '../../src/paymux/index.js'
import { paymux as paymuxPromise } from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { catalogWith } from '../proof/stage/careless.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  left,
  openShop,
  order,
  payout,
  right,
} from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

const nothing = { operations: 0, subjects: 0, reads: 0, reconciled: 0 }
const massPayout = 'POST /v1/withdrawals/create-mass'

const stateOf = async (shop: Paymux, idempotencyKey: string) =>
  (await right(shop.operation({ name: 'payout', idempotencyKey }))).state

/** What a tick does on any store. */
const tickSuite = (configuration: () => PaymuxConfig): void => {
  it('delivers events, and says that nothing is left', async () => {
    const shop = await openShop(stage, configuration())
    const { hear, types } = createListener()
    await right(shop.subscribe('shop', hear))
    await right(shop.createPayment(order('tick-event')))
    expect(await right(shop.tick())).toEqual({ more: false, deferred: 0, did: { ...nothing, subjects: 1 } })
    expect(types()).toEqual(['payment.requires_action'])
    expect(await right(shop.tick())).toEqual({ more: false, deferred: 0, did: nothing })
  })

  it('delivers the event of what it read itself', async () => {
    const webhooks = { publicUrl: 'http://127.0.0.1:1/paymux', secret: 'made-up-'.repeat(8) }
    const shop = await openShop(stage, { ...configuration(), webhooks })
    const { hear, types } = createListener()
    await right(shop.subscribe('shop', hear))
    const { id, account } = await right(shop.createPayment(order('tick-read-event')))
    stage.payop.act(id, 'pay')
    const address = await right(shop.webhooks.address(account))
    const body = JSON.stringify({ invoice: { id, status: 1 } })
    await shop.webhooks.handle(new Request(address, { method: 'POST', body }), { address: '' })
    expect(await right(shop.tick())).toMatchObject({ more: false, did: { subjects: 2, reads: 1 } })
    expect(types()).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('looks up an operation whose answer was lost, and sends nothing again', async () => {
    const shop = await openShop(stage, configuration())
    stage.payop.inject({ route: massPayout, fault: { kind: 'reset_after_executing' } })
    expect(await left(shop.payout(payout('tick-lost')))).toMatchObject({ outcome: 'unknown' })
    const executions = stage.payop.executions().length
    await eventually(async () => {
      await right(shop.tick())
      return (await stateOf(shop, 'tick-lost')) === 'executed'
    })
    expect(stage.payop.executions()).toHaveLength(executions)
  })

  it('shares the work with others that tick, and with one that works all the time', async () => {
    const config = configuration()
    const shops = [await openShop(stage, config), await openShop(stage, config), await openShop(stage, config)] as const
    const { hear, events } = createListener()
    for (const shop of shops) await right(shop.subscribe('shop', hear))
    const keys = Array.from({ length: 12 }, (_, n) => `tick-shared-${n}`)
    for (const key of keys) await right(shops[0].createPayment(order(key)))
    await right(shops[2].start())
    await Promise.all([right(shops[0].tick()), right(shops[1].tick())])
    await eventually(() => events.length >= keys.length)
    const told = events.map((event) => ('idempotencyKey' in event ? event.idempotencyKey : ''))
    expect([...told].sort()).toEqual([...keys].sort())
  })
}

describe('a tick over SQLite', () => {
  tickSuite(() => configurationOn(stage))

  it('reads what is due, and compares lists once that is due', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('tick-read')))
    await right(shop.tick())
    advance(2 * HOUR)
    expect(await right(shop.tick())).toMatchObject({ more: false, did: { reads: 1, reconciled: 1 } })
    expect(await right(shop.health())).toMatchObject({
      accounts: { europe: { reconciliation: { at: expect.any(Number), comparedTo: expect.any(Number) } } },
    })
    expect((await right(shop.tick())).did).toMatchObject({ reconciled: 0 })
  })

  it('sends what a killed process had not sent, if there is time for an answer, and leaves it to others if not', async () => {
    const config = configurationOn(stage)
    const { clock, advance } = createMovableClock()
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const catalog = catalogWith((adapter) => ({
      ...adapter,
      payout: {
        ...adapter.payout,
        draft: () => () => {
          begin()
          return new Promise(() => {})
        },
      },
    }))
    const killed = await paymuxPromise(config, { env: stage.env, clock, catalog })
    void killed.payout(payout('tick-unsent'))
    await begun
    advance(31 * SECOND)
    const shop = await openShop(stage, config, { clock })
    const executions = stage.payop.executions().length
    const short = await right(shop.tick())
    expect(short).toEqual({ more: false, deferred: 1, did: { ...nothing, operations: 1 } })
    expect(stage.payop.executions()).toHaveLength(executions)
    expect(await stateOf(shop, 'tick-unsent')).toBe('prepared')
    advance(2 * SECOND)
    expect(await right(shop.tick({ maxMs: 70_000 }))).toMatchObject({ deferred: 0, did: { operations: 1 } })
    expect(await stateOf(shop, 'tick-unsent')).toBe('executed')
    expect(stage.payop.executions()).toHaveLength(executions + 1)
  })

  it('ends in time although a gateway is silent, which is not held against the account', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    await right(shop.createPayment(order('tick-silent')))
    advance(HOUR / 2)
    stage.payop.inject({ route: 'GET /v1/invoices/:id', fault: { kind: 'silence_before_executing' } })
    const begun = performance.now()
    expect(await right(shop.tick({ maxMs: 1500 }))).toMatchObject({ did: { reads: 1 } })
    expect(performance.now() - begun).toBeLessThan(30_000)
    const { accounts: reported, reasons } = await right(shop.health())
    expect(reported.europe).toMatchObject({ failedReads: 1, share: 1 })
    expect(reported.europe).not.toHaveProperty('failingSince')
    expect(reasons.map(({ code }) => code)).toEqual(['events_late'])
  })

  it('erases personal data that has been kept for long enough', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, configurationOn(stage), { clock })
    const { reference } = await right(shop.createPayment(order('tick-erased')))
    // It is not paid, and expires.
    advance(8 * DAY)
    await right(shop.tick())
    expect(await right(shop.recorded(reference))).toMatchObject({ status: 'expired' })
    advance(401 * DAY)
    await right(shop.tick())
    expect(await right(shop.recorded(reference))).toMatchObject({ status: 'expired', erasedAt: expect.any(Number) })
  })

  it('gives a subscriber that hangs no more than half of its time', async () => {
    const failures: string[] = []
    const shop = await openShop(stage, configurationOn(stage), {
      onDeliveryFailure: ({ subscriber }) => failures.push(subscriber),
    })
    await right(shop.subscribe('hangs', () => new Promise(() => {})))
    await right(shop.createPayment(order('tick-hangs')))
    expect(await right(shop.tick({ maxMs: 1500 }))).toMatchObject({ did: { subjects: 1 } })
    expect(failures).toEqual(['hangs'])
  })

  it.each([{ AWS_LAMBDA_FUNCTION_NAME: 'made-up' }, { VERCEL: '1' }])(
    'is refused where the disk is not kept: %p',
    async (host) => {
      const shop = await openShop(stage, configurationOn(stage), { env: { ...stage.env, ...host } })
      expect(await left(shop.tick())).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'store.type' }] })
    },
  )

  it('is refused with options that are wrong, and after stop', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    for (const maxMs of [999, 900_001, 1500.5, Number.NaN])
      expect(await left(shop.tick({ maxMs }))).toMatchObject({
        _tag: 'InvalidRequest',
        issues: [{ path: 'options.maxMs' }],
      })
    await right(shop.stop())
    expect(await left(shop.tick())).toMatchObject({ _tag: 'Unreachable', code: 'ERR_STOPPED' })
  })

  it('is finished before stop has closed the ledger', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const { hear } = createListener()
    await right(shop.subscribe('shop', hear))
    await right(shop.createPayment(order('tick-stop')))
    const ticking = right(shop.tick())
    await right(shop.stop())
    expect(await ticking).toMatchObject({ did: { subjects: 1 } })
  })
})

describeWithPostgres('a tick over PostgreSQL', (server) => {
  let url: string
  beforeEach(async () => {
    url = await createDatabase(server)
  })
  afterEach(async () => {
    await closeShops()
    await dropDatabase(server, url)
  })

  tickSuite(() => ({ accounts, store: { type: 'postgres', url } }))
})
