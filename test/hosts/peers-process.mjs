/** Uses every optional peer, and prints what came of it: both emulated servers, a payment, a payout in a sealed box, and a store. */
import { startPayopEmulator } from 'paymux/emulators'
import { paymux } from 'paymux/promises'

const { apiUrl, checkoutUrl, credentials, act, close } = await startPayopEmulator()
const europe = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials }

for (const store of JSON.parse(process.env.STORES)) {
  const shop = await paymux({ accounts: { europe }, store })
  const delivered = new Promise((resolve) => {
    shop.subscribe('orders', async ({ type, merchantReference }) => {
      if (type === 'payment.succeeded') resolve(merchantReference)
    })
  })
  await shop.start()
  const payment = await shop.createPayment({
    idempotencyKey: `order-${store.type}`,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: `ORD-${store.type}`,
    payer: { email: 'ann@example.com', name: 'Ann Buyer' },
    urls: { success: 'https://shop.example/thanks' },
  })
  act(payment.id, 'pay')
  await shop.getStatus(payment.reference)
  const payout = await shop.payout({
    idempotencyKey: `payout-${store.type}`,
    amount: { value: '25.00', currency: 'EUR' },
    merchantReference: `PAY-${store.type}`,
    beneficiary: { type: 'paydo_account', account: 'ann@example.com', holder: 'personal' },
  })
  console.log(await delivered, payout.status)
  await shop.stop()
}
await close()
