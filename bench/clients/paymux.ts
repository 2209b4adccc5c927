import { createProvider, type PaymentRequest } from 'paymux/promises'
import { ids, ippopayAccount, order, payopAccount } from '../order.js'
import { serveSlices } from '../slices.js'

/** The built library, with Promises. */
const apiUrl = process.argv[2] ?? ''

const requestIn = (currency: string): PaymentRequest => ({
  idempotencyKey: 'order-1001-1',
  amount: { value: order.amount, currency },
  merchantReference: order.id,
  description: order.description,
  payer: order.buyer,
  urls: { success: order.successUrl },
})

const { token, ...keys } = payopAccount

const start = async (): Promise<void> => {
  const keysOnly = await createProvider({ adapter: 'payop', apiUrl, ...keys })
  const withToken = await createProvider({ adapter: 'payop', apiUrl, ...keys, token })
  const ippopay = await createProvider({ adapter: 'ippopay', mode: 'live', apiUrl, ...ippopayAccount })
  const invoice = { kind: 'payment', account: 'payop', id: ids.invoice } as const
  const ippopayOrder = { kind: 'payment', account: 'ippopay', id: ids.ippopayOrder } as const
  const euros = { ...requestIn('EUR'), urls: { success: order.successUrl, failure: order.failureUrl } }
  const rupees = requestIn('INR')

  serveSlices({
    'Payop createPayment': () => keysOnly.createPayment(euros),
    'Payop getStatus, invoice': () => keysOnly.getStatus(invoice),
    'Payop getStatus, invoice, transaction and chargeback': () => withToken.getStatus(invoice),
    'IppoPay createPayment': () => ippopay.createPayment(rupees),
    'IppoPay getStatus, order and transaction': () => ippopay.getStatus(ippopayOrder),
  })
}

void start()
