import * as E from 'fp-ts/lib/Either.js'
import { type PayopConfig, payop } from '../../src/adapters/payop/index.js'
import { conformance, type Decision, type Samples, type Stage } from '../../src/conformance/index.js'
import type { Adapter, Flow, Payment, PaymentMethod } from '../../src/core/index.js'
import { startPayopEmulator } from '../../src/emulators/index.js'
import { createPatience, emulated, onRealSockets, stageOf } from './stage.js'

onRealSockets()

const amount = { amount: '49.90', currency: 'EUR' }
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
  refund: (payment, idempotencyKey) => ({ idempotencyKey, payment, amount: { amount: '10.00', currency: 'EUR' } }),
  payout: (idempotencyKey) => ({
    idempotencyKey,
    amount: { amount: '25.00', currency: 'EUR' },
    merchantReference: 'INV-77',
    beneficiary,
  }),
  optionalPaymentFields: {
    description: 'Order 1001',
    metadata: { basket: 'b-1' },
    'payer.name': 'Ann Buyer',
    'payer.email': 'ann.buyer@example.com',
    'payer.phone': '+4915112345678',
    'payer.locale': 'de',
    'payer.ip': '203.0.113.9',
    'payer.extra': { date_of_birth: '1990-01-01' },
    'method.code': '203822',
    'urls.success': 'https://shop.example/thanks',
    'urls.failure': 'https://shop.example/sorry',
    'urls.notification': ipnUrl,
  },
}

const routeOf = (decision: Decision): string => {
  switch (decision.operation) {
    case 'createPayment':
      return decision.flow === 'direct' ? 'POST /v1/checkout/create' : 'POST /v1/invoices/create'
    case 'refund':
      return 'POST /v1/refunds/create'
    case 'payout':
      return 'POST /v1/withdrawals/create-mass'
  }
}

const idOf = ({ reference }: Payment): string => {
  if ('id' in reference) return reference.id
  throw new Error('this payment has no id')
}

const made = (config: PayopConfig, transport: ReturnType<typeof createPatience>['transport']): Adapter => {
  const adapter = payop(config, { transport })
  if (E.isLeft(adapter)) throw new Error(adapter.left.message)
  return adapter.right
}

const start = async (): Promise<Stage> => {
  const emulator = await startPayopEmulator({ ipnUrls: { checkout: ipnUrl } })
  const { apiUrl, checkoutUrl, credentials } = emulator
  const { transport, spoiling } = createPatience()
  const config: PayopConfig = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials }
  const inject = (route: string, fault: keyof typeof emulated, times = 1) => {
    spoiling(fault)
    emulator.inject({ route, fault: emulated[fault], times })
  }
  return stageOf(
    made(config, transport),
    made({ ...config, secretKey: 'wrong', token: 'wrong.wrong.wrong' }, transport),
    {
      executions: (decision) =>
        emulator
          .executions()
          .filter(({ route }) => route === routeOf(decision))
          .map(({ executed, key }) => ({ executed, ...(key === undefined ? {} : { key }) })),
      spoil: (decision, fault) => inject(routeOf(decision), fault),
      spoilReads: (fault, times) => inject('GET /v1/invoices/:id', fault, times),
      refuseConnections: () => emulator.refuse(true),
      pay: async (payment) => emulator.act(idOf(payment), 'pay'),
      decline: async (payment) => emulator.act(idOf(payment), 'decline'),
      inventState: (payment) => {
        emulator.setTransactionState(emulator.invoice(idOf(payment)).transactionId ?? '', 6)
      },
      settle: () => emulator.clock.advance(60_000),
      notifications: async () => {
        await emulator.settled()
        return emulator.deliveries().map(({ url, body }) => ({
          method: 'POST',
          url: new URL(url).pathname,
          headers: { 'content-type': 'application/json' },
          body,
        }))
      },
    },
    emulator.close,
  )
}

conformance(
  {
    name: 'payop',
    decisions: [
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
