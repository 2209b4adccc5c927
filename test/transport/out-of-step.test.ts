import { setImmediate as nextTurn } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { unreachable } from '../../src/core/index.js'
import { connectSocket } from '../../src/transport/connect.js'
import { createSend, type TransportOptions } from '../../src/transport/index.js'
import { answer, type Peer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'
import { account, once, pay, read, readUncompared, search, stage } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
afterEach(() => server.close())

const first = answer('{"of":"the first"}')
const second = answer('{"of":"the second"}')
const stale = answer('{"of":"the first","again":true}')

/** Answers the first request of the first connection as told, and every other request with `second`. */
const answeringFirst = (scheme: Scheme, toFirst: (peer: Peer) => unknown): Promise<RawServer> =>
  rawServer(scheme, {
    connected: async (peer, n) => {
      await request(peer)
      if (n === 1) await toFirst(peer)
      else peer.write(second)
      for (;;) {
        const from = peer.received().length
        await request(peer, from)
        peer.write(second)
      }
    },
  })

/** An exchange on a connection of its own: what the server wrote before has arrived when it ends. */
const roundTrip = async (): Promise<void> => {
  await createSend(account(server.origin), once)(pay)()
  await nextTurn()
}

const bodyOf = (sent: E.Either<unknown, { readonly body: string }>) => (E.isRight(sent) ? sent.right.body : sent)

describe.each<Scheme>(['http', 'https'])('a connection over %s is not used again', (scheme) => {
  /** Two exchanges, and what happens in between. Gives the second answer, and how many connections there were. */
  const twice = async (toFirst: (peer: Peer) => unknown, between: (peer: Peer) => unknown = () => {}) => {
    server = await answeringFirst(scheme, toFirst)
    const send = createSend(account(server.origin), { ...once, random: () => 0 })
    expect(bodyOf(await send(read)())).toContain('the first')
    await between(await server.first)
    await roundTrip()
    const before = server.accepted()
    const body = bodyOf(await send(search)())
    return { body, fresh: server.accepted() - before }
  }
  const isFresh = { body: '{"of":"the second"}', fresh: 1 }

  it('after an exchange that was in step it is', async () => {
    expect(await twice((peer) => peer.write(first))).toEqual({ ...isFresh, fresh: 0 })
  })

  it.each([
    ['a second answer', stale],
    ['half a head', 'HTTP/1.1 200 OK\r\nx: '],
    ['one byte', 'H'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['a time-out', answer('', 'HTTP/1.1 408 Request Timeout\r\n')],
    ['an end of line', '\r\n'],
  ])('after it received %s while it was idle', async (_what, late) => {
    expect(
      await twice(
        (peer) => peer.write(first),
        (peer) => peer.write(late),
      ),
    ).toEqual(isFresh)
  })

  it.each([
    ['a second answer', stale],
    ['half a second answer', stale.slice(0, 40)],
    ['one byte of it', 'H'],
    ['an end of line', '\r\n'],
  ])('after an answer that %s followed at once', async (_what, more) => {
    expect(await twice((peer) => peer.write(`${first}${more}`))).toEqual(isFresh)
  })

  it('after chunks that half a second answer followed at once', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n12\r\n{"of":"the first"}\r\n0\r\n\r\n'
    expect(await twice((peer) => peer.write(chunked))).toEqual({ ...isFresh, fresh: 0 })
    await server.close()
    expect(await twice((peer) => peer.write(`${chunked}HTTP/1.1 2`))).toEqual(isFresh)
  })

  it('after a second answer of which one half came with the first', async () => {
    expect(
      await twice(
        (peer) => peer.write(`${first}${stale.slice(0, 30)}`),
        (peer) => peer.write(stale.slice(30)),
      ),
    ).toEqual(isFresh)
  })

  it('after an interim answer', async () => {
    expect(await twice((peer) => peer.write(`HTTP/1.1 103 Early Hints\r\n\r\n${first}`))).toEqual(isFresh)
  })

  it('before it was silent for a while: a second answer may be on its way', async () => {
    server = await answeringFirst(scheme, (peer) => peer.write(first))
    const send = createSend(account(server.origin), { ...once, quietMs: 60_000 })
    await send(read)()
    await send(read)()

    expect(server.accepted()).toBe(2)
  })

  it.each([
    ['all', stale],
    ['a part', stale.slice(0, 20)],
  ])('if %s of a second answer is there before the next request is written', async (_what, late) => {
    server = await answeringFirst(scheme, (peer) => peer.write(first))
    const send = createSend(account(server.origin), once)
    await send(read)()
    const sent = await send(search, async () => {
      ;(await server.first).write(late)
      await roundTrip()
      return E.right(undefined)
    })()
    const received = (await server.first).received()

    expect(sent).toEqual(E.left(unreachable('before_write', { code: 'EPROTO', host: server.host })))
    expect(received).not.toContain(search.body)
    await (await server.first).gone
  })
})

it.each([
  ['what creates', stage],
  ['what moves money', pay],
  ['what asks for a list', { ...read, answer: 'list' } as const],
  ['what is not compared', readUncompared],
])('%s gets no second answer to a read: it has a connection of its own', async (_what, wire) => {
  server = await rawServer('http', {
    connected: async (peer, n) => {
      await request(peer)
      peer.write(n === 1 ? first : second)
      if (n > 1) return
      await request(peer, peer.received().length)
      // No client can tell it from an answer to what it has just asked.
      peer.write(stale)
    },
  })
  const send = createSend(account(server.origin), once)
  await send(read)()

  expect(bodyOf(await send(wire)())).toContain('the second')
})

it('two answers at once to a later request are none: either may be that of the request before', async () => {
  server = await rawServer('http', {
    connected: async (peer, n) => {
      await request(peer)
      peer.write(n === 1 ? first : second)
      await request(peer, peer.received().length)
      peer.write(`${stale}${second}`)
    },
  })
  const options: TransportOptions = { ...once, retries: 1, random: () => 0, connect: connectSocket }
  const send = createSend(account(server.origin), options)
  await send(read)()

  expect(await send(read)()).toMatchObject(E.right({ body: '{"of":"the second"}' }))
  expect(server.accepted()).toBe(2)
})
