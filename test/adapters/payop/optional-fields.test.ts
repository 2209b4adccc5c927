import sodium from 'libsodium-wrappers'
import { payopCards } from '../../../src/adapters/payop/cards.js'
import {
  createStatelessProvider,
  type PaymentField,
  type PaymentProvider,
  type PaymentRequest,
  type PayoutField,
  type PayoutRequest,
  type RefundField,
  Secret,
} from '../../../src/core/index.js'
import { noConnect } from '../../../src/transport/index.js'
import { right, succeed } from '../../either.js'
import {
  answers,
  aProvider,
  CERTIFICATE,
  complete,
  INVOICE,
  invoice,
  REFUND,
  reference,
  TRANSACTION,
  transaction,
  WITHDRAWAL,
} from './support.js'

/** Where a field goes, in the bodies of the requests by resource. */
type Places = Readonly<Record<string, unknown>>

/** One optional field of a request: how it is used, and what is sent for it. No places: it is not passed on. */
interface Field<Request> {
  readonly used: (request: Request) => Request
  readonly sent: Places | undefined
}

const inPayer =
  (payer: PaymentRequest['payer']) =>
  (request: PaymentRequest): PaymentRequest => ({ ...request, payer: { ...request.payer, ...payer } })
const inMethod =
  (method: Partial<PaymentRequest['method']>) =>
  (request: PaymentRequest): PaymentRequest => ({
    ...request,
    method: { flow: 'hosted', ...request.method, ...method },
  })
const inUrls =
  (urls: PaymentRequest['urls']) =>
  (request: PaymentRequest): PaymentRequest => ({ ...request, urls: { ...request.urls, ...urls } })

const both = (value: unknown, invoicePath: string, customerPath = invoicePath) => ({
  hosted: { [`invoice.${invoicePath}`]: value },
  direct: { [`invoice.${invoicePath}`]: value, [`checkout.${customerPath}`]: value },
})
const onInvoice = (value: unknown, path: string) => {
  const sent = { [`invoice.${path}`]: value }
  return { hosted: sent, direct: sent }
}

type PaymentRow = {
  readonly used: (request: PaymentRequest) => PaymentRequest
  readonly sent: Readonly<Record<'hosted' | 'direct', Places | undefined>>
}

// Complete by its type: a field that is added to the request and not here fails to compile.
const paymentFields: Readonly<Record<PaymentField, PaymentRow>> = {
  description: {
    used: (request) => ({ ...request, description: 'One book' }),
    sent: onInvoice('One book', 'order.description'),
  },
  metadata: { used: (request) => ({ ...request, metadata: { shelf: '7' } }), sent: onInvoice('7', 'metadata.shelf') },
  'payer.name': { used: inPayer({ name: 'Ann Buyer' }), sent: both('Ann Buyer', 'payer.name', 'customer.name') },
  'payer.email': {
    used: inPayer({ email: 'ann@example.com' }),
    sent: both('ann@example.com', 'payer.email', 'customer.email'),
  },
  'payer.phone': { used: inPayer({ phone: '+4915112345678' }), sent: onInvoice('+4915112345678', 'payer.phone') },
  'payer.locale': { used: inPayer({ locale: 'pt-BR' }), sent: onInvoice('pt', 'language') },
  'payer.ip': {
    used: inPayer({ ip: '203.0.113.9' }),
    sent: { hosted: undefined, direct: { 'checkout.customer.ip': '203.0.113.9' } },
  },
  'payer.extra': {
    used: inPayer({ extra: { nationalid: '7' } }),
    sent: both('7', 'payer.extraFields.nationalid', 'customer.extraFields.nationalid'),
  },
  'method.code': {
    used: inMethod({ code: '381' }),
    sent: {
      hosted: { 'invoice.paymentMethod': '381' },
      direct: { 'invoice.paymentMethod': '381', 'checkout.paymentMethod': 381 },
    },
  },
  'method.fields': {
    used: inMethod({ fields: { payCurrency: 'USD' } }),
    sent: { hosted: undefined, direct: { 'checkout.payCurrency': 'USD' } },
  },
  'urls.success': {
    used: inUrls({ success: 'https://shop.example/yes' }),
    sent: onInvoice('https://shop.example/yes', 'resultUrl'),
  },
  'urls.failure': {
    used: inUrls({ failure: 'https://shop.example/no' }),
    sent: onInvoice('https://shop.example/no', 'failPath'),
  },
  'urls.notification': {
    used: inUrls({ notification: 'https://shop.example/ipn' }),
    sent: { hosted: undefined, direct: undefined },
  },
}

