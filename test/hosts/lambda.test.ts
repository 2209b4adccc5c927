import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { compile } from './compile.js'
import { type Gateway, installExample, startGateway } from './example.js'

type Invoke = (handler: string, event: unknown, remainingMs?: number) => Promise<unknown>

describeWithPostgres('a shop on lambda', (server) => {
  let gateway: Gateway
  let url: string
  let child: ReturnType<typeof fork>
  let output = ''
  let invoke: Invoke
  const api = createServer()

  beforeAll(async () => {
    const folder = await installExample('lambda')
    await compile(folder, 'node', 'handler.ts')
    gateway = await startGateway()
    url = await createDatabase(server)
    child = fork(join(__dirname, 'lambda-process.mjs'), {
      cwd: folder,
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env.PATH, ...gateway.env, DATABASE_URL: url, AWS_LAMBDA_FUNCTION_NAME: 'shop' },
      silent: true,
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        output += chunk
      })
    const answered = async () => {
      const [{ result, error }] = await once(child, 'message')
      if (error !== undefined) throw new Error(`${error} ${output}`)
      return result
    }
    await answered()
    invoke = async (handler, event, remainingMs = 60_000) => {
      const answer = answered()
      child.send({ handler, event, remainingMs })
      return answer
    }
    // What the gateway sends reaches the function as an event of API Gateway.
    api.on('request', async (request, response) => {
      const { statusCode, body } = Object(
        await invoke('notifications', {
          rawPath: request.url,
          headers: request.headers,
          body: Buffer.from(await text(request)).toString('base64'),
          isBase64Encoded: true,
          requestContext: { domainName: 'shop.example', http: { method: request.method, sourceIp: '127.0.0.1' } },
        }),
      )
      response.writeHead(statusCode).end(body)
    })
    await once(api.listen(0, '127.0.0.1'), 'listening')
    const { port } = api.address() as AddressInfo
    gateway.payop.setIpnUrls({ checkout: gateway.address.replace(/:\d+/, `:${port}`) })
  })

  afterAll(async () => {
    child?.kill('SIGKILL')
    api.close()
    await gateway?.payop.close()
    await dropDatabase(server, url)
  })

  it('takes a payment, and delivers the order in a tick after the notification', async () => {
    const answer = Object(await invoke('orders', { body: JSON.stringify({ reference: 'ORD-1' }) }))
    const { id } = JSON.parse(answer.body)
    gateway.payop.act(id, 'pay')
    await gateway.payop.settled()
    expect(gateway.payop.deliveries()).toMatchObject([{ outcome: 'accepted' }])
    expect(await invoke('background', {})).toMatchObject({ more: false, did: { reads: 1 } })
    await eventually(() => output.includes('deliver ORD-1\n'))
  })
})
