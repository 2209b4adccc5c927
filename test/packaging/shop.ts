/** A merchant's program. The packaging test compiles it as an ES module and as CommonJS against the packed package, and runs it. */
import { createProvider, type PaymentError, type PaymentProvider, promised, run } from 'paymux'
import type { conformance } from 'paymux/conformance'
import { startPayopEmulator } from 'paymux/emulators'
import type { ippopay } from 'paymux/ippopay'
import type { payop } from 'paymux/payop'
import type * as cards from 'paymux/payop/cards'

export type Everything = [typeof conformance, typeof ippopay, typeof payop, typeof cards, PaymentProvider]

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

const main = async () => {
  const { apiUrl, checkoutUrl, credentials, close } = await startPayopEmulator()
  try {
    const provider = promised(await run(createProvider({ adapter: 'payop', apiUrl, checkoutUrl, ...credentials })))
    const payment = await provider.createPayment({
      idempotencyKey: 'order-1',
      amount: { amount: '49.90', currency: 'EUR' },
      merchantReference: 'ORD-1',
      payer: { email: 'ann@example.com', name: 'Ann Buyer' },
      urls: { success: 'https://shop.example.com/thanks', failure: 'https://shop.example.com/sorry' },
    })
    const { status } = await provider.getStatus(payment.reference)
    console.log(`payment ${status}`)
    const payout = await provider.payout({
      idempotencyKey: 'payout-1',
      amount: { amount: '25.00', currency: 'EUR' },
      merchantReference: 'PAY-1',
      beneficiary: { type: 'paydo_account', account: 'ann@example.com', holder: 'personal' },
    })
    console.log(`payout ${payout.status}`)
  } finally {
    await close()
  }
}

main().catch((error: Error) => {
  console.log(error.message)
  process.exitCode = 1
})
