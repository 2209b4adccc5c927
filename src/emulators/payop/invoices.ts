import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { isRecord } from '../kit/input.js'
import { blankFields, invalidFields, invoiceNotFound, invoiceOverdue, methodNotEnabled, Refusal } from './errors.js'
import {
  callerKey,
  extraFieldsOf,
  isBlank,
  logged,
  phpMap,
  readJson,
  record,
  seconds,
  secondsOrNull,
  text,
} from './http.js'
import { methodOnWire } from './methods.js'
import { type Gateway, type Invoice, invoiceStatus, isOverdue, type Json, type Project } from './state.js'

const MAX_METADATA_BYTES = 800_000

/** SHA-256 over `amount:currency:orderId:secretKey`, in lower-case hex. Source: payop-api-doc, Invoice, Signature. */
export const invoiceSignature = (amount: string, currency: string, orderId: string, secretKey: string): string =>
  createHash('sha256').update([amount, currency, orderId, secretKey].join(':'), 'utf8').digest('hex')

/** The order's amount as the text that is signed: a string as it is, a number as PHP casts it, so that 10.0 is `10`. */
const amountText = (body: Json): string => text(record(body.order).amount)

const missingFields = ({ behaviour }: Gateway, body: Json): readonly string[] => {
  const order = record(body.order)
  const payer = record(body.payer)
  const required: readonly (readonly [string, unknown])[] = [
    ['publicKey', body.publicKey],
    ['order[id]', order.id],
    ['order[amount]', order.amount],
    ['order[currency]', order.currency],
    ['payer[email]', payer.email],
    ['signature', body.signature],
  ]
  const blank = required.filter(([, value]) => isBlank(value)).map(([field]) => field)
  const noItems = behaviour.orderItems === 'required' && (typeof order.items !== 'object' || order.items === null)
  const spaces = typeof payer.name === 'string' && payer.name !== '' && payer.name.trim() === ''
  return [...blank, ...(noItems ? ['order[items]'] : []), ...(spaces ? ['payer[name]'] : [])]
}

const checkFields = (gateway: Gateway, body: Json): void => {
  const missing = missingFields(gateway, body)
  if (missing.length > 0) throw blankFields(missing)
  const { currency } = record(body.order)
  if (!/^[A-Z]{3}$/.test(text(currency)))
    throw invalidFields({ 'order[currency]': ['This value is not a valid currency.'] })
  if (!/^\d+(\.\d+)?$/.test(amountText(body)) || Number(amountText(body)) === 0)
    throw invalidFields({ 'order[amount]': ['This value should be positive.'] })
  checkMetadata(body)
}

/** Refuses anything but an object of less than 800 kB. PHP clients send an empty one as `[]`. */
export const checkMetadata = ({ metadata }: Json): void => {
  const usable = isBlank(metadata) || isRecord(metadata) || (Array.isArray(metadata) && metadata.length === 0)
  if (!usable || JSON.stringify(metadata ?? {}).length >= MAX_METADATA_BYTES)
    throw invalidFields({ metadata: ['This value is not valid.'] })
}

const findProject = ({ projects }: Gateway, publicKey: unknown): Project => {
  const project = [...projects.values()].find((candidate) => candidate.publicKey === publicKey)
  if (project === undefined) throw new Refusal(404, 'Application not found')
  return project
}

const chosenMethod = (project: Project, paymentMethod: unknown): string | null => {
  if (isBlank(paymentMethod)) return null
  const method = text(paymentMethod)
  if (!project.methods.includes(method)) throw methodNotEnabled()
  return method
}

