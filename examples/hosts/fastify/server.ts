import fastify from 'fastify'
import { paymux } from 'paymux/promises'
import { toNodeHandler } from 'paymux/webhooks'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

const app = fastify()
// A context of its own, so that the parsers of the other routes stay as they are.
app.register((notifications, _options, done) => {
  const serve = toNodeHandler(shop.webhooks)
  notifications.removeAllContentTypeParsers()
  // Does not read the body: paymux reads it, within its own limits.
  notifications.addContentTypeParser('*', (_request, _body, parsed) => parsed(null))
  notifications.all('/paymux/*', (request, reply) => {
    reply.hijack()
    serve(request.raw, reply.raw)
  })
  done()
})
app.post<{ Body: { reference: string } }>('/orders', ({ body: { reference } }) =>
  shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  }),
)
await app.listen({ port: Number(process.env.PORT) })
