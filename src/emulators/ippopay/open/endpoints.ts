import { findOrder, findPublicOrder } from '../collections/orders.js'
import { payModeOf } from '../collections/pay-modes.js'
import { beginTransaction, tryToPay } from '../collections/transactions.js'
import { upiLink } from '../collections/upi.js'
import { previewView, transactionView } from '../collections/views.js'
import type { Context } from '../context.js'
import type { ApiRequest, Reply } from '../endpoint.js'
import { amount, oneOf, optionalObject, optionalText, text } from '../fields.js'
import { attemptUrl } from '../pages/addresses.js'
import type { Order, PayMode, Transaction } from '../records.js'
import { Refusal } from '../refusal.js'
import { BANKS } from './banks.js'

/** What browsers and apps call with the public key alone. Only the preview is known well; the rest is a likeness. */
export interface OpenEndpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly handle: (context: Context, request: Omit<ApiRequest, 'mode'>) => Reply
}

const preview: OpenEndpoint = {
  method: 'GET',
  path: '/pg/open/order/preview/:order_id',
  handle: (context, { params, query }) => {
    const order = findPublicOrder(context, params.order_id ?? '', query.public_key)
    return { message: 'Order Details', data: { order: previewView(context, order) } }
  },
}

/** Starts a try that waits for its bank: a page to click on, or a UPI app. */
const startPayment: OpenEndpoint = {
  method: 'POST',
  path: '/transaction/open/payment/process/order/:order_id',
  handle: (context, { params, query, body }) => {
    const order = findPublicOrder(context, params.order_id ?? '', query.public_key ?? body.public_key)
    for (const field of ['name', 'email', 'phone', 'nb_code', 'vpa']) optionalText(body, field)
    if (body.amount !== undefined && amount(body, 'amount') !== order.amountPaise)
      throw new Refusal('invalid', 'amount is not that of the order')
    const payMode = withCard(payModeOf(order, text(body, 'pay_mode_id')), optionalObject(body, 'card'))
    const transaction = beginTransaction(context, order, payMode)
    return { message: 'Payment initiated', data: { pay_process: payProcess(context, order, transaction) } }
  },
}

const listBanks: OpenEndpoint = {
  method: 'GET',
  path: '/transaction/open/payment/nblist',
  handle: () => ({ message: 'Bank list', data: { top: BANKS.slice(0, 2), all: BANKS } }),
}

export const OPEN: readonly OpenEndpoint[] = [preview, startPayment, listBanks]

/** The test mode of the mobile SDK: two buttons instead of a bank. Any order will do here, whatever its mode. */
export const simulateOutcome: OpenEndpoint = {
  method: 'GET',
  path: '/transaction/open/order/:outcome/response',
  handle: (context, { params, query }) => {
    const outcome = oneOf(params, 'outcome', ['success', 'failure'])
    const order = findOrder(context, text(query, 'order_id'))
    const transaction = tryToPay(context, order, payModeOf(order), outcome)
    return { message: `Payment ${outcome}`, data: { transaction: transactionView(transaction, order) } }
  },
}

/** Of a card number only what a receipt shows is kept. */
const withCard = (payMode: PayMode, card: Readonly<Record<string, unknown>>): PayMode => {
  if (payMode.pay_group !== 'card') return payMode
  const number = optionalText(card, 'number').replace(/\s/g, '')
  if (!/^\d{13,19}$/.test(number)) throw new Refusal('invalid', 'card.number must be 13 to 19 digits')
  return { ...payMode, card_number: `${number.slice(0, 6)}XXXXXX${number.slice(-4)}` }
}

const payProcess = (context: Context, order: Order, transaction: Transaction): object => {
  switch (transaction.payMode.pay_mode_id) {
    case 'upi-intent':
      return { action: 'intent', redirect_data: { data: { upi_intent: upiLink(order, transaction) } } }
    case 'upi':
      return { action: 'collect' }
  }
  return { action: 'redirect', redirect_data: { method: 'POST', url: attemptUrl(context, transaction), data: {} } }
}
