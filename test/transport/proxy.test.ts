import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { Secret, unreachable } from '../../src/core/index.js'
import { createSend, type TransportOptions } from '../../src/transport/index.js'
import { type ProxyServer, proxyServer } from './proxy-server.js'
import { answer, type Peer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'
import { account, canaries, once, pay, read } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
let proxy: ProxyServer
afterEach(async () => {
  await Promise.all([server.close(), proxy.close()])
})

const user = 'ann:canary-p%40ss@'

const sendThrough = (at: string, options: TransportOptions = once) =>
  createSend({ ...account(server.origin), proxy: new Secret(`http://${user}${at}`) }, options)

const answering = (scheme: Scheme, act: (peer: Peer) => void = (peer) => peer.write(answer('{}'))) =>
  rawServer(scheme, {
    connected: async (peer) => {
      for (;;) {
        await request(peer, peer.received().length)
        act(peer)
      }
    },
  })

describe.each<Scheme>(['http', 'https'])('through a forward proxy to a gateway over %s', (scheme) => {
  beforeEach(async () => {
    server = await answering(scheme)
  })

  it('a request goes in a tunnel that the proxy was asked for with its user and password', async () => {
    proxy = await proxyServer()
    expect(await sendThrough(proxy.at)(pay)()).toMatchObject(E.right({ status: 200, body: '{}' }))

    expect(proxy.heads).toHaveLength(1)
    const [head = ''] = proxy.heads
    expect(head).toContain(`CONNECT ${server.host}:${server.port} HTTP/1.1\r\n`)
    expect(head).toContain(`proxy-authorization: Basic ${Buffer.from('ann:canary-p@ss').toString('base64')}\r\n`)
    expect(head).not.toContain('canary-token')
    expect(server.peers[0]?.received()).toContain(pay.body)
    expect(server.peers[0]?.received().toLowerCase()).not.toContain('proxy-')
  })

  it('the hook runs when the tunnel is up, and before the gateway got a byte', async () => {
    proxy = await proxyServer()
    let seen: string | undefined
    const sent = await sendThrough(proxy.at)(pay, async () => {
      seen = (await server.first).received()
      return E.right(undefined)
    })()

    expect(seen).toBe('')
    expect(sent).toMatchObject(E.right({ status: 200 }))
  })

  it('connections are kept for what reads, and fresh for what moves money', async () => {
    proxy = await proxyServer()
    const send = sendThrough(proxy.at)
    for (const wire of [read, read, pay, pay, read]) expect(E.isRight(await send(wire)())).toBe(true)

    expect(proxy.heads).toHaveLength(3)
  })

  it.each([
    [
      'a refusal without credentials',
      'HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 2\r\n\r\n{}',
      'HTTP_407',
    ],
    ['a refusal', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', 'HTTP_403'],
    ['a bad gateway', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'HTTP_502'],
    ['something else than HTTP', 'canary-answer\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['nothing', '', 'ECONNRESET'],
  ])('%s is provably not sent', async (_what, says, code) => {
    proxy = await proxyServer((client) => client.end(says))
    const hook = jest.fn(async () => E.right(undefined))
    const sent = await sendThrough(proxy.at)(pay, hook)()

    expect(sent).toEqual(E.left(unreachable('proxy', { code, host: server.host })))
    expect(hook).not.toHaveBeenCalled()
    expect(server.accepted()).toBe(0)
    for (const canary of [...canaries, 'canary-p', proxy.at])
      expect(JSON.stringify(sent) + inspect(sent, { depth: null, showHidden: true })).not.toContain(canary)
  })

  it('a proxy where nothing listens was not reached', async () => {
    proxy = await proxyServer()
    await proxy.close()

    expect(await sendThrough(proxy.at)(pay)()).toEqual(
      E.left(unreachable('proxy', { code: 'ECONNREFUSED', host: server.host })),
    )
  })

  it('a proxy that does not answer is given up, and its connection with it', async () => {
    let gone: Promise<unknown> = Promise.reject(new Error('not connected'))
    gone.catch(() => {})
    proxy = await proxyServer((client) => {
      gone = new Promise((resolve) => client.once('close', resolve))
    })

    expect(await sendThrough(proxy.at, { ...once, connectMs: 300 })(pay)()).toEqual(
      E.left(unreachable('proxy', { code: 'ETIMEDOUT', host: server.host })),
    )
    await gone
  })
})

it('the proxy sees no request of a gateway over https', async () => {
  server = await answering('https')
  proxy = await proxyServer()
  await sendThrough(proxy.at)(pay)()

  for (const canary of canaries) expect(proxy.passed()).not.toContain(canary)
  expect(proxy.passed().length).toBeGreaterThan(100)
})

it('a certificate that nobody vouches for is refused behind a proxy, too', async () => {
  server = await answering('https')
  proxy = await proxyServer()

  expect(await sendThrough(proxy.at, { retries: 0 })(pay)()).toEqual(
    E.left(unreachable('secure', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', host: 'localhost' })),
  )
  expect(server.peers.map((peer) => peer.received()).join('')).toBe('')
})

it.each<Scheme>(['http', 'https'])('an answer that is lost behind the tunnel is unknown: %s', async (scheme) => {
  server = await answering(scheme, (peer) => peer.reset())
  proxy = await proxyServer()

  expect(await sendThrough(proxy.at)(pay)()).toMatchObject(E.left({ outcome: 'unknown', phase: 'first_byte' }))
})
