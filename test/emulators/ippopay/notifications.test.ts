import { type Receiver, startReceiver } from '../kit/receiver.js'
import { newOrder, useEmulator } from './fixture.js'

const emulator = useEmulator()

let shop: Receiver

beforeEach(async () => {
  shop = await startReceiver()
})
afterEach(() => shop.close())

const notifiedOrder = () => newOrder(emulator(), { amount: 19.99, notify_url: shop.url })
const bodies = () => shop.received.map(({ body }) => body)

describe('a notification', () => {
  it('shows order and transaction as the API does, and is marked as synthetic', async () => {
    const orderId = await notifiedOrder()
    const transId = emulator().pay(orderId, 'success')
    await emulator().settled()

    expect(shop.received).toMatchObject([
      { headers: { 'content-type': 'application/json', 'x-emulator-synthetic': '1' } },
    ])
    expect(bodies()).toMatchObject([
      {
        success: true,
        data: {
          order: { order_id: orderId, status: 'paid', amount: 19.99 },
          transaction: { trans_id: transId, status: 'success', cost: { paid: 19.99 } },
        },
      },
    ])
  })

  it('can be flat, as JSON or as a form', async () => {
    const reported = async (shape: 'flat' | 'form') => {
      emulator().behaviour.notificationShape = shape
      const order_id = await notifiedOrder()
      const trans_id = emulator().pay(order_id, 'failure')
      await emulator().settled()
      return { order_id, trans_id, status: 'failure', amount: '19.99', currency: 'INR' }
    }
    const [flat, form] = [await reported('flat'), await reported('form')]

    expect(bodies()[0]).toEqual(flat)
    expect(shop.received[1]).toMatchObject({
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-emulator-synthetic': '1' },
    })
    expect(Object.fromEntries(new URLSearchParams(shop.received[1]?.text))).toEqual(form)
  })

  it('is sent for each step of each transaction', async () => {
    const orderId = await notifiedOrder()
    emulator().pay(orderId, 'failure')
    await emulator().settled()
    const pending = emulator().pay(orderId, 'pending')
    await emulator().settled()
    emulator().decidePayment(pending, 'success')
    await emulator().settled()

    expect(bodies()).toMatchObject([
      { data: { order: { status: 'created' }, transaction: { status: 'failure' } } },
      { data: { order: { status: 'created' }, transaction: { status: 'pending' } } },
      { data: { order: { status: 'paid' }, transaction: { status: 'success' } } },
    ])
  })

  it('is repeated until it is answered with 2xx', async () => {
    shop.answers.push(503, 302, 204)
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().settled()
    await emulator().clock.advance(3_600_000)
    await emulator().settled()

    expect(emulator().deliveries()).toMatchObject([
      { attempt: 1, outcome: 'rejected', status: 503 },
      { attempt: 2, outcome: 'rejected', status: 302 },
      { attempt: 3, outcome: 'accepted', status: 204 },
    ])
  })

  it('is not sent if the order has no notify_url, nor to another machine', async () => {
    emulator().pay(await newOrder(emulator()), 'success')
    emulator().pay(await newOrder(emulator(), { notify_url: 'https://shop.example.com/hook' }), 'success')
    await emulator().settled()

    expect(emulator().deliveries()).toMatchObject([{ url: 'https://shop.example.com/hook', outcome: 'skipped' }])
  })
})

describe('the network', () => {
  it('can deliver copies', async () => {
    emulator().notifications.duplicate = 2
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().settled()
    expect(shop.received).toHaveLength(3)
    expect(new Set(shop.received.map(({ text }) => text)).size).toBe(1)
  })

  it('can delay a notification', async () => {
    emulator().notifications.delayMs = 60_000
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().clock.advance(59_999)
    await emulator().settled()
    expect(shop.received).toEqual([])
    await emulator().clock.advance(1)
    await emulator().settled()
    expect(shop.received).toHaveLength(1)
  })

  it('can deliver the later one first', async () => {
    emulator().notifications.reorder = true
    const orderId = await notifiedOrder()
    emulator().pay(orderId, 'failure')
    emulator().pay(orderId, 'success')
    await emulator().settled()
    expect(bodies()).toMatchObject([
      { data: { transaction: { status: 'success' } } },
      { data: { transaction: { status: 'failure' } } },
    ])
  })

  it('can lose it', async () => {
    emulator().notifications.drop = true
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().clock.advance(86_400_000)
    await emulator().settled()
    expect(shop.received).toEqual([])
    expect(emulator().deliveries()).toMatchObject([{ outcome: 'dropped' }])
  })

  it('can deliver one that is not true', async () => {
    const orderId = await notifiedOrder()
    emulator().forgeNotification(orderId)
    await emulator().settled()

    expect(bodies()).toMatchObject([
      { success: true, data: { order: { order_id: orderId, status: 'paid' }, transaction: { status: 'success' } } },
    ])
    expect(emulator().order(orderId)).toMatchObject({ status: 'created' })
    expect(emulator().transactions(orderId)).toEqual([])
  })
})
