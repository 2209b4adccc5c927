import { once } from 'node:events'
import https from 'node:https'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import Ippopay from 'node-ippopay'
import { basic, type Keys, textAt, useEmulator } from './fixture.js'

/**
 * The client that IppoPay publishes, against the emulator: an independent reading of the same API. Its host is a
 * constant, so its connections to api.ippopay.com are led to the emulator, where plain HTTP will do.
 */
const emulator = useEmulator()

class AgentTo extends https.Agent {
  constructor(readonly port: number) {
    super()
  }

  override createConnection({ host }: https.RequestOptions) {
    if (host !== 'api.ippopay.com') throw new Error('the client calls another host than api.ippopay.com')
    return connect(this.port, '127.0.0.1')
  }
}

/** Passes the bytes on to the emulator, and keeps what the client wrote. */
let relay: Server
let written: string
const usualAgent = https.globalAgent

beforeEach(async () => {
  written = ''
  relay = createServer((client) => {
    const gateway = connect(Number(new URL(emulator().apiUrl).port), '127.0.0.1')
    client.on('data', (bytes) => {
      written += bytes
    })
    client.on('error', () => gateway.destroy())
    gateway.on('error', () => client.destroy())
    client.pipe(gateway).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  https.globalAgent = new AgentTo((relay.address() as AddressInfo).port)
})
afterEach(() => {
  https.globalAgent.destroy()
  https.globalAgent = usualAgent
  relay.close()
})

const clientWith = ({ publicKey, secretKey }: Keys) => new Ippopay({ public_key: publicKey, secret_key: secretKey })

const createOrder = (keys: Keys, order: object): Promise<string | undefined> =>
  new Promise((resolve) => clientWith(keys).createOrder(order, (_, body) => resolve(body)))

const transactionOf = (keys: Keys, orderId: string): Promise<string | undefined> =>
  new Promise((resolve) => clientWith(keys).orderTransactionDetails({ orderId }, (_, body) => resolve(body)))

const jsonOf = (body: string | undefined): unknown => JSON.parse(body ?? 'no answer')

const ORDER = {
  amount: 19.99,
  customer: { name: 'Asha Example', email: 'asha@example.com', phone: { national_number: '9000000001' } },
  notify_url: 'https://shop.example.com/hook',
}

it('sends live keys to /v1', async () => {
  await createOrder(emulator().credentials, ORDER)

  expect(written).toMatch(/^POST \/v1\/order\/create HTTP\/1\.1\r\n/)
  expect(emulator().executions()).toMatchObject([{ route: 'POST /v1/order/create', executed: true }])
})

it('sends test keys to /apitest/v1/pg', async () => {
  await createOrder(emulator().testCredentials, ORDER)

  expect(written).toMatch(/^POST \/apitest\/v1\/pg\/order\/create HTTP\/1\.1\r\n/)
  expect(emulator().executions()).toMatchObject([{ route: 'POST /apitest/v1/pg/order/create', executed: true }])
  expect(emulator().orders()).toMatchObject([{ mode: 'test' }])
})

it('signs in with both keys, and the emulator admits it', async () => {
  const { credentials } = emulator()
  await createOrder(credentials, ORDER)

  expect(written).toContain(`\r\nAuthorization: ${basic(credentials)}\r\n`)
})

it('reads the order id out of what the emulator answers', async () => {
  const body = jsonOf(await createOrder(emulator().credentials, ORDER))
  const orderId = textAt(body, 'data.order.order_id')

  expect(emulator().order(orderId)).toMatchObject({
    amountPaise: 1999,
    customer: { ...ORDER.customer, phone: { country_code: '91', national_number: '9000000001' } },
    notifyUrl: ORDER.notify_url,
  })
})

it('needs nothing but an amount', async () => {
  expect(jsonOf(await createOrder(emulator().credentials, { amount: 1 }))).toMatchObject({ success: true })
})

it('reads the transaction of an order whose id holds a sign that it does not escape', async () => {
  const { credentials } = emulator()
  const orderIds: string[] = []
  for (const _ of ['@', '!']) {
    orderIds.push(textAt(jsonOf(await createOrder(credentials, ORDER)), 'data.order.order_id'))
  }
  expect(orderIds).toEqual([expect.stringContaining('@'), expect.stringContaining('!')])

  for (const orderId of orderIds) {
    const transId = emulator().pay(orderId, 'success')
    expect(jsonOf(await transactionOf(credentials, orderId))).toMatchObject({
      success: true,
      data: { transaction: { trans_id: transId, status: 'success', cost: { paid: 19.99 } } },
    })
    expect(written).toContain(`GET /v1/order/${orderId}/transaction HTTP/1.1`)
  }
})

it('hears nothing at all while the emulator is down', async () => {
  await emulator().refuse(true)
  expect(await createOrder(emulator().credentials, ORDER)).toBeUndefined()
  await emulator().refuse(false)
  expect(await createOrder(emulator().credentials, ORDER)).toBeDefined()
})

it('hears a refusal of wrong keys that is JSON and no success', async () => {
  const { publicKey } = emulator().credentials
  const body = jsonOf(await createOrder({ publicKey, secretKey: 'wrong' }, ORDER))

  expect(body).toEqual({ message: expect.any(String) })
  expect(emulator().orders()).toEqual([])
})
