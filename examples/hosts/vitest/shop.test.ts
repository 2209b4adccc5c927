import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPayopEmulator } from 'paymux/emulators'
import { paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'
import { expect, onTestFinished, test } from 'vitest'

const openShop = async () => {
  const { apiUrl, checkoutUrl, credentials, ...payop } = await startPayopEmulator()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const shop = await paymux({
    accounts: { europe: { adapter: 'payop', apiUrl, checkoutUrl, ...credentials } },
    store: { type: 'sqlite', file: ':memory:' },
    webhooks: { publicUrl: `http://127.0.0.1:${port}/paymux`, secret: 'made-up-for-this-test-made-up-for-this-test' },
  })
  server.on('request', toNodeHandler(shop.webhooks))
  payop.setIpnUrls({ checkout: await shop.webhooks.address('europe') })
  onTestFinished(async () => {
    await shop.stop()
    server.close()
    await payop.close()
  })
  return { shop, payop }
}

test('an order that is paid is delivered', async () => {
  const { shop, payop } = await openShop()
  const delivered = new Promise((resolve) =>
    shop.subscribe('orders', async ({ type, merchantReference }) => {
      if (type === 'payment.succeeded') resolve(merchantReference)
    }),
  )
  await shop.start()

  const { id } = await shop.createPayment({
    idempotencyKey: 'order-ORD-1',
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: 'ORD-1',
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  payop.act(id, 'pay')

  expect(await delivered).toBe('ORD-1')
})
