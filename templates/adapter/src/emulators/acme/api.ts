import type { Context, Hono } from 'hono'
import type { ExecutionDetail } from '../kit/execution-log.js'
import { isRecord } from '../kit/input.js'
import type { Route } from '../kit/routes.js'
import {
  decideLater,
  decimal,
  type Gateway,
  newId,
  type Payment,
  type Payout,
  paymentOf,
  type Refund,
  Refusal,
  refundedCents,
} from './gateway.js'

// TEMPLATE: the routes in the gateway's own order of checks: who calls, then the body, then its fields, then the rules.

type Fields = Readonly<Record<string, unknown>>

interface ApiRequest {
  readonly params: Readonly<Record<string, string>>
  readonly body: Fields
  /** The body as it came. */
  readonly raw: string
  /** The header `Idempotency-Key`; empty if it is absent. */
  readonly key: string
}

interface Reply {
  readonly body: object
  /** What the request made. Absent: it made nothing. */
  readonly made?: ExecutionDetail
}

interface Endpoint {
  readonly route: Route
  /** The name of its operation in the execution log, if it makes something or moves money. */
  readonly operation?: string
  readonly handle: (gateway: Gateway, request: ApiRequest) => Reply
}

const invalid = (field: string, expected: string): Refusal =>
  new Refusal(422, 'invalid_field', `${field} must be ${expected}.`, field)

const textAt = (fields: Fields, name: string, pattern: RegExp, expected: string): string => {
  const value = fields[name]
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(name, expected)
  return value
}

const optionalText = (fields: Fields, name: string, pattern: RegExp, expected: string): string =>
  fields[name] === undefined ? '' : textAt(fields, name, pattern, expected)

const ADDRESS = /^https?:\/\/\S+$/
const KEY = /^[\w-]{1,64}$/

const centsAt = (fields: Fields): number => {
  const text = textAt(fields, 'amount', /^\d{1,9}\.\d{2}$/, 'decimal text with two decimals')
  const cents = Number(text.replace('.', ''))
  if (cents === 0) throw invalid('amount', 'above zero')
  return cents
}

const currencyAt = (fields: Fields): string => textAt(fields, 'currency', /^(EUR|USD)$/, 'EUR or USD')

const paymentView = (gateway: Gateway, payment: Payment): object => {
  const { id, status, cents, currency, reference } = payment
  return {
    id,
    status,
    amount: decimal(cents),
    currency,
    reference,
    refunded: decimal(refundedCents(gateway, payment)),
    ...(status === 'open' ? { page_url: `${gateway.checkoutUrl()}/pay/${id}` } : {}),
    ...(status === 'paid' ? { fee: decimal(Math.round(cents / 50)) } : {}),
    ...(status === 'declined' ? { decline_code: 'do_not_honour' } : {}),
  }
}

const refundView = ({ id, key, paymentId, status, cents, currency }: Refund): object => ({
  id,
  key,
  payment_id: paymentId,
  status,
  amount: decimal(cents),
  currency,
})

const payoutView = ({ id, key, status, cents, currency }: Payout): object => ({
  id,
  key,
  status,
  amount: decimal(cents),
  currency,
  ...(status === 'sent' ? { bank_reference: id.replace('out_', 'BANK-') } : {}),
})

