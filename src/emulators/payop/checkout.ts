import type { Context, Hono } from 'hono'
import { authenticate } from './auth.js'
import { cardBehind } from './card-tokens.js'
import {
  blankFields,
  invoiceNotFound,
  invoiceOverdue,
  madeUp,
  methodNotEnabled,
  Refusal,
  transactionNotFound,
} from './errors.js'
import { type Audit, callerKey, isBlank, logged, phpMap, readJson, record, text } from './http.js'
import { type Attempt, captureAuthorized, changeState, isPending, startTransaction } from './lifecycle.js'
import { isCardMethod } from './methods.js'
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

export const CREATE_CHECKOUT = 'POST /v1/checkout/create'
export const VOID_CHECKOUT = 'POST /v1/checkout/void'
export const CAPTURE_CHECKOUT = 'POST /v1/checkout/capture'

/** Served on loopback only, so this is who calls. */
const CALLER_IP = '127.0.0.1'

const findInvoice = ({ knobs, invoices }: Gateway, id: unknown): Invoice => {
  const invoice = invoices.get(text(id))
  if (invoice === undefined) throw invoiceNotFound(knobs, text(id))
  return invoice
}

const checkFields = (body: Json): void => {
  const customer = record(body.customer)
  const required: readonly (readonly [string, unknown])[] = [
    ['invoiceIdentifier', body.invoiceIdentifier],
    ['customer[email]', customer.email],
    ['customer[name]', customer.name],
    ['checkStatusUrl', body.checkStatusUrl],
  ]
  const blank = required.filter(([, value]) => isBlank(value)).map(([field]) => field)
  if (blank.length > 0) throw blankFields(blank)
}

const chooseMethod = (gateway: Gateway, invoice: Invoice, sent: unknown): string => {
  const method = isBlank(sent) ? invoice.paymentMethod : text(sent)
  if (method === null) throw blankFields(['paymentMethod'])
  const enabled = gateway.projects.get(invoice.projectId)?.methods ?? []
  if (!enabled.includes(method)) throw methodNotEnabled()
  return method
}

const readAttempt = (gateway: Gateway, invoice: Invoice, body: Json): Attempt => {
  const customer = record(body.customer)
  const paymentMethod = chooseMethod(gateway, invoice, body.paymentMethod)
  return {
    paymentMethod,
    customer: {
      email: text(customer.email),
      name: text(customer.name),
      phone: text(customer.phone) || invoice.payer.phone,
      ip: text(customer.ip) || CALLER_IP,
    },
    checkStatusUrl: text(body.checkStatusUrl),
    card: isCardMethod(paymentMethod) ? cardBehind(gateway, invoice, body.cardToken) : null,
    authOnly: body.authOnly === true,
    payCurrency: text(body.payCurrency) || invoice.currency,
  }
}

/** The answer of create, void and capture. The header's meaning is not documented; the transaction id is in the body. */
const done = (c: Context, { invoiceId, id }: Transaction): Response => {
  c.header('identifier', invoiceId)
  return c.json({ data: { isSuccess: true, message: '', txid: id }, status: 1 })
}

/** A 200 that is a no: the acquirer did not take the request, so there is no transaction. */
const declined = (c: Context, { refused }: Audit): Response => {
  const message = 'Payment method is not available at the moment'
  refused(message)
  c.header('x-emulator-synthetic', '1')
  return c.json({ data: { isSuccess: false, message, txid: '' }, status: 1 })
}

/** `form` and `url` while the payment is pending. The documented answer with a POST form has no `url`. */
const pendingOnWire = (gateway: Gateway, invoice: Invoice, transaction: Transaction | undefined): Json => {
  const ready = transaction !== undefined && transaction.polls >= gateway.knobs.pollsBeforeForm
  const step = ready ? browserStep(gateway, invoice, transaction) : undefined
  if (step === undefined) return { form: phpMap(gateway, {}), url: '' }
  const form = { ...step, fields: phpMap(gateway, step.fields) }
  return step.method === 'POST' ? { form } : { form, url: step.url }
}

