import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Kind, kindOf, type OperationName, type PaymentError, type Result } from '../../src/core/index.js'
import { resolveOperation } from '../../src/orchestrator/operations/resolve.js'
import type { OperationEvent } from '../../src/orchestrator/protocol/index.js'
import { fail, succeed } from '../either.js'
import {
  type Account,
  absent,
  lost,
  ok,
  okAs,
  paymentRequest,
  payoutRequest,
  type Script,
  type Shown,
  says,
  stage,
} from './operations-stage.js'

/** Results and events carry what a subscriber finds its order by. */

const SECOND = 1000

type World = Awaited<ReturnType<typeof stage>>

const money = { value: '10.00', currency: 'EUR' }
const paid: Shown = { status: 'succeeded', amount: { minorUnits: 4990n, currency: 'EUR' } }
const paidBefore = { kind: 'payment', account: 'main', id: 'paid-1' } as const

interface Case {
  readonly name: OperationName
  readonly merchantReference: string
  readonly metadata: Readonly<Record<string, string>>
  /** Answers of the gateway to what has to be there before. */
  readonly before: Script
  readonly prepare: (world: World) => Promise<unknown>
  /** The call under the key `k1`. */
  readonly call: (world: World) => TaskEither<PaymentError, Result<Kind>>
}

const cases: readonly Case[] = [
  {
    name: 'createPayment',
    merchantReference: 'ORD-1',
    metadata: { cart: '7' },
    before: [],
    prepare: () => Promise.resolve(),
    call: ({ provider }) => provider.createPayment({ ...paymentRequest('k1'), metadata: { cart: '7' } }),
  },
  {
    name: 'refund',
    // The payment's.
    merchantReference: 'ORD-1',
    metadata: { claim: '8' },
    before: [okAs('paid-1')],
    prepare: ({ provider }) =>
      succeed(provider.createPayment({ ...paymentRequest('k0'), metadata: { cart: 'of the payment' } })),
    call: ({ provider }) =>
      provider.refund({ idempotencyKey: 'k1', payment: paidBefore, amount: money, metadata: { claim: '8' } }),
  },
  {
    name: 'payout',
    merchantReference: 'INV-1',
    metadata: { run: '9' },
    before: [],
    prepare: () => Promise.resolve(),
    call: ({ provider }) => provider.payout({ ...payoutRequest('k1'), metadata: { run: '9' } }),
  },
]
const each = cases.map((one) => [one.name, one] as const)

/** One account `main` that is ready for the call of a case. */
const readyFor = async ({ name, merchantReference, metadata, before, prepare }: Case, account: Account = {}) => {
  let shown = paid
  const submission = [...before, ...(account.submission ?? [ok])]
  const world = await stage({ main: { reading: ok, ...account, submission, shows: () => shown } })
  await prepare(world)
  const names = async () => ({
    account: 'main',
    merchantReference,
    idempotencyKey: 'k1',
    operationId: (await world.view(name, 'k1')).operation.id,
    metadata,
  })
  return {
    ...world,
    world,
    names,
    shows: (next: Shown) => {
      shown = next
    },
    /** The events about the operation or its object, as a subscriber in another process gets them. */
    emitted: async () => {
      const { id } = (await world.view(name, 'k1')).operation
      const subjects = [`operation:${id}`, `${kindOf[name]}:main:obj-1`, `${kindOf[name]}:main:key:k1`]
      return world.events().filter(({ subject }) => subjects.some((one) => subject.startsWith(one)))
    },
  }
}

/** It carries the names, and still does so when it comes out of JSON. */
const expectNames = (value: object, names: object): void => {
  expect(value).toMatchObject(names)
  expect(JSON.parse(JSON.stringify(value))).toEqual(value)
  expect(structuredClone(value)).toEqual(value)
}

describe('the names of a call', () => {
  it.each(each)('are in the results of %s, in replays and in what is read later', async (_name, one) => {
    const { world, names, provider } = await readyFor(one)
    const result = await succeed(one.call(world))
    const expected = await names()
    expectNames(result, expected)
    const replayed = await succeed(one.call(world))
    expectNames(replayed, { ...expected, replayed: true })
    expectNames(await succeed(provider.getStatus(JSON.parse(JSON.stringify(result.reference)))), expected)
  })

  it.each(each)('are in every event about the object of %s', async (name, one) => {
    const { world, names, shows, provider, emitted } = await readyFor(one)
    shows({ status: 'processing' })
    const { reference } = await succeed(one.call(world))
    for (const shown of [
      { status: 'failed' },
      { status: 'processing' },
      { status: 'failed' },
      paid,
      { status: 'failed', disputed: true, review: ['contradiction'] },
    ] as const) {
      shows(shown)
      await succeed(provider.getStatus(reference))
    }
    const events = await emitted()
    for (const event of events) {
      expectNames(event, await names())
      expect(event).toMatchObject({ object: await names() })
    }
    const kind = kindOf[name]
    expect(events.map(({ type }) => type)).toEqual(
      ['processing', 'failed', 'reopened', 'failed', 'late_success', 'disputed', 'alert', 'review'].map(
        (what) => `${kind}.${what}`,
      ),
    )
  })

  it.each(each)('are where the answer to %s was lost and a poll found the object', async (name, one) => {
    const { world, names, recover, clock, emitted, provider } = await readyFor(one, { submission: [lost] })
    expect(await fail(one.call(world))).toMatchObject({ account: 'main', operationId: (await names()).operationId })
    clock.now += 5 * SECOND
    await recover(name, 'k1')
    const events = await emitted()
    expect(events.map(({ type }) => type)).toEqual(['operation.indeterminate', `${kindOf[name]}.succeeded`])
    for (const event of events) expectNames(event, await names())
    const replayed = await succeed(one.call(world))
    expectNames(replayed, { ...(await names()), replayed: true })
    expectNames(await succeed(provider.getStatus(replayed.reference)), await names())
  })
})