const createPayment: Endpoint = {
  route: 'POST /v1/payments',
  operation: 'payment',
  handle: (gateway, { body }) => {
    const payment: Payment = {
      id: newId(gateway, 'pay'),
      status: 'open',
      cents: centsAt(body),
      currency: currencyAt(body),
      reference: textAt(body, 'reference', /^[\w.-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ . -'),
      urls: {
        success: optionalText(body, 'success_url', ADDRESS, 'an address'),
        failure: optionalText(body, 'failure_url', ADDRESS, 'an address'),
      },
      notifyUrl: optionalText(body, 'notify_url', ADDRESS, 'an address'),
    }
    textAt(body, 'payer_email', /^\S+@\S+$/, 'an e-mail address')
    optionalText(body, 'description', /^.{1,255}$/, 'text of at most 255 characters')
    gateway.payments.set(payment.id, payment)
    const { id, cents, currency } = payment
    return { body: { payment: paymentView(gateway, payment) }, made: { id, amount: decimal(cents), currency } }
  },
}

const getPayment: Endpoint = {
  route: 'GET /v1/payments/:id',
  handle: (gateway, { params }) => ({
    body: { payment: paymentView(gateway, paymentOf(gateway, params.id ?? '')) },
  }),
}

const createRefund: Endpoint = {
  route: 'POST /v1/payments/:id/refunds',
  operation: 'refund',
  handle: (gateway, { params, body }) => {
    const payment = paymentOf(gateway, params.id ?? '')
    const key = textAt(body, 'key', KEY, '1 to 64 of A-Z a-z 0-9 _ -')
    const rest = payment.cents - refundedCents(gateway, payment)
    const cents = body.amount === undefined ? rest : centsAt(body)
    if (body.currency !== undefined && currencyAt(body) !== payment.currency)
      throw invalid('currency', "the payment's currency")
    if (payment.status !== 'paid') throw new Refusal(409, 'not_paid', 'The payment was not paid.')
    if (cents > rest || cents === 0) throw new Refusal(422, 'amount_too_high', 'That is more than is left.', 'amount')
    const { id: paymentId, currency } = payment
    const refund: Refund = { id: newId(gateway, 'ref'), key, paymentId, status: 'accepted', cents, currency }
    gateway.refunds.set(refund.id, refund)
    decideLater(gateway, refund, 'accepted', 'done')
    return { body: { refund: refundView(refund) }, made: { id: refund.id, key, amount: decimal(cents), currency } }
  },
}

/** By `{id}` or `key:{key}`; of several under one key the latest. */
const found = <A extends { readonly id: string; readonly key: string }>(
  objects: ReadonlyMap<string, A>,
  segment = '',
): A => {
  const object = [...objects.values()].findLast(({ id, key }) => segment === id || segment === `key:${key}`)
  if (object === undefined) throw new Refusal(404, 'not_found', 'There is no such object.')
  return object
}

const getRefund: Endpoint = {
  route: 'GET /v1/refunds/:id',
  handle: ({ refunds }, { params }) => ({ body: { refund: refundView(found(refunds, params.id)) } }),
}

const KEY_KEPT_MS = 24 * 60 * 60 * 1000

const createPayout: Endpoint = {
  route: 'POST /v1/payouts',
  operation: 'payout',
  handle: (gateway, { body, raw, key }) => {
    const { payouts, clock } = gateway
    if (!KEY.test(key)) throw invalid('Idempotency-Key', '1 to 64 of A-Z a-z 0-9 _ -')
    const first = [...payouts.values()].find((payout) => payout.key === key && clock.now() - payout.at < KEY_KEPT_MS)
    if (first !== undefined && first.body !== raw)
      throw new Refusal(409, 'key_reused', 'The key was used for another payout.')
    if (first !== undefined) return { body: { payout: payoutView(first) } }
    const [cents, currency] = [centsAt(body), currencyAt(body)]
    textAt(body, 'reference', /^[\w.-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ . -')
    textAt(body, 'iban', /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, 'an IBAN')
    textAt(body, 'name', /\S/, 'the name of the beneficiary')
    optionalText(body, 'statement', /^.{1,255}$/, 'text of at most 255 characters')
    if (cents > gateway.balanceCents) throw new Refusal(422, 'insufficient_funds', 'The balance is too low.')
    gateway.balanceCents -= cents
    const payout: Payout = {
      id: newId(gateway, 'out'),
      key,
      body: raw,
      at: clock.now(),
      status: 'queued',
      cents,
      currency,
    }
    payouts.set(payout.id, payout)
    decideLater(gateway, payout, 'queued', 'sent')
    return { body: { payout: payoutView(payout) }, made: { id: payout.id, key, amount: decimal(cents), currency } }
  },
}

const getPayout: Endpoint = {
  route: 'GET /v1/payouts/:id',
  handle: ({ payouts }, { params }) => ({ body: { payout: payoutView(found(payouts, params.id)) } }),
}

const ENDPOINTS: readonly Endpoint[] = [createPayment, getPayment, createRefund, getRefund, createPayout, getPayout]

/** The routes of the execution log, each with the name of its operation. */
export const OPERATIONS: Readonly<Record<Route, string>> = Object.fromEntries(
  ENDPOINTS.flatMap(({ route, operation }) => (operation === undefined ? [] : [[route, operation]])),
)

/** The merchant's key, as far as the headers of a request tell it. */
export const keyIn = (headers: Readonly<Record<string, unknown>>): string | undefined => {
  const key = headers['idempotency-key']
  return typeof key === 'string' ? key : undefined
}

const parsed = (raw: string): Fields => {
  if (raw === '') return {}
  let body: unknown
  try {
    body = JSON.parse(raw)
  } catch {
    throw invalid('body', 'JSON')
  }
  if (!isRecord(body)) throw invalid('body', 'an object')
  return body
}

const refuse = (c: Context, { status, code, message, field }: Refusal): Response =>
  c.json({ error: { code, message, ...(field === undefined ? {} : { field }) } }, status)

const execute = async (gateway: Gateway, { route, operation, handle }: Endpoint, c: Context, authorization: string) => {
  const raw = await c.req.text()
  const key = keyIn(c.req.header()) ?? ''
  const detail = key === '' ? {} : { key }
  try {
    if (c.req.header('authorization') !== authorization) throw new Refusal(401, 'unauthorized', 'Wrong credentials.')
    const { body, made } = handle(gateway, { params: c.req.param(), body: parsed(raw), raw, key })
    if (operation !== undefined && made !== undefined) gateway.log.executed(route, made)
    return c.json(body, operation === undefined ? 200 : gateway.behaviour.createdStatus)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (operation !== undefined) gateway.log.refused(route, error.message, detail)
    return refuse(c, error)
  }
}

/** Adds the merchant's API. `authorization` is the header that the merchant's credentials make. */
export const addApi = (app: Hono, gateway: Gateway, authorization: string): void => {
  app.notFound((c) => refuse(c, new Refusal(404, 'not_found', 'There is no such route.')))
  app.onError((_, c) => c.json({ error: { code: 'internal', message: 'The emulator failed.' } }, 500))
  for (const endpoint of ENDPOINTS) {
    const [method = '', path = ''] = endpoint.route.split(' ')
    app.on(method, path, (c) => execute(gateway, endpoint, c, authorization))
  }
}
