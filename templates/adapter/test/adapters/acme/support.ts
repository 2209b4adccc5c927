import nock from 'nock'
import { acme } from '../../../src/adapters/acme/index.js'
import {
  type Adapter,
  asUuid,
  createStatelessProvider,
  operationDigest,
  type PaymentProvider,
  type PaymentRequest,
  type PayoutRequest,
  type RefundRequest,
} from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { right } from '../../either.js'

export const config = { adapter: 'acme', merchantId: 'merchant-1', secretKey: 'secret-of-a-made-up-merchant' } as const

/** An account under nock that repeats nothing. */
export const anAdapter = (): Adapter => right(acme(config, { transport: { connect: noConnect, retries: 0 } }))

/** The same behind the interface that merchants use. */
export const aProvider = (): PaymentProvider => createStatelessProvider(anAdapter())

/** What the gateway knows an operation by. */
export const keyOf = (operation: 'refund' | 'payout', idempotencyKey: string): string =>
  asUuid(operationDigest('acme', operation, idempotencyKey))

interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** What arrived at the gateway. */
export interface Arrived {
  readonly line: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers the next request with JSON, and tells what arrived. */
export const gateway = (body: object, status = 200): readonly Arrived[] => {
  nock.cleanAll()
  const arrived: Arrived[] = []
  nock('https://api.acme.example')
    .on('request', ({ method, path, headers }: Seen, _interceptor: unknown, text: string) => {
      arrived.push({ line: `${method} ${path}`, headers: { ...headers }, body: text })
    })
    .get(/.*/)
    .reply(status, JSON.stringify(body))
    .post(/.*/)
    .reply(status, JSON.stringify(body))
  return arrived
}

// TEMPLATE: the gateway's own samples, from its documents.

export const paymentOf = (fields: object = {}) => ({
  payment: {
    id: 'pay_1',
    status: 'open',
    amount: '49.90',
    currency: 'EUR',
    page_url: 'https://pay.acme.example/1',
    ...fields,
  },
})

export const paymentRequest: PaymentRequest = {
  idempotencyKey: 'key-1',
  amount: { value: '49.90', currency: 'EUR' },
  merchantReference: 'ORD-1001',
  payer: { email: 'ann.buyer@example.com' },
}

export const reference = { kind: 'payment', account: 'acme', id: 'pay_1' } as const

export const refundRequest: RefundRequest = { idempotencyKey: 'key-2', payment: reference }

export const payoutRequest: PayoutRequest = {
  idempotencyKey: 'key-3',
  amount: { value: '25.00', currency: 'EUR' },
  merchantReference: 'INV-77',
  beneficiary: { type: 'iban', iban: 'DE89370400440532013000', name: 'Bea Payee', email: 'bea@example.org' },
}
