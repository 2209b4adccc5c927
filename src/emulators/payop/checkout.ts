import type { Context, Hono } from 'hono'
import { cardOfToken } from './card-tokens.js'
import { blankFields, invalidFields, invoiceOverdue, madeUp, methodNotEnabled, Refusal } from './errors.js'
import { type Audit, callerKey, extraFieldsOf, isBlank, logged, readJson, record, text } from './http.js'
import { findInvoice } from './invoices.js'
import { type Attempt, captureAuthorized, changeState, isPending, startTransaction } from './lifecycle.js'
import { asksForBank, isCardMethod, requiredExtraFields } from './methods.js'
import { type Gateway, type Invoice, isOverdue, type Json, type Transaction, transactionOf } from './state.js'

export const CREATE_CHECKOUT = 'POST /v1/checkout/create'
export const VOID_CHECKOUT = 'POST /v1/checkout/void'
export const CAPTURE_CHECKOUT = 'POST /v1/checkout/capture'

/** The caller: the emulator is served on loopback only. */
const CALLER_IP = '127.0.0.1'

const checkFields = (body: Json): void => {
  const customer = record(body.customer)
  const required: readonly (readonly [string, unknown])[] = [
    ['invoiceIdentifier', body.invoiceIdentifier],
    ['customer[email]', customer.email],
    ['checkStatusUrl', body.checkStatusUrl],
  ]
  const blank = required.filter(([, value]) => isBlank(value)).map(([field]) => field)
  // An empty name is taken: a client sends it and is answered with 200.
  const noName = customer.name === undefined || customer.name === null
  const missing = [...blank, ...(noName ? ['customer[name]'] : [])]
  if (missing.length > 0) throw blankFields(missing)
}

const chooseMethod = (gateway: Gateway, invoice: Invoice, sent: unknown): string => {
  const method = isBlank(sent) ? invoice.paymentMethod : text(sent)
  if (method === null) throw blankFields(['paymentMethod'])
  const enabled = gateway.projects.get(invoice.projectId)?.methods ?? []
  if (!enabled.includes(method)) throw methodNotEnabled()
  return method
}

/** The direct flow has no page that asks for missing fields. Two documents put the fields in two places. */
const checkMethodFields = (method: string, { payer }: Invoice, customer: Json): void => {
  if (asksForBank(method)) throw madeUp('The payer has to choose a bank on the payment page')
  const sent: Json = { ...payer.extraFields, ...customer, ...extraFieldsOf(customer.extraFields) }
  const nameOf = ({ name }: { readonly name: string }) => `customer[extraFields][${name}]`
  const required = requiredExtraFields(method)
  const blank = required.filter(({ name }) => isBlank(sent[name]))
  if (blank.length > 0) throw blankFields(blank.map(nameOf))
  const wrong = required.filter(({ name, regexp }) => !regexp.test(text(sent[name])))
  if (wrong.length > 0)
    throw invalidFields(Object.fromEntries(wrong.map((field) => [nameOf(field), ['This value is not valid.']])))
}

const readAttempt = (gateway: Gateway, invoice: Invoice, body: Json): Attempt => {
  const customer = record(body.customer)
  const paymentMethod = chooseMethod(gateway, invoice, body.paymentMethod)
  checkMethodFields(paymentMethod, invoice, customer)
  return {
    paymentMethod,
    customer: {
      email: text(customer.email),
      name: text(customer.name),
      phone: text(customer.phone) || invoice.payer.phone,
      ip: text(customer.ip) || CALLER_IP,
    },
    checkStatusUrl: text(body.checkStatusUrl),
    card: isCardMethod(paymentMethod) ? cardOfToken(gateway, invoice, body.cardToken) : null,
    authOnly: body.authOnly === true,
    payCurrency: text(body.payCurrency) || invoice.currency,
  }
}

/** The answer of create, void and capture. What the header means is not documented; the transaction id is in the body. */
const done = (c: Context, { invoiceId, id }: Transaction, status: 200 | 201 = 200): Response => {
  c.header('identifier', invoiceId)
  return c.json({ data: { isSuccess: true, message: '', txid: id }, status: 1 }, status)
}

/** A refusal with status 200: the acquirer did not take the request, so there is no transaction. */
const declined = (c: Context, { refused }: Audit): Response => {
  const message = 'Payment method is not available at the moment'
  refused(message)
  c.header('x-emulator-synthetic', '1')
  return c.json({ data: { isSuccess: false, message, txid: '' }, status: 1 })
}

/** Reads the invoice's transaction, for void and capture. */
const readTransaction = async (c: Context, gateway: Gateway, { note }: Audit): Promise<Transaction> => {
  const body = await readJson(c)
  if (isBlank(body.invoiceIdentifier)) throw blankFields(['invoiceIdentifier'])
  const invoice = findInvoice(gateway, body.invoiceIdentifier)
  note({ key: callerKey(c, invoice.metadata), amount: invoice.amount, currency: invoice.currency })
  const transaction = transactionOf(gateway, invoice)
  if (transaction === undefined) throw madeUp('Transaction not found')
  note({ id: transaction.id })
  return transaction
}

export const addCheckoutRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/checkout/create',
    logged(gateway, CREATE_CHECKOUT, async (c, audit) => {
      const body = await readJson(c)
      checkFields(body)
      const invoice = findInvoice(gateway, body.invoiceIdentifier)
      audit.note({ key: callerKey(c, invoice.metadata), amount: invoice.amount, currency: invoice.currency })
      if (isOverdue(gateway, invoice)) throw invoiceOverdue()
      if (invoice.transactionId !== null) throw madeUp('Invoice already has transaction')
      const attempt = readAttempt(gateway, invoice, body)
      if (gateway.behaviour.checkoutCreate === 'declined') return declined(c, audit)
      const transaction = startTransaction(gateway, invoice, attempt)
      audit.note({ id: transaction.id })
      audit.executed()
      return done(c, transaction, gateway.behaviour.successStatus.checkout)
    }),
  )

  app.post(
    '/v1/checkout/void',
    logged(gateway, VOID_CHECKOUT, async (c, audit) => {
      const transaction = await readTransaction(c, gateway, audit)
      if (!isPending(transaction)) throw madeUp('Only a pending transaction can be voided')
      transaction.authorized = false
      changeState(gateway, transaction, gateway.behaviour.voidState)
      audit.executed()
      return done(c, transaction)
    }),
  )

  app.post(
    '/v1/checkout/capture',
    logged(gateway, CAPTURE_CHECKOUT, async (c, audit) => {
      if (gateway.behaviour.capture === 'off') throw new Refusal(404, 'Not Found', { synthetic: true })
      const transaction = await readTransaction(c, gateway, audit)
      if (!transaction.authorized) throw madeUp('Only an authorized transaction can be captured')
      captureAuthorized(gateway, transaction)
      audit.executed()
      return done(c, transaction)
    }),
  )
}
