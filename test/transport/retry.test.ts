import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import type { PaymentError, WireAnswer, WireRequest } from '../../src/core/index.js'
import { createSend, noConnect, type TransportOptions } from '../../src/transport/index.js'
import { account, pay, read, stage } from './wire.js'

const origin = 'https://api.example.com'
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' })

/** Sends, and tells what came of it, how long it slept in between, and what it left unasked. */
const run = async (wire: WireRequest, options: TransportOptions = {}, signal?: AbortSignal) => {
  const slept: number[] = []
  const send = createSend(account(origin), {
    connect: noConnect,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms)
    },
    ...options,
  })
  const result: E.Either<PaymentError, WireAnswer> = await send(wire, undefined, signal)()
  return { slept, unasked: nock.pendingMocks().length, ...(E.isLeft(result) ? result.left : result.right) }
}

/** Fails so many connections before the first that stands. */
const refusing = (times: number): TransportOptions => {
  let left = times
  return {
    connect: (request, reached) => {
      if (left-- > 0) request.destroy(Object.assign(new Error(), { code: 'ECONNREFUSED' }))
      else noConnect(request, reached)
    },
  }
}

describe('a read', () => {
  it.each([408, 424, 425, 429, 499, 500, 502, 503, 504])('is repeated after %d, with full jitter', async (status) => {
    nock(origin).get('/v1/read').times(2).reply(status).get('/v1/read').reply(200, 'ok')

    expect(await run(read)).toMatchObject({ status: 200, slept: [100, 200], unasked: 0 })
  })

  it.each([301, 400, 401, 404, 409, 422])('is not repeated after %d', async (status) => {
    nock(origin).get('/v1/read').reply(status, '', { location: '/v1/elsewhere' }).get(/.*/).reply(200)

    expect(await run(read)).toMatchObject({ status, slept: [], unasked: 1 })
  })

  it('is repeated when its answer was lost', async () => {
    nock(origin).get('/v1/read').replyWithError(reset).get('/v1/read').reply(200)

    expect(await run(read)).toMatchObject({ status: 200, slept: [100] })
  })

  it('ends with its signal: on the way, between two tries, and before it began', async () => {
    const server = nock(origin)
    server.get('/v1/read').delay(60_000).reply(200)
    const onTheWay = new AbortController()
    setImmediate(() => onTheWay.abort())
    expect(await run(read, {}, onTheWay.signal)).toMatchObject({ code: 'ABORT_ERR', slept: [] })
    nock.abortPendingRequests()

    server.get('/v1/read').reply(503).get('/v1/read').reply(200)
    const between = new AbortController()
    const sleep = async () => between.abort()
    expect(await run(read, { sleep }, between.signal)).toMatchObject({ status: 503, unasked: 1 })
  })

  it('is given up after the third repetition, with the last answer', async () => {
    nock(origin).get('/v1/read').times(3).reply(503).get('/v1/read').times(2).reply(502)

    expect(await run(read)).toMatchObject({ status: 502, slept: [100, 200, 400], unasked: 1 })
  })

  it('waits as long as the gateway asks', async () => {
    nock(origin).get('/v1/read').reply(429, '', { 'retry-after': '60' }).get('/v1/read').reply(200)

    expect(await run(read)).toMatchObject({ status: 200, slept: [60_000] })
  })

  it('waits no shorter than it would by itself', async () => {
    nock(origin).get('/v1/read').reply(429, '', { 'retry-after': '0' }).get('/v1/read').reply(200)

    expect(await run(read)).toMatchObject({ status: 200, slept: [100] })
  })

  it('is not repeated when the gateway asks for more than a minute', async () => {
    nock(origin).get('/v1/read').reply(503, '', { 'retry-after': '61' }).get('/v1/read').reply(200)

    expect(await run(read)).toMatchObject({ status: 503, slept: [], unasked: 1 })
  })

  it('backs off to 5 seconds at most', async () => {
    nock(origin).get('/v1/read').times(8).reply(503)

    expect(await run(read, { retries: 7, random: () => 1 })).toMatchObject({
      slept: [200, 400, 800, 1600, 3200, 5000, 5000],
    })
  })

  it('sleeps and rolls dice by itself', async () => {
    const dice = jest.spyOn(Math, 'random').mockReturnValue(0)
    nock(origin).get('/v1/read').reply(503).get('/v1/read').reply(200)
    const answer = await createSend(account(origin), { connect: noConnect })(read)()
    dice.mockRestore()

    expect(answer).toMatchObject(E.right({ status: 200 }))
  })
})

describe.each([stage, pay])('what $effect', (wire) => {
  it.each([408, 429, 500, 503])('is not repeated after %d', async (status) => {
    nock(origin).post(wire.path).reply(status, '', { 'retry-after': '1' }).post(wire.path).reply(200)

    expect(await run(wire)).toMatchObject({ status, slept: [], unasked: 1 })
  })

  it('is not repeated when its answer was lost', async () => {
    nock(origin).post(wire.path).replyWithError(reset).post(wire.path).reply(200)

    expect(await run(wire)).toMatchObject({ _tag: 'Indeterminate', retry: 'after_read', slept: [], unasked: 1 })
  })

  it('is repeated when it was not sent', async () => {
    // Its length ends it: nock ends no answer on a connection that is to be kept.
    nock(origin).post(wire.path).reply(200, '', { 'content-length': '0' })

    expect(await run(wire, refusing(3))).toMatchObject({ status: 200, slept: [100, 200, 400] })
  })

  it('is given up when it could not be sent four times', async () => {
    nock(origin).post(wire.path).reply(200)

    expect(await run(wire, refusing(4))).toMatchObject({ _tag: 'Unreachable', code: 'ECONNREFUSED', unasked: 1 })
  })
})

it('what is wrong with the request is not repeated', async () => {
  expect(await run({ ...read, base: 'elsewhere' })).toMatchObject({ _tag: 'InvalidConfig', slept: [] })
  expect(await run({ ...read, path: '' })).toMatchObject({ _tag: 'InvalidRequest', slept: [] })
})
