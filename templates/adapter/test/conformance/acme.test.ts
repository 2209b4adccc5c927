import { type AcmeConfig, acme } from '../../src/adapters/acme/index.js'
import { conformance, type Fixture, type Samples, type Submission } from '../../src/conformance/index.js'
import { startAcmeEmulator } from '../../src/emulators/acme/index.js'
import { idOf, onRealSockets, optionalPaymentFields, stageOf } from './stage.js'

onRealSockets()

// TEMPLATE: requests that the gateway accepts. Every person, account and key is made up.

const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+4915112345678' }
const beneficiary = {
  type: 'iban',
  iban: 'DE89370400440532013000',
  name: 'Bea Payee',
  email: 'bea@example.org',
} as const

// No server listens at the discard port: what was posted is read from the emulator's record of deliveries.
const notification = 'http://127.0.0.1:9/acme'

const samples: Samples = {
  payment: (flow, idempotencyKey) => ({
    idempotencyKey,
    amount: { value: '49.90', currency: 'EUR' },
    merchantReference: 'ORD-1001',
    payer,
    method: { flow },
    urls: { notification },
  }),
  refund: (payment, idempotencyKey) => ({ idempotencyKey, payment, amount: { value: '10.00', currency: 'EUR' } }),
  payout: (idempotencyKey) => ({
    idempotencyKey,
    amount: { value: '25.00', currency: 'EUR' },
    merchantReference: 'INV-77',
    beneficiary,
  }),
  optionalPaymentFields,
}

const routeOf = ({ operation }: Submission): string => {
  switch (operation) {
    case 'createPayment':
      return 'POST /v1/payments'
    case 'refund':
      return 'POST /v1/payments/:id/refunds'
    case 'payout':
      return 'POST /v1/payouts'
  }
}

const start = async (): Promise<Fixture> => {
  const emulator = await startAcmeEmulator()
  const { apiUrl, credentials } = emulator
  const config: AcmeConfig = { adapter: 'acme', apiUrl, ...credentials }
  const unknown: AcmeConfig = { ...config, secretKey: 'wrong' }
  return stageOf(
    emulator,
    {
      routeOf,
      paymentRoute: 'GET /v1/payments/:id',
      pay: async (payment) => emulator.act(idOf(payment), 'paid'),
      decline: async (payment) => emulator.act(idOf(payment), 'declined'),
      inventState: (payment) => emulator.setPaymentStatus(idOf(payment), 'hibernating'),
    },
    (transport, withUnknownCredentials) => acme(withUnknownCredentials ? unknown : config, { transport }),
  )
}

conformance(
  {
    name: 'acme',
    submissions: [{ operation: 'createPayment', flow: 'hosted' }, { operation: 'refund' }, { operation: 'payout' }],
    start,
    samples,
    secrets: ['emulator-secret-of-acme', payer.name, payer.email, payer.phone, beneficiary.name, beneficiary.iban],
    exemptions: {},
  },
  { describe, it },
)
