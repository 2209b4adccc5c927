import { idOf } from './shop.js'

/** The nth notification as Payop posts it: a payment was accepted. */
export const notificationOf = (n: number): string =>
  JSON.stringify({
    invoice: { id: idOf(n), status: '1', txid: idOf(-n), metadata: { orderId: `ORD-${n}`, shop: 'europe' } },
    transaction: {
      id: idOf(-n),
      state: 2,
      order: { id: `ORD-${n}` },
      error: { message: '', code: '' },
    },
  })

/** Of ten deliveries three are repeats: which notification the nth delivery brings, counted from 0. */
export const deliveredAt = (n: number): number => {
  const isRepeat = [3, 6, 9].includes(n % 10)
  const unique = Math.floor(n / 10) * 7 + (n % 10) - [3, 6, 9].filter((at) => at < n % 10).length
  // One of the last few, as a gateway repeats what it had no answer for.
  return isRepeat ? unique - 1 - (n % 3) : unique
}
