import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { paymux } from 'paymux/promises'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

const app = new Hono()
app.all('/paymux/*', (c) => shop.webhooks.handle(c.req.raw, { address: getConnInfo(c).remote.address ?? '' }))
app.post('/orders', async (c) => {
  const { reference } = await c.req.json()
  const payment = await shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  return c.json(payment)
})
serve({ fetch: app.fetch, port: Number(process.env.PORT) })