describe('an event about an operation', () => {
  const refused: Account = { submission: [says(400, 'wrong')], reading: absent }
  const stuck: Account = { submission: [lost], lookupByKey: false }
  const executed = { outcome: 'executed', status: 'processing', attestedBy: 'ann', note: 'seen' } as const
  const plays: readonly (readonly [OperationEvent, Account, object | undefined])[] = [
    ['operation.refused', refused, undefined],
    ['operation.canceled', { submission: [says(400, 'no funds')], reading: absent }, undefined],
    ['operation.indeterminate', { submission: [lost] }, undefined],
    ['operation.requires_resolution', stuck, undefined],
    ['operation.resolved', stuck, executed],
  ]
  const everywhere = plays.flatMap(([type, account, resolution]) =>
    cases.map((one) => [type, one.name, one, account, resolution] as const),
  )

  it.each(everywhere)('%s carries the names of %s', async (type, name, one, account, resolution) => {
    const { world, names, view, context, onlyEvent } = await readyFor(one, account)
    await fail(one.call(world))
    const { id } = (await view(name, 'k1')).operation
    if (resolution !== undefined) await succeed(resolveOperation(id, resolution, context))
    const event = onlyEvent(type)
    expectNames(event, await names())
    expect(event).toMatchObject({ operation: { id, name } })
  })

  it.each(each)('comes with the names on the object that an operator attested for %s', async (name, one) => {
    const { world, names, view, context, emitted } = await readyFor(one, stuck)
    await fail(one.call(world))
    await succeed(resolveOperation((await view(name, 'k1')).operation.id, executed, context))
    const events = await emitted()
    expect(events.map(({ type }) => type)).toEqual([
      'operation.requires_resolution',
      `${kindOf[name]}.processing`,
      `${kindOf[name]}.review`,
      'operation.resolved',
    ])
    for (const event of events) expectNames(event, await names())
  })
})

describe('a payment of an abandoned attempt', () => {
  it('is reported with the names of its call and its own account', async () => {
    const { provider, view, onlyEvent, events } = await stage({
      a: { effect: 'creates', submission: [lost], created: 'order-1', reading: ok, shows: () => paid },
      b: { effect: 'creates', submission: [okAs('obj-2')] },
    })
    const metadata = { cart: '7' }
    const result = await succeed(provider.createPayment({ ...paymentRequest('k1'), metadata }))
    const names = {
      merchantReference: 'ORD-1',
      idempotencyKey: 'k1',
      operationId: (await view('createPayment', 'k1')).operation.id,
      metadata,
    }
    expectNames(result, { ...names, account: 'b', id: 'obj-2' })
    const abandoned = await succeed(provider.getStatus({ kind: 'payment', account: 'a', id: 'order-1' }))
    expectNames(abandoned, { ...names, account: 'a', id: 'order-1' })
    const event = onlyEvent('payment.on_abandoned_attempt')
    expectNames(event, { ...names, account: 'a', object: { id: 'order-1', status: 'succeeded' } })
    for (const each of events()) expectNames(each, names)
  })
})

describe('a payment that the read of a refund recorded before its operation', () => {
  it('gets the names of its call once a poll finds it', async () => {
    const order = { kind: 'payment', account: 'main', id: 'order-1' } as const
    let shown = paid
    const { provider, view, recover, clock, onlyEvent, paymentRecord } = await stage({
      main: { created: 'order-1', submission: [lost, ok], reading: ok, shows: () => shown },
    })
    const metadata = { cart: '7' }
    await fail(provider.createPayment({ ...paymentRequest('k1'), metadata }))
    await succeed(provider.refund({ idempotencyKey: 'k2', payment: order, amount: money }))
    expect(await paymentRecord(order)).not.toHaveProperty('origin')
    expect(onlyEvent('payment.succeeded')).toMatchObject({ account: 'main', object: { id: 'order-1' } })
    clock.now += 5 * SECOND
    await recover('createPayment', 'k1')
    expect(await paymentRecord(order)).toMatchObject({ expectedAmount: { minorUnits: 4990n, currency: 'EUR' } })
    const names = {
      account: 'main',
      merchantReference: 'ORD-1',
      idempotencyKey: 'k1',
      operationId: (await view('createPayment', 'k1')).operation.id,
      metadata,
    }
    expectNames(await succeed(provider.getStatus(order)), names)
    shown = { ...paid, disputed: true }
    await succeed(provider.getStatus(order))
    expectNames(onlyEvent('payment.disputed'), names)
    // What the refund had reserved and given back stands.
    expect(await paymentRecord(order)).toMatchObject({ reserved: 1000n, refunded: 1000n })
  })
})
