import type { Context, Hono } from 'hono'
import { authenticate } from './auth.js'
import { transactionNotFound } from './errors.js'
import { phpMap, queryList, seconds, secondsOrNull } from './http.js'
import { type Gateway, invoiceOf, type Json, shown, type Transaction } from './state.js'

const WALLET = '1607'
export const USER_ID = 20477
const CHECKOUT = 7
const IBAN_ATTRIBUTE = 2

const payerInformation = ({ customer }: Transaction) =>
  [
    { type: 1, value: customer.email },
    { type: 2, value: customer.phone },
    { type: 3, value: customer.name },
    { type: 8, value: customer.ip },
  ].filter(({ value }) => value !== '')

const cardMetadata = ({ card, customer }: Transaction): Json =>
  card === null ? {} : { cardMetadata: { ...card, country: 'DE', holderName: customer.name.toUpperCase() } }

/** A transaction as v2 shows it; refunds show their source in the same way. */
export const transactionOnWire = (gateway: Gateway, transaction: Transaction): Json => {
  const invoice = invoiceOf(gateway, transaction)
  return {
    identifier: transaction.id,
    walletIdentifier: WALLET,
    type: CHECKOUT,
    amount: transaction.amount,
    currency: transaction.currency,
    ...shown(gateway, transaction),
    errorCode: '',
    ...cardMetadata(transaction),
    commission: phpMap(gateway, {}),
    exchange: phpMap(gateway, {}),
    createdAt: seconds(transaction.createdAt),
    updatedAt: secondsOrNull(transaction.updatedAt),
    orderId: invoice.orderId,
    description: invoice.description,
    productAmount: transaction.productAmount,
    productCurrency: invoice.currency,
    pageDetails: phpMap(gateway, {}),
    language: invoice.language,
    paymentMethodIdentifier: transaction.paymentMethod,
    payerInformation: payerInformation(transaction),
    geoInformation: {
      ip: transaction.customer.ip,
      city: {},
      region: {},
      country: { iso: 'DE' },
      continent: { code: 'EU' },
    },
    resultUrl: invoice.resultUrl,
    failUrl: invoice.failPath,
    pid: transaction.id.slice(0, 8),
    strategy: 3,
    chosenAmount: transaction.chosenAmount,
    chosenCurrency: transaction.chosenCurrency,
    application: { identifier: invoice.projectId, name: 'Example shop', info: '' },
  }
}

const filterElement = (gateway: Gateway, transaction: Transaction): Json => ({
  identifier: transaction.id,
  userIdentifier: USER_ID,
  pid: transaction.id.slice(0, 8),
  type: CHECKOUT,
  ...shown(gateway, transaction),
  orderIdentifier: invoiceOf(gateway, transaction).orderId,
  amount: String(transaction.amount),
  currency: transaction.currency,
  paymentMethod: Number(transaction.paymentMethod),
  totalCommission: String(transaction.fee),
  totalCommissionCurrency: transaction.currency,
  createdAt: seconds(transaction.createdAt),
  updatedAt: secondsOrNull(transaction.updatedAt),
  schedules: [{ from: 6, to: 2, time: seconds(transaction.createdAt) }],
  canResendIpn: true,
  hasChargeback: transaction.hasChargeback,
  mcc: null,
  payAmount: String(transaction.chosenAmount),
  payCurrency: transaction.chosenCurrency,
  attributes: transaction.iban === null ? [] : [{ type: IBAN_ATTRIBUTE, value: transaction.iban }],
  refundsExternal: [],
  credit: null,
})

/** The transactions of `query[identifiers]`, the earliest first. Unknown ids are ignored. */
const requested = (c: Context, { transactions }: Gateway): readonly Transaction[] => {
  const ids = queryList(c, 'identifiers') ?? []
  return [...transactions.values()].filter(({ id }) => ids.includes(id))
}

export const addTransactionRoutes = (app: Hono, gateway: Gateway): void => {
  const read = (c: Context): Transaction => {
    authenticate(c, gateway, 'transactions')
    const transaction = gateway.transactions.get(c.req.param('txid') ?? '')
    if (transaction === undefined) throw transactionNotFound(gateway.behaviour)
    return transaction
  }

  app.get('/v1/transactions/filter', (c) => {
    authenticate(c, gateway, 'transactions')
    return c.json({ data: requested(c, gateway).map((transaction) => filterElement(gateway, transaction)), status: 1 })
  })

  app.get('/v1/transactions/ibans', (c) => {
    authenticate(c, gateway, 'transactions')
    const ibans = Object.fromEntries(requested(c, gateway).map(({ id, iban }) => [id, iban]))
    return c.json({ data: phpMap(gateway, ibans), status: 1 })
  })

  app.get('/v2/transactions/:txid', (c) => c.json({ data: transactionOnWire(gateway, read(c)) }))

  app.get('/v1/transactions/:txid', (c) => {
    const transaction = read(c)
    const { chosenAmount: payAmount, chosenCurrency: payCurrency } = transaction
    return c.json({ data: { ...transactionOnWire(gateway, transaction), payAmount, payCurrency }, status: 1 })
  })
}
