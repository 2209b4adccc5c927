/** What every client sells, and the accounts it sells with. All of it is made up. */

export const payopAccount = {
  publicKey: 'application-11111111-2222-4333-8444-555555555555',
  secretKey: '0123456789abcdef01234567',
  token: `${'a'.repeat(36)}.${'b'.repeat(160)}.${'c'.repeat(43)}`,
}

export const ippopayAccount = {
  publicKey: 'pk_live_000000000000',
  secretKey: 'sk_live_0000000000000000000000000000000000000000',
}

export const order = {
  id: 'ORD-1001',
  description: 'Order ORD-1001',
  amount: '49.90',
  buyer: { name: 'Ann Buyer', email: 'ann.buyer@example.com' },
  successUrl: 'https://shop.example.com/orders/1001/thanks',
  failureUrl: 'https://shop.example.com/orders/1001/sorry',
}

/** What the gateways call it in the server's answers. */
export const ids = {
  invoice: '0c0ffee0-1111-4222-8333-444455556666',
  transaction: '7a7a7a7a-0000-4000-8000-000000000001',
  ippopayOrder: 'order_G0nzg3qBq',
  ippopayTransaction: 'trans_b7Yz0Qp1X',
}
