import * as E from 'fp-ts/lib/Either.js'
import type { Issue, PaymentError, PaymentRequest, PayoutRequest, RefundRequest } from '../../src/core/index.js'

/** Requests that use every field there is. All people, keys and accounts are made up. */

export const paymentRequest: PaymentRequest = {
  idempotencyKey: 'order:1001_a.b-c',
  deadline: 4102444800000,
  metadata: { cart: 'c-77', campaign: 'spring' },
  amount: { value: '19.99', currency: 'EUR' },
  merchantReference: 'ORD-1001',
  description: 'One book, ünïcode welcome',
  payer: {
    name: 'Ann Buyer',
    email: 'ann@example.com',
    phone: '+4915112345678',
    locale: 'pt-BR',
    ip: '203.0.113.7',
    country: 'DE',
    extra: { date_of_birth: '31.01.1990' },
  },
  method: { flow: 'hosted', code: 'cards_eu', fields: { bank: 'example-bank' } },
  urls: {
    success: 'https://shop.example.com/thanks?order=1001',
    failure: 'https://shop.example.com/sorry',
    notification: 'http://shop.example.com/hooks/1',
  },
}

export const refundRequest: RefundRequest = {
  idempotencyKey: 'refund-1',
  deadline: 4102444800000,
  metadata: { why: 'returned' },
  payment: { kind: 'payment', account: 'main', id: 'tx-1' },
  amount: { minorUnits: 500n, currency: 'EUR' },
}

export const payoutRequest: PayoutRequest = {
  idempotencyKey: 'payout-1',
  deadline: 4102444800000,
  metadata: { batch: '7' },
  amount: { value: '250', currency: 'EUR' },
  merchantReference: 'PAY-1',
  description: 'Commission',
  beneficiary: { type: 'iban', iban: 'DE89370400440532013000', name: 'Bea Payee', email: 'bea@example.org' },
  method: 'IMPS',
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** A copy of an object with another value at a path like `payer.email`. */
export const replaced = (original: unknown, path: string, value: unknown): unknown => {
  const [field = '', ...rest] = path.split('.')
  const fields = isFields(original) ? original : {}
  return { ...fields, [field]: rest.length === 0 ? value : replaced(fields[field], rest.join('.'), value) }
}

/** Every path that leads to a value which is no object. */
export const leavesOf = (value: unknown, path = ''): readonly string[] =>
  isFields(value)
    ? Object.entries(value).flatMap(([field, inner]) => leavesOf(inner, path === '' ? field : `${path}.${field}`))
    : [path]

export type Check = (request: unknown) => E.Either<PaymentError, unknown>

/** What a check complains about; nothing where it is content. */
export const issuesOf = (result: E.Either<PaymentError, unknown>): readonly Issue[] =>
  E.isLeft(result) && result.left._tag === 'InvalidRequest' ? result.left.issues : []

/** The paths that a check complains about; none where it is content. */
export const complaints = (result: E.Either<PaymentError, unknown>): readonly string[] =>
  issuesOf(result).map(({ path }) => path)

/** That a check complains about this path and no other. */
export const expectOnly = (check: Check, request: unknown, path: string) =>
  expect({ path, complaints: complaints(check(request)) }).toEqual({ path, complaints: [path] })
