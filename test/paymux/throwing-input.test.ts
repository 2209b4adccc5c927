import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { createProvider, type Paymux, type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import * as promises from '../../src/paymux/promises.js'
import { closeShops, configurationOn, left, openShop, order, payout } from './stage.js'
import { useStage } from './use-stage.js'

/** Input that throws when it is read: in a getter, or in a proxy. Whatever it is, the call gives an error and repeats no value. */

const stage = useStage()
let shop: Paymux
let withPromises: promises.Paymux
let unresolved: string

beforeAll(async () => {
  const config = configurationOn(stage)
  shop = await openShop(stage, config)
  withPromises = await promises.paymux(config, { env: stage.env })
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  const lost = await left(shop.payout(payout('lost')))
  unresolved = 'operationId' in lost ? (lost.operationId ?? '') : ''
})
afterAll(async () => {
  await withPromises.stop()
  await closeShops()
})

/** An object whose n-th access throws, at whatever depth. */
const throwingAt = (n: number, value: object) => {
  let accesses = 0
  const count = () => {
    accesses += 1
    if (accesses === n) throw new Error('CANARY')
  }
  const wrapped = (inner: unknown): unknown =>
    typeof inner !== 'object' || inner === null
      ? inner
      : new Proxy(inner, {
          get: (target, name) => {
            count()
            return wrapped(Reflect.get(target, name))
          },
          has: (target, name) => {
            count()
            return Reflect.has(target, name)
          },
          ownKeys: (target) => {
            count()
            return Reflect.ownKeys(target)
          },
          getOwnPropertyDescriptor: (target, name) => {
            count()
            return Reflect.getOwnPropertyDescriptor(target, name)
          },
          getPrototypeOf: (target) => {
            count()
            return Reflect.getPrototypeOf(target)
          },
        })
  return { value: wrapped(value), isOver: () => accesses < n }
}

type Call = (input: unknown) => Promise<unknown>

/** The error of each access that throws, until none is left to throw. */
const errorsOf = async (call: Call, value: object): Promise<readonly unknown[]> => {
  const errors: unknown[] = []
  for (let n = 1; ; n += 1) {
    const throwing = throwingAt(n, value)
    const error = await call(throwing.value)
    if (throwing.isOver()) return errors
    errors.push(error)
  }
}

const wrong = { amount: { value: '0', currency: 'EUR' } }
const reference = { kind: 'payment', account: 'europe', id: 'none' }
type Method = Exclude<keyof Paymux, 'webhooks'>
interface Given {
  readonly method: Method
  readonly value: object
  /** The arguments before it. */
  readonly before?: () => readonly unknown[]
}
const inputs: readonly Given[] = [
  { method: 'createPayment', value: { ...order('a'), ...wrong } },
  { method: 'refund', value: { idempotencyKey: 'a', payment: reference, ...wrong } },
  { method: 'payout', value: { ...payout('a'), ...wrong } },
  { method: 'getStatus', value: reference },
  { method: 'getStatus', value: { kind: 'payment', account: 'europe', idempotencyKey: 'none' } },
  { method: 'requirements', value: { currency: 'eur', method: { flow: 'hosted' } } },
  { method: 'find', value: { operation: 'pay', idempotencyKey: 'none' } },
  { method: 'explain', value: { operation: 'pay', idempotencyKey: 'none' } },
  { method: 'explain', value: { ...reference, kind: 'invoice' } },
  { method: 'explain', value: { timeZone: 'none' }, before: () => [{ merchantReference: 'none' }] },
  { method: 'recorded', value: reference },
  { method: 'list', value: { kind: 'payment', status: 'paid' } },
  { method: 'listOperations', value: { state: 'none' } },
  { method: 'listEvents', value: { type: 'none' } },
  { method: 'summary', value: { from: 2, to: 1 } },
  { method: 'operation', value: { name: 'payout', idempotencyKey: 'none' } },
  { method: 'reconcile', value: { from: 2, to: 1 } },
  {
    method: 'resolve',
    value: { outcome: 'executed', status: 'none', attestedBy: 'ann', note: '' },
    before: () => [unresolved],
  },
]

const expectIssues = (errors: readonly unknown[], tag: string): void => {
  expect(errors.length).toBeGreaterThan(0)
  for (const error of errors) expect(error).toMatchObject({ _tag: tag, outcome: 'not_sent' })
  expect(JSON.stringify(errors)).not.toContain('CANARY')
}

describe.each(inputs)('what $method is given', ({ method, value, before = () => [] }) => {
  it('is InvalidRequest of the task', async () => {
    const call: Call = async (input) => {
      const task: TaskEither<unknown, unknown> = Reflect.apply(shop[method], undefined, [...before(), input])
      return E.toUnion(await task())
    }
    expectIssues(await errorsOf(call, value), 'InvalidRequest')
  })

  it('rejects the Promise with InvalidRequest', async () => {
    const call: Call = (input) => {
      const result: Promise<unknown> = Reflect.apply(withPromises[method], undefined, [...before(), input])
      return result.catch((error: unknown) => error)
    }
    expectIssues(await errorsOf(call, value), 'InvalidRequest')
  })
})

describe('a configuration', () => {
  it('given to reload is InvalidConfig', async () => {
    const config = { ...configurationOn(stage), store: { type: 'none' } }
    const call: Call = async (input) => E.toUnion(await shop.reload(input as PaymuxConfig)())
    expectIssues(await errorsOf(call, config), 'InvalidConfig')
  })

  it('with a field that is no plain data, and throws later, is InvalidConfig', async () => {
    class Odd {
      readonly adapter = 'payop'
    }
    const config = configurationOn(stage)
    const call: Call = async (input) => {
      const odd: unknown = { ...config, accounts: { ...config.accounts, india: input } }
      return E.toUnion(await shop.reload(odd as PaymuxConfig)())
    }
    expectIssues(await errorsOf(call, Object.assign(new Odd(), { publicKey: 'made-up' })), 'InvalidConfig')
  })

  it('given to createProvider is InvalidConfig', async () => {
    const config = { adapter: 'payop', publicKey: '', secretKey: 'made-up' } as const
    const call: Call = async (input) => E.toUnion(await createProvider(input as typeof config)())
    expectIssues(await errorsOf(call, config), 'InvalidConfig')
  })
})

describe('options', () => {
  it.each([
    ['paymux', async (options: unknown) => E.toUnion(await paymux(configurationOn(stage), options as object)())],
    [
      'paymux/promises',
      (options: unknown) => promises.paymux(configurationOn(stage), options as object).catch((error: unknown) => error),
    ],
  ])('of %s are InvalidConfig', async (_name, call) => {
    expectIssues(await errorsOf(call, { waitMs: -1, webhookLimits: { inFlight: 1 } }), 'InvalidConfig')
  })
})
