import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type OperationName, type PaymentError, unreachable } from '../../src/core/index.js'
import { resolveOperation } from '../../src/orchestrator/operations/resolve.js'
import { summaryOf } from '../../src/orchestrator/queries/summary.js'
import { fail, succeed } from '../either.js'
import {
  type Account,
  absent,
  broken,
  lost,
  ok,
  paymentRequest,
  payoutRequest,
  START,
  says,
  stage,
} from './operations-stage.js'

/** Errors say where they occurred: the account, the operation and the exchange. */

type World = Awaited<ReturnType<typeof stage>>

const anExchange = expect.stringMatching(/^\w+\.\w+/)
const payment = { kind: 'payment', account: 'main', id: 'obj-1' } as const
const paid = { status: 'succeeded', amount: { minorUnits: 4990n, currency: 'EUR' } } as const

/** The gateway knows the payment, and nothing by our key. */
const paymentOnly: Account['reading'] = (wire) => (wire.path.includes('/by-key/') ? absent(wire) : ok(wire))

const calls: readonly (readonly [OperationName, (world: World) => TE.TaskEither<PaymentError, unknown>])[] = [
  ['createPayment', ({ provider }) => provider.createPayment(paymentRequest('k1'))],
  ['refund', ({ provider }) => provider.refund({ idempotencyKey: 'k1', payment })],
  ['payout', ({ provider }) => provider.payout(payoutRequest('k1'))],
]

describe.each(calls)('an error of %s', (name, call) => {
  const located = async (world: World) => ({
    account: 'main',
    operationId: (await world.view(name, 'k1')).operation.id,
  })
  const failing = (account: Account) => stage({ main: { reading: paymentOnly, shows: () => paid, ...account } })

  it.each<readonly [string, PaymentError['_tag'], Account]>([
    ['that was refused for good', 'Refused', { submission: [says(400, 'wrong')] }],
    ['that was refused for now', 'Refused', { submission: [says(400, 'no funds')] }],
    ['whose answer was lost', 'Indeterminate', { submission: [lost] }],
    ['whose draft could not be made', 'Unreachable', { creating: broken }],
    ['whose gateway was not reached', 'Unreachable', { isDown: true }],
  ])('%s has the account, the operation and the exchange', async (_what, tag, account) => {
    const world = await failing(account)
    const error = await fail(call(world))
    expect(error).toMatchObject({ _tag: tag, ...(await located(world)), exchange: anExchange })
    expect(error.message).toContain(`account main, ${error.exchange}, operation ${error.operationId}`)
    expect(JSON.parse(JSON.stringify(error))).toEqual(error)
  })

  it('is the same in a replay', async () => {
    const world = await failing({ submission: [lost] })
    const first = await fail(call(world))
    expect(await fail(call(world))).toEqual(first)
  })

  it('is in the event and in the summary as it was given', async () => {
    const world = await failing({ submission: [says(400, 'wrong')] })
    const error = await fail(call(world))
    expect(world.onlyEvent('operation.refused')).toMatchObject({ operation: { error } })
    expect(summaryOf(await world.view(name, 'k1')).error).toEqual(error)
  })
})

describe('an error without an exchange', () => {
  const idOf = async ({ view }: World) => (await view('payout', 'k1')).operation.id

  it('has the account and the operation where the deadline had passed', async () => {
    const world = await stage({ main: {} })
    const error = await fail(world.provider.payout({ ...payoutRequest('k1'), deadline: START }))
    expect(error).toMatchObject({ phase: 'deadline', account: 'main', operationId: await idOf(world) })
  })

  it('has the account and the operation where an operator attested that nothing was executed', async () => {
    const world = await stage({ main: { submission: [lost], lookupByKey: false } })
    await fail(world.provider.payout(payoutRequest('k1')))
    const id = await idOf(world)
    const resolution = { outcome: 'not_executed', attestedBy: 'ann', note: 'not in the list' }
    const { error } = await succeed(resolveOperation(id, resolution, world.context))
    expect(error).toMatchObject({ _tag: 'Unreachable', account: 'main', operationId: id })
  })

  it('has the operation that used the key where it is a conflict', async () => {
    const world = await stage({ main: {} })
    await succeed(world.provider.payout(payoutRequest('k1')))
    const error = await fail(world.provider.payout(payoutRequest('k1', '25.01')))
    expect(error).toMatchObject({ _tag: 'Conflict', operationId: await idOf(world) })
  })
})

describe('the error of a read', () => {
  it('has the account and the exchange, and the operation if the ledger knows the object', async () => {
    const { provider, view } = await stage({ main: { reading: broken } })
    const unknown = await fail(provider.getStatus({ kind: 'payout', account: 'main', id: 'elsewhere' }))
    expect(unknown).toMatchObject({ _tag: 'Indeterminate', account: 'main', exchange: anExchange })
    expect(unknown).not.toHaveProperty('operationId')
    const { reference } = await succeed(provider.payout(payoutRequest('k1')))
    const { id: operationId } = (await view('payout', 'k1')).operation
    expect(await fail(provider.getStatus(reference))).toMatchObject({
      _tag: 'Indeterminate',
      account: 'main',
      exchange: anExchange,
      operationId,
    })
  })
})

describe.each(calls)('an error that the ledger could not read again, of %s', (name, call) => {
  // As an adapter that is newer than paymux could give it.
  const odd: PaymentError = Object.assign(unreachable('connect'), { cause: { deep: true } })

  it.each<readonly [string, Account, Partial<PaymentError>, string]>([
    ['after the request was sent', { submission: [() => E.left(odd)] }, { outcome: 'unknown' }, 'indeterminate'],
    ['before it was sent', { creating: () => E.left(odd) }, { outcome: 'not_sent' }, 'canceled'],
  ])('leaves an operation that can be read, %s', async (_when, account, error, state) => {
    const world = await stage({ main: { reading: ok, shows: () => paid, ...account } })
    expect(await fail(call(world))).toMatchObject(error)
    expect((await world.view(name, 'k1')).operation).toMatchObject({ state })
    expect(await fail(call(world))).toMatchObject(error)
  })
})

it('a refund whose answer was lost is not told as not sent when the record of its payment cannot be read', async () => {
  let isReadable = true
  const world = await stage(
    { main: { reading: ok, shows: () => paid, submission: [lost] } },
    {
      wrap: (store) => ({
        ...store,
        object: (key) => (isReadable || key.kind !== 'payment' ? store.object(key) : TE.left(unreachable('store'))),
      }),
    },
  )
  const refund = { idempotencyKey: 'k1', payment }
  await fail(world.provider.refund(refund))
  isReadable = false
  expect(await fail(world.provider.refund(refund))).toMatchObject({ outcome: 'unknown' })
  expect(await fail(world.provider.refund({ ...refund, idempotencyKey: 'k2' }))).toMatchObject({ outcome: 'not_sent' })
  expect(world.sent('main')).toBe(1)
})

it('a payment that is named by its key is refunded once, with its other name', async () => {
  const { provider, sent } = await stage({ main: { reading: ok, shows: () => paid, lookupByKey: true } })
  const { reference } = await succeed(provider.createPayment(paymentRequest('k0')))
  const byKey = { kind: 'payment', account: 'main', idempotencyKey: 'k0' } as const
  await succeed(provider.refund({ idempotencyKey: 'k1', payment: byKey }))
  expect(await fail(provider.refund({ idempotencyKey: 'k2', payment: reference }))).toMatchObject({
    _tag: 'InvalidRequest',
  })
  expect(sent('main')).toBe(2)
})
