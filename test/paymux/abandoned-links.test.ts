import type { PaymentRequest } from '../../src/core/index.js'
import {
  closeShops,
  configurationOn,
  createListener,
  createMovableClock,
  idOf,
  openShop,
  order,
  right,
  rupees,
} from './stage.js'
import { useStage, useWebhooks } from './use-stage.js'

const stage = useStage()
const endpoint = useWebhooks()

afterEach(closeShops)

const webhooks = () => ({ publicUrl: endpoint.publicUrl, secret: 'made-up-secret-of-32-characters-x' })

/** How one gateway loses the answer to a hosted create, and how a payer pays there. */
const gateways = {
  payop: {
    account: 'europe',
    order: (key: string): PaymentRequest => order(key),
    lose: () => stage.payop.inject({ route: 'POST /v1/invoices/create', fault: { kind: 'reset_after_executing' } }),
    ids: () => stage.payop.invoices().map(({ id }) => id),
    pay: async (id: string) => {
      stage.payop.act(id, 'pay')
      await stage.payop.settled()
    },
  },
  ippopay: {
    account: 'india',
    order: (key: string): PaymentRequest => rupees(key),
    lose: () => stage.ippopay.inject({ route: 'POST /v1/order/create', fault: { kind: 'reset_after_executing' } }),
    ids: () => stage.ippopay.orders().map(({ orderId }) => orderId),
    pay: async (id: string) => {
      stage.ippopay.pay(id, 'success')
      await stage.ippopay.settled()
    },
  },
} as const

const setUp = async (account: 'europe' | 'india') => {
  const { clock, advance } = createMovableClock()
  const routes = [{ to: [account] }]
  const shop = await openShop(stage, { ...configurationOn(stage), webhooks: webhooks(), routes }, { clock })
  endpoint.leadsTo(shop)
  stage.payop.setIpnUrls({ checkout: await right(shop.webhooks.address('europe')) })
  const listener = createListener()
  await right(shop.subscribe('books', listener.hear))
  await right(shop.start())
  return { shop, listener, advance }
}

describe.each(Object.entries(gateways))('a hosted create at %s that was executed and lost', (name, gateway) => {
  it('and paid by the payer all the same is told, with the order that it is of', async () => {
    const { shop, listener } = await setUp(gateway.account)
    const before = new Set(gateway.ids())
    gateway.lose()
    const key = `lost-${name}`
    const payment = await right(shop.createPayment(gateway.order(key)))
    const [lost = '', ...others] = gateway.ids().filter((id) => !before.has(id) && id !== idOf(payment.reference))
    expect(others).toEqual([])
    await gateway.pay(lost)
    const told = await listener.until(({ type }) => type === 'payment.on_abandoned_attempt')
    expect(told).toMatchObject({
      idempotencyKey: key,
      merchantReference: `ORD-${key}`,
      object: { id: lost, status: 'succeeded', amountCheck: 'exact' },
    })
    const stories = await right(shop.explain({ merchantReference: `ORD-${key}` }))
    const attemptOf = (id: string) => stories.find(({ subject }) => subject.id === id)?.steps.map(({ code }) => code)
    expect(stories).toHaveLength(2)
    expect(attemptOf(lost)).toEqual(
      expect.arrayContaining(['called', 'dispatched', 'abandoned', 'notified', 'noticed']),
    )
    expect(attemptOf(lost)).not.toContain('answered')
    expect(attemptOf(idOf(payment.reference))).toEqual(expect.arrayContaining(['abandoned', 'dispatched', 'answered']))
  })

  it('is told to be a duplicate once the payer has paid both links', async () => {
    const { shop, listener, advance } = await setUp(gateway.account)
    const before = new Set(gateway.ids())
    gateway.lose()
    const key = `twice-${name}`
    const payment = await right(shop.createPayment(gateway.order(key)))
    const [lost = ''] = gateway.ids().filter((id) => !before.has(id) && id !== idOf(payment.reference))
    await gateway.pay(lost)
    await listener.until(({ type }) => type === 'payment.on_abandoned_attempt')
    await gateway.pay(idOf(payment.reference))
    advance(10_000)
    const told = await listener.until(({ type }) => type === 'payment.duplicate')
    expect(told).toMatchObject({
      merchantReference: `ORD-${key}`,
      idempotencyKey: key,
      object: { id: idOf(payment.reference), status: 'succeeded' },
    })
    expect(listener.types().filter((type) => type === 'payment.duplicate')).toHaveLength(1)
  })
})

describe('two payments of one order number', () => {
  it('that were both paid are told, whichever keys they have', async () => {
    const { shop, listener, advance } = await setUp('europe')
    const [first, second] = await Promise.all(
      ['same-1', 'same-2'].map((key) => right(shop.createPayment({ ...order(key), merchantReference: 'ORD-SAME' }))),
    )
    for (const payment of [first, second]) if (payment) await gateways.payop.pay(idOf(payment.reference))
    advance(10_000)
    const told = await listener.until(({ type }) => type === 'payment.duplicate')
    expect(told).toMatchObject({ merchantReference: 'ORD-SAME', object: { status: 'succeeded' } })
  })

  it('of which one was paid are no duplicate', async () => {
    const { shop, listener, advance } = await setUp('europe')
    const payment = await right(shop.createPayment({ ...order('one-1'), merchantReference: 'ORD-ONE' }))
    await right(shop.createPayment({ ...order('one-2'), merchantReference: 'ORD-ONE' }))
    await gateways.payop.pay(idOf(payment.reference))
    advance(10_000)
    await listener.until(({ type }) => type === 'payment.succeeded')
    expect(listener.types()).not.toContain('payment.duplicate')
  })
})
