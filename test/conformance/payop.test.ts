import { type PayopConfig, payop } from '../../src/adapters/payop/index.js'
import { conformance, type Fixture, type Samples, type Submission } from '../../src/conformance/index.js'
import type { Flow, PaymentMethod } from '../../src/core/index.js'
import { startPayopEmulator } from '../../src/emulators/index.js'
import { idOf, onRealSockets, optionalPaymentFields, stageOf } from './stage.js'

onRealSockets()

const amount = { value: '49.90', currency: 'EUR' }
const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+4915112345678' }
const beneficiary = {
  type: 'iban',
  iban: 'DE89370400440532013000',
  name: 'Bea Payee',
  email: 'bea@example.org',
} as const

// Nobody listens at the discard port: what was posted is read from the emulator's record of deliveries.
const ipnUrl = 'http://127.0.0.1:9/payop'

const methodOf = (flow: Flow): PaymentMethod => (flow === 'direct' ? { flow, code: '30000018' } : { flow })

const samples: Samples = {
  payment: (flow, idempotencyKey) => ({
    idempotencyKey,
    amount,
    merchantReference: 'ORD-1001',
    payer,
    method: methodOf(flow),
    urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
  }),
  refund: (payment, idempotencyKey) => ({ idempotencyKey, payment, amount: { value: '10.00', currency: 'EUR' } }),
  payout: (idempotencyKey) => ({
    idempotencyKey,
    amount: { value: '25.00', currency: 'EUR' },
    merchantReference: 'INV-77',
    beneficiary,
  }),
  optionalPaymentFields: { ...optionalPaymentFields, 'method.code': '203822' },
}

const routeOf = (submission: Submission): string => {
  switch (submission.operation) {
    case 'createPayment':
      return submission.flow === 'direct' ? 'POST /v1/checkout/create' : 'POST /v1/invoices/create'
    case 'refund':
      return 'POST /v1/refunds/create'
    case 'payout':
      return 'POST /v1/withdrawals/create-mass'
  }
}

const start = async (): Promise<Fixture> => {
  const emulator = await startPayopEmulator({ ipnUrls: { checkout: ipnUrl } })
  const { apiUrl, checkoutUrl, credentials } = emulator
  const config: PayopConfig = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials }
  const unknown: PayopConfig = { ...config, secretKey: 'wrong', token: 'wrong.wrong.wrong' }
  return stageOf(
    emulator,
    {
      routeOf,
      paymentRoute: 'GET /v1/invoices/:id',
      pay: async (payment) => emulator.act(idOf(payment), 'pay'),
      decline: async (payment) => emulator.act(idOf(payment), 'decline'),
      inventState: (payment) => {
        emulator.setTransactionState(emulator.invoice(idOf(payment)).transactionId ?? '', 6)
      },
    },
    (transport, withUnknownCredentials) => payop(withUnknownCredentials ? unknown : config, { transport }),
  )
}

conformance(
  {
    name: 'payop',
    submissions: [
      { operation: 'createPayment', flow: 'hosted' },
      { operation: 'createPayment', flow: 'direct' },
      { operation: 'refund' },
      { operation: 'payout' },
    ],
    start,
    samples,
    secrets: ['0123456789abcdef01234567', payer.name, payer.email, payer.phone, beneficiary.name, beneficiary.iban],
    exemptions: {},
  },
  { describe, it },
)
