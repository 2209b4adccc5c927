import express from 'express'
import { paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

const app = express()
// Before every body parser: a body parser reads the body, and paymux has to read it.
app.use('/paymux', toNodeHandler(shop.webhooks))
app.use(express.json())
app.post('/orders', async (request, response) => {
  const payment = await shop.createPayment({
    idempotencyKey: `order-${request.body.reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: request.body.reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  response.json(payment)
})
app.listen(Number(process.env.PORT))
