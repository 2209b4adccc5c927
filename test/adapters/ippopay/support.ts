import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import nock from 'nock'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import type {
  Adapter,
  Checked,
  Effect,
  Exchange,
  PaymentError,
  PaymentRequest,
  PayoutRequest,
  WireAnswer,
} from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { right } from '../../either.js'

export const config = {
  adapter: 'ippopay',
  mode: 'live',
  publicKey: 'pk_live_aB3dE6gH9jK2',
  secretKey: 'sk_live_collectionsSecretCollectionsSecretCollect',
  payouts: { publicKey: 'payouts-public-77', secretKey: 'payouts-secret-88' },
} as const

export const authorizations = {
  collections: `Basic ${Buffer.from(`${config.publicKey}:${config.secretKey}`).toString('base64')}`,
  payouts: `Basic ${Buffer.from(`${config.payouts.publicKey}:${config.payouts.secretKey}`).toString('base64')}`,
}

/** An account under nock that repeats nothing. */
export const anAccount = (overrides: Readonly<Record<string, unknown>> = {}): Adapter =>
  right(ippopay({ ...config, ...overrides }, { transport: { connect: noConnect, retries: 0 } }))

/** Sends any exchange, as the adapter's methods do for the ones that move money. */
export const over =
  ({ send }: Adapter) =>
  <I, O>(exchange: Exchange<Effect, I, O>, input: I): TE.TaskEither<PaymentError, O> =>
    pipe(
      TE.fromEither(exchange.prepare(input)),
      TE.flatMap((wire) => send(wire)),
      TE.flatMapEither(exchange.interpret),
    )

/** What arrived at the gateway. */
export interface Arrived {
  readonly line: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Answered = Omit<WireAnswer, 'headers'> & { readonly headers?: WireAnswer['headers'] }

export const json = (body: unknown, status = 200): Answered => ({ status, body: JSON.stringify(body) })

/** Answers the next requests to the API in order, in place of an earlier gateway, and tells what arrived. One request too many is answered with 500. */
export const gateway = (answers: readonly Answered[], origin = 'https://api.ippopay.com'): readonly Arrived[] => {
  nock.cleanAll()
  const arrived: Arrived[] = []
  const queue = [...answers]
  const reply = (): nock.ReplyFnResult => {
    const { status, body, headers } = queue.shift() ?? { status: 500, body: 'a request too many', headers: {} }
    return [status, body, headers ?? {}]
  }
  nock(origin)
    .persist()
    .on('request', ({ method, path, headers }: ClientRequestSeen, _interceptor: unknown, body: string) => {
      arrived.push({ line: `${method} ${path}`, headers: { ...headers }, body })
    })
    .get(/.*/)
    .reply(reply)
    .post(/.*/)
    .reply(reply)
  return arrived
}

interface ClientRequestSeen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** The request lines of what arrived. */
export const lines = (arrived: readonly Arrived[]): readonly string[] => arrived.map(({ line }) => line)

/** An order as the documentation's sample has it. */
export const order = (fields: Readonly<Record<string, unknown>> = {}) => ({
  order_id: 'order_G@nz!3qBq',
  status: 'created',
  amount: 19.99,
  currency: 'INR',
  paymentModes: 'cc,db,nb,upi',
  merchant: { id: 'merchant_1', name: 'A Shop' },
  customer: {
    name: 'Ann Buyer',
    email: 'ann.buyer@example.com',
    phone: { country_code: '91', national_number: '9876543210' },
  },
  ...fields,
})

/** A transaction as the documentation's sample has it. */
export const transaction = (fields: Readonly<Record<string, unknown>> = {}) => ({
  trans_id: 'trans_7ahBy2Hf1',
  status: 'success',
  failure_reason: '',
  refund_status: 'not_requested',
  merchant: { id: 'merchant_1', name: 'A Shop' },
  cost: { paid: 19.99, settled: 19.64 },
  commission: { percentage: 1.75, value: 0.35, tax: 0, total: 0.35 },
  notes: '',
  product: 'order',
  is_manual_record: false,
  is_intl_payment: false,
  gateway: { payment_mode: { pay_mode: 'Debit Card', pay_mode_id: 'dc', pay_group: 'card', card_scheme: 'VISA' } },
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:05:05.678Z',
  ...fields,
})

/** A beneficiary as the documentation's sample has it. */
export const beneficiary = (fields: Readonly<Record<string, unknown>> = {}) => ({
  beneficiary_id: 'bene_1',
  beneficiary_ref: beneficiaryRef,
  merchant_id: 'merchant_1',
  status: 'active',
  account: { number: '000111222333', ifsc: 'TEST0000001' },
  name: { first: 'Bea', last: 'Payee', full: 'Bea Payee' },
  tags: [],
  ...fields,
})

/** A transfer as the documentation's sample has it. */
export const transfer = (fields: Readonly<Record<string, unknown>> = {}) => ({
  trans_id: 'trans_9',
  trans_ref: transRef,
  status: 'accepted',
  merchant_id: 'merchant_1',
  amount: 2500,
  commission: { value: 4, total: 4 },
  total_deduction: 2504,
  pay_mode: 'NEFT',
  remarks: 'Invoice 77',
  product_type: 'payout',
  trans_type: 'DEBIT',
  init_source: 'api',
  beneficiary: {
    beneficiary_id: 'bene_1',
    beneficiary_ref: beneficiaryRef,
    account: { number: '000111222333', ifsc: 'TEST0000001' },
  },
  ...fields,
})

/** SHA-256 of the JSON text `["000111222333","TEST0000001","Bea Payee"]`, its last 24 base36 digits. */
export const beneficiaryRef = 'e5ppdp36lkore6wbcmz78fg6'
/** SHA-256 of the JSON text `["ippopay","payout","payout-1"]`, its last 24 base36 digits. */
export const transRef = 'sgufgrb2xsi6nmrgpvaqt2xp'

export const says = {
  order: (fields?: Readonly<Record<string, unknown>>) =>
    json({ success: true, message: 'Order Details', data: { order: order(fields) } }),
  transaction: (fields?: Readonly<Record<string, unknown>>) =>
    json({ success: true, message: 'Transaction details', data: { transaction: transaction(fields) } }),
  refundAccepted: json({ success: true, message: 'Your refund request accepted' }),
  intent: (link: unknown) =>
    json({
      success: true,
      message: 'Opening UPI Apps...',
      data: { pay_process: { action: 'intent', redirect_data: { data: { upi_intent: link } } } },
    }),
  beneficiary: (fields?: Readonly<Record<string, unknown>>) =>
    json({ success: true, message: 'Beneficiary Detail', data: { beneficiary: beneficiary(fields) } }),
  beneficiaryCreated: json({ success: true, message: 'Beneficiary created Successfully' }),
  transfer: (fields?: Readonly<Record<string, unknown>>) =>
    json({ success: true, message: 'Payout Accepted', data: { transfer: transfer(fields) } }),
  no: (message: string, status = 200) => json({ success: false, message }, status),
}

export const paymentRequest: Checked<PaymentRequest> = {
  idempotencyKey: 'payment-1',
  amount: { minorUnits: 1999n, currency: 'INR' },
  merchantReference: 'ORD-1001',
  payer: {},
  urls: {},
}

export const payoutRequest: Checked<PayoutRequest> = {
  idempotencyKey: 'payout-1',
  amount: { minorUnits: 250000n, currency: 'INR' },
  merchantReference: 'INV-77',
  beneficiary: {
    type: 'indian_bank_account',
    accountNumber: '000111222333',
    ifsc: 'TEST0000001',
    name: 'Bea Payee',
  },
}
