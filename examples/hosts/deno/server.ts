import { paymux } from 'paymux/promises'

const shop = await paymux('paymux.config.json')
await shop.subscribe('orders', async ({ type, merchantReference }) => {
  if (type === 'payment.succeeded') console.log('deliver', merchantReference)
})
await shop.closeOn(['SIGTERM', 'SIGINT'])
await shop.start()

Deno.serve({ port: Number(Deno.env.get('PORT')) }, async (request, { remoteAddr }) => {
  if (new URL(request.url).pathname !== '/orders')
    return shop.webhooks.handle(request, { address: remoteAddr.hostname })
  const { reference } = await request.json()
  const payment = await shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
  return Response.json(payment)
})
