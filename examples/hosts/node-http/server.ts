import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

const createOrder = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { reference } = Object(await json(request))
  const payment = await shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  response.setHeader('content-type', 'application/json').end(JSON.stringify(payment))
}

const notifications = toNodeHandler(shop.webhooks)
createServer((request, response) => {
  if (request.url !== '/orders') notifications(request, response)
  else createOrder(request, response).catch(() => response.writeHead(502).end())
}).listen(process.env.PORT)
