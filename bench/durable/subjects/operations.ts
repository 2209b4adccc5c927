import { createProvider, type PaymentProvider, type PaymuxConfig, paymux } from '../../../src/paymux/promises.js'
import { order } from '../../order.js'
import { serve, settings } from '../serve.js'
import { type Place, shopConfig } from '../shop.js'

/** A shop that makes payments: over a ledger, with or without its background work, or straight to the gateway. */
export interface Shop {
  readonly place?: Place
  readonly works: boolean
  readonly account: PaymuxConfig['accounts'][string]
}

/** Payments to make. */
export interface Calls {
  readonly times: number
  readonly callers: number
}

const provider = async ({ place, works, account }: Shop): Promise<PaymentProvider> => {
  if (place === undefined) return createProvider(account)
  const shop = await paymux(shopConfig(place, { main: account }))
  await shop.subscribe('shop', async () => undefined)
  if (works) await shop.start()
  return shop
}

let made = 0
const requestFor = (currency: string) => {
  made += 1
  const id = `${process.pid}-${made}`
  return {
    idempotencyKey: `order-${id}`,
    amount: { value: order.amount, currency },
    merchantReference: `ORD-${id}`,
    description: order.description,
    payer: { ...order.buyer, phone: '+919876543210' },
    urls: { success: order.successUrl, ...(currency === 'EUR' ? { failure: order.failureUrl } : {}) },
  }
}

const start = async (): Promise<void> => {
  const shop = settings<Shop>()
  const { createPayment } = await provider(shop)
  const currency = shop.account.adapter === 'payop' ? 'EUR' : 'INR'
  serve({}, async ({ times, callers }: Calls) => {
    const latencies: number[] = []
    let left = times
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        const began = performance.now()
        await createPayment(requestFor(currency))
        latencies.push(performance.now() - began)
      }
    }
    const began = performance.now()
    await Promise.all(Array.from({ length: callers }, caller))
    return { wall: performance.now() - began, latencies }
  })
}

void start()
