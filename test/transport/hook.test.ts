import { setImmediate } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { unreachable } from '../../src/core/index.js'
import { connectSocket } from '../../src/transport/connect.js'
import { createSend } from '../../src/transport/index.js'
import { answer, type RawServer, rawServer, request, type Scheme } from './raw-server.js'
import { account, once, pay, read, search } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
afterEach(() => server.close())

const permitted = E.right(undefined)

const answering = (scheme: Scheme): Promise<RawServer> =>
  rawServer(scheme, {
    connected: async (peer) => {
      await request(peer)
      peer.write(answer('{}'))
    },
  })

describe.each<Scheme>(['http', 'https'])('the hook over %s', (scheme) => {
  /** Exchanges of their own, there and back: what was sent before they began has arrived when they end. */
  const roundTrips = async (): Promise<void> => {
    const send = createSend(account(server.origin), once)
    for (let n = 0; n < 2; n++) expect(E.isRight(await send({ ...read, effect: 'moves_money' })())).toBe(true)
    await setImmediate()
  }

  it('runs once the connection is up and before the first byte', async () => {
    server = await answering(scheme)
    let seenMeanwhile: string | undefined
    const sent = await createSend(account(server.origin), once)(pay, async () => {
      const peer = await server.first
      await roundTrips()
      seenMeanwhile = peer.received()
      return permitted
    })()

    expect(seenMeanwhile).toBe('')
    expect(sent).toMatchObject(E.right({ status: 200 }))
    expect(server.peers[0]?.received()).toContain(pay.body)
  })

  it('runs before the first byte on a kept-alive connection too', async () => {
    server = await rawServer(scheme, {
      connected: async (peer) => {
        for (;;) {
          const from = peer.received().length
          await request(peer, from)
          peer.write(answer('{}'))
        }
      },
    })
    const send = createSend(account(server.origin), once)
    await send(read)()
    const before = server.peers[0]?.received()
    let seenMeanwhile: string | undefined
    const sent = await send(search, async () => {
      const peer = await server.first
      await roundTrips()
      seenMeanwhile = peer.received()
      return permitted
    })()

    expect(seenMeanwhile).toBe(before)
    expect(sent).toMatchObject(E.right({ status: 200 }))
    expect(server.peers[0]?.received().slice(before?.length)).toContain(search.body)
  })

  it('gives its Left back, and nothing was written', async () => {
    server = await answering(scheme)
    const no = E.left(unreachable('deadline'))
    const sent = await createSend(account(server.origin), once)(pay, async () => {
      await server.first
      return no
    })()
    const peer = await server.first
    await peer.gone

    expect(sent).toBe(no)
    expect(peer.received()).toBe('')
  })

  it('that rejects, although a task never should, stops the send', async () => {
    server = await answering(scheme)
    const sent = await createSend(account(server.origin), once)(pay, async () => {
      await server.first
      throw new Error('canary-payer@example.com')
    })()
    await roundTrips()

    expect(sent).toEqual(E.left(unreachable('before_write')))
    expect(server.peers[0]?.received()).toBe('')
  })

  it.each(['reset', 'fin'] as const)('outlives its connection (%s): nothing was sent, nor is again', async (how) => {
    server = await answering(scheme)
    const events: string[] = []
    const sending = createSend(account(server.origin), { ...once, retries: 3 })(pay, async () => {
      events.push('hook runs')
      const peer = await server.first
      peer[how]()
      await roundTrips()
      events.push('hook is done')
      return permitted
    })()
    const sent = await sending.finally(() => events.push('send is over'))

    expect(sent).toEqual(E.left(unreachable('before_write', { code: 'ECONNRESET', host: server.host })))
    expect(events).toEqual(['hook runs', 'hook is done', 'send is over'])
    expect(server.peers[0]?.received()).toBe('')
  })

  it('does not take what the server said before it was asked for an answer', async () => {
    server = await answering(scheme)
    const sent = await createSend(account(server.origin), once)(pay, async () => {
      const peer = await server.first
      peer.write(answer('', 'HTTP/1.1 408 Request Timeout\r\n'))
      await roundTrips()
      return permitted
    })()

    expect(sent).toEqual(E.left(unreachable('before_write', { code: 'EPROTO', host: server.host })))
    expect(server.peers[0]?.received()).toBe('')
  })
})

it('does not run when there is no connection, and connecting may be tried again', async () => {
  server = await answering('http')
  let tries = 0
  let runs = 0
  const send = createSend(account(server.origin), {
    random: () => 0,
    connect: (request, reached) => {
      if (++tries < 3) request.destroy(Object.assign(new Error(), { code: 'ECONNREFUSED' }))
      else connectSocket(request, reached)
    },
  })
  const sent = await send(pay, async () => {
    runs++
    return permitted
  })()

  expect(sent).toMatchObject(E.right({ status: 200 }))
  expect([tries, runs]).toEqual([3, 1])
})

it('after it has run a failed send is not repeated, not even a read', async () => {
  server = await rawServer('http', { connected: (peer) => request(peer).then(peer.reset) })
  let runs = 0
  const sent = await createSend(account(server.origin), { random: () => 0 })(read, async () => {
    runs++
    return permitted
  })()

  expect(sent).toMatchObject(E.left({ _tag: 'Indeterminate', retry: 'safe' }))
  expect(runs).toBe(1)
  expect(server.accepted()).toBe(1)
})
