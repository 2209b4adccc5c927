import { paymux, promised, run } from 'paymux'

/**
 * The merchant's code, the same for every configuration beside it: which gateway serves the order, and where the ledger is
 * kept, the file alone says. Gives the account that serves each order.
 */
export const checkout = async (
  configuration: string,
  orders: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const shop = await run(paymux(configuration, { env }))
  try {
    const provider = promised(shop)
    const accounts = []
    for (const order of orders) {
      const payment = await provider.createPayment({
        idempotencyKey: order,
        amount: { amount: '4990.00', currency: 'INR' },
        merchantReference: order,
        payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' },
        urls: { success: 'https://shop.example/thanks' },
      })
      accounts.push(payment.reference.account)
    }
    return accounts
  } finally {
    await shop.stop()
  }
}
