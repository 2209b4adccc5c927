import * as E from 'fp-ts/lib/Either.js'
import { refused } from '../../src/core/index.js'
import { paymux as paymuxTask } from '../../src/paymux/index.js'
import { createProvider, PaymentFailure, type PaymentProvider, type Paymux, paymux } from '../../src/paymux/promises.js'
import { answered, fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { paymentRequest, payoutRequest, refundRequest } from '../core/requests.js'
import { configurationOn, right } from './stage.js'
import { useStage } from './use-stage.js'

const provider = (answering?: Parameters<typeof fakeSocket>[0]): Promise<PaymentProvider> =>
  createProvider(
    { adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' },
    { payop: async () => () => E.right(fakeAdapter(fakeSocket(answering).send)) },
  )

const calls = [
  ['createPayment', ({ createPayment }: PaymentProvider) => createPayment(paymentRequest), 'payment'],
  [
    'getStatus',
    ({ getStatus }: PaymentProvider) => getStatus({ kind: 'refund', account: 'main', id: 'obj-1' }),
    'refund',
  ],
  ['refund', ({ refund }: PaymentProvider) => refund(refundRequest), 'refund'],
  ['payout', ({ payout }: PaymentProvider) => payout(payoutRequest), 'payout'],
] as const

const refusing = () => provider(() => answered(422, { no: 'funds' }))

describe('a provider of paymux/promises', () => {
  it.each(calls)('%s gives the result', async (_method, call, kind) => {
    expect(await call(await provider())).toMatchObject({
      kind,
      account: 'main',
      reference: { kind, account: 'main', id: 'obj-1' },
      status: 'processing',
    })
  })

  it.each(calls)('%s rejects with PaymentFailure', async (_method, call) => {
    const failure = await call(await refusing()).catch((reason: unknown) => reason)
    expect(failure).toBeInstanceOf(PaymentFailure)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).toMatchObject({
      name: 'PaymentFailure',
      _tag: 'Refused',
      outcome: 'refused',
      error: { reason: 'insufficient_funds' },
    })
  })

  it.each([undefined, null, 'x'])('rejects, and throws nothing before, for %p in place of a request', async (input) => {
    // What a program in plain JavaScript may pass.
    for (const call of Object.values<(input: never) => unknown>(await provider()))
      await expect(Reflect.apply(call, undefined, [input])).rejects.toMatchObject({
        _tag: 'InvalidRequest',
        outcome: 'not_sent',
      })
  })

  it('leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const failing = await provider(() => answered(500, {}))
    await Promise.allSettled(calls.map(([, call]) => call(failing)))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('the object of paymux/promises', () => {
  const stage = useStage()

  const methodsOf = ({ webhooks, ...methods }: object & { readonly webhooks: object }): readonly string[] =>
    [...Object.keys(methods), ...Object.keys(webhooks).map((name) => `webhooks.${name}`)].sort()

  it('has the methods of the object of paymux', async () => {
    const one = await right(paymuxTask(configurationOn(stage), { env: stage.env }))
    const other = await paymux(configurationOn(stage), { env: stage.env })
    expect(methodsOf(other)).toEqual(methodsOf(one))
    await right(one.stop())
    await other.stop()
  })

  it('rejects with PaymentFailure wherever the object of paymux gives an error', async () => {
    const shop = await paymux(configurationOn(stage), { env: stage.env })
    await shop.start()
    await shop.stop()
    const methods: readonly ((shop: Paymux) => Promise<unknown>)[] = [
      ...calls.map(([, call]) => call),
      ({ requirements }) => requirements({ currency: 'EUR' }),
      ({ webhooks }) => webhooks.address('europe'),
      ({ subscribe }) => subscribe('late', async () => undefined),
      ({ start }) => start(),
      ({ find }) => find({ merchantReference: 'any' }),
      ({ explain }) => explain({ merchantReference: 'any' }),
      ({ recorded }) => recorded({ kind: 'payment', account: 'europe', id: 'any' }),
      ({ list }) => list(),
      ({ listOperations }) => listOperations(),
      ({ listEvents }) => listEvents(),
      ({ redeliver }) => redeliver('any'),
      ({ erase }) => erase({ merchantReference: 'a b' }),
      ({ summary }) => summary({ from: 0, to: 1 }),
      ({ operation }) => operation('any'),
      ({ log }) => log('any'),
      ({ listUnresolved }) => listUnresolved(),
      ({ resolve }) => resolve('any', { outcome: 'not_executed', attestedBy: 'ann', note: 'seen' }),
      ({ reconcile }) => reconcile({ from: 0, to: 1 }),
      ({ reload }) => reload(configurationOn(stage)),
    ]
    for (const method of methods) {
      const failure = await method(shop).catch((reason: unknown) => reason)
      expect(failure).toBeInstanceOf(PaymentFailure)
    }
  })

  it('rejects for a configuration that cannot be used', async () => {
    await expect(paymux('/does/not/exist.json')).rejects.toMatchObject({ _tag: 'InvalidConfig', outcome: 'not_sent' })
  })
})

describe('PaymentFailure', () => {
  it('is recognised if the package was loaded twice', () => {
    class OfTheOtherCopy extends Error {
      override readonly name = 'PaymentFailure'
      readonly outcome = 'unknown'
    }
    expect(new OfTheOtherCopy()).toBeInstanceOf(PaymentFailure)
    for (const other of [new Error('other'), {}, { name: 'PaymentFailure' }, null, undefined, 'PaymentFailure'])
      expect(other instanceof PaymentFailure).toBe(false)
  })

  it('prints the message of its error, and survives JSON', () => {
    const error = refused('validation', 422, { fields: ['amount'] })
    const failure = new PaymentFailure(error)
    expect(String(failure)).toBe(`PaymentFailure: ${error.message}`)
    expect(JSON.parse(JSON.stringify(failure))).toEqual({
      name: 'PaymentFailure',
      message: error.message,
      _tag: 'Refused',
      outcome: 'refused',
      error,
    })
  })
})
