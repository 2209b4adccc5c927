import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Kind, PaymentRequest, PayoutRequest, Reference, RefundRequest } from '../../src/core/index.js'
import { resolveOperation } from '../../src/orchestrator/operations/resolve.js'
import { paymentRequest, payoutRequest, stage } from './operations-stage.js'

type World = Awaited<ReturnType<typeof stage>>

/** It lists the fields of it that were read. */
const watched = <T extends object>(target: T) => {
  const seen: PropertyKey[] = []
  const input = new Proxy(target, {
    get: (of, name) => {
      seen.push(name)
      return Reflect.get(of, name)
    },
  })
  return { input, seen }
}

const payment: Reference<'payment'> = { kind: 'payment', account: 'main', id: 'pay-1' }
const refund: RefundRequest = { idempotencyKey: 'k1', payment }
const attested = { outcome: 'not_executed', attestedBy: 'ann', note: 'not in the list' }

const calls: readonly (readonly [string, object, (world: World, input: object) => TaskEither<unknown, unknown>])[] = [
  ['createPayment', paymentRequest('k1'), ({ provider }, input) => provider.createPayment(input as PaymentRequest)],
  ['refund', refund, ({ provider }, input) => provider.refund(input as RefundRequest)],
  ['payout', payoutRequest('k1'), ({ provider }, input) => provider.payout(input as PayoutRequest)],
  ['getStatus', payment, ({ provider }, input) => provider.getStatus(input as Reference<Kind>)],
  ['requirements', { currency: 'EUR' }, ({ provider }, input) => provider.requirements(input as { currency: string })],
  ['resolve', attested, ({ context }, input) => resolveOperation('op-1', input, context)],
]

describe.each(calls)('%s', (_name, request, call) => {
  it('does nothing before its task is run', async () => {
    const ran: string[] = []
    const world = await stage(
      { main: {} },
      {
        wrap: (store) => ({
          ...store,
          commit: (writes) => () => {
            ran.push('commit')
            return store.commit(writes)()
          },
          object: (key) => () => {
            ran.push('object')
            return store.object(key)()
          },
          operation: (id) => () => {
            ran.push('operation')
            return store.operation(id)()
          },
        }),
      },
    )
    const { input, seen } = watched(request)
    const task = call(world, input)
    await new Promise(setImmediate)
    expect([...seen, ...ran, ...world.outcomes, ...world.connected('main')]).toEqual([])
    await task()
    expect([...seen, ...ran]).not.toEqual([])
  })

  it('does not throw for an input without fields', async () => {
    const world = await stage({ main: {} })
    expect(() => call(world, {})).not.toThrow()
  })
})
