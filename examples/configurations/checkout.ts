import { paymux } from 'paymux/promises'

/**
 * The merchant's code, the same for every configuration beside it: the file alone says which gateway serves an order, and where
 * the ledger is kept. Returns the account that serves each order.
 */
export const checkout = async (
  configuration: string,
  orders: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const shop = await paymux(configuration, { env })
  try {
    const accounts = []
    for (const order of orders) {
      const payment = await shop.createPayment({
        idempotencyKey: order,
        amount: { value: '4990.00', currency: 'INR' },
        merchantReference: order,
        payer: { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' },
        urls: { success: 'https://shop.example/thanks' },
      })
      accounts.push(payment.account)
    }
    return accounts
  } finally {
    await shop.stop()
  }
}