const bare: PaymentRequest = {
  idempotencyKey: 'order-1001',
  amount: { value: '2.00', currency: 'EUR' },
  merchantReference: 'ORD-1001',
  payer: { email: 'buyer@example.com' },
  urls: { success: 'https://shop.example/ok' },
}
const bareDirect: PaymentRequest = {
  ...bare,
  payer: { email: 'buyer@example.com', name: 'Bea Buyer' },
  method: { flow: 'direct', code: '203822' },
}

const card = {
  pan: new Secret('4111111111111111'),
  expirationDate: new Secret('12/31'),
  cvv: new Secret('987'),
  holderName: new Secret('ANN BUYER'),
}
const byCard = createStatelessProvider(
  right(payopCards(complete, { transport: { connect: noConnect, retries: 0 } }))(card),
)

const bodyOf = ([request]: readonly { readonly body: string }[]): unknown =>
  request === undefined ? undefined : JSON.parse(request.body)

/** Pays, and gives the bodies by resource and what was not passed on. */
const pay = async (provider: PaymentProvider, request: PaymentRequest) => {
  const made = answers('POST', '/v1/invoices/create', { data: INVOICE, status: 1 })
  if (provider === byCard)
    answers('POST', '/v1/payment-tools/card-token/create', { data: { token: 'a/b+c' }, status: 1 })
  const paid =
    request.method?.flow === 'direct'
      ? answers('POST', '/v1/checkout/create', { data: { isSuccess: true, txid: TRANSACTION }, status: 1 })
      : []
  const { notPassedOn } = await succeed(provider.createPayment(request))
  return { sent: { invoice: bodyOf(made), checkout: bodyOf(paid) }, notPassedOn }
}

const expectPlaces = (sent: unknown, places: Places) => {
  for (const [path, value] of Object.entries(places)) expect(sent).toHaveProperty(path, value)
}

const rows = Object.entries(paymentFields)
const everything = (from: PaymentRequest) => rows.reduce((request, [, { used }]) => used(request), from)

describe.each([
  ['hosted', 'hosted', () => aProvider(), bare],
  ['direct', 'direct', () => aProvider(), bareDirect],
  ['direct, by card', 'direct', () => byCard, bareDirect],
] as const)('a payment (%s)', (_name, flow, provider, from) => {
  it('needs nothing more than its flow requires', async () => {
    expect((await pay(provider(), from)).notPassedOn).toEqual([])
  })

  it.each(rows)('with %s alone', async (path, { used, sent: places }) => {
    const { sent, notPassedOn } = await pay(provider(), used(from))
    expect(notPassedOn).toEqual(places[flow] === undefined ? [path] : [])
    expectPlaces(sent, places[flow] ?? {})
  })

  it('with every optional field', async () => {
    const { sent, notPassedOn } = await pay(provider(), everything(from))
    expect(notPassedOn).toEqual(rows.flatMap(([path, { sent: places }]) => (places[flow] === undefined ? [path] : [])))
    for (const [, { sent: places }] of rows) expectPlaces(sent, places[flow] ?? {})
  })

  it.each([
    ['cs-CZ', 'en', ['payer.locale']],
    ['ja', 'en', ['payer.locale']],
    ['DE-at', 'de', []],
  ])('in the language %s speaks %s', async (locale, language, notPassedOn) => {
    const result = await pay(provider(), inPayer({ locale })(from))
    expect(result.notPassedOn).toEqual(notPassedOn)
    expectPlaces(result.sent, { 'invoice.language': language })
  })

  it('keeps the one name of its metadata that is reserved', async () => {
    const { sent, notPassedOn } = await pay(provider(), { ...from, metadata: { paymux: 'mine', shelf: '7' } })
    expect(notPassedOn).toEqual(['metadata.paymux'])
    expect(sent).not.toHaveProperty('invoice.metadata.paymux', 'mine')
    expectPlaces(sent, { 'invoice.metadata.shelf': '7' })
  })
})

describe('a direct payment', () => {
  it('with fields that Payop does not know passes on those that it does', async () => {
    const fields = { payCurrency: 'USD', upi_id: 'ann@bank', toString: 'x' }
    const { sent, notPassedOn } = await pay(aProvider(), inMethod({ fields })(bareDirect))
    expect(notPassedOn).toEqual(['method.fields'])
    expectPlaces(sent, { 'checkout.payCurrency': 'USD' })
    expect(JSON.stringify(sent)).not.toContain('ann@bank')
  })
})

