import { request as requestHttp } from 'node:http'
import nock from 'nock'
import { startIppoPayEmulator, startPayopEmulator } from '../../../src/emulators/index.js'

// A page of another site makes the browser of whoever runs the emulators send requests to the admin port.

interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: string
}

/** fetch sends no `Host` and no `Origin` of a test's choice. */
const sendAs = (adminUrl: string, headers: Readonly<Record<string, string>>, { method, path, body = '' }: Sent) =>
  new Promise<{ readonly status: number; readonly cors: boolean }>((resolve, reject) => {
    const request = requestHttp(`${adminUrl}${path}`, { method, agent: false, headers }, (response) => {
      const cors = Object.keys(response.headers).some((name) => name.startsWith('access-control-'))
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, cors }))
    })
    request.on('error', reject)
    request.end(body)
  })

const REQUESTS: readonly Sent[] = [
  { method: 'GET', path: '/log' },
  { method: 'GET', path: '/behaviour' },
  { method: 'POST', path: '/clock/advance', body: '{"ms":86400000}' },
  { method: 'POST', path: '/faults', body: '{"route":"*","fault":{"kind":"half_answer"}}' },
  { method: 'POST', path: '/refuse', body: '{"refused":true}' },
  { method: 'PATCH', path: '/notifications', body: '{"drop":true}' },
  { method: 'DELETE', path: '/faults' },
  { method: 'GET', path: '/no-such-route' },
]

const GATEWAYS = [
  {
    name: 'Payop',
    start: () => startPayopEmulator({ clock: { startAt: 0, manual: true } }),
    own: [
      { method: 'GET', path: '/invoices' },
      { method: 'POST', path: '/tokens', body: '{}' },
    ],
  },
  {
    name: 'IppoPay',
    start: () => startIppoPayEmulator({ clock: { startAt: 0, manual: true } }),
    own: [
      { method: 'GET', path: '/orders' },
      { method: 'POST', path: '/orders/order_1/pay', body: '{}' },
    ],
  },
]

describe.each(GATEWAYS)('the admin port of $name', ({ start, own }) => {
  let emulator: Awaited<ReturnType<typeof start>>
  const requests = [...REQUESTS, ...own]

  beforeAll(() => nock.restore())
  beforeEach(async () => {
    emulator = await start()
  })
  afterEach(() => emulator.close())

  const unchanged = () => {
    expect(emulator.clock.now()).toBe(0)
    expect(emulator.notifications.drop).toBe(false)
  }

  it.each([
    ['a name that was pointed at this machine', 'evil.example'],
    ['the same with the port', 'evil.example:4012'],
    ['a name that begins like this machine', '127.0.0.1.evil.example'],
    ['a name that contains this machine', 'localhost.evil.example'],
    ['another address', '10.0.0.7'],
  ])('refuses every route to a Host that is %s', async (_, host) => {
    for (const sent of requests)
      expect(await sendAs(emulator.adminUrl, { host }, sent)).toEqual({ status: 403, cors: false })
    unchanged()
  })

  it.each([
    ['another site', () => 'https://evil.example'],
    ['a sandboxed frame or a file', () => 'null'],
    ['another port of this machine', () => 'http://127.0.0.1:1'],
    ['this port under https', () => emulator.adminUrl.replace('http:', 'https:')],
    ['an origin that begins with this one', () => `${emulator.adminUrl}.evil.example`],
    ["the gateway's own pages", () => emulator.checkoutUrl],
  ])('refuses every route to an Origin that is %s', async (_, origin) => {
    for (const sent of requests)
      expect(await sendAs(emulator.adminUrl, { origin: origin(), 'content-type': 'text/plain' }, sent)).toEqual({
        status: 403,
        cors: false,
      })
    unchanged()
  })

  it.each([
    ['a program', () => ({})],
    ['a page of its own', () => ({ origin: emulator.adminUrl })],
    ['a program that calls it localhost', () => ({ host: `localhost:${new URL(emulator.adminUrl).port}` })],
    ['a program that calls it [::1]', () => ({ host: `[::1]:${new URL(emulator.adminUrl).port}` })],
  ])('answers %s', async (_, headers) => {
    const advance = { method: 'POST', path: '/clock/advance', body: '{"ms":1000}' }
    expect(await sendAs(emulator.adminUrl, headers(), advance)).toEqual({ status: 200, cors: false })
    expect(emulator.clock.now()).toBe(1000)
  })
})
