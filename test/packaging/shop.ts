/** A merchant's program. The packaging test compiles it as an ES module and as CommonJS against the packed package, and runs it. */
import {
  createProvider,
  type PaymentError,
  type PaymentFailure,
  type PaymentProvider,
  paymux,
  promised,
  run,
} from 'paymux'
import type { conformance } from 'paymux/conformance'
import { startPayopEmulator } from 'paymux/emulators'
import type { ippopay } from 'paymux/ippopay'
import type { payop } from 'paymux/payop'
import type * as cards from 'paymux/payop/cards'
import type { openPostgres } from 'paymux/postgres'
import type { openSqlite } from 'paymux/sqlite'
import type { createSend } from 'paymux/transport'
import { toNodeHandler } from 'paymux/webhooks'

export type Everything = [
  typeof conformance,
  typeof ippopay,
  typeof payop,
  typeof cards,
  typeof openPostgres,
  typeof openSqlite,
  typeof createSend,
  PaymentProvider,
]

/** Compiles only if the union is closed and its types arrive. */
export const advice = ({ outcome }: PaymentError): string => {
  switch (outcome) {
    case 'not_sent':
      return 'try again'
    case 'refused':
      return 'ask the payer'
    case 'unknown':
      return 'read it back'
  }
}

const accounts = {
  india: { adapter: 'ippopay', publicKey: 'pk_live_madeup000001', secretKey: 'sk_live_madeup000001', mode: 'live' },
}

/** Opens a ledger, or tells why it does not open. */
const tryStore = async (store: { readonly type: string; readonly file?: string; readonly url?: string }) => {
  const told = await run(paymux({ accounts, store })).then(
    async (shop) => {
      toNodeHandler(shop.webhooks)
      await shop.stop()
      return 'opened'
    },
    (error: PaymentFailure) =>
      error.error._tag === 'InvalidConfig'
        ? error.error.issues.map(({ path, expected }) => `${path}: ${expected}`).join()
        : error.message,
  )
  console.log(`${store.type}: ${told}`)
}

const main = async () => {
  await tryStore({ type: 'sqlite', file: ':memory:' })
  await tryStore({ type: 'postgres', url: 'postgres://ann@127.0.0.1:1/ledger' })
  const { apiUrl, checkoutUrl, credentials, close } = await startPayopEmulator()
  try {
    const provider = promised(await run(createProvider({ adapter: 'payop', apiUrl, checkoutUrl, ...credentials })))
    const order = {
      idempotencyKey: 'order-1',
      amount: { amount: '49.90', currency: 'EUR' },
      merchantReference: 'ORD-1',
      payer: { email: 'ann@example.com', name: 'Ann Buyer' },
      urls: { success: 'https://shop.example.com/thanks', failure: 'https://shop.example.com/sorry' },
    }
    const payment = await provider.createPayment(order)
    const { status } = await provider.getStatus(payment.reference)
    console.log(`payment ${status}`)
    const payout = await provider.payout({
      idempotencyKey: 'payout-1',
      amount: { amount: '25.00', currency: 'EUR' },
      merchantReference: 'PAY-1',
      beneficiary: { type: 'paydo_account', account: 'ann@example.com', holder: 'personal' },
    })
    console.log(`payout ${payout.status}`)

    const europe = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials }
    const shop = await run(paymux({ accounts: { europe }, store: { type: 'sqlite', file: ':memory:' } }))
    shop.start()
    const first = await promised(shop).createPayment({ ...order, idempotencyKey: 'order-2' })
    console.log(`recorded ${first.status}`)
    const again = await promised(shop).createPayment({ ...order, idempotencyKey: 'order-2' })
    console.log(`recorded ${again.status}, again: ${again.replayed}`)
    await shop.stop()
  } finally {
    await close()
  }
}

main().catch((error: Error) => {
  console.log(error.message)
  process.exitCode = 1
})
