import type { Context, Hono } from 'hono'
import { authenticate } from './auth.js'
import { transactionNotFound } from './errors.js'
import { phpMap } from './http.js'
import { findInvoice } from './invoices.js'
import { isPending } from './lifecycle.js'
import { browserStep, returnUrl } from './payer-urls.js'
import {
  type Gateway,
  type Invoice,
  invoiceOf,
  isOverdue,
  type Json,
  type Transaction,
  TX,
  transactionOf,
} from './state.js'

/** `form` and `url` while the payment is pending. One document has `url` beside a form that is posted, another has not. */
const pendingOnWire = (gateway: Gateway, invoice: Invoice, transaction: Transaction | undefined): Json => {
  const ready = transaction !== undefined && transaction.polls >= gateway.behaviour.pollsBeforeForm
  const step = ready ? browserStep(gateway, invoice, transaction) : undefined
  if (step === undefined) return { form: phpMap(gateway, {}), url: '' }
  const form = { ...step, fields: phpMap(gateway, step.fields) }
  return step.method === 'POST' && gateway.behaviour.postFormUrl === 'off' ? { form } : { form, url: step.url }
}

const statusOnWire = (gateway: Gateway, invoice: Invoice): Json => {
  const transaction = transactionOf(gateway, invoice)
  const overdue = isOverdue(gateway, invoice)
  if (!overdue && (transaction === undefined || isPending(transaction)))
    return { isSuccess: true, status: 'pending', ...pendingOnWire(gateway, invoice, transaction) }
  // The payer goes to the success page at pre-approved already: this answer only leads the browser.
  if (transaction?.state === TX.accepted || transaction?.state === TX.preApproved) {
    const url = returnUrl(gateway, invoice, 'success')
    const form =
      gateway.behaviour.successForm === 'whole' ? { method: 'GET', url, fields: phpMap(gateway, {}) } : { url }
    return { isSuccess: true, status: 'success', message: '', form, url }
  }
  return {
    isSuccess: true,
    status: 'fail',
    message: '',
    form: phpMap(gateway, {}),
    url: returnUrl(gateway, invoice, 'failure'),
    invoiceIdentifier: { value: invoice.id, null: false },
  }
}

const answerStatus = (c: Context, gateway: Gateway, invoice: Invoice): Response => {
  const transaction = transactionOf(gateway, invoice)
  const data = statusOnWire(gateway, invoice)
  if (transaction !== undefined) transaction.polls += 1
  return c.json({ data, status: 1 })
}

/** Adds the routes that lead the payer's browser while a payment is pending. The second route is the older one. */
export const addCheckoutStatusRoutes = (app: Hono, gateway: Gateway): void => {
  app.get('/v1/checkout/check-invoice-status/:id', (c) => {
    if (gateway.behaviour.checkStatusAuth === 'jwt') authenticate(c, gateway, 'transactions')
    return answerStatus(c, gateway, findInvoice(gateway, c.req.param('id')))
  })

  app.get('/v1/checkout/check-transaction-status/:txid', (c) => {
    const transaction = gateway.transactions.get(c.req.param('txid'))
    if (transaction === undefined) throw transactionNotFound(gateway.behaviour)
    return answerStatus(c, gateway, invoiceOf(gateway, transaction))
  })
}
