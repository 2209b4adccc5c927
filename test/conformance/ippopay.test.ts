import * as E from 'fp-ts/lib/Either.js'
import { type IppopayConfig, ippopay } from '../../src/adapters/ippopay/index.js'
import { conformance, type Decision, type Samples, type Stage } from '../../src/conformance/index.js'
import type { Adapter, Payment } from '../../src/core/index.js'
import { startIppoPayEmulator } from '../../src/emulators/index.js'
import { createPatience, emulated, onRealSockets, stageOf } from './stage.js'

onRealSockets()

const amount = { amount: '4990.00', currency: 'INR' }
const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
const beneficiary = {
  type: 'indian_bank_account',
  accountNumber: '000111222333',
  ifsc: 'TEST0000001',
  name: 'Bea Payee',
} as const

// Nobody listens at the discard port: what was posted is read from the emulator's record of deliveries.
const notification = 'http://127.0.0.1:9/ippopay'

const samples: Samples = {
  payment: (flow, idempotencyKey) => ({
    idempotencyKey,
    amount,
    merchantReference: 'ORD-1001',
    payer,
    method: { flow },
    urls: { notification },
  }),
  refund: (payment, idempotencyKey) => ({ idempotencyKey, payment, amount: { amount: '1000.00', currency: 'INR' } }),
  payout: (idempotencyKey) => ({
    idempotencyKey,
    amount: { amount: '2500.00', currency: 'INR' },
    merchantReference: 'INV-77',
    beneficiary,
  }),
  optionalPaymentFields: {
    description: 'Order 1001',
    metadata: { basket: 'b-1' },
    'payer.name': 'Ann Buyer',
    'payer.email': 'ann.buyer@example.com',
    'payer.phone': '+919876543210',
    'payer.locale': 'en',
    'payer.ip': '203.0.113.9',
    'payer.extra': { date_of_birth: '1990-01-01' },
    'method.code': 'upi',
    'urls.success': 'https://shop.example/thanks',
    'urls.failure': 'https://shop.example/sorry',
    'urls.notification': notification,
  },
}

const routeOf = (decision: Decision): string => {
  switch (decision.operation) {
    case 'createPayment':
      return decision.flow === 'upi_intent' ? 'POST /v1/order/:order_id/process' : 'POST /v1/order/create'
    case 'refund':
      return 'POST /v1/order/refund/:order_id'
    case 'payout':
      return 'POST /v1/payout/transfer/request'
  }
}

const idOf = ({ reference }: Payment): string => {
  if ('id' in reference) return reference.id
  throw new Error('this payment has no id')
}

const made = (config: IppopayConfig, transport: ReturnType<typeof createPatience>['transport']): Adapter => {
  const adapter = ippopay(config, { transport })
  if (E.isLeft(adapter)) throw new Error(adapter.left.message)
  return adapter.right
}

const start = async (): Promise<Stage> => {
  const emulator = await startIppoPayEmulator()
  const { apiUrl, checkoutUrl, credentials } = emulator
  const { transport, spoiling } = createPatience()
  const config: IppopayConfig = { adapter: 'ippopay', apiUrl, checkoutUrl, ...credentials }
  const wrong = { publicKey: config.publicKey, secretKey: 'sk_live_wrong' }
  const inject = (route: string, fault: keyof typeof emulated, times = 1) => {
    spoiling(fault)
    emulator.inject({ route, fault: emulated[fault], times })
  }
  return stageOf(
    made(config, transport),
    made({ ...config, ...wrong, payouts: wrong }, transport),
    {
      executions: (decision) =>
        emulator
          .executions()
          .filter(({ route }) => route === routeOf(decision))
          .map(({ executed, key }) => ({ executed, ...(key === undefined ? {} : { key }) })),
      spoil: (decision, fault) => inject(routeOf(decision), fault),
      spoilReads: (fault, times) => inject('GET /v1/order/:order_id', fault, times),
      refuseConnections: () => emulator.refuse(true),
      pay: async (payment) => {
        emulator.pay(idOf(payment), 'success')
      },
      decline: async (payment) => {
        emulator.pay(idOf(payment), 'failure')
      },
      inventState: (payment) => {
        const order = { order_id: idOf(payment), status: 'hibernating', amount: 4990, currency: 'INR' }
        const body = { success: true, message: 'Order Details', data: { order } }
        const transaction = { trans_id: 'trans_1', status: 'dreaming', refund_status: '', cost: { paid: 0 } }
        emulator.inject({
          route: 'GET /v1/order/:order_id',
          fault: { kind: 'status', status: 200, effect: false, body },
        })
        emulator.inject({
          route: 'GET /v1/order/:order_id/transaction',
          fault: { kind: 'status', status: 200, effect: false, body: { success: true, data: { transaction } } },
        })
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
    name: 'ippopay',
    decisions: [
      { operation: 'createPayment', flow: 'hosted' },
      { operation: 'createPayment', flow: 'popup' },
      { operation: 'createPayment', flow: 'upi_intent' },
      { operation: 'refund' },
      { operation: 'payout' },
    ],
    start,
    samples,
    secrets: [
      'sk_live_',
      'emulator-payouts-live-secret',
      payer.name,
      payer.email,
      payer.phone,
      beneficiary.name,
      beneficiary.accountNumber,
    ],
    exemptions: {},
  },
  { describe, it },
)
