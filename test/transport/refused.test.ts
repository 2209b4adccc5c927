import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { invalidConfig, invalidRequest, type PaymentError, Secret, type WireRequest } from '../../src/core/index.js'
import { createSend, noConnect } from '../../src/transport/index.js'
import { account, pay, read } from './wire.js'

it('an account without bases reaches nothing', async () => {
  expect(await createSend({ bases: {}, auths: {} })(read)()).toEqual(
    E.left(invalidConfig([{ path: 'bases.api', expected: 'an https origin' }])),
  )
})

describe('refused before anything is opened', () => {
  // Nock would answer, were anything sent.
  const sent = async (wire: WireRequest, token = 'Bearer canary-token'): Promise<PaymentError | 'sent'> => {
    nock('https://api.example.com').get(/.*/).reply(200).post(/.*/).reply(200)
    const { bases } = account('https://api.example.com')
    const auths = {
      none: {},
      jwt: { authorization: new Secret(token) },
      odd: { 'Not A Name': new Secret('x') },
      host: { host: new Secret('x') },
    }
    const result = await createSend(
      { bases: { ...bases, plain: 'http://api.example.com' }, auths },
      { connect: noConnect },
    )(wire)()
    return E.isLeft(result) ? result.left : 'sent'
  }

  it.each([
    ['bases.elsewhere', 'an https origin', { ...read, base: 'elsewhere' }],
    ['bases.plain', 'an https origin', { ...read, base: 'plain' }],
    ['bases.toString', 'an https origin', { ...read, base: 'toString' }],
    ['auths.basic', 'headers', { ...read, auth: 'basic' }],
    ['auths.toString', 'headers', { ...read, auth: 'toString' }],
    ['auths.odd', 'headers of printable ASCII', { ...read, auth: 'odd' }],
    ['auths.host', 'headers of printable ASCII', { ...read, auth: 'host' }],
  ])('a name that the account does not have: %s', async (path, expected, wire) => {
    expect(await sent(wire)).toEqual(invalidConfig([{ path, expected }]))
  })

  it.each(['Bearer canary\r\nx: 1', 'Bearer canäry', 'Bearer canary ', '', 'x'.repeat(8193)])(
    'a credential that does not fit in a header (%#)',
    async (token) => {
      expect(await sent(pay, token)).toEqual(
        invalidConfig([{ path: 'auths.jwt', expected: 'headers of printable ASCII' }]),
      )
    },
  )

  it.each(['v1/pay', '/v1/pay me', '/v1/päy', '/v1\r\nx: 1', '/v1#there', ''])(
    'a path that is none (%#)',
    async (path) => {
      expect(await sent({ ...read, path })).toEqual(
        invalidRequest([{ path: 'path', expected: 'an escaped path and query, starting with /' }]),
      )
    },
  )

  it.each(['line\r\nx: 1', 'tab\t', ' ', 'ümlaut', '', 'x'.repeat(8193)])(
    'a header value that is none (%#)',
    async (value) => {
      expect(await sent({ ...read, headers: { 'idempotency-key': value } })).toEqual(
        invalidRequest([{ path: 'headers.idempotency-key', expected: 'one line of printable ASCII' }]),
      )
    },
  )

  it.each([
    'Content-Type',
    'x y',
    'x:',
    '__proto__',
    '',
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'accept-encoding',
    'authorization',
  ])("a header name that is none or is not the caller's: %s", async (name) => {
    expect(await sent({ ...pay, headers: Object.fromEntries([[name, 'canary-answer']]) })).toEqual(
      invalidRequest([
        { path: 'headers', expected: 'lower-case names of headers that the transport does not set itself' },
      ]),
    )
  })

  it('a body above 1 MiB, counted in bytes', async () => {
    const most = 'ä'.repeat(512 * 1024)

    expect(await sent({ ...pay, body: most })).toBe('sent')
    expect(await sent({ ...pay, body: `${most}x` })).toEqual(
      invalidRequest([{ path: 'body', expected: 'at most 1 MiB' }]),
    )
  })
})
