import type { Amount, Effect } from '../../../src/core/index.js'
import type { Ask } from './messages.js'

/**
 * One thing the merchant wants once. Its amount is nobody else's of its sort: that is how an auditor tells, from the
 * gateway's log alone and whatever key came with it, what was executed for it.
 */
export interface Intent {
  readonly ask: Ask
  readonly sort: string
  readonly key: string
  readonly account: 'europe' | 'india'
  readonly currency: string
  /** Minor units. */
  readonly amount: bigint
  /** The route of the submission, and what it does. */
  readonly route: string
  readonly effect: Exclude<Effect, 'reads'>
  /** Of refunds: the payment. */
  readonly payment?: string
}

const decimal = (amount: bigint): string => `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`

const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com' }
const urls = { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' }
const indianUrls = { success: 'https://shop.example/thanks' }

/** The n-th intent of a sort. */
export type Sort = (n: number) => Intent

const hosted: Sort = (n) => {
  const amount = 100_00n + BigInt(n)
  const key = `hosted-europe-${n}`
  return {
    sort: 'hosted payment',
    key,
    account: 'europe',
    currency: 'EUR',
    amount,
    route: 'POST /v1/invoices/create',
    effect: 'creates',
    ask: {
      operation: 'createPayment',
      request: {
        idempotencyKey: key,
        amount: { value: decimal(amount), currency: 'EUR' },
        merchantReference: key,
        payer,
        urls,
      },
    },
  }
}

// Above what hosted ones reach: both stage an invoice with their amount.
const direct: Sort = (n) => {
  const amount = 5_000_00n + BigInt(n)
  const key = `direct-europe-${n}`
  return {
    sort: 'direct payment',
    key,
    account: 'europe',
    currency: 'EUR',
    amount,
    route: 'POST /v1/checkout/create',
    effect: 'moves_money',
    ask: {
      operation: 'createPayment',
      request: {
        idempotencyKey: key,
        amount: { value: decimal(amount), currency: 'EUR' },
        merchantReference: key,
        payer,
        urls,
        method: { flow: 'direct', code: '30000018' },
      },
    },
  }
}

const indian =
  (sort: string, flow: 'hosted' | 'upi_intent', from: bigint): Sort =>
  (n) => {
    const amount = from + BigInt(n)
    const key = `${flow}-india-${n}`
    return {
      sort,
      key,
      account: 'india',
      currency: 'INR',
      amount,
      route: flow === 'hosted' ? 'POST /v1/order/create' : 'POST /v1/order/:order_id/process',
      effect: flow === 'hosted' ? 'creates' : 'moves_money',
      ask: {
        operation: 'createPayment',
        request: {
          idempotencyKey: key,
          amount: { value: decimal(amount), currency: 'INR' },
          merchantReference: key,
          payer: flow === 'hosted' ? payer : { ...payer, phone: '+919876543210' },
          urls: indianUrls,
          method: { flow },
        },
      },
    }
  }

/** A payout at Payop. */
export const payopPayout: Sort = (n) => {
  const amount = 10_00n + BigInt(n)
  const key = `payout-europe-${n}`
  return {
    sort: 'payout',
    key,
    account: 'europe',
    currency: 'EUR',
    amount,
    route: 'POST /v1/withdrawals/create-mass',
    effect: 'moves_money',
    ask: {
      operation: 'payout',
      request: {
        idempotencyKey: key,
        amount: { value: decimal(amount), currency: 'EUR' },
        merchantReference: key,
        beneficiary: { type: 'paydo_account', account: '100200300' },
      },
    },
  }
}

const indianPayout: Sort = (n) => {
  const amount = 10_00n + BigInt(n)
  const key = `payout-india-${n}`
  return {
    sort: 'payout',
    key,
    account: 'india',
    currency: 'INR',
    amount,
    route: 'POST /v1/payout/transfer/request',
    effect: 'moves_money',
    ask: {
      operation: 'payout',
      request: {
        idempotencyKey: key,
        amount: { value: decimal(amount), currency: 'INR' },
        merchantReference: key,
        beneficiary: {
          type: 'indian_bank_account',
          accountNumber: '000111222333',
          ifsc: 'TEST0000001',
          name: 'Asha Supplier',
        },
      },
    },
  }
}

/** A part of a paid payment, back. */
export const refundOf = ({ account, currency }: Intent, payment: string, n: number): Intent => {
  const amount = 30_00n + BigInt(n)
  const key = `refund-${account}-${n}`
  return {
    sort: 'refund',
    key,
    account,
    currency,
    amount,
    payment,
    route: account === 'europe' ? 'POST /v1/refunds/create' : 'POST /v1/order/refund/:order_id',
    effect: 'moves_money',
    ask: {
      operation: 'refund',
      request: {
        idempotencyKey: key,
        payment: { kind: 'payment', account, id: payment },
        amount: { value: decimal(amount), currency },
      },
    },
  }
}

const indianHosted = indian('hosted payment', 'hosted', 100_00n)
const indianUpi = indian('UPI payment', 'upi_intent', 5_000_00n)

/** Of each sort one. */
export const oneOfEach: readonly Sort[] = [hosted, direct, payopPayout, indianHosted, indianUpi, indianPayout]

/** What is asked for without anything before it, as often as it stands here. */
export const sorts: readonly Sort[] = [...oneOfEach, hosted, indianHosted]

/** Another wish under the same key. */
export const rivalOf = (intent: Intent): Intent => {
  const amount = intent.amount + 20_000_00n
  const money = { value: decimal(amount), currency: intent.currency }
  return { ...intent, amount, ask: withAmount(intent.ask, money) }
}

const withAmount = (ask: Ask, amount: Amount): Ask => {
  switch (ask.operation) {
    case 'createPayment':
      return { ...ask, request: { ...ask.request, amount } }
    case 'payout':
      return { ...ask, request: { ...ask.request, amount } }
    case 'refund':
      return { ...ask, request: { ...ask.request, amount } }
  }
}
