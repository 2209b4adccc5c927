import nock from 'nock'
import { type PayopConfig, type PayopOptions, payop } from '../../../src/adapters/payop/index.js'
import {
  type Adapter,
  createStatelessProvider,
  type Payer,
  type PaymentError,
  type PaymentProvider,
  type PaymentRequest,
  type Reference,
  type Urls,
} from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { right } from '../../either.js'

const API = 'https://api.payop.com'
export const INVOICE = '0c0ffee0-1111-4222-8333-444455556666'
export const TRANSACTION = '7a7a7a7a-0000-4000-8000-000000000001'
export const REFUND = '4ef00000-0000-4000-8000-000000000002'
export const WITHDRAWAL = '9d000000-0000-4000-8000-000000000003'
export const PROJECT = '11111111-2222-4333-8444-555555555555'
/** The public key of a made-up pair. */
export const CERTIFICATE = 'A4FI4+FMJVPOU3K/CJbD9LIjuTlnZ7EEoHGDdxIrxWE='

/** Everything but what hosted payments need is optional. */
export const hostedOnly: PayopConfig = {
  adapter: 'payop',
  publicKey: `application-${PROJECT}`,
  secretKey: 'testsecret',
}
export const complete: PayopConfig = { ...hostedOnly, token: 'jwt.made.up', certificate: CERTIFICATE }

export const anAccount = (config: PayopConfig = complete, options: PayopOptions = {}): Adapter =>
  right(payop(config, { transport: { connect: noConnect, retries: 0 }, ...options }))

export const aProvider = (config?: PayopConfig, options?: PayopOptions): PaymentProvider =>
  createStatelessProvider(anAccount(config, options))

/** What an error tells, without its sentence. */
export const gist = ({ message: _sentence, ...error }: PaymentError) => error

/** A request as it was sent. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

type Body = object | string

/**
 * Answers the next request to a path and keeps what was sent. An object is sent as JSON. One answer serves one request, so
 * that a request too many fails.
 */
export const answers = (
  method: 'GET' | 'POST',
  path: string,
  body: Body,
  {
    status = 200,
    headers = {},
    origin = API,
  }: { status?: number; headers?: Record<string, string>; origin?: string } = {},
): Sent[] => {
  const sent: Sent[] = []
  nock(origin)
    .intercept(path, method, (_body: unknown) => true)
    .reply(function (uri, received) {
      const text = typeof received === 'string' ? received : JSON.stringify(received)
      sent.push({ method, path: uri, headers: this.req.headers, body: text })
      return [
        status,
        typeof body === 'string' ? body : JSON.stringify(body),
        { 'content-type': 'application/json', ...headers },
      ]
    })
  return sent
}

/** Every answer was used. */
export const allRequested = (): boolean => nock.isDone()

export const order = { id: 'ORD-1001', amount: '2.00', currency: 'EUR' }

export const aPayment: PaymentRequest & { readonly payer: Payer; readonly urls: Urls } = {
  idempotencyKey: 'order-1001',
  amount: { value: '2.00', currency: 'EUR' },
  merchantReference: 'ORD-1001',
  payer: { email: 'buyer@example.com' },
  urls: { success: 'https://shop.example/ok?i={{invoiceId}}&t={{txid}}', failure: 'https://shop.example/ko' },
}

export const reference: Reference<'payment'> = { kind: 'payment', account: 'payop', id: INVOICE }

/** What every result about that payment says of it. */
export const itself = { kind: 'payment', account: 'payop', id: INVOICE, reference } as const

/** An invoice as Payop answers it, paid by a transaction that was accepted. */
export const invoice = (fields: object = {}) => ({
  data: {
    identifier: INVOICE,
    status: 1,
    type: 1,
    applicationIdentifier: PROJECT,
    amount: 2,
    currency: 'EUR',
    orderIdentifier: 'ORD-1001',
    items: [],
    language: 'en',
    payer: { email: 'buyer@example.com', name: 'Ann Buyer', phone: '', extraFields: [] },
    isSeen: true,
    customization: [],
    createdAt: 1790000000,
    updatedAt: null,
    transactionIdentifier: TRANSACTION,
    metadata: { attempt: 'att_7' },
    ...fields,
  },
  status: 1,
})

/** A transaction as Payop answers it, accepted. */
export const transaction = (fields: object = {}) => ({
  data: {
    identifier: TRANSACTION,
    walletIdentifier: '1607',
    type: 7,
    amount: 2,
    currency: 'EUR',
    state: 2,
    error: '',
    errorCode: '',
    commission: [],
    exchange: [],
    createdAt: 1790000100,
    updatedAt: 1790000160,
    orderId: 'ORD-1001',
    productAmount: 2,
    productCurrency: 'EUR',
    chosenAmount: 2,
    chosenCurrency: 'EUR',
    pageDetails: [],
    paymentMethodIdentifier: '381',
    application: { identifier: PROJECT, name: 'Shop', info: '' },
    ...fields,
  },
})

/** The filter's answer about one transaction. */
export const filtered = (fields: object = {}) => ({
  data: [
    {
      identifier: TRANSACTION,
      userIdentifier: 7,
      state: 2,
      error: '',
      orderIdentifier: 'ORD-1001',
      amount: '2',
      currency: 'EUR',
      payAmount: '2.15',
      payCurrency: 'USD',
      totalCommission: '0.47',
      totalCommissionCurrency: 'EUR',
      hasChargeback: false,
      schedules: [{ from: 6, to: 2, time: 1790000200 }],
      mcc: null,
      ...fields,
    },
  ],
  status: 1,
})

export const FILTER = `/v1/transactions/filter?query%5Bidentifiers%5D=${TRANSACTION}`
