import dns from 'node:dns'
import { getDefaultAutoSelectFamily, type Socket, setDefaultAutoSelectFamily } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { invalidConfig, type UnsentPhase, unreachable } from '../../src/core/index.js'
import { connectSocket } from '../../src/transport/connect.js'
import { createSend, type TransportOptions } from '../../src/transport/index.js'
import { fail } from '../either.js'
import { answer, type Peer, type RawServer, rawServer, request } from './raw-server.js'
import { account, canaries, once, pay, read, stage } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer | undefined
afterEach(async () => {
  jest.restoreAllMocks()
  await server?.close()
  server = undefined
})

const notSent = (phase: UnsentPhase, code: string, host = 'localhost') => E.left(unreachable(phase, { code, host }))

const payAt = (origin: string, options: TransportOptions = once) => createSend(account(origin), options)(pay)()

it.each([true, false])('a name that does not resolve (trying several addresses: %s)', async (autoSelectFamily) => {
  const before = getDefaultAutoSelectFamily()
  setDefaultAutoSelectFamily(autoSelectFamily)
  const notFound = (_name: string, _options: object, callback: (error: Error) => void): void => {
    setImmediate(() => callback(Object.assign(new Error('canary-payer@example.com'), { code: 'ENOTFOUND' })))
  }
  jest.spyOn(dns, 'lookup').mockImplementation(notFound as typeof dns.lookup)
  const sent = await payAt('https://api.example.com')
  setDefaultAutoSelectFamily(before)

  expect(sent).toEqual(notSent('resolve', 'ENOTFOUND', 'api.example.com'))
})

it('a port where nobody listens', async () => {
  server = await rawServer('http', {})
  const { origin } = server
  await server.close()

  expect(await payAt(origin)).toEqual(notSent('connect', 'ECONNREFUSED', '127.0.0.1'))
})

it('a certificate nobody vouches for', async () => {
  server = await rawServer('https', {})

  expect(await payAt(server.origin, { retries: 0 })).toEqual(notSent('secure', 'DEPTH_ZERO_SELF_SIGNED_CERT'))
  expect(server.peers.map((peer) => peer.received()).join('')).toBe('')
})

it('a certificate for another host', async () => {
  server = await rawServer('https', {})

  expect(await payAt(`https://127.0.0.1:${server.port}`)).toEqual(
    notSent('secure', 'ERR_TLS_CERT_ALTNAME_INVALID', '127.0.0.1'),
  )
  expect(server.peers.map((peer) => peer.received()).join('')).toBe('')
})

it('a server that speaks nothing newer than TLS 1.1', async () => {
  server = await rawServer('https', {}, { maxVersion: 'TLSv1.1' })

  expect(await payAt(server.origin)).toMatchObject(E.left({ _tag: 'Unreachable', phase: 'secure' }))
})

it.each([
  ['garbage', (tcp) => tcp.write('this is no TLS\r\n'.repeat(10))],
  ['an end', (tcp) => tcp.end()],
  ['a reset after the client hello', (tcp) => tcp.once('data', () => tcp.resetAndDestroy())],
] satisfies [string, (tcp: Socket) => void][])('%s instead of a TLS handshake', async (_what, accepted) => {
  server = await rawServer('https', { accepted })

  expect(await payAt(server.origin)).toMatchObject(E.left({ _tag: 'Unreachable', phase: 'secure' }))
})

it('a reset instead of a TLS handshake', async () => {
  server = await rawServer('https', { accepted: (tcp) => tcp.resetAndDestroy() })

  expect(await payAt(server.origin)).toMatchObject(
    E.left({ _tag: 'Unreachable', phase: expect.stringMatching(/^(connect|secure)$/) }),
  )
})

it('certificate authorities that are none vouch for nobody', async () => {
  server = await rawServer('https', {})
  const ca = '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n'

  expect(await payAt(server.origin, { ca, retries: 0 })).toEqual(notSent('secure', 'DEPTH_ZERO_SELF_SIGNED_CERT'))
})