const statusOnWire = (gateway: Gateway, invoice: Invoice): Json => {
  const transaction = transactionOf(gateway, invoice)
  const overdue = isOverdue(gateway, invoice)
  if (!overdue && (transaction === undefined || isPending(transaction)))
    return { isSuccess: true, status: 'pending', ...pendingOnWire(gateway, invoice, transaction) }
  // The payer is sent to the success page at pre-approved already: this answer drives the browser, nothing else.
  if (transaction?.state === TX.accepted || transaction?.state === TX.preApproved) {
    const url = returnUrl(gateway, invoice, 'success')
    return { isSuccess: true, status: 'success', message: '', form: { url }, url }
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

/** The invoice's transaction, for void and capture. */
const readTransaction = async (c: Context, gateway: Gateway, { note }: Audit): Promise<Transaction> => {
  const { body } = await readJson(c)
  if (isBlank(body.invoiceIdentifier)) throw blankFields(['invoiceIdentifier'])
  const invoice = findInvoice(gateway, body.invoiceIdentifier)
  note({ key: callerKey(c, invoice.metadata), amount: invoice.amount, currency: invoice.currency })
  const transaction = transactionOf(gateway, invoice)
  if (transaction === undefined) throw madeUp('Transaction not found')
  note({ id: transaction.id })
  return transaction
}

const addStatusRoutes = (app: Hono, gateway: Gateway): void => {
  app.get('/v1/checkout/check-invoice-status/:id', (c) => {
    if (gateway.knobs.checkStatusAuth === 'jwt') authenticate(c, gateway, 'transactions')
    return answerStatus(c, gateway, findInvoice(gateway, c.req.param('id')))
  })

  app.get('/v1/checkout/check-transaction-status/:txid', (c) => {
    const transaction = gateway.transactions.get(c.req.param('txid'))
    if (transaction === undefined) throw transactionNotFound(gateway.knobs)
    return answerStatus(c, gateway, invoiceOf(gateway, transaction))
  })
}

export const addCheckoutRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/checkout/create',
    logged(gateway, CREATE_CHECKOUT, async (c, audit) => {
      const { body } = await readJson(c)
      checkFields(body)
      const invoice = findInvoice(gateway, body.invoiceIdentifier)
      audit.note({ key: callerKey(c, invoice.metadata), amount: invoice.amount, currency: invoice.currency })
      if (isOverdue(gateway, invoice)) throw invoiceOverdue()
      if (invoice.transactionId !== null) throw madeUp('Invoice already has transaction')
      const attempt = readAttempt(gateway, invoice, body)
      if (gateway.knobs.checkoutCreate === 'declined') return declined(c, audit)
      const transaction = startTransaction(gateway, invoice, attempt)
      audit.note({ id: transaction.id })
      audit.executed()
      return done(c, transaction)
    }),
  )

  app.post(
    '/v1/checkout/void',
    logged(gateway, VOID_CHECKOUT, async (c, audit) => {
      const transaction = await readTransaction(c, gateway, audit)
      if (!isPending(transaction)) throw madeUp('Only a pending transaction can be voided')
      transaction.authorized = false
      changeState(gateway, transaction, gateway.knobs.voidState)
      audit.executed()
      return done(c, transaction)
    }),
  )

  app.post(
    '/v1/checkout/capture',
    logged(gateway, CAPTURE_CHECKOUT, async (c, audit) => {
      if (gateway.knobs.capture === 'off') throw new Refusal(404, 'Not Found', { synthetic: true })
      const transaction = await readTransaction(c, gateway, audit)
      if (!transaction.authorized) throw madeUp('Only an authorized transaction can be captured')
      captureAuthorized(gateway, transaction)
      audit.executed()
      return done(c, transaction)
    }),
  )

  addStatusRoutes(app, gateway)
}
