import type { Context, Hono } from 'hono'
import { refusal, reply } from './answers.js'
import { readBody } from './body.js'
import { findOrder, findPublicOrder } from './collections/orders.js'
import { payModeOf } from './collections/pay-modes.js'
import { beginTransaction, tryToPay } from './collections/transactions.js'
import { upiLink } from './collections/upi.js'
import { previewView, transactionView } from './collections/views.js'
import type { ApiRequest, Reply } from './endpoint.js'
import { amount, oneOf, optionalObject, optionalText, text } from './fields.js'
import { attemptUrl } from './pages/addresses.js'
import type { Order, PayMode, Transaction } from './records.js'
import { Refusal } from './refusal.js'
import type { Gateway } from './state.js'

/** Made up: how IppoPay describes a bank is not known. */
const BANKS = [
  { code: 'EMU1', name: 'Emulator Bank' },
  { code: 'EMU2', name: 'Second Emulator Bank' },
  { code: 'EMU3', name: 'Third Emulator Bank' },
]

/** An endpoint that browsers and apps call with the public key alone. Only the preview is well known; the rest is a guess. */
interface PublicEndpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly handle: (gateway: Gateway, request: Omit<ApiRequest, 'mode'>) => Reply
}

const preview: PublicEndpoint = {
  method: 'GET',
  path: '/pg/open/order/preview/:order_id',
  handle: (gateway, { params, query }) => {
    const order = findPublicOrder(gateway, params.order_id ?? '', query.public_key)
    return { message: 'Order Details', data: { order: previewView(gateway, order) } }
  },
}

/** Starts an attempt that waits for its bank: a page to click on, or a UPI app. */
const startPayment: PublicEndpoint = {
  method: 'POST',
  path: '/transaction/open/payment/process/order/:order_id',
  handle: (gateway, { params, query, body }) => {
    const order = findPublicOrder(gateway, params.order_id ?? '', query.public_key ?? body.public_key)
    for (const field of ['name', 'email', 'phone', 'nb_code', 'vpa']) optionalText(body, field)
    if (body.amount !== undefined && amount(body, 'amount') !== order.amountPaise)
      throw new Refusal('invalid', 'amount is not that of the order')
    const payMode = withCard(payModeOf(order, text(body, 'pay_mode_id')), optionalObject(body, 'card'))
    const transaction = beginTransaction(gateway, order, payMode)
    return { message: 'Payment initiated', data: { pay_process: payProcess(gateway, order, transaction) } }
  },
}

const listBanks: PublicEndpoint = {
  method: 'GET',
  path: '/transaction/open/payment/nblist',
  handle: () => ({ message: 'Bank list', data: { top: BANKS.slice(0, 2), all: BANKS } }),
}

const ENDPOINTS: readonly PublicEndpoint[] = [preview, startPayment, listBanks]

/** The test mode of the mobile SDK: two buttons instead of a bank. It takes orders of both modes. */
const simulateOutcome: PublicEndpoint = {
  method: 'GET',
  path: '/transaction/open/order/:outcome/response',
  handle: (gateway, { params, query }) => {
    const outcome = oneOf(params, 'outcome', ['success', 'failure'])
    const order = findOrder(gateway, text(query, 'order_id'))
    const transaction = tryToPay(gateway, order, payModeOf(order), outcome)
    return { message: `Payment ${outcome}`, data: { transaction: transactionView(transaction, order) } }
  },
}

/** Keeps of a card number only what a receipt shows. */
const withCard = (payMode: PayMode, card: Readonly<Record<string, unknown>>): PayMode => {
  if (payMode.pay_group !== 'card') return payMode
  const number = optionalText(card, 'number').replace(/\s/g, '')
  if (!/^\d{13,19}$/.test(number)) throw new Refusal('invalid', 'card.number must be 13 to 19 digits')
  return { ...payMode, card_number: `${number.slice(0, 6)}XXXXXX${number.slice(-4)}` }
}

const payProcess = (gateway: Gateway, order: Order, transaction: Transaction): object => {
  switch (transaction.payMode.pay_mode_id) {
    case 'upi-intent':
      return { action: 'intent', redirect_data: { data: { upi_intent: upiLink(order) } } }
    case 'upi':
      return { action: 'collect' }
  }
  return { action: 'redirect', redirect_data: { method: 'POST', url: attemptUrl(gateway, transaction), data: {} } }
}

const answer = async (gateway: Gateway, { handle }: PublicEndpoint, c: Context): Promise<Response> => {
  const raw = await c.req.text()
  try {
    const body = readBody(raw, c.req.header('content-type'))
    return reply(c, { ...handle(gateway, { params: c.req.param(), query: c.req.query(), body }), synthetic: true })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusal(c, error, gateway)
  }
}

export const addPublicRoutes = (app: Hono, gateway: Gateway): void => {
  const mount = (base: string, endpoint: PublicEndpoint) =>
    app.on(endpoint.method, `${base}${endpoint.path}`, (c) => answer(gateway, endpoint, c))

  for (const base of ['/api/v1', '/apitest/v1']) for (const endpoint of ENDPOINTS) mount(base, endpoint)
  mount('/apitest/v1', simulateOutcome)
}