describe('what was not reached is named', () => {
  it.each([
    ['http://127.0.0.1:9', '127.0.0.1'],
    ['http://[::1]:9', '::1'],
    ['https://api.example.com', 'api.example.com'],
  ])('by the host of %s, and by no path, query or credential', async (origin, host) => {
    const error = await fail(
      createSend(account(origin), {
        ...once,
        connect: (request) => request.destroy(Object.assign(new Error(pay.path), { code: 'ECONNREFUSED' })),
      })(pay),
    )

    expect(error).toEqual(unreachable('resolve', { code: 'ECONNREFUSED', host }))
    expect(error.message).toBe(
      `The name of ${host} could not be resolved (ECONNREFUSED). Nothing was sent; the call may be repeated`,
    )
    for (const part of [...canaries, '/v1', 'pay?', 'test=1']) expect(JSON.stringify(error)).not.toContain(part)
  })

  it('by no user and password: an address that holds them is no origin', async () => {
    const error = await fail(createSend(account('https://ann:canary-token@api.example.com'), once)(pay))

    expect(error).toEqual(invalidConfig([{ path: 'bases.api', expected: 'an https origin' }]))
    expect(JSON.stringify(error)).not.toContain('canary')
  })
})

describe('connections', () => {
  const answeringAll = (): Promise<RawServer> =>
    rawServer('https', {
      connected: async (peer) => {
        for (;;) {
          const from = peer.received().length
          await request(peer, from)
          peer.write(answer('{}'))
        }
      },
    })

  it('are kept for what reads and is compared, and fresh for what creates or moves money', async () => {
    server = await answeringAll()
    const send = createSend(account(server.origin), once)
    const connectionsAfter = async (effect: 'reads' | 'creates' | 'moves_money'): Promise<number | undefined> => {
      expect(E.isRight(await send({ ...pay, effect, answer: 'named' })())).toBe(true)
      return server?.accepted()
    }

    expect(await connectionsAfter('reads')).toBe(1)
    expect(await connectionsAfter('creates')).toBe(2)
    expect(await connectionsAfter('creates')).toBe(3)
    expect(await connectionsAfter('moves_money')).toBe(4)
    expect(await connectionsAfter('moves_money')).toBe(5)
    expect(await connectionsAfter('reads')).toBe(5)
  })

  it('are not shared between accounts', async () => {
    server = await answeringAll()
    await createSend(account(server.origin), once)(stage)()
    await createSend(account(server.origin), once)(stage)()

    expect(server.accepted()).toBe(2)
  })

  /** Answers the first request of each connection, then does this. */
  const answeringOnce = (then: (peer: Peer, n: number) => unknown): Promise<RawServer> =>
    rawServer('http', {
      connected: async (peer, n) => {
        await request(peer)
        peer.write(answer('{}'))
        await then(peer, n)
      },
    })

  it('that the server closed while they were idle are not used again', async () => {
    server = await answeringOnce(() => {})
    const send = createSend(account(server.origin), once)
    await send(stage)()
    ;(await server.first).fin()
    // An exchange on another connection: by its end the first one's has arrived here too.
    await send(pay)()
    await nextTurn()

    expect(E.isRight(await send(stage)())).toBe(true)
    expect(server.accepted()).toBe(3)
  })

  it('that the server closes as a request arrives: the read is repeated', async () => {
    const closing = (peer: Peer): Promise<void> => request(peer, peer.received().length).then(peer.fin)
    server = await answeringOnce(closing)
    const send = createSend(account(server.origin), { random: () => 0, quietMs: 0 })
    await send(read)()

    expect(await send(read)()).toMatchObject(E.right({ status: 200 }))
    expect(server.accepted()).toBe(2)
  })

  it('that were answered before they were asked in full are closed', async () => {
    server = await rawServer('http', {
      connected: (peer) => peer.write(answer('{}', 'HTTP/1.1 413 Content Too Large\r\n')),
    })
    const send = createSend(account(server.origin), {
      ...once,
      connect: (request, reached) =>
        connectSocket(request, (step) => {
          // As if the peer took nothing: what is written stays in this process.
          if (request.socket) Object.assign(request.socket, { _write: () => {}, _writev: () => {} })
          reached(step)
        }),
    })

    expect(await send(stage)()).toMatchObject(E.right({ status: 413 }))
    await (await server.first).gone
  })
})
