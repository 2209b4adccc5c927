import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import type { WireRequest } from '../../src/core/index.js'
import { createSend } from '../../src/transport/index.js'
import { type RawServer, rawServer, request } from './raw-server.js'
import { account, once, pay, read } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
afterEach(() => server.close())

/** Sends a request to a gateway that answers these bytes with these headers. */
const answered = async (bytes: Buffer, headers: readonly string[] = [], wire: WireRequest = pay) => {
  server = await rawServer('http', {
    connected: async (peer) => {
      await request(peer)
      peer.write(['HTTP/1.1 200 OK', ...headers, `content-length: ${bytes.length}`, '', ''].join('\r\n'))
      peer.write(bytes)
    },
  })
  return createSend(account(server.origin), once)(wire)()
}

const json = '{"note":"Café"}'
const text = Buffer.from(json)
const bom = Buffer.from([0xef, 0xbb, 0xbf])
const lost = (code: string) =>
  E.left(expect.objectContaining({ _tag: 'Indeterminate', phase: 'body', code, httpStatus: 200 }))

describe('an answer is read', () => {
  it.each([
    ['with a byte order mark', Buffer.concat([bom, text]), []],
    ['in gzip, although identity was asked for', gzipSync(text), ['content-encoding: gzip']],
    ['in gzip by another name', gzipSync(text), ['content-encoding: X-Gzip']],
    ['in deflate', deflateSync(text), ['content-encoding: deflate']],
    ['in brotli', brotliCompressSync(text), ['content-encoding: br']],
    ['in gzip with a byte order mark', gzipSync(Buffer.concat([bom, text])), ['content-encoding: gzip']],
    ['in a declared ISO-8859-1', Buffer.from(json, 'latin1'), ['content-type: application/json; charset=iso-8859-1']],
    ['in a quoted charset', Buffer.from(json, 'latin1'), ['content-type: text/html; q=1; Charset="Windows-1252"']],
    ['in UTF-16', Buffer.from(`\uFEFF${json}`, 'utf16le'), ['content-type: application/json;charset=utf-16le']],
    ['in a declared UTF-8', text, ['content-type: application/json; charset=UTF-8']],
  ] satisfies [string, Buffer, string[]][])('%s', async (_what, bytes, headers) => {
    expect(await answered(bytes, headers)).toMatchObject(E.right({ body: json }))
  })
})

describe('an answer that cannot be read is unknown, in its own words', () => {
  it.each([
    ['an encoding that is not known', text, ['content-encoding: zstd'], 'UNKNOWN_CONTENT_ENCODING'],
    ['two encodings', text, ['content-encoding: gzip, br'], 'UNKNOWN_CONTENT_ENCODING'],
    ['an encoding that it has not', text, ['content-encoding: gzip'], 'Z_DATA_ERROR'],
    ['an encoding that ends early', gzipSync(text).subarray(0, 20), ['content-encoding: gzip'], 'Z_BUF_ERROR'],
    ['a charset that is not known', text, ['content-type: text/html; charset=klingon'], 'UNKNOWN_CHARSET'],
    [
      'bytes outside the declared charset',
      Buffer.from([0xff]),
      ['content-type: text/html; charset=shift_jis'],
      'EILSEQ',
    ],
    ['too much once it is inflated', gzipSync(Buffer.alloc(2 ** 21)), ['content-encoding: gzip'], 'EMSGSIZE'],
  ] satisfies [string, Buffer, string[], string][])('%s', async (_what, bytes, headers, code) => {
    expect(await answered(bytes, headers)).toEqual(lost(code))
  })
})

describe('where a list is asked for', () => {
  const list = { ...read, answer: 'list' } as const satisfies WireRequest
  const MIB = 1024 * 1024

  it('it may be 32 MiB long', async () => {
    expect(await answered(Buffer.alloc(32 * MIB, ' '), [], list)).toMatchObject(E.right({ status: 200 }))
  })

  it('and no longer', async () => {
    expect(await answered(Buffer.alloc(32 * MIB + 1, ' '), [], list)).toEqual(lost('EMSGSIZE'))
  })

  it('and elsewhere 1 MiB', async () => {
    expect(await answered(Buffer.alloc(MIB + 1, ' '), [], read)).toEqual(lost('EMSGSIZE'))
  })
})
