import { Agent, request as requestHttp } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import nock from 'nock'
import { createExecutionLog, type ExecutionLog } from '../../../src/emulators/kit/execution-log.js'
import { createFaults, type Fault, type Faults } from '../../../src/emulators/kit/faults.js'
import { loadServerPackages, type RunningServer, serve } from '../../../src/emulators/kit/server.js'
import { eventually } from '../../eventually.js'

interface Seen {
  readonly status?: number
  readonly contentType?: string
  readonly retryAfter?: string
  readonly body?: string
  readonly error?: string
}

/** One exchange on a connection of its own, as a client sees it. `leaving`: when the client has waited long enough. */
const exchange = (url: string, leaving?: () => Promise<unknown>): Promise<Seen> =>
  new Promise((resolve) => {
    const request = requestHttp(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } })
    const failed = (error: Error & { code?: string }) => resolve({ error: error.code ?? error.message })
    request.on('finish', () => void leaving?.().then(() => request.destroy(new Error('silence'))))
    request.on('error', failed)
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('error', () => resolve({ status: response.statusCode ?? 0, body, error: 'cut' }))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          ...(response.headers['retry-after'] === undefined ? {} : { retryAfter: response.headers['retry-after'] }),
          body,
        }),
      )
    })
    request.end('{"amount":"1.00"}')
  })

