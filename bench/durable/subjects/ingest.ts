import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { payop } from '../../../src/adapters/payop/index.js'
import type { Adapter, AdapterFactory } from '../../../src/core/index.js'
import { paymux } from '../../../src/paymux/promises.js'
import { toNodeHandler } from '../../../src/webhooks/index.js'
import { payopAccount } from '../../order.js'
import { readsAfter } from '../fake-reads.js'
import { addPayments } from '../seed.js'
import { serve, settings } from '../serve.js'
import { type Place, shopConfig } from '../shop.js'

/** A shop's webhooks on loopback, over a ledger that knows the payments with these numbers. */
interface Settings {
  readonly place: Place
  readonly works: boolean
  readonly from: number
  readonly payments: number
}

/** Reads notifications as Payop's account does, and payments without a request. */
const quiet: AdapterFactory = (config) =>
  E.map((adapter: Adapter): Adapter => ({ ...adapter, read: { ...adapter.read, payment: readsAfter(2) } }))(
    payop(config),
  )

const start = async (): Promise<void> => {
  const { place, works, from, payments } = settings<Settings>()
  const { token: _token, ...keys } = payopAccount
  const config = {
    ...shopConfig(place, { europe: { adapter: 'payop', ...keys } }),
    webhooks: { publicUrl: 'http://127.0.0.1/paymux', secret: 'made-up-webhook-secret-of-length-36.' },
  }
  const shop = await paymux(config, { catalog: { payop: async () => quiet } })
  await addPayments(config, { account: 'europe', from, count: payments, nextReadAt: Date.now() + 3_600_000 })
  await shop.subscribe('shop', async () => undefined)
  if (works) await shop.start()
  const { pathname } = new URL(await shop.webhooks.address('europe'))
  const server = createServer({ keepAliveTimeout: 600_000 }, toNodeHandler(shop.webhooks))
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    serve({ url: `http://127.0.0.1:${port}${pathname}` }, async () => ({}))
  })
}

void start()
