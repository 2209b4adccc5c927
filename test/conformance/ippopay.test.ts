import { type IppopayConfig, ippopay } from '../../src/adapters/ippopay/index.js'
import { conformance, type Fixture, type Samples, type Submission } from '../../src/conformance/index.js'
import { startIppoPayEmulator } from '../../src/emulators/index.js'
import { idOf, onRealSockets, optionalPaymentFields, stageOf } from './stage.js'

onRealSockets()

const amount = { value: '4990.00', currency: 'INR' }
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
  refund: (payment, idempotencyKey) => ({ idempotencyKey, payment, amount: { value: '1000.00', currency: 'INR' } }),
  payout: (idempotencyKey) => ({
    idempotencyKey,
    amount: { value: '2500.00', currency: 'INR' },
    merchantReference: 'INV-77',
    beneficiary,
  }),
  optionalPaymentFields: { ...optionalPaymentFields, 'method.code': 'upi' },
}

const routeOf = (submission: Submission): string => {
  switch (submission.operation) {
    case 'createPayment':
      return submission.flow === 'upi_intent' ? 'POST /v1/order/:order_id/process' : 'POST /v1/order/create'
    case 'refund':
      return 'POST /v1/order/refund/:order_id'
    case 'payout':
      return 'POST /v1/payout/transfer/request'
  }
}

const start = async (): Promise<Fixture> => {
  const emulator = await startIppoPayEmulator()
  const { apiUrl, checkoutUrl, credentials } = emulator
  const config: IppopayConfig = { adapter: 'ippopay', apiUrl, checkoutUrl, ...credentials }
  const { payouts } = credentials
  const wrong = { secretKey: 'sk_live_wrong' }
  const unknown: IppopayConfig = { ...config, ...wrong, payouts: { ...payouts, ...wrong } }
  const answers = (route: string, body: object) =>
    emulator.inject({ route, fault: { kind: 'status', status: 200, effect: false, body: { ...body } } })
  return stageOf(
    emulator,
    {
      routeOf,
      paymentRoute: 'GET /v1/order/:order_id',
      pay: async (payment) => {
        emulator.pay(idOf(payment), 'success')
      },
      decline: async (payment) => {
        emulator.pay(idOf(payment), 'failure')
      },
      inventState: (payment) => {
        const order = { order_id: idOf(payment), status: 'hibernating', amount: 4990, currency: 'INR' }
        const transaction = { trans_id: 'trans_1', status: 'dreaming', refund_status: '', cost: { paid: 0 } }
        answers('GET /v1/order/:order_id', { success: true, message: 'Order Details', data: { order } })
        answers('GET /v1/order/:order_id/transaction', { success: true, data: { transaction } })
      },
    },
    (transport, withUnknownCredentials) => ippopay(withUnknownCredentials ? unknown : config, { transport }),
  )
}

conformance(
  {
    name: 'ippopay',
    submissions: [
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
    exemptions: Object.fromEntries(
      [
        ...['hosted', 'popup', 'upi_intent'].map((flow) => [`createPayment by ${flow}`, 'an order shows no reference']),
        ['refund', 'an order has one refund, which shows neither id nor key'],
        ['payout', 'a transfer shows its beneficiary, and no key'],
      ].map(([submission, reason]) => [
        `${submission}: a read names what its draft names, and another operation otherwise`,
        reason ?? '',
      ]),
    ),
  },
  { describe, it },
)
