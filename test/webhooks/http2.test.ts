import { type ClientHttp2Session, connect, constants, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { toNodeHandler, type Webhooks } from '../../src/webhooks/index.js'
import { setUp } from './support.js'

/** A server of HTTP/2 over plain TCP, with a client at it. */
interface Connected {
  readonly client: ClientHttp2Session
  readonly close: () => Promise<void>
}

const connectedTo = (port: number, closeServer: () => Promise<unknown>): Connected => {
  const client = connect(`http://127.0.0.1:${port}`)
  return {
    client,
    close: async () => {
      client.destroy()
      await closeServer()
    },
  }
}

const overNode = async (webhooks: Pick<Webhooks, 'handle'>): Promise<Connected> => {
  const server = createServer(toNodeHandler(webhooks))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return connectedTo(port, () => new Promise((resolve) => server.close(resolve)))
}

const overFastify = async (webhooks: Pick<Webhooks, 'handle'>): Promise<Connected> => {
  const app = fastify({ http2: true })
  const serve = toNodeHandler(webhooks)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _body, parsed) => parsed(null))
  app.all('/paymux/*', (request, reply) => {
    reply.hijack()
    serve(request.raw, reply.raw)
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return connectedTo(Number(new URL(url).port), () => app.close())
}

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** Sends one request whole, and gives its answer. */
const ask = ({ client }: Connected, headers: IncomingHttpHeaders, body: string | Uint8Array): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = client.request({ ':method': 'POST', ...headers }, { endStream: false })
    let status: number | undefined
    let text = ''
    request.on('response', (answered) => {
      status = answered[':status']
    })
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('close', () => resolve({ status, body: text })).on('error', reject)
    request.end(body)
  })

describe.each([
  ['node:http2', overNode],
  ['Fastify with http2', overFastify],
])('%s', (_name, start) => {
  const running: Connected[] = []
  const open = async (options: Parameters<typeof setUp>[0] = {}) => {
    const all = setUp(options)
    const server = await start(all.webhooks)
    running.push(server)
    return { ...all, server, path: new URL(all.webhooks.address('main')).pathname }
  }
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close()
  })

  it('takes a notification in, and the next one on the same connection', async () => {
    const { server, path, entries } = await open()
    for (const id of ['pay-1', 'pay-2']) {
      const headers = { ':path': path, 'content-type': 'application/json' }
      expect(await ask(server, headers, `{"id":"${id}"}`)).toEqual({ status: 200, body: 'ok' })
    }
    expect(entries()).toMatchObject([{ object: { id: 'pay-1' } }, { object: { id: 'pay-2' } }])
  })

  it('takes one in that comes in many pieces', async () => {
    const { server, path, entries } = await open()
    const body = JSON.stringify({ id: 'pay-1', filling: 'ä'.repeat(100_000) })
    expect(await ask(server, { ':path': path }, body)).toMatchObject({ status: 200 })
    expect(entries()).toHaveLength(1)
  })

  it('knows the peer, and X-Forwarded-For', async () => {
    const sources = { main: { mode: 'enforce', addresses: ['203.0.113.7'] } } as const
    const { server, path } = await open({ settings: { sources, trustedProxies: ['127.0.0.1'] } })
    const from = async (line: string) =>
      (await ask(server, { ':path': path, 'x-forwarded-for': line }, '{"id":"a"}')).status
    expect(await from('203.0.113.7:51008')).toBe(200)
    expect(await from('198.51.100.66')).toBe(403)
  })

  it('answers other methods and paths', async () => {
    const { server, path } = await open()
    expect(await ask(server, { ':path': `${path.slice(0, -2)}xx` }, '{}')).toMatchObject({ status: 404 })
    expect(await ask(server, { ':path': path, ':method': 'PUT' }, '{}')).toMatchObject({ status: 405 })
    expect(await ask(server, { ':path': path, ':method': 'DELETE' }, '{}')).toMatchObject({ status: 405 })
  })

  it('answers 413 to too much, and stays fit for the next', async () => {
    const { server, path } = await open({ limits: { bodyBytes: 1000 } })
    expect(await ask(server, { ':path': path }, 'x'.repeat(2000))).toMatchObject({ status: 413 })
    expect(await ask(server, { ':path': path }, '{"id":"a"}')).toMatchObject({ status: 200 })
  })

  it('answers 408 to a body that does not come, and ends the request', async () => {
    const { server, path } = await open({ limits: { bodyMs: 20 } })
    const request = server.client.request({ ':method': 'POST', ':path': path })
    const status = await new Promise((resolve, reject) => {
      request.on('response', (answered) => resolve(answered[':status'])).on('error', reject)
      request.write('{')
    })
    expect(status).toBe(408)
    request.resume()
    await new Promise((resolve) => request.on('close', resolve))
    expect(await ask(server, { ':path': path }, '{"id":"a"}')).toMatchObject({ status: 200 })
  })

  it('stores nothing of a request that the sender resets, and lives on', async () => {
    const { server, path, decisions, commits } = await open()
    const request = server.client.request({ ':method': 'POST', ':path': path })
    request.on('error', () => undefined)
    request.write('{"id":"pay-1"}')
    await new Promise((resolve) => server.client.ping(resolve))
    request.close(constants.NGHTTP2_CANCEL)
    while (decisions.length === 0) await new Promise(setImmediate)
    expect(decisions).toMatchObject([{ reason: 'broken_off' }])
    expect(commits).toEqual([])
    expect(await ask(server, { ':path': path }, '{"id":"a"}')).toMatchObject({ status: 200 })
  })

  it('lives on where the connection is lost before the answer', async () => {
    const { webhooks } = setUp()
    let arrived = () => {}
    let goOn = () => {}
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const isLost = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const handled: Promise<Response>[] = []
    const handle: Webhooks['handle'] = async (request, client) => {
      arrived()
      await isLost
      const answered = webhooks.handle(request, client)
      handled.push(answered)
      return answered
    }
    const server = await start({ handle })
    const { pathname } = new URL(webhooks.address('main'))
    const request = server.client.request({ ':method': 'POST', ':path': pathname })
    request.on('error', () => undefined).end('{"id":"a"}')
    await hasArrived
    server.client.destroy()
    await new Promise((resolve) => request.on('close', resolve))
    goOn()
    while (handled.length === 0) await new Promise(setImmediate)
    await Promise.all(handled)
    await server.close()
  })

  it('answers 500 where what handles it fails', async () => {
    const server = await start({ handle: () => Promise.reject(new Error('made up')) })
    running.push(server)
    expect(await ask(server, { ':path': '/paymux/main/x' }, '{}')).toEqual({ status: 500, body: '' })
  })
})
