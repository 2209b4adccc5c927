import { payOnPage } from '../../examples/demo/payer.js'
import type { Payment } from '../../src/core/index.js'
import type { PaymuxEvent } from '../../src/paymux/index.js'
import {
  accounts,
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  idOf,
  left,
  openShop,
  order,
  payout,
  right,
  rupees,
} from './stage.js'
import { useStage, useWebhooks } from './use-stage.js'

const stage = useStage()
const endpoint = useWebhooks()

afterEach(closeShops)

const webhooks = () => ({ publicUrl: endpoint.publicUrl, secret: 'made-up-secret-of-32-characters-x' })

const linkOf = ({ nextAction }: Payment): string => {
  if (nextAction?.type !== 'redirect') throw new Error('no link')
  return nextAction.url
}

const isAbout = (id: string, type: string) => (event: PaymuxEvent) =>
  event.type === type && 'object' in event && event.object !== undefined && idOf(event.object.reference) === id

describe('a whole round', () => {
  it('goes from an order at Payop over the payer, the notification and the refund to a payout', async () => {
    const { clock, advance } = createMovableClock()
    const shop = await openShop(stage, { ...configurationOn(stage), webhooks: webhooks() }, { clock })
    endpoint.leadsTo(shop)
    stage.payop.setIpnUrls({ checkout: await right(shop.webhooks.address('europe')) })
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())

    const payment = await right(shop.createPayment(order('round-1')))
    const id = idOf(payment.reference)
    expect(payment).toMatchObject({ status: 'requires_action', reference: { account: 'europe' } })
    await payOnPage(linkOf(payment))
    await stage.payop.settled()
    advance(10_000)
    const paid = await listener.until(isAbout(id, 'payment.succeeded'))
    expect(paid).toMatchObject({ object: { status: 'succeeded', amountCheck: 'exact' } })

    const refund = await right(
      shop.refund({
        idempotencyKey: 'round-2',
        payment: payment.reference,
        amount: { value: '10.00', currency: 'EUR' },
      }),
    )
    expect(refund.status).toBe('processing')
    stage.payop.decideRefund(idOf(refund.reference), 2)
    advance(11 * 60_000)
    await listener.until(isAbout(idOf(refund.reference), 'refund.succeeded'))

    const paidOut = await right(shop.payout(payout('round-3')))
    expect(paidOut).toMatchObject({ status: 'processing', reference: { account: 'europe' } })
    const about = listener.events.filter(({ subject }) => subject === `payment:europe:${id}`)
    expect(about.map(({ sequence, type }) => [sequence, type])).toEqual([
      [1, 'payment.requires_action'],
      [2, 'payment.succeeded'],
    ])
    expect(stage.payop.executions().filter(({ executed }) => executed)).toHaveLength(3)
  })

  it('gives each order at IppoPay an address of its own', async () => {
    const { clock, advance } = createMovableClock()
    const { store } = configurationOn(stage)
    const config = { accounts: { india: accounts.india }, store, webhooks: webhooks() }
    const shop = await openShop(stage, config, { clock })
    endpoint.leadsTo(shop)
    const listener = createListener()
    await right(shop.subscribe('books', listener.hear))
    await right(shop.start())

    const one = await right(shop.createPayment(rupees('own-1')))
    const other = await right(shop.createPayment(rupees('own-2')))
    const addresses = [one, other].map(({ reference }) => stage.ippopay.order(idOf(reference))?.notifyUrl)
    expect(new Set(addresses).size).toBe(2)
    for (const address of addresses) expect(address).toMatch(new RegExp(`^${endpoint.publicUrl}/india/[\\w-]{22}$`))
    await payOnPage(linkOf(one))
    await stage.ippopay.settled()
    expect(stage.ippopay.deliveries().at(-1)).toMatchObject({ url: addresses[0], outcome: 'accepted' })
    advance(10_000)
    await listener.until(isAbout(idOf(one.reference), 'payment.succeeded'))
    expect(listener.events.filter(({ type }) => type === 'payment.succeeded')).toHaveLength(1)
  })

  it('answers notifications 503 where the configuration has no webhooks', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const request = new Request('http://shop.example/europe/token', { method: 'POST', body: '{}' })
    expect((await shop.webhooks.handle(request, { address: '203.0.113.7' })).status).toBe(503)
    expect(await left(shop.webhooks.address('europe'))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path: 'webhooks' }],
    })
  })
})

