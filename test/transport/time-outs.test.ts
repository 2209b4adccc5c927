import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import {
  type Effect,
  type PaymentError,
  type UnknownPhase,
  unreachable,
  type WireAnswer,
} from '../../src/core/index.js'
import { connectSocket } from '../../src/transport/connect.js'
import { createSend, type TransportOptions } from '../../src/transport/index.js'
import { answer, type RawServer, rawServer, request } from './raw-server.js'
import { account, once, pay } from './wire.js'

beforeAll(() => nock.restore())

let server: RawServer
beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'setInterval', 'clearInterval', 'Date'],
  })
})
afterEach(async () => {
  jest.useRealTimers()
  await server.close()
})

type Result = E.Either<PaymentError, WireAnswer>

/** Expects that the send is over after exactly so many milliseconds of the fake clock. */
const expectOverAfter = async (ms: number, sending: Promise<Result>): Promise<Result> => {
  let over = false
  void sending.finally(() => {
    over = true
  })
  await jest.advanceTimersByTimeAsync(ms - 1)
  expect(over).toBe(false)
  await jest.advanceTimersByTimeAsync(1)
  return sending
}

const signal = (): { readonly given: Promise<void>; readonly give: () => void } => {
  let give = (): void => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

describe('connecting may take 5 seconds', () => {
  it('for a TLS handshake that stalls', async () => {
    const accepted = signal()
    server = await rawServer('https', { accepted: () => accepted.give() })
    const securing = signal()
    const send = createSend(account(server.origin), {
      ...once,
      connect: (request, reached) =>
        connectSocket(request, (step) => {
          reached(step)
          if (step === 'secure') securing.give()
        }),
    })
    const sending = send(pay)()
    await Promise.all([accepted.given, securing.given])

    expect(await expectOverAfter(5000, sending)).toEqual(
      E.left(unreachable('secure', { code: 'ETIMEDOUT', host: 'localhost' })),
    )
  })

  it.each(['resolve', 'connect'] as const)('for the step %s', async (phase) => {
    server = await rawServer('http', {})
    const send = createSend(account(server.origin), {
      ...once,
      connect: (_request, reached) => {
        if (phase === 'connect') reached('connect')
      },
    })

    expect(await expectOverAfter(5000, send(pay)())).toEqual(
      E.left(unreachable(phase, { code: 'ETIMEDOUT', host: '127.0.0.1' })),
    )
  })

  it('and a connection that comes too late asks no hook and writes nothing', async () => {
    server = await rawServer('http', {})
    let connected = (): void => {}
    const send = createSend(account(server.origin), {
      ...once,
      connect: (request, reached) =>
        connectSocket(request, (step) => {
          connected = () => reached(step)
        }),
    })
    const hook = jest.fn(() => Promise.resolve(E.right(undefined)))
    const sending = send(pay, hook)()
    const peer = await server.first
    expect(await expectOverAfter(5000, sending)).toMatchObject(E.left({ outcome: 'not_sent' }))
    connected()
    await peer.gone

    expect(hook).not.toHaveBeenCalled()
    expect(peer.received()).toBe('')
  })
})

/** What a server says before it falls silent, for ever. */
const sendTo = async (effect: Effect, says: string, options: TransportOptions = once) => {
  const arrived = signal()
  server = await rawServer('http', {
    connected: async (peer) => {
      await request(peer)
      peer.write(says)
      if (!says.includes('200')) arrived.give()
    },
  })
  const send = createSend(account(server.origin), {
    ...options,
    connect: (request, reached) => {
      request.on('response', (response) => response.once('data', arrived.give))
      connectSocket(request, reached)
    },
  })
  const sending = send({ ...pay, effect })()
  await arrived.given
  return { sending }
}

const lost = (phase: UnknownPhase, httpStatus?: number) =>
  expect.objectContaining({
    left: expect.objectContaining({ phase, code: 'ETIMEDOUT', outcome: 'unknown', ...(httpStatus && { httpStatus }) }),
  })

describe.each([
  ['reads', 10_000, 15_000],
  ['creates', 30_000, 40_000],
  ['moves_money', 30_000, 40_000],
] as const)('what %s may wait', (effect, firstByteMs, wholeMs) => {
  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 20'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])(`${firstByteMs} ms for the head: %s`, async (_what, says) => {
    const { sending } = await sendTo(effect, says)

    expect(await expectOverAfter(firstByteMs, sending)).toEqual(lost('first_byte'))
  })

  it(`${wholeMs} ms for the whole: half a body`, async () => {
    const { sending } = await sendTo(effect, 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"half":')

    expect(await expectOverAfter(wholeMs, sending)).toEqual(lost('body', 200))
    await (await server.first).gone
  })
})

it('may be set otherwise, the smaller of the two counting for the head', async () => {
  const limits = { firstByteMs: 300, wholeMs: 200 }
  const reading = await sendTo('reads', '', { ...once, readLimits: limits })
  expect(await expectOverAfter(200, reading.sending)).toEqual(lost('first_byte'))
  await server.close()

  const paying = await sendTo('moves_money', '', { ...once, writeLimits: limits })
  expect(await expectOverAfter(200, paying.sending)).toEqual(lost('first_byte'))
})

it('a request that cannot be written in time is lost while it is written', async () => {
  server = await rawServer('http', {})
  const send = createSend(account(server.origin), {
    ...once,
    connect: (request, reached) =>
      connectSocket(request, (step) => {
        // As if the peer took nothing: what is written stays in this process.
        if (request.socket) Object.assign(request.socket, { _write: () => {}, _writev: () => {} })
        reached(step)
      }),
  })
  const sending = send(pay)()
  await server.first

  expect(await expectOverAfter(30_000, sending)).toEqual(lost('write'))
})

it('the hook may take as long as it likes', async () => {
  server = await rawServer('http', {
    connected: async (peer) => {
      await request(peer)
      peer.write(answer('{}'))
    },
  })
  const requested = signal()
  const allowed = signal()
  const sending = createSend(account(server.origin), once)(pay, async () => {
    requested.give()
    await allowed.given
    return E.right(undefined)
  })()
  await requested.given
  await jest.advanceTimersByTimeAsync(3_600_000)
  allowed.give()

  expect(await sending).toMatchObject(E.right({ status: 200 }))
})
