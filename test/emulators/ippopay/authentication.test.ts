import type { IppoPayCredentials } from '../../../src/emulators/index.js'
import { basic, call, type Keys, newOrder, textAt, useEmulator } from './fixture.js'

const emulator = useEmulator()

const PREFIXES = ['/v1', '/api/v1/pg', '/apitest/v1/pg']

describe('prefixes', () => {
  it.each(PREFIXES)('%s has the whole API', async (prefix) => {
    const { apiUrl, credentials } = emulator()
    const base = `${apiUrl}${prefix}`
    const created = await call(`${base}/order/create`, credentials, { amount: 1 })
    const orderId = textAt(created.body, 'data.order.order_id')

    expect(await call(`${apiUrl}/v1/order/${orderId}`, credentials)).toMatchObject({ body: { success: true } })
    expect(await call(`${base}/payout/account/balance`, credentials.payouts)).toMatchObject({ body: { success: true } })
    expect(await call(`${base}/payout/beneficiary/list`, credentials.payouts)).toMatchObject({
      body: { success: true },
    })
  })

  it('end in a gateway 404 where there is no route', async () => {
    const { apiUrl, credentials } = emulator()
    for (const path of ['/', '/v1/orders', '/v2/order/create'])
      expect(await call(`${apiUrl}${path}`, credentials)).toMatchObject({
        status: 404,
        synthetic: true,
        body: { message: expect.any(String) },
      })
  })
})

describe('keys', () => {
  const create = (prefix: string, keys: Keys | undefined) =>
    call(`${emulator().apiUrl}${prefix}/order/create`, keys, { amount: 1 })

  it('are two pairs per mode, in the known shapes', () => {
    const { credentials, testCredentials } = emulator()
    expect(credentials.publicKey).toMatch(/^pk_live_[0-9A-Za-z]{12}$/)
    expect(credentials.secretKey).toMatch(/^sk_live_[0-9A-Za-z]{40}$/)
    expect(testCredentials.publicKey).toMatch(/^pk_test_[0-9A-Za-z]{12}$/)
    expect(testCredentials.secretKey).toMatch(/^sk_test_[0-9A-Za-z]{40}$/)
  })

  it.each<[string, (keys: IppoPayCredentials) => Keys | undefined]>([
    ['none', () => undefined],
    ['a wrong secret', ({ publicKey }) => ({ publicKey, secretKey: 'wrong' })],
    ['keys the wrong way round', ({ publicKey, secretKey }) => ({ publicKey: secretKey, secretKey: publicKey })],
    ['the keys of payouts', ({ payouts }) => payouts],
  ])('for collections, %s: the refusal of the gateway in front', async (_, choose) => {
    const answer = await create('/v1', choose(emulator().credentials))

    expect(answer).toMatchObject({ status: 401, synthetic: true })
    expect(answer.body).toEqual({ message: expect.any(String) })
    expect(emulator().orders()).toEqual([])
  })

  it('of collections do not open payouts', async () => {
    const { apiUrl, credentials } = emulator()
    const answer = await call(`${apiUrl}/v1/payout/account/balance`, credentials)
    expect(answer).toMatchObject({ status: 401, body: { message: expect.any(String) } })
  })

  it('are looked at before the body', async () => {
    const { apiUrl } = emulator()
    const answer = await fetch(`${apiUrl}/v1/order/create`, { method: 'POST', body: '{' })
    expect(answer.status).toBe(401)
  })

  it('decide the mode of an order, and hide it from the other mode', async () => {
    const { apiUrl, credentials, testCredentials } = emulator()
    const created = await create('/apitest/v1/pg', testCredentials)
    const orderId = textAt(created.body, 'data.order.order_id')

    expect(created.body).toMatchObject({ data: { order: { mode: 'test' } } })
    expect((await call(`${apiUrl}/v1/order/${orderId}`, testCredentials)).body).toMatchObject({ success: true })
    expect((await call(`${apiUrl}/v1/order/${orderId}`, credentials)).body).toMatchObject({ success: false })
  })

  it.each([
    ['any', { live: [200, 200], test: [200, 200] }],
    ['apitest', { live: [200, 401], test: [401, 200] }],
    ['v1', { live: [200, 404], test: [200, 404] }],
  ] as const)('with testPath %s work where that says', async (testPath, expected) => {
    const { credentials, testCredentials, behaviour } = emulator()
    behaviour.testPath = testPath
    const statuses = async (keys: Keys) => [
      (await create('/v1', keys)).status,
      (await create('/apitest/v1/pg', keys)).status,
    ]

    expect({ live: await statuses(credentials), test: await statuses(testCredentials) }).toEqual(expected)
  })
})

describe('addresses', () => {
  it('are all admitted, or only those on the list', async () => {
    const orderId = await newOrder(emulator())
    const { apiUrl, credentials, behaviour } = emulator()
    const read = () => call(`${apiUrl}/v1/order/${orderId}`, credentials)

    behaviour.ipAllowList = ['203.0.113.7']
    expect(await read()).toMatchObject({ status: 401, body: { success: false, message: 'Source IP not allowed' } })
    behaviour.ipAllowList = ['127.0.0.1']
    expect(await read()).toMatchObject({ status: 200 })
  })
})

it('takes keys from its options', async () => {
  const { startIppoPayEmulator } = await import('../../../src/emulators/index.js')
  const keys = { publicKey: 'pk_live_given0000000', secretKey: 'sk_live_given' }
  const own = await startIppoPayEmulator({ credentials: { ...keys, payouts: { publicKey: 'p', secretKey: 's' } } })
  try {
    const answer = await fetch(`${own.apiUrl}/v1/payout/account/balance`, {
      headers: { authorization: basic({ publicKey: 'p', secretKey: 's' }) },
    })
    expect(answer.status).toBe(200)
    expect(own.credentials).toMatchObject(keys)
  } finally {
    await own.close()
  }
})