describe('subscribers', () => {
  it('are handed an event again that one of them did not take, before what comes after it', async () => {
    const { clock, advance } = createMovableClock()
    const failures: string[] = []
    const shop = await openShop(stage, configurationOn(stage), {
      clock,
      onDeliveryFailure: ({ subscriber, event }) => {
        failures.push(`${subscriber} ${event.type}`)
        advance(6_000)
      },
    })
    const listener = createListener()
    let tries = 0
    const take = async (event: PaymuxEvent): Promise<void> => {
      tries += 1
      if (tries <= 2) throw new Error('the books are closed')
      await listener.hear(event)
    }
    await right(shop.subscribe('books', take))
    await right(shop.start())
    const { reference } = await right(shop.createPayment(order('again-1')))
    stage.payop.act(idOf(reference), 'pay')
    await right(shop.getStatus(reference))
    // The second pause is twice as long.
    const late = setInterval(() => advance(6_000), 100)
    await listener.until(({ type }) => type === 'payment.succeeded')
    clearInterval(late)
    expect(failures).toEqual(['books payment.requires_action', 'books payment.requires_action'])
    expect(listener.types()).toEqual(['payment.requires_action', 'payment.succeeded'])
  })

  it('may come after the work has begun', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const [early, late] = [createListener(), createListener()]
    await right(shop.subscribe('early', early.hear))
    await right(shop.start())
    const first = await right(shop.createPayment(order('late-1')))
    await early.until(isAbout(idOf(first.reference), 'payment.requires_action'))
    await right(shop.subscribe('late', late.hear))
    const second = await right(shop.createPayment(order('late-2')))
    await late.until(isAbout(idOf(second.reference), 'payment.requires_action'))
    await early.until(isAbout(idOf(second.reference), 'payment.requires_action'))
    expect(late.events).toHaveLength(1)
  })

  it('hear nothing while nobody works, and all of it then', async () => {
    const config = configurationOn(stage)
    const quiet = await openShop(stage, config)
    const listener = createListener()
    await right(quiet.subscribe('books', listener.hear))
    await right(quiet.createPayment(order('quiet-1')))
    expect(listener.events).toEqual([])
    const working = await openShop(stage, config)
    await right(working.subscribe('books', listener.hear))
    await right(working.start())
    await listener.until(({ type }) => type === 'payment.requires_action')
  })
})

describe('two processes on one ledger', () => {
  it('give one another the results of each key, and send once', async () => {
    const config = configurationOn(stage)
    const [one, other] = [
      await openShop(stage, config, { waitMs: 5_000 }),
      await openShop(stage, config, { waitMs: 5_000 }),
    ]
    const before = stage.payop.executions().length
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => right((n % 2 === 0 ? one : other).createPayment(order('shared-1')))),
    )
    expect(new Set(results.map(({ reference }) => idOf(reference))).size).toBe(1)
    expect(results.filter(({ replayed }) => replayed !== true)).toHaveLength(1)
    expect(stage.payop.executions().slice(before)).toHaveLength(1)
  })

  it('share the work: each event is taken once', async () => {
    const config = configurationOn(stage)
    const listener = createListener()
    const [one, other] = [await openShop(stage, config), await openShop(stage, config)]
    for (const shop of [one, other]) {
      await right(shop.subscribe('books', listener.hear))
      await right(shop.start())
    }
    const payments = await Promise.all(
      Array.from({ length: 6 }, (_, n) => right((n % 2 === 0 ? one : other).createPayment(order(`both-${n}`)))),
    )
    for (const { reference } of payments) await listener.until(isAbout(idOf(reference), 'payment.requires_action'))
    await closeShops()
    expect(listener.events).toHaveLength(6)
  })
})
