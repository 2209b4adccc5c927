import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Kind, OperationName, PaymentError, PaymentProvider, Reference, Results } from '../../../src/core/index.js'
import type { Execution } from '../../../src/emulators/index.js'
import { succeed } from '../../either.js'
import type { Gateways } from './gateways.js'

/** A call of a money method under a key. */
export type MoneyCall = (provider: PaymentProvider, key: string) => TaskEither<PaymentError, Results[Kind]>

/** One way to move money at one gateway: what is asked, and where its submission goes. */
export interface Play {
  readonly name: string
  readonly gateway: 'payop' | 'ippopay'
  readonly operation: OperationName
  /** What the submission does. */
  readonly effect: 'creates' | 'moves_money'
  /** The submission, as the emulator names it. */
  readonly route: `${string} ${string}`
  /** A request that is made before it, if there is one. */
  readonly before?: `${string} ${string}`
  /** Gets ready what the call is about, a paid payment say. */
  readonly ready: (gateways: Gateways, provider: PaymentProvider, key: string) => Promise<MoneyCall>
}

/** Texts that may stand in no error: the payer's and the beneficiary's data. The accounts' secrets come to them. */
export const canaries = {
  name: 'Canary Payer',
  email: 'canary.payer@example.com',
  phone: '+919876543210',
  beneficiary: 'Canary Payee',
  beneficiaryEmail: 'canary.payee@example.org',
  iban: 'DE89370400440532013000',
  accountNumber: '000111222333',
}

const payer = { name: canaries.name, email: canaries.email, phone: canaries.phone }
const page = 'https://shop.example/thanks'
const urls = { success: page, failure: page }

/** A payment that both gateways take. */
export const hostedPayment = (currency: string, amount = '100.00') => ({
  amount: { value: amount, currency },
  merchantReference: 'ORD-1001',
  payer,
  urls,
})

/** The gateway's id of an object. */
export const idOf = ({ reference }: { readonly reference: Reference<Kind> }): string => {
  if ('id' in reference) return reference.id
  throw new Error('this object has no id')
}

/** A payment of 100.00, paid and read back. */
export const paidPayment = async (
  gateway: Play['gateway'],
  { payop, ippopay }: Gateways,
  provider: PaymentProvider,
  idempotencyKey: string,
): Promise<Reference<'payment'>> => {
  const request = hostedPayment(gateway === 'payop' ? 'EUR' : 'INR')
  const { reference } = await succeed(provider.createPayment({ ...request, idempotencyKey }))
  const id = idOf({ reference })
  if (gateway === 'payop') payop.act(id, 'pay')
  else ippopay.pay(id, 'success')
  await succeed(provider.getStatus(reference))
  return reference
}

const refundAt =
  (gateway: Play['gateway'], currency: string): Play['ready'] =>
  async (gateways, provider, key) => {
    const payment = await paidPayment(gateway, gateways, provider, key)
    return (refunder, idempotencyKey) =>
      refunder.refund({ idempotencyKey, payment, amount: { value: '10.00', currency } })
  }

/** Every submission of both adapters. */
export const plays: readonly Play[] = [
  {
    name: 'payop hosted payment',
    gateway: 'payop',
    operation: 'createPayment',
    effect: 'creates',
    route: 'POST /v1/invoices/create',
    ready: async () => (provider, idempotencyKey) =>
      provider.createPayment({ ...hostedPayment('EUR'), idempotencyKey }),
  },
  {
    name: 'payop direct payment',
    gateway: 'payop',
    operation: 'createPayment',
    effect: 'moves_money',
    route: 'POST /v1/checkout/create',
    before: 'POST /v1/invoices/create',
    ready: async () => (provider, idempotencyKey) =>
      provider.createPayment({
        ...hostedPayment('EUR'),
        method: { flow: 'direct', code: '30000018' },
        idempotencyKey,
      }),
  },
  {
    name: 'payop refund',
    gateway: 'payop',
    operation: 'refund',
    effect: 'moves_money',
    route: 'POST /v1/refunds/create',
    before: 'GET /v1/invoices/:id',
    ready: refundAt('payop', 'EUR'),
  },
  {
    name: 'payop payout',
    gateway: 'payop',
    operation: 'payout',
    effect: 'moves_money',
    route: 'POST /v1/withdrawals/create-mass',
    ready: async () => (provider, idempotencyKey) =>
      provider.payout({
        idempotencyKey,
        amount: { value: '25.00', currency: 'EUR' },
        merchantReference: 'INV-77',
        beneficiary: {
          type: 'iban',
          iban: canaries.iban,
          name: canaries.beneficiary,
          email: canaries.beneficiaryEmail,
        },
      }),
  },
  {
    name: 'ippopay hosted payment',
    gateway: 'ippopay',
    operation: 'createPayment',
    effect: 'creates',
    route: 'POST /v1/order/create',
    ready: async () => (provider, idempotencyKey) =>
      provider.createPayment({ ...hostedPayment('INR'), idempotencyKey }),
  },
  {
    name: 'ippopay UPI payment',
    gateway: 'ippopay',
    operation: 'createPayment',
    effect: 'moves_money',
    route: 'POST /v1/order/:order_id/process',
    before: 'POST /v1/order/create',
    ready: async () => (provider, idempotencyKey) =>
      provider.createPayment({ ...hostedPayment('INR'), method: { flow: 'upi_intent' }, idempotencyKey }),
  },
  {
    name: 'ippopay refund',
    gateway: 'ippopay',
    operation: 'refund',
    effect: 'moves_money',
    route: 'POST /v1/order/refund/:order_id',
    before: 'GET /v1/order/:order_id',
    ready: refundAt('ippopay', 'INR'),
  },
  {
    name: 'ippopay payout',
    gateway: 'ippopay',
    operation: 'payout',
    effect: 'moves_money',
    route: 'POST /v1/payout/transfer/request',
    ready: async () => (provider, idempotencyKey) =>
      provider.payout({
        idempotencyKey,
        amount: { value: '25.00', currency: 'INR' },
        merchantReference: 'INV-77',
        beneficiary: {
          type: 'indian_bank_account',
          accountNumber: canaries.accountNumber,
          ifsc: 'TEST0000001',
          name: canaries.beneficiary,
        },
      }),
  },
]

/** What the gateway executed of a play's submissions, the first `after` entries of its log aside. */
export const executedOf = (gateways: Gateways, { gateway, route }: Play, after = 0): readonly Execution[] =>
  gateways[gateway]
    .executions()
    .slice(after)
    .filter((execution) => execution.route === route && execution.executed)