const refundFields: Readonly<Record<RefundField, Places>> = { metadata: { 'metadata.shelf': '7' } }

describe('a refund', () => {
  const refund = async (metadata: Readonly<Record<string, string>>) => {
    answers('GET', `/v1/invoices/${INVOICE}`, invoice())
    answers('GET', `/v2/transactions/${TRANSACTION}`, transaction())
    const sent = answers('POST', '/v1/refunds/create', { data: REFUND, status: 1 })
    const { notPassedOn } = await succeed(aProvider().refund({ idempotencyKey: 'r', payment: reference, metadata }))
    return { sent: bodyOf(sent), notPassedOn }
  }

  it.each(Object.entries(refundFields))('with %s', async (_path, places) => {
    const { sent, notPassedOn } = await refund({ shelf: '7' })
    expect(notPassedOn).toEqual([])
    expectPlaces(sent, places)
  })

  it('keeps the one name of its metadata that is reserved', async () => {
    const { sent, notPassedOn } = await refund({ paymux: 'mine' })
    expect(notPassedOn).toEqual(['metadata.paymux'])
    expect(sent).not.toHaveProperty('metadata.paymux', 'mine')
  })
})

type PayoutRow = Field<PayoutRequest>
const metadata: PayoutRow = {
  used: (request) => ({ ...request, metadata: { batch: '7' } }),
  sent: { '0.metadata.batch': '7' },
}
const description = (sent: Places | undefined): PayoutRow => ({
  used: (request) => ({ ...request, description: 'Affiliate payout 42' }),
  sent,
})

const payoutFields: ReadonlyArray<
  readonly [string, PayoutRequest['beneficiary'], Readonly<Record<PayoutField, PayoutRow>>]
> = [
  [
    'to a PayDo account',
    { type: 'paydo_account', account: '100200300' },
    { metadata, description: description({ '0.additionalData.direction': 'Affiliate payout 42' }) },
  ],
  [
    'to a bank account',
    { type: 'iban', iban: 'DE89370400440532013000', name: 'Bea Payee', email: 'bea@example.org' },
    { metadata, description: description(undefined) },
  ],
]

describe.each(payoutFields)('a payout %s', (_where, beneficiary, fields) => {
  const from: PayoutRequest = {
    idempotencyKey: 'payout-1',
    amount: { value: '12.50', currency: 'EUR' },
    merchantReference: 'po_42',
    beneficiary,
  }
  const opened = (sealed: string): unknown => {
    const privateKey = Buffer.from('545c51dbbb6826a334519d1dbe5b4ae27764ce9f5cdf90996e39553e3bdfb6e9', 'hex')
    const box = Buffer.from(sealed, 'base64')
    const text = sodium.crypto_box_seal_open(box, Buffer.from(CERTIFICATE, 'base64'), privateKey)
    return JSON.parse(Buffer.from(text).toString('utf8'))
  }
  const payOut = async (request: PayoutRequest) => {
    const sent = answers('POST', '/v1/withdrawals/create-mass', { data: [{ id: WITHDRAWAL }], status: 1 })
    const { notPassedOn } = await succeed(aProvider().payout(request))
    return { sent: opened(JSON.parse(sent[0]?.body ?? '').data), notPassedOn }
  }
  const each = Object.entries(fields)

  beforeAll(() => sodium.ready)

  it.each(each)('with %s alone', async (path, { used, sent: places }) => {
    const { sent, notPassedOn } = await payOut(used(from))
    expect(notPassedOn).toEqual(places === undefined ? [path] : [])
    expectPlaces(sent, places ?? {})
  })

  it('with every optional field', async () => {
    const { sent, notPassedOn } = await payOut(each.reduce((request, [, { used }]) => used(request), from))
    expect(notPassedOn).toEqual(each.flatMap(([path, { sent: places }]) => (places === undefined ? [path] : [])))
    for (const [, { sent: places }] of each) expectPlaces(sent, places ?? {})
  })

  it('keeps the one name of its metadata that is reserved', async () => {
    const { sent, notPassedOn } = await payOut({ ...from, metadata: { paymux: 'mine' } })
    expect(notPassedOn).toEqual(['metadata.paymux'])
    expect(sent).not.toHaveProperty('0.metadata.paymux', 'mine')
  })
})
