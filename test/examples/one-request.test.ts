import { readFileSync } from 'node:fs'
import nock from 'nock'
import type { PaymentRequest } from '../../src/core/index.js'
import { closeShops, configurationOn, openShop, openStage, right, type Stage } from '../paymux/stage.js'

/** One request of a shop that uses every optional field, over every account of the examples, in every order of the route. */

const { accounts } = JSON.parse(readFileSync('examples/configurations/third-account.json', 'utf8'))
const names: readonly string[] = Object.keys(accounts)
const DOWN = 'http://127.0.0.1:1'

const permutations = (left: readonly string[]): (readonly string[])[] =>
  left.length === 0
    ? [[]]
    : left.flatMap((name) => permutations(left.filter((other) => other !== name)).map((rest) => [name, ...rest]))

const orders = permutations(names)

const everything: Required<PaymentRequest> = {
  idempotencyKey: 'order-1',
  merchantReference: 'ORD-1',
  amount: { value: '4990.00', currency: 'INR' },
  description: 'Two tickets',
  metadata: { cart: '7' },
  payer: {
    name: 'Ann Buyer',
    email: 'ann.buyer@example.com',
    phone: '+919876543210',
    locale: 'pt-BR',
    ip: '203.0.113.9',
    country: 'IN',
    extra: { date_of_birth: '31.01.1990' },
  },
  // Without a `code`: a code names a method of one gateway, and is asked for like a currency.
  method: { flow: 'hosted', fields: { note: 'window seat' } },
  urls: {
    success: 'https://shop.example/thanks',
    failure: 'https://shop.example/sorry',
    notification: 'https://shop.example/own',
  },
  deadline: Date.now() + 3_600_000,
}
const { idempotencyKey, merchantReference, metadata } = everything

const notPassedOn: Readonly<Record<string, readonly string[]>> = {
  payop: ['payer.ip', 'method.fields', 'urls.notification'],
  ippopay: [
    'metadata',
    'payer.locale',
    'payer.ip',
    'payer.extra',
    'method.fields',
    'urls.failure',
    'urls.notification',
  ],
}

let stage: Stage

beforeAll(async () => {
  nock.restore()
  stage = await openStage()
})
afterEach(() => closeShops())
afterAll(() => stage.close())

describe.each(orders)('in the order %s, %s, %s', (...order) => {
  it.each(order)('is served by %s when those before it are down', async (serving) => {
    const down = order.slice(0, order.indexOf(serving))
    const withDown = Object.fromEntries(
      names.map((name) => [name, down.includes(name) ? { ...accounts[name], apiUrl: DOWN } : accounts[name]]),
    )
    const config = { ...configurationOn(stage), accounts: withDown, routes: [{ to: order }] }
    const shop = await openShop(stage, config)

    const result = await right(shop.createPayment(everything))

    expect(result).toMatchObject({
      account: serving,
      status: 'requires_action',
      idempotencyKey,
      merchantReference,
      metadata,
    })
    expect(new Set(result.notPassedOn)).toEqual(new Set(notPassedOn[accounts[serving].adapter]))
    expect(await right(shop.getStatus(result.reference))).toMatchObject({ metadata, notPassedOn: result.notPassedOn })
  })
})
