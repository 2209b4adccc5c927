import { paymux } from 'paymux/promises'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

Bun.serve({
  port: process.env.PORT,
  routes: {
    '/orders': {
      POST: async (request) => {
        const { reference } = await request.json()
        const payment = await shop.createPayment({
          idempotencyKey: `order-${reference}`,
          amount: { value: '49.90', currency: 'EUR' },
          merchantReference: reference,
          payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
          urls: { success: 'https://shop.example/thanks' },
        })
        return Response.json(payment)
      },
    },
    '/paymux/*': (request, server) =>
      shop.webhooks.handle(request, { address: server.requestIP(request)?.address ?? '' }),
  },
})
