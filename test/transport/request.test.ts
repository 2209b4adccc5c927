import { inspect } from 'node:util'
import axios, { AxiosError, AxiosHeaders } from 'axios'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { createSend } from '../../src/transport/index.js'
import { answer, type RawServer, rawServer, request } from './raw-server.js'
import { account, canaries, once, pay, read, stage } from './wire.js'

describe('on the wire', () => {
  let server: RawServer
  beforeAll(() => nock.restore())
  beforeEach(async () => {
    server = await rawServer('http', {
      connected: async (peer) => {
        await request(peer)
        peer.write(answer('{"ok":"ä"}', 'HTTP/1.1 200 OK\r\nIdentifier: i-1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n'))
      },
    })
  })
  afterEach(() => server.close())

  const head = (lines: readonly string[]): string => [...lines, '', ''].join('\r\n')

  it('a request that moves money', async () => {
    await createSend(account(server.origin), once)(pay)()

    expect(server.peers[0]?.received()).toBe(
      head([
        'POST /v1/pay?test=1 HTTP/1.1',
        'accept-encoding: identity',
        'content-type: application/json',
        'authorization: Bearer canary-token',
        'connection: close',
        `Host: 127.0.0.1:${server.port}`,
        'Content-Length: 36',
      ]) + pay.body,
    )
  })

  it('a request that stages, its length counted in bytes', async () => {
    await createSend(account(server.origin), once)({ ...stage, auth: 'none', body: '"ä"' })()

    expect(server.peers[0]?.received()).toBe(
      head([
        'POST /v1/pay?test=1 HTTP/1.1',
        'accept-encoding: identity',
        'content-type: application/json',
        'connection: close',
        `Host: 127.0.0.1:${server.port}`,
        'Content-Length: 4',
      ]) + Buffer.from('"ä"').toString('latin1'),
    )
  })

  it('a request that reads', async () => {
    await createSend(account(server.origin), once)(read)()

    expect(server.peers[0]?.received()).toBe(
      head([
        'GET /v1/read HTTP/1.1',
        'accept-encoding: identity',
        'connection: keep-alive',
        `Host: 127.0.0.1:${server.port}`,
      ]),
    )
  })

  it('an answer, with its header names in lower case', async () => {
    expect(await createSend(account(server.origin), once)(read)()).toEqual(
      E.right({
        status: 200,
        headers: { identifier: 'i-1', 'set-cookie': 'a=1,b=2', 'content-length': '11' },
        body: '{"ok":"ä"}',
      }),
    )
  })

  it('nothing that a host application hangs into its axios', async () => {
    const { transformResponse = [] } = axios.defaults
    axios.defaults.transformResponse = () => 'canary-answer'
    axios.defaults.headers.common['x-host'] = 'canary-answer'
    const interceptor = axios.interceptors.request.use((config) => {
      config.headers.set('x-interceptor', 'canary-answer')
      return config
    })
    const sent = await createSend(account(server.origin), once)(read)()
    axios.interceptors.request.eject(interceptor)
    delete axios.defaults.headers.common['x-host']
    axios.defaults.transformResponse = transformResponse

    expect(sent).toMatchObject(E.right({ status: 200 }))
    expect(server.peers[0]?.received()).not.toContain('canary-answer')
  })

  it('an IPv6 address is one without its brackets', async () => {
    const opened = await createSend(account('http://[::1]:9'), {
      ...once,
      connect: (opening) =>
        opening.destroy(Object.assign(new Error(), { code: opening.host === '::1' ? 'EHOST' : 'EOTHER' })),
    })(read)()

    expect(opened).toMatchObject(E.left({ code: 'EHOST' }))
  })
})

it('what axios rejects with never leaves', async () => {
  const config = { headers: new AxiosHeaders({ authorization: 'Bearer canary-token' }), data: pay.body }
  const rejection = jest
    .spyOn(axios.Axios.prototype, 'request')
    .mockRejectedValue(new AxiosError('canary-answer', 'ERR', config))
  const sent = await createSend(account('https://api.example.com'), once)(pay)()
  rejection.mockRestore()

  expect(sent).toMatchObject(E.left({ _tag: 'Indeterminate', phase: 'write' }))
  for (const canary of canaries) expect(JSON.stringify(sent) + inspect(sent, { depth: null })).not.toContain(canary)
})
