import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { resolve } from 'node:path'
import { listen } from '../webhooks/listening.js'

interface Shown {
  readonly name: string
  readonly kind: number
  readonly scope: string
  readonly attributes: Readonly<Record<string, unknown>>
}

const CLIENT = 2

describe('an instrumentation of HTTP', () => {
  /** The headers of each request, in order. */
  const headers: IncomingHttpHeaders[] = []
  let spans: Readonly<Record<'none' | 'auto' | 'own', readonly Shown[]>>

  beforeAll(async () => {
    const server = await listen(
      createServer((incoming, outgoing) => {
        headers.push(incoming.headers)
        outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      }),
    )
    const child = fork(resolve('test/telemetry/auto-instrumented-process.ts'), { execArgv: ['--import', 'tsx'] })
    const exited = once(child, 'exit')
    child.send({ url: server.url })
    ;[spans] = (await once(child, 'message')) as [typeof spans]
    await exited
    await server.close()
  })

  const requests = (way: keyof typeof spans) => spans[way].filter(({ name }) => name !== 'checkout')

  it('alone records the addresses of gateways whole, which is what the documents warn of', () => {
    expect(requests('none')).toMatchObject([{ kind: CLIENT, scope: '@opentelemetry/instrumentation-http' }])
    expect(JSON.stringify(spans.none)).toContain('inv_12345?jwt=secret')
    expect(headers[0]).toHaveProperty('traceparent')
  })

  it('makes the only span of a request if it is asked to', () => {
    expect(requests('auto')).toMatchObject([{ kind: CLIENT, scope: '@opentelemetry/instrumentation-http' }])
    expect(JSON.stringify(spans.auto)).toContain('inv_12345?jwt=secret')
    expect(headers[1]).toHaveProperty('traceparent')
  })

  it('leaves one span beside ours: ours, without a path, a query and a header for the gateway', () => {
    expect(requests('own')).toMatchObject([{ name: 'GET acme.invoices.get', kind: CLIENT, scope: 'paymux' }])
    for (const secret of ['inv_12345', 'jwt', 'secret', 'ann']) expect(JSON.stringify(spans.own)).not.toContain(secret)
    expect(headers[2]).not.toHaveProperty('traceparent')
  })
})
