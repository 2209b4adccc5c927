import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newOrder, useEmulator } from './harness.js'

const emulator = useEmulator()

interface Received {
  readonly contentType: string | undefined
  readonly synthetic: boolean
  readonly body: string
}

/** The merchant's endpoint: keeps what it got, and answers with the next of `statuses`, then with 200. */
let shop: Server
let received: Received[]
let statuses: number[]

beforeEach(async () => {
  received = []
  statuses = []
  shop = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        contentType: request.headers['content-type'],
        synthetic: request.headers['x-emulator-synthetic'] === '1',
        body: Buffer.concat(chunks).toString(),
      })
      answer.writeHead(statuses.shift() ?? 200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
})
afterEach(() => {
  shop.closeAllConnections()
  shop.close()
})

const notifyUrl = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}/hooks/ippopay/token`
const notifiedOrder = () => newOrder(emulator(), { amount: 19.99, notify_url: notifyUrl() })
const jsonOf = ({ body }: Received): unknown => JSON.parse(body)

describe('a notification', () => {
  it('tells order and transaction as the API shows them, and is marked as invented', async () => {
    const orderId = await notifiedOrder()
    const transId = emulator().pay(orderId, 'success')
    await emulator().settled()

    expect(received).toMatchObject([{ contentType: 'application/json', synthetic: true }])
    expect(received.map(jsonOf)).toMatchObject([
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
    const claims = async (shape: 'flat' | 'form') => {
      emulator().behaviour.notificationShape = shape
      const order_id = await notifiedOrder()
      const trans_id = emulator().pay(order_id, 'failure')
      await emulator().settled()
      return { order_id, trans_id, status: 'failure', amount: '19.99', currency: 'INR' }
    }
    const [flat, form] = [await claims('flat'), await claims('form')]

    expect(received[0] && jsonOf(received[0])).toEqual(flat)
    expect(received[1]).toMatchObject({ contentType: 'application/x-www-form-urlencoded', synthetic: true })
    expect(Object.fromEntries(new URLSearchParams(received[1]?.body))).toEqual(form)
  })

  it('goes out for each step of each try', async () => {
    const orderId = await notifiedOrder()
    emulator().pay(orderId, 'failure')
    await emulator().settled()
    const pending = emulator().pay(orderId, 'pending')
    await emulator().settled()
    emulator().concludePayment(pending, 'success')
    await emulator().settled()

    expect(received.map(jsonOf)).toMatchObject([
      { data: { order: { status: 'created' }, transaction: { status: 'failure' } } },
      { data: { order: { status: 'created' }, transaction: { status: 'pending' } } },
      { data: { order: { status: 'paid' }, transaction: { status: 'success' } } },
    ])
  })

  it('is repeated until it is answered with 2xx', async () => {
    statuses = [503, 302, 204]
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

  it('is not sent where the order has no notify_url, nor to another machine', async () => {
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
    expect(received).toHaveLength(3)
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  })

  it('can hold a notification back', async () => {
    emulator().notifications.delayMs = 60_000
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().clock.advance(59_999)
    await emulator().settled()
    expect(received).toEqual([])
    await emulator().clock.advance(1)
    await emulator().settled()
    expect(received).toHaveLength(1)
  })

  it('can deliver the later one first', async () => {
    emulator().notifications.reorder = true
    const orderId = await notifiedOrder()
    emulator().pay(orderId, 'failure')
    emulator().pay(orderId, 'success')
    await emulator().settled()
    expect(received.map(jsonOf)).toMatchObject([
      { data: { transaction: { status: 'success' } } },
      { data: { transaction: { status: 'failure' } } },
    ])
  })

  it('can lose it', async () => {
    emulator().notifications.drop = true
    emulator().pay(await notifiedOrder(), 'success')
    await emulator().clock.advance(86_400_000)
    await emulator().settled()
    expect(received).toEqual([])
    expect(emulator().deliveries()).toMatchObject([{ outcome: 'dropped' }])
  })

  it('can deliver one that is not true', async () => {
    const orderId = await notifiedOrder()
    emulator().forgeNotification(orderId)
    await emulator().settled()

    expect(received.map(jsonOf)).toMatchObject([
      { success: true, data: { order: { order_id: orderId, status: 'paid' }, transaction: { status: 'success' } } },
    ])
    expect(emulator().order(orderId)).toMatchObject({ status: 'created' })
    expect(emulator().transactions(orderId)).toEqual([])
  })
})
