import dns, { type LookupAddress } from 'node:dns'
import * as E from 'fp-ts/lib/Either.js'
import nock from 'nock'
import { unreachable } from '../../src/core/index.js'
import { createSend } from '../../src/transport/index.js'
import { type SlowListener, slowListener } from './slow-listener.js'
import { account, once, read } from './wire.js'

beforeAll(() => nock.restore())

let slow: SlowListener
afterEach(() => {
  jest.restoreAllMocks()
  slow.close()
})

type Answer = (error: null, addresses: readonly LookupAddress[]) => void

/** A name that has these addresses. */
const resolving = (...addresses: readonly LookupAddress[]): void => {
  const lookup = (_name: string, _options: object, callback: Answer): void =>
    process.nextTick(callback, null, addresses)
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup)
}

const ipv4 = { address: '127.0.0.1', family: 4 }
const dead = { address: '::1', family: 6 }

it.each([
  ['after', [ipv4, dead]],
  ['before', [dead, ipv4]],
] satisfies [string, LookupAddress[]][])(
  'a slow address is reached, although a dead one stands %s it: TCP says hello again after a second',
  async (_where, addresses) => {
    slow = await slowListener()
    resolving(...addresses)
    const sending = createSend(account(`http://localhost:${slow.port}`), once)(read)()
    // The first hello is lost by then: the queue was full when it came.
    setTimeout(slow.wake, 300)

    expect(await sending).toMatchObject(E.right({ status: 200 }))
  },
  20_000,
)

it('addresses that do not answer in time were not reached: the phase is connect', async () => {
  slow = await slowListener()
  resolving(ipv4, dead)
  const send = createSend(account(`http://localhost:${slow.port}`), { ...once, connectMs: 400 })

  expect(await send(read)()).toMatchObject(
    E.left({ ...unreachable('connect', { host: 'localhost' }), code: expect.anything(), message: expect.anything() }),
  )
})
