import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import type { Indeterminate, PaymentError, WireAnswer } from '../../src/core/index.js'
import { createSend } from '../../src/transport/index.js'
import { answer, head, type Peer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'
import { account, canaries, once, pay, read, search } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
afterEach(() => server.close())

const lost = (phase: 'write' | 'first_byte' | 'body', facts: Partial<Indeterminate> = {}) =>
  expect.objectContaining({ _tag: 'Indeterminate', outcome: 'unknown', phase, ...facts })
const lostBeforeStatus = lost('first_byte')
const lostInBody = lost('body', { httpStatus: 200 })

const answered = (status: number, body: string) => expect.objectContaining({ status, body })

const ok = 'HTTP/1.1 200 OK\r\n'
const large = 'x'.repeat(1024 * 1024 - 100)

interface Cut {
  /** What the gateway does from the beginning of the request on. `from`: where in what it received that is. */
  readonly act: (peer: Peer, from: number) => Promise<void> | void
  /** The error or answer to expect. */
  readonly gives: unknown
  readonly body?: string
}

/** Reads the request, executes it, and then does this. */
const executed =
  (then: (peer: Peer) => void): Cut['act'] =>
  async (peer, from) => {
    await request(peer, from)
    then(peer)
  }

const says = (text: string | Buffer) => executed((peer) => peer.write(text))

const saysAndEnds = (text: string) =>
  executed((peer) => {
    peer.write(text)
    peer.fin()
  })

const cuts: Readonly<Record<string, Cut>> = {
  'reset after the head': {
    act: async (peer, from) => {
      await head(peer, from)
      peer.reset()
    },
    gives: lostBeforeStatus,
  },
  'end after the head': {
    act: async (peer, from) => {
      await head(peer, from)
      peer.fin()
    },
    gives: lostBeforeStatus,
  },
  'reset in the middle of the body': {
    act: async (peer, from) => {
      await peer.until((text) => text.length > 100_000, from)
      peer.reset()
    },
    body: large,
    gives: expect.objectContaining({ _tag: 'Indeterminate', phase: expect.stringMatching(/^(write|first_byte)$/) }),
  },
  'executed, reset': { act: executed((peer) => peer.reset()), gives: lostBeforeStatus },
  'executed, end': { act: executed((peer) => peer.fin()), gives: lostBeforeStatus },
  'executed, half a status line, end': { act: saysAndEnds('HTTP/1.1 2'), gives: lostBeforeStatus },
  'executed, half the head, end': { act: saysAndEnds(`${ok}content-le`), gives: lostBeforeStatus },
  'executed, half the body, end': { act: saysAndEnds(`${ok}content-length: 20\r\n\r\n{"canary-`), gives: lostInBody },
  'executed, half a chunk, end': {
    act: saysAndEnds(`${ok}transfer-encoding: chunked\r\n\r\n14\r\n{"canary-`),
    gives: lostInBody,
  },
  'executed, no last chunk, end': {
    act: saysAndEnds(`${ok}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`),
    gives: lostInBody,
  },
  'executed, a bad chunk': { act: says(`${ok}transfer-encoding: chunked\r\n\r\nzz\r\n`), gives: lostInBody },
  'executed, an answer without a length, end': {
    // Complete by RFC 9112, 6.3; that it is half a JSON text is for the next room to see.
    act: saysAndEnds(`${ok}connection: close\r\n\r\n{"half":`),
    gives: answered(200, '{"half":'),
  },
  'executed, an HTML page': { act: says(answer('<html></html>')), gives: answered(200, '<html></html>') },
  'executed, nothing in the body': { act: says(answer('')), gives: answered(200, '') },
  'executed, no content': { act: says('HTTP/1.1 204 No Content\r\n\r\n'), gives: answered(204, '') },
  'executed, a bad gateway': {
    act: says(answer('oops', 'HTTP/1.1 502 Bad Gateway\r\n')),
    gives: answered(502, 'oops'),
  },
  'executed, a redirect': {
    act: says(answer('', 'HTTP/1.1 301 Moved Permanently\r\nlocation: /elsewhere\r\n')),
    gives: answered(301, ''),
  },
  'executed, garbage': { act: says('canary-answer\r\n\r\n'), gives: lostBeforeStatus },
  'executed, two lengths': {
    act: says(`${ok}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
    gives: lostBeforeStatus,
  },
  'executed, a length and chunks': {
    act: says(`${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
    gives: lostBeforeStatus,
  },
  'executed, a head without end': { act: says(`${ok}x: ${'y'.repeat(20_000)}`), gives: lostBeforeStatus },
  'executed, too long an answer': {
    act: executed((peer) => peer.write(answer('canary-answer'.repeat(100_000)))),
    gives: lost('body', { httpStatus: 200, code: 'EMSGSIZE' }),
  },
  'executed, an encoding of none': {
    act: says(answer('{}', `${ok}content-encoding: identity\r\n`)),
    gives: answered(200, '{}'),
  },
  'executed, text that is no UTF-8': {
    act: says(Buffer.concat([Buffer.from(`${ok}content-length: 2\r\n\r\n`), Buffer.from([0xc3, 0x28])])),
    gives: lost('body', { httpStatus: 200, code: 'EILSEQ' }),
  },
  'executed, interim answers, end': {
    act: saysAndEnds('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n'),
    gives: lostBeforeStatus,
  },
  'executed, another protocol': {
    act: says('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    gives: lostBeforeStatus,
  },
  'executed, an interim answer, an answer': {
    act: says(`HTTP/1.1 100 Continue\r\n\r\n${answer('{}')}`),
    gives: answered(200, '{}'),
  },
  'an answer to half a request': {
    act: async (peer, from) => {
      await head(peer, from)
      peer.write(answer('too large', 'HTTP/1.1 413 Content Too Large\r\n'))
    },
    body: large,
    gives: answered(413, 'too large'),
  },
}

const result = (sent: E.Either<PaymentError, WireAnswer>): PaymentError | WireAnswer =>
  E.isLeft(sent) ? sent.left : sent.right

/** Whatever happened: an error that claims `not_sent` is a lie if a byte arrived, and no error tells a secret. */
const expectSound = (sent: E.Either<PaymentError, WireAnswer>, bytesSeen: number): void => {
  if (E.isRight(sent)) return
  if (bytesSeen > 0) expect(sent.left.outcome).toBe('unknown')
  const printed = JSON.stringify(sent.left) + inspect(sent.left, { depth: null, showHidden: true })
  for (const canary of canaries) expect(printed).not.toContain(canary)
}

describe.each<Scheme>(['http', 'https'])('%s', (scheme) => {
  describe.each(Object.entries(cuts))('%s', (_name, { act, gives, body = pay.body }) => {
    it('on a fresh connection', async () => {
      server = await rawServer(scheme, { connected: (peer) => act(peer, 0) })
      const sent = await createSend(account(server.origin), once)({ ...pay, body })()

      expect(result(sent)).toEqual(gives)
      expectSound(sent, server.peers[0]?.received().length ?? 0)
      expect(server.accepted()).toBe(1)
    })

    it('on a kept-alive connection', async () => {
      const first = answer('{"first":true}')
      let from = 0
      server = await rawServer(scheme, {
        connected: async (peer) => {
          await request(peer)
          from = peer.received().length
          peer.write(first)
          await act(peer, from)
        },
      })
      const send = createSend(account(server.origin), once)
      expect(result(await send(read)())).toMatchObject({ status: 200 })
      const sent = await send({ ...search, body })()

      expect(result(sent)).toEqual(gives)
      expectSound(sent, (server.peers[0]?.received().length ?? 0) - from)
      expect(server.accepted()).toBe(1)
    })
  })

  // Whether the client had begun to write is a race here; that it never lies about it is not.
  it.each(['reset', 'end'])('%s as soon as the connection is up', async (how) => {
    server = await rawServer(scheme, { connected: (peer) => (how === 'reset' ? peer.reset() : peer.fin()) })
    const sent = await createSend(account(server.origin), once)(pay)()

    expect(E.isLeft(sent)).toBe(true)
    expectSound(sent, server.peers[0]?.received().length ?? 0)
  })

  it.each(['reset', 'end'])('an answer that is cut anywhere is none: %s', async (how) => {
    const whole = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`
    server = await rawServer(scheme, {
      connected: async (peer, n) => {
        await request(peer)
        peer.write(whole.slice(0, n))
        if (how === 'end') peer.fin()
        // A reset overtakes bytes that were not read yet, so it waits for them to be on their way.
        else setImmediate(peer.reset)
      },
    })
    const send = createSend(account(server.origin), once)
    for (let n = 1; n < whole.length; n++)
      expect(result(await send(pay)())).toMatchObject({ _tag: 'Indeterminate', outcome: 'unknown' })
    expect(server.accepted()).toBe(whole.length - 1)
  })
})