describe('a server with faults', () => {
  let server: RunningServer
  let faults: Faults
  let log: ExecutionLog
  const route = 'POST /v1/things/:id'

  beforeAll(() => nock.restore())
  beforeEach(async () => {
    const packages = await loadServerPackages()
    const app = packages.createApp()
    faults = createFaults()
    log = createExecutionLog({ now: () => 0, operations: { [route]: 'thing' } })
    app.post('/v1/things/:id', async (c) => {
      await c.req.json()
      log.executed(route, { id: c.req.param('id') })
      return c.json({ made: c.req.param('id') })
    })
    server = await serve(packages, {
      handler: app.fetch,
      faults,
      onPrevented: (request, path, fault) => log.prevented(request.method ?? '', path, fault),
    })
  })
  afterEach(() => server.close())

  const call = (leaving?: () => Promise<unknown>) => exchange(`${server.url}/v1/things/7`, leaving)
  const executed = () => log.entries().map(({ executed, fault }) => ({ executed, fault }))

  it('answers as the app does when no fault is injected', async () => {
    expect(await call()).toMatchObject({ status: 200, body: '{"made":"7"}' })
    expect(log.entries()).toEqual([{ seq: 1, at: 0, route, operation: 'thing', executed: true, id: '7' }])
  })

  const cases: readonly [Fault, Seen, boolean][] = [
    [{ kind: 'latency', ms: 20 }, { status: 200, body: '{"made":"7"}' }, true],
    [{ kind: 'reset_before_reading' }, { error: 'ECONNRESET' }, false],
    [{ kind: 'reset_after_executing' }, { error: 'ECONNRESET' }, true],
    [{ kind: 'half_answer' }, { status: 200, body: '{"made', error: 'cut' }, true],
    [{ kind: 'wrong_content_type' }, { status: 200, contentType: 'text/html' }, true],
    [{ kind: 'truncated_json' }, { status: 200, contentType: 'application/json', body: '{"made' }, true],
    [{ kind: 'status', status: 504, effect: true }, { status: 504, contentType: 'text/html' }, true],
    [
      { kind: 'status', status: 429, effect: false, retryAfter: 7, body: { message: 'slow down' } },
      { status: 429, contentType: 'application/json', retryAfter: '7', body: '{"message":"slow down"}' },
      false,
    ],
  ]
  it.each(cases)('%j', async (fault, seen, wasExecuted) => {
    faults.inject({ route, fault })
    expect(await call()).toMatchObject(seen)
    const name = fault.kind === 'status' ? `status ${fault.status}` : fault.kind
    expect(executed()).toEqual([{ executed: wasExecuted, fault: name }])
    expect(await call()).toMatchObject({ status: 200, body: '{"made":"7"}' })
  })

  it.each([
    ['silence_before_executing', false],
    ['silence_after_executing', true],
  ] as const)('%s', async (kind, wasExecuted) => {
    faults.inject({ route, fault: { kind } })
    const leaving = async (): Promise<void> => {
      await eventually(() => log.entries().length > 0)
      await delay(50)
    }
    expect(await call(leaving)).toEqual({ error: 'silence' })
    expect(executed()).toEqual([{ executed: wasExecuted, fault: kind }])
  })

  it('executes what a proxy delivers twice two times, and answers once', async () => {
    faults.inject({ route, fault: { kind: 'delivered_twice' } })
    expect(await call()).toMatchObject({ status: 200, body: '{"made":"7"}' })
    const fault = 'delivered_twice'
    expect(executed()).toEqual([
      { executed: true, fault },
      { executed: true, fault },
    ])
  })

  it('sends an answer once more on a connection that is kept open', async () => {
    faults.inject({ route, fault: { kind: 'answered_twice', ms: 1 } })
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write(`POST /v1/things/7 HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 2\r\n\r\n{}`)
    let received = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk
    })
    const answers = () => received.match(/HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n\{"made":"7"\}/g) ?? []
    await eventually(() => answers().length === 2)
    expect(executed()).toEqual([{ executed: true, fault: 'answered_twice' }])
    socket.destroy()
  })

  it('sends an answer once more in front of the next one: a client takes it for that', async () => {
    faults.inject({ route, fault: { kind: 'answered_before_next' } })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = (id: number) =>
      new Promise<string>((resolve, reject) => {
        const request = requestHttp(`${server.url}/v1/things/${id}`, { method: 'POST', agent }, (response) => {
          let body = ''
          response.setEncoding('utf8').on('data', (chunk: string) => {
            body += chunk
          })
          response.on('end', () => resolve(body))
        })
        request.on('error', reject)
        request.end('{}')
      })
    expect([await ask(7), await ask(8)]).toEqual(['{"made":"7"}', '{"made":"7"}'])
    await eventually(() => log.entries().length === 2)
    expect(log.entries()).toMatchObject([{ id: '7', fault: 'answered_before_next' }, { id: '8' }])
    agent.destroy()
  })

  it('executes under latency although the client has left', async () => {
    faults.inject({ route, fault: { kind: 'latency', ms: 60 } })
    expect(await call(() => Promise.resolve())).toEqual({ error: 'silence' })
    await eventually(() => log.entries().length > 0)
    expect(executed()).toEqual([{ executed: true, fault: 'latency' }])
  })

  it('uses plans up in order, each as often as it says, on its route only', async () => {
    faults.inject({ route: 'POST /v1/others/:id', fault: { kind: 'status', status: 500, effect: false } })
    faults.inject({ route, fault: { kind: 'status', status: 502, effect: false }, times: 2 })
    faults.inject({ route: '*', fault: { kind: 'status', status: 503, effect: false } })
    const statuses = [await call(), await call(), await call(), await call()].map(({ status }) => status)
    expect(statuses).toEqual([502, 502, 503, 200])
    expect(faults.list()).toHaveLength(1)
  })

  it('refuses connections and takes them again on the same port', async () => {
    await server.refuse(true)
    expect(await call()).toEqual({ error: 'ECONNREFUSED' })
    await server.refuse(false)
    expect(await call()).toMatchObject({ status: 200 })
  })

  it('closes although a client waits for an answer that never comes', async () => {
    faults.inject({ route, fault: { kind: 'silence_before_executing' } })
    const waiting = call()
    while (log.entries().length === 0) await new Promise((resolve) => setImmediate(resolve))
    await server.close()
    expect(await waiting).toEqual({ error: 'ECONNRESET' })
  })

  it('refuses a body beyond 4 MB', async () => {
    const answer = await fetch(`${server.url}/v1/things/7`, { method: 'POST', body: 'x'.repeat(5 * 1024 * 1024) })
    expect(answer.status).toBe(413)
    expect(log.entries()).toEqual([])
  })

  it('takes a body that comes in chunks', async () => {
    const body = new ReadableStream({
      start: (controller) => {
        for (const part of ['{"amount":', '"1.00"}']) controller.enqueue(new TextEncoder().encode(part))
        controller.close()
      },
    })
    const answer = await fetch(`${server.url}/v1/things/7`, { method: 'POST', body, duplex: 'half' })
    expect(answer.status).toBe(200)
  })
})
