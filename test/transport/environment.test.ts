import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import nock from 'nock'
import type { Outcome } from './hostile-environment.js'
import { answer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'

beforeAll(() => nock.restore())

const answering = (scheme: Scheme, text: string, tls?: { readonly maxVersion: 'TLSv1.1' }): Promise<RawServer> =>
  rawServer(
    scheme,
    {
      connected: async (peer) => {
        await request(peer)
        peer.write(text)
      },
    },
    tls,
  )

it('environment variables and flags of the host switch no protection off', async () => {
  const ok = 'HTTP/1.1 200 OK\r\n'
  const proxy = await answering('http', answer('{}'))
  const plain = await answering('http', answer('{}'))
  const selfSigned = await answering('https', answer('{}'))
  const oldTls = await answering('https', answer('{}'), { maxVersion: 'TLSv1.1' })
  const smuggling = await answering(
    'http',
    `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  )
  const longHead = await answering('http', answer('{}', `${ok}x: ${'y'.repeat(20_000)}\r\n`))
  const servers = [plain, selfSigned, oldTls, smuggling, longHead]
  const proxies = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'hostile-environment.ts')].concat(
      servers.map(({ origin }) => (origin === oldTls.origin ? `${origin}#trusted` : origin)),
    ),
    {
      env: {
        ...process.env,
        ...Object.fromEntries(proxies.map((name) => [name, proxy.origin])),
        NODE_USE_ENV_PROXY: '1',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_OPTIONS:
          '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0 --insecure-http-parser --max-http-header-size=100000',
      },
    },
  )
  await Promise.all([proxy, ...servers].map((server) => server.close()))

  const outcomes: readonly Outcome[] = JSON.parse(stdout)
  expect(outcomes).toEqual([
    { send: 200, node: 200 },
    { send: expect.objectContaining({ phase: 'secure', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), node: 200 },
    { send: expect.objectContaining({ phase: 'secure' }), node: 200 },
    { send: expect.objectContaining({ phase: 'first_byte' }), node: 200 },
    { send: expect.objectContaining({ phase: 'first_byte', code: 'HPE_HEADER_OVERFLOW' }), node: 200 },
  ])
  expect(proxy.accepted()).toBe(0)
})
