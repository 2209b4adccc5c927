import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ids, order, payopAccount } from './order.js'

/**
 * Answers each route with the same bytes every time, as large and with as many headers as a gateway's. Not an emulator:
 * what that has to think about would hide what the clients cost.
 */

const invoice = {
  identifier: ids.invoice,
  status: 1,
  type: 1,
  applicationIdentifier: payopAccount.publicKey.slice('application-'.length),
  amount: 49.9,
  currency: 'EUR',
  orderIdentifier: order.id,
  items: [],
  description: order.description,
  resultUrl: order.successUrl,
  failUrl: order.failureUrl,
  language: 'en',
  payer: { ...order.buyer, phone: '', extraFields: [] },
  paymentMethod: {
    identifier: 381,
    fields: [{ name: 'email', type: 'email', required: true }],
    formType: 'cards',
  },
  isSeen: true,
  customization: [],
  createdAt: 1790000000,
  updatedAt: 1790000160,
  transactionIdentifier: ids.transaction,
  metadata: { attempt: 'att_7' },
  isOverdue: false,
  isTopUp: false,
  productUrl: 'https://shop.example.com',
}

const transaction = {
  identifier: ids.transaction,
  walletIdentifier: '1607',
  type: 7,
  amount: 49.9,
  currency: 'EUR',
  state: 2,
  error: '',
  errorCode: '',
  cardMetadata: {
    bin: '555555',
    lastDigits: '4444',
    paymentSystem: 'mastercard',
    country: 'DE',
    holderName: 'ANN BUYER',
  },
  commission: [],
  exchange: [],
  createdAt: 1790000100,
  updatedAt: 1790000160,
  orderId: order.id,
  description: '',
  productAmount: 49.9,
  productCurrency: 'EUR',
  pageDetails: [],
  language: 'en',
  paymentMethodIdentifier: '381',
  payerInformation: [
    { type: 1, value: order.buyer.email },
    { type: 8, value: '203.0.113.9' },
  ],
  geoInformation: { ip: '203.0.113.9', city: {}, region: {}, country: { iso: 'DE' }, continent: { code: 'EU' } },
  resultUrl: order.successUrl,
  failUrl: order.failureUrl,
  strategy: 3,
  chosenAmount: 49.9,
  chosenCurrency: 'EUR',
}

const filtered = {
  identifier: ids.transaction,
  userIdentifier: 10001,
  type: 7,
  state: 2,
  error: '',
  orderIdentifier: order.id,
  amount: '49.9',
  currency: 'EUR',
  paymentMethod: 381,
  totalCommission: '0.87',
  totalCommissionCurrency: 'EUR',
  createdAt: 1790000100,
  updatedAt: 1790000160,
  schedules: [{ from: 6, to: 2, time: 1790000160 }],
  canResendIpn: true,
  hasChargeback: false,
  mcc: null,
  payAmount: '49.9',
  payCurrency: 'EUR',
  attributes: [],
  refundsExternal: [],
  credit: null,
}

const merchant = { id: 'mer_0000000001', name: 'Example Shop' }
const customer = { ...order.buyer, phone: { country_code: '91', national_number: '9000000001' } }

const ippopayOrder = {
  order_id: ids.ippopayOrder,
  status: 'paid',
  amount: 49.9,
  currency: 'INR',
  paymentModes: 'cc,dc,nb,upi',
  merchant,
  customer,
  createdAt: '2026-09-21T13:33:20.000Z',
  trans_id: ids.ippopayTransaction,
  mode: 'live',
}

const ippopayTransaction = {
  trans_id: ids.ippopayTransaction,
  status: 'success',
  failure_reason: '',
  refund_status: 'not_requested',
  merchant,
  customer,
  cost: { paid: 49.9, settled: 49.03 },
  commission: { percentage: 1.75, value: 0.87, tax: 0, total: 0.87 },
  tax: { value: 0, calculation: 'percent' },
  notes: '',
  product: 'order',
  is_manual_record: false,
  is_intl_payment: false,
  gateway: {
    payment_mode: {
      pay_mode: 'Debit Card',
      pay_mode_id: 'dc',
      pay_group: 'card',
      bank_name: 'Example Bank',
      card_number: '405988XXXXXX6908',
      card_scheme: 'VISA',
    },
  },
  createdAt: '2026-09-21T13:35:00.000Z',
  updatedAt: '2026-09-21T13:36:00.000Z',
}

const ippopay = (message: string, data: object) => ({ success: true, message, data })

const answers: Readonly<Record<string, object>> = {
  'POST /v1/invoices/create': { data: ids.invoice, status: 1 },
  [`GET /v1/invoices/${ids.invoice}`]: { data: invoice, status: 1 },
  [`GET /v2/transactions/${ids.transaction}`]: { data: transaction },
  [`GET /v1/transactions/filter?query%5Bidentifiers%5D=${ids.transaction}`]: { data: [filtered], status: 1 },
  'POST /v1/order/create': ippopay('Order created', { order: { ...ippopayOrder, status: 'created' } }),
  [`GET /v1/order/${ids.ippopayOrder}`]: ippopay('Order Details', { order: ippopayOrder }),
  [`GET /v1/order/${ids.ippopayOrder}/transaction`]: ippopay('Transaction details', {
    transaction: ippopayTransaction,
  }),
}

const bytes = new Map(Object.entries(answers).map(([route, answer]) => [route, Buffer.from(JSON.stringify(answer))]))

const headersOf = (route: string, body: Buffer) => ({
  server: 'nginx',
  'content-type': 'application/json',
  'content-length': body.length,
  vary: 'Accept-Encoding',
  'cache-control': 'no-cache, private',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-request-id': '5f0c7d1e9a3b4c6d8e2f1a0b9c8d7e6f',
  ...(route === 'POST /v1/invoices/create' ? { identifier: ids.invoice } : {}),
})

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const route = `${request.method} ${request.url}`
  const body = bytes.get(route)
  // Read to its end, as a gateway does before it answers.
  request.resume().once('end', () => {
    if (body === undefined) response.writeHead(404).end()
    else response.writeHead(200, headersOf(route, body)).end(body)
  })
})

process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.(`http://127.0.0.1:${port}`)
})
