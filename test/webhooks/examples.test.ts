import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { expressApp } from '../../examples/webhooks/express.js'
import { fastifyApp } from '../../examples/webhooks/fastify.js'
import { honoApp } from '../../examples/webhooks/hono.js'
import { notificationServer } from '../../examples/webhooks/node-http.js'
import type { Webhooks } from '../../src/webhooks/index.js'
import { ask, type Listening, listen } from './listening.js'
import { setUp } from './support.js'

jest.mock('paymux/webhooks', () => jest.requireActual('../../src/webhooks/index.js'), { virtual: true })

const startFastify = async (webhooks: Webhooks): Promise<Listening> => {
  const app = fastifyApp(webhooks)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url, port: Number(new URL(url).port), close: () => app.close() }
}

const starts: ReadonlyArray<readonly [string, (webhooks: Webhooks) => Promise<Listening>]> = [
  ['node:http', (webhooks) => listen(notificationServer(webhooks))],
  ['Express', (webhooks) => listen(createServer(expressApp(webhooks)))],
  ['Fastify', startFastify],
  ['hono', (webhooks) => listen(createServer(getRequestListener(honoApp(webhooks).fetch)))],
]

describe.each(starts)('the example with %s', (name, start) => {
  const all = setUp({
    limits: { bodyBytes: 1000 },
    settings: { sources: { main: { mode: 'observe', addresses: ['127.0.0.1'] } } },
  })
  let server: Listening
  let address: string
  beforeAll(async () => {
    server = await start(all.webhooks)
    address = `${server.url}${new URL(all.webhooks.address('main')).pathname}`
  })
  afterAll(() => server.close())

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'nothing/known', ''])(
    'takes a notification of type %p in, byte for byte',
    async (type) => {
      const body = ` {"id":"pay-1",  "type":"${type}"}\n`
      const before = all.entries().length
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      expect(await ask(address, { body, headers })).toMatchObject({ status: 200, body: 'ok' })
      expect(
        all
          .entries()
          .slice(before)
          .map((entry) => entry.body),
      ).toEqual([body])
      expect(all.decisions.at(-1)).toEqual({ reason: 'stored', status: 200, account: 'main', state: 'unmatched' })
    },
  )

  it('answers a wrong token with 404, too much with 413, something compressed with 415', async () => {
    const json = { 'content-type': 'application/json' }
    const wrong = await ask(`${address.slice(0, -1)}_`, { body: '{"id":"a"}', headers: json })
    expect([wrong.status, wrong.body]).toEqual([404, 'no'])
    expect((await ask(address, { body: 'x'.repeat(2000), headers: json })).status).toBe(413)
    expect((await ask(address, { body: 'x', headers: { ...json, 'content-encoding': 'gzip' } })).status).toBe(415)
    expect((await ask(address, { method: 'PUT', body: 'x', headers: json })).status).toBe(405)
  })

  it('leaves the application’s own routes as they are', async () => {
    const answer = await ask(`${server.url}/orders`, {
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    })
    expect(name === 'node:http' ? answer.status : answer.body).toEqual(
      name === 'node:http' ? 404 : '{"received":{"a":1}}',
    )
  })
})
