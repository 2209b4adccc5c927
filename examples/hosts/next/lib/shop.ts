import { paymux } from 'paymux/promises'

const open = async () => {
  const shop = await paymux('paymux.config.json')
  await shop.subscribe('orders', async ({ type, merchantReference }) => {
    if (type === 'payment.succeeded') console.log('deliver', merchantReference)
  })
  await shop.closeOn(['SIGTERM', 'SIGINT'])
  await shop.start()
  return shop
}

// Next.js loads this module several times: for the instrumentation, the routes and the actions.
const kept: typeof globalThis & { shop?: ReturnType<typeof open> } = globalThis

export const openShop = () => {
  kept.shop ??= open()
  return kept.shop
}

export const createOrder = async (reference: string) => {
  const shop = await openShop()
  return shop.createPayment({
    idempotencyKey: `order-${reference}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: reference,
    payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
    urls: { success: 'https://shop.example/thanks' },
  })
}