const createInvoice = (gateway: Gateway, body: Json): Invoice => {
  checkFields(gateway, body)
  const order = record(body.order)
  const payer = record(body.payer)
  const project = findProject(gateway, body.publicKey)
  const amount = amountText(body)
  const [currency, orderId] = [text(order.currency), text(order.id)]
  if (body.signature !== invoiceSignature(amount, currency, orderId, project.secretKey))
    throw new Refusal(422, 'Wrong signature')

  const invoice: Invoice = {
    paymentMethod: chosenMethod(project, body.paymentMethod),
    id: gateway.ids.uuid(),
    projectId: project.id,
    amount,
    currency,
    orderId,
    items: order.items ?? [],
    description: text(order.description),
    resultUrl: text(body.resultUrl),
    failPath: text(body.failPath),
    productUrl: text(body.productUrl),
    language: (text(body.language) || 'en').toLowerCase(),
    payer: {
      email: text(payer.email),
      name: text(payer.name),
      phone: text(payer.phone),
      extraFields: extraFieldsOf(payer.extraFields),
    },
    metadata: record(body.metadata),
    createdAt: gateway.clock.now(),
    updatedAt: null,
    isSeen: false,
    transactionId: null,
    forcedStatus: null,
  }
  gateway.invoices.set(invoice.id, invoice)
  return invoice
}

export const findInvoice = ({ behaviour, invoices }: Gateway, id: unknown): Invoice => {
  const invoice = invoices.get(text(id))
  if (invoice === undefined) throw invoiceNotFound(behaviour, text(id))
  return invoice
}

/** The answer to a create, with the id in the header `identifier`. */
export const createdAnswer = (
  c: Context,
  { behaviour }: Gateway,
  route: 'invoice' | 'refund',
  { id, inBody }: { readonly id: string; readonly inBody: boolean },
): Response => {
  if (behaviour.identifierHeader === 'on') c.header('identifier', id)
  return c.json({ data: inBody ? id : '', status: 1 }, behaviour.successStatus[route])
}

const overdueFields = ({ behaviour }: Gateway): Json => {
  switch (behaviour.overdueGet) {
    case 'status2':
      return { status: 2 }
    case 'isOverdue':
      return { isOverdue: true }
    case 'http422':
      throw invoiceOverdue()
  }
}

const invoiceOnWire = (gateway: Gateway, invoice: Invoice): Json => {
  const overdue = isOverdue(gateway, invoice) && invoice.forcedStatus === null
  return {
    identifier: invoice.id,
    status: invoiceStatus(gateway, invoice),
    type: 1,
    applicationIdentifier: invoice.projectId,
    amount: Number(invoice.amount),
    currency: invoice.currency,
    orderIdentifier: invoice.orderId,
    items: invoice.items,
    description: invoice.description,
    resultUrl: invoice.resultUrl,
    failUrl: invoice.failPath,
    language: invoice.language,
    payer: { ...invoice.payer, extraFields: phpMap(gateway, invoice.payer.extraFields) },
    paymentMethod: invoice.paymentMethod === null ? null : methodOnWire(invoice.paymentMethod),
    isSeen: invoice.isSeen,
    customization: phpMap(gateway, {}),
    createdAt: seconds(invoice.createdAt),
    updatedAt: secondsOrNull(invoice.updatedAt),
    transactionIdentifier: invoice.transactionId,
    metadata: phpMap(gateway, invoice.metadata),
    isTopUp: false,
    productUrl: invoice.productUrl,
    ...(overdue ? overdueFields(gateway) : { isOverdue: false }),
  }
}

export const CREATE_INVOICE = 'POST /v1/invoices/create'

export const addInvoiceRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/invoices/create',
    logged(gateway, CREATE_INVOICE, async (c, { note, executed }) => {
      const body = await readJson(c)
      const { order, metadata } = body
      note({
        key: callerKey(c, record(metadata)),
        amount: amountText(body) || undefined,
        currency: text(record(order).currency) || undefined,
      })
      const invoice = createInvoice(gateway, body)
      note({ id: invoice.id })
      executed()
      const inBody = gateway.behaviour.createBodyId === 'uuid'
      return createdAnswer(c, gateway, 'invoice', { id: invoice.id, inBody })
    }),
  )

  app.get('/v1/invoices/:id', (c) => {
    const invoice = findInvoice(gateway, c.req.param('id'))
    return c.json({ data: invoiceOnWire(gateway, invoice), status: 1 })
  })
}
