import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { Secret } from '../../src/core/index.js'
import { createSend, type Destinations } from '../../src/transport/index.js'
import { certificate } from './fixtures/localhost.js'
import { type ProxyServer, proxyServer } from './proxy-server.js'
import { answer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'
import { account, once, pay, read } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
let proxy: ProxyServer
afterEach(async () => {
  await Promise.all([server.close(), proxy.close()])
})

const answering = (scheme: Scheme): Promise<RawServer> =>
  rawServer(scheme, {
    connected: async (peer) => {
      await request(peer)
      peer.write(answer('{}'))
    },
  })

/** Does something while `Object.prototype` has a field that another package let a stranger write. */
const polluted = async <A>(name: string, value: unknown, act: () => Promise<A>): Promise<A> => {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
  try {
    return await act()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

// Everything that Node's `http`, `https`, `net`, `tls` and streams read from options, and what we read, as JSON could hold it.
const fields: readonly (readonly [string, unknown])[] = [
  ...[
    'socketPath',
    'auth',
    'host',
    'hostname',
    'path',
    'method',
    'protocol',
    'localAddress',
    'servername',
    'baseURL',
    'url',
  ].map((name) => [name, '/made-up/evil'] as const),
  ...[
    'timeout',
    'family',
    'port',
    'localPort',
    'defaultPort',
    'fd',
    'hints',
    'highWaterMark',
    'readableHighWaterMark',
  ].map((name) => [name, 1] as const),
  ...['connectMs', 'quietMs', 'maxHeaderSize', 'secureOptions', 'sessionTimeout', 'minDHSize', 'retries'].map(
    (name) => [name, 1] as const,
  ),
  ...['insecureHTTPParser', 'objectMode', 'isServer', 'requestOCSP', 'enableTrace', 'allowHalfOpen', 'keepAlive'].map(
    (name) => [name, true] as const,
  ),
  ...['setHost', 'readable', 'writable', 'rejectUnauthorized', 'autoSelectFamily', 'noDelay', 'requestCert'].map(
    (name) => [name, false] as const,
  ),
  ...[
    'ciphers',
    'minVersion',
    'maxVersion',
    'secureProtocol',
    'ecdhCurve',
    'sigalgs',
    'crl',
    'cert',
    'key',
    'pfx',
    'dhparam',
  ].map((name) => [name, 'evil'] as const),
  ...['passphrase', 'session', 'encoding', 'defaultEncoding', 'clientCertEngine', 'privateKeyEngine', 'ticketKeys'].map(
    (name) => [name, 'hex'] as const,
  ),
  ['headers', { 'x-evil': '1' }],
  ['agent', { evil: true }],
  ['lookup', 'evil'],
  ['signal', {}],
  ['handle', {}],
  ['blockList', {}],
  ['onread', {}],
  ['secureContext', {}],
  ['createConnection', 'evil'],
  ['uniqueHeaders', ['host']],
  ['joinDuplicateHeaders', true],
  ['answer', 'list'],
  ['readLimits', { firstByteMs: 1, wholeMs: 1 }],
  ['writeLimits', { firstByteMs: 1, wholeMs: 1 }],
]

const evilCa = certificate

describe.each<Scheme>(['http', 'https'])('over %s a request is the same, whatever is in Object.prototype', (scheme) => {
  /** What a gateway gets of a request and what comes back, without the port. */
  const seen = async (destinations: (origin: string) => Destinations) => {
    const sent = []
    for (const wire of [pay, read]) sent.push(await createSend(destinations(server.origin), once)(wire)())
    const received = server.peers.map((peer) => peer.received().replaceAll(String(server.port), 'PORT'))
    return { sent, received: received.sort() }
  }

  it.each(fields)('%s', async (name, value) => {
    server = await answering(scheme)
    proxy = await proxyServer()
    const clean = await seen(account)
    await server.close()
    server = await answering(scheme)

    expect(await polluted(name, value, () => seen(account))).toEqual(clean)
    expect(clean.sent.every(E.isRight)).toBe(true)
  })

  it('body: a read has none', async () => {
    server = await answering(scheme)
    proxy = await proxyServer()
    await polluted('body', '{"evil":1}', () => createSend(account(server.origin), once)(read)())

    expect(server.peers[0]?.received()).not.toContain('evil')
  })

  it('through a proxy, too', async () => {
    server = await answering(scheme)
    proxy = await proxyServer()
    const through = (origin: string): Destinations => ({ ...account(origin), proxy: new Secret(`http://${proxy.at}`) })
    const clean = await seen(through)
    for (const [name, value] of fields) {
      await server.close()
      server = await answering(scheme)
      expect([name, await polluted(name, value, () => seen(through))]).toEqual([name, clean])
    }
  })
})

it('no certificate authority of a stranger is trusted', async () => {
  server = await answering('https')
  proxy = await proxyServer()
  const send = () => createSend(account(server.origin), { retries: 0 })(pay)()

  expect(await polluted('ca', evilCa, send)).toMatchObject(
    E.left({ phase: 'secure', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
  )
  expect(server.peers.map((peer) => peer.received()).join('')).toBe('')
})

it('no proxy of a stranger is used', async () => {
  server = await answering('http')
  proxy = await proxyServer()
  await polluted('proxy', new Secret(`http://${proxy.at}`), () => createSend(account(server.origin), once)(pay)())

  expect(proxy.heads).toEqual([])
})
