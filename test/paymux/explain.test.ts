import type { Draft } from '../../src/core/index.js'
import type { Paymux, PaymuxConfig, queries } from '../../src/paymux/index.js'
import { paymux as paymuxPromises } from '../../src/paymux/promises.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { catalogWith } from '../proof/stage/careless.js'
import { accounts, closeShops, configurationOn, createMovableClock, idOf, left, openShop, order, payer, payout, right, rupees, type Stage } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(async () => {
  stage.payop.clearFaults()
  stage.ippopay.clearFaults()
  await closeShops()
})
it('x', async () => {
  const { clock, advance } = createMovableClock()
  const shop = await openShop(stage, configurationOn(stage), {clock})
  await right(shop.subscribe('books', async () => {}))
  await right(shop.start())
  const { reference } = await right(shop.createPayment(order('a')))
  advance(3_000)
  stage.payop.act(idOf(reference), 'pay')
  await right(shop.getStatus(reference))
  stage.payop.inject({ route: 'POST /v1/refunds/create', fault: { kind: 'reset_before_reading' } })
  await left(shop.refund({ idempotencyKey: 'r', payment: reference, amount: {value:'20.00', currency:'EUR'} }))
  await eventually(async () => (await right(shop.listEvents({ undelivered: true }))).items.length === 0)
  for (const s of await right(shop.explain({merchantReference: 'ORD-a'}))) { console.log(s.text) }
  stage.payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: { kind: 'reset_after_executing' } })
  await left(shop.payout(payout('p')))
  for (const s of await right(shop.explain({merchantReference: 'INV-1'}))) { console.log(s.text) }
  advance(6_000_000)
  await eventually(async () => (await right(shop.listOperations({ state: 'executed', name:'payout' }))).items.length === 1)
  for (const s of await right(shop.explain({operation:'payout',idempotencyKey: 'p'}))) { console.log(s.text) }
  const x = await right(shop.createPayment(rupees('under')))
  console.log(x.account)
})
