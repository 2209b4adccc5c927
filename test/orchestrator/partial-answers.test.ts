import * as E from 'fp-ts/lib/Either.js'
import { type PaymentError, unreachable } from '../../src/core/index.js'
import type { Store } from '../../src/ledger/index.js'
import { explain, find } from '../../src/orchestrator/index.js'
import { type EraseQuery, erase } from '../../src/orchestrator/operations/erase.js'
import { openStore, readSetup } from '../../src/paymux/setup.js'
import { closeShops, configurationOn, idOf, left, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'

const stage = useStage()

const lost = unreachable('store', { code: 'SQLITE_IOERR' })

/** A store that fails at its call number `nth`, and counts its calls. */
const failingAt = (store: Store, nth: number, error: PaymentError = lost) => {
  const called = { times: 0 }
  const failing = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value === 'object' && value !== null) return failing(value)
        if (typeof value !== 'function') return value
        return (...given: readonly unknown[]) => {
          const task: unknown = Reflect.apply(value, target, given)
          if (typeof task !== 'function') return task
          return async () => {
            called.times += 1
            return called.times === nth ? E.left(error) : task()
          }
        }
      },
    })
  return { store: failing(store), called }
}

let store: Store
let paymentId: string

/** An order with a payment that was paid and refunded, and with one that was declined; and a payout whose outcome is not known. */
beforeAll(async () => {
  const config = configurationOn(stage)
  const shop = await openShop(stage, config)
  const { reference } = await right(shop.createPayment(order('o-1')))
  paymentId = idOf(reference)
  stage.payop.act(paymentId, 'pay')
  await right(shop.getStatus(reference))
  const amount = { value: '20.00', currency: 'EUR' } as const
  await right(shop.refund({ idempotencyKey: 'back', payment: reference, amount }))
  const again = await right(shop.createPayment({ ...order('o-2'), merchantReference: 'ORD-o-1' }))
  stage.payop.act(idOf(again.reference), 'decline')
  await right(shop.getStatus(again.reference))
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  await left(shop.payout(payout('unknown')))
  const { configuration } = await right(readSetup(config, stage.env, undefined))
  store = await right(openStore(configuration, { readOnly: false }))
})
afterAll(async () => {
  stage.payop.clearFaults()
  await store.close()
  await closeShops()
})

const queries: Readonly<Record<string, () => EraseQuery>> = {
  'an order': () => ({ merchantReference: 'ORD-o-1' }),
  'an id': () => ({ account: 'europe', id: paymentId }),
  'an operation without an object': () => ({ merchantReference: 'INV-1' }),
}

type Method = (query: EraseQuery, store: Store) => Promise<E.Either<PaymentError, unknown>>
const methods: Readonly<Record<string, Method>> = {
  find: (query, of) => find(query, of),
  explain: (query, of) => explain(query, {}, { store: of, adapter: () => undefined }),
  'erase, as a dry run,': (query, of) => erase(query, { dryRun: true }, of),
}

describe.each(Object.keys(methods))('%s', (method) => {
  it.each(Object.keys(queries))(
    'gives the error of the store, and no part of an answer, wherever the store fails about %s',
    async (about) => {
      const ask = methods[method] ?? find
      const query = queries[about]?.() ?? { merchantReference: '' }
      const sound = failingAt(store, 0)
      expect(await ask(query, sound.store)).toMatchObject({ _tag: 'Right' })
      expect(sound.called.times).toBeGreaterThan(1)
      for (let nth = 1; nth <= sound.called.times; nth += 1)
        expect(await ask(query, failingAt(store, nth).store)).toEqual(E.left(lost))
    },
  )
})

it('find by a key gives the error of the store, and no empty answer', async () => {
  const byKey = { operation: 'createPayment', idempotencyKey: 'o-1' } as const
  expect(await find(byKey, failingAt(store, 1).store)).toEqual(E.left(lost))
  expect(await find(byKey, store)).toMatchObject({
    right: { objects: [{ id: paymentId }, { kind: 'refund' }], complete: true },
  })
})

describe('erase', () => {
  const order1 = { merchantReference: 'ORD-o-1' }

  it('says that the log beside the file may hold it if the store cannot say that it does not', async () => {
    const dry = failingAt(store, 0)
    await erase(order1, { dryRun: true }, dry.store)
    const counted = failingAt(store, 0)
    const report = await erase({ merchantReference: 'ORD-none' }, {}, counted.store)
    expect(report).toMatchObject({ right: { erased: [], notYet: [] } })
    const failing = failingAt(store, counted.called.times)
    const { right: unflushed } = Object(await erase({ merchantReference: 'ORD-none' }, {}, failing.store))
    expect(unflushed.alsoIn).toContainEqual(expect.objectContaining({ where: 'files' }))
  })

  it('stops with the error of the store, and erases the rest when it is called again', async () => {
    const dry = failingAt(store, 0)
    await erase(order1, { dryRun: true }, dry.store)
    expect(await erase(order1, {}, failingAt(store, dry.called.times + 1).store)).toEqual(E.left(lost))
    const { right: report } = Object(await erase(order1, {}, store))
    expect(report.erased.length + report.notYet.length).toBe(3)
  })
})
