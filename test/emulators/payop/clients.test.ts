import { createHash } from 'node:crypto'
import type { PayopCredentials } from '../../../src/emulators/index.js'
import { at, send } from '../http.js'
import { useFixture } from './fixture.js'

/**
 * What clients that others wrote send to Payop, in our words and with made-up values. npm has no official client of Payop; these
 * are its plugins for shops (PHP), its demo shop and clients of merchants. The emulator has to take what works in production.
 */
const fixture = useFixture()

type Fields = Readonly<Record<string, unknown>>

const ORDER = { id: '1001', currency: 'EUR', description: 'Payment order #1001' }
const PAYER = { email: 'ann@example.com', name: 'Ann Buyer' }
const URLS = { resultUrl: 'https://shop.example/?order=1001', failPath: 'https://shop.example/fail?order=1001' }

/** As PHP clients sign: the values of the order in the order of their names, then the secret key. */
const signed = ({ secretKey }: PayopCredentials, amount: string, { id, currency } = ORDER): string =>
  createHash('sha256').update(`${amount}:${currency}:${id}:${secretKey}`).digest('hex')

const invoice = (credentials: PayopCredentials, amount: string, order: Fields, rest: Fields): Fields => ({
  publicKey: credentials.publicKey,
  order: { ...ORDER, amount, ...order },
  payer: PAYER,
  ...URLS,
  signature: signed(credentials, amount),
  ...rest,
})

const INVOICES: readonly (readonly [string, (credentials: PayopCredentials) => Fields])[] = [
  [
    'WooCommerce 3.1: four decimals, no items, an empty phone, the address of the shop',
    (keys) =>
      invoice(
        keys,
        '2.0000',
        { items: [] },
        { payer: { ...PAYER, phone: '' }, productUrl: 'https://shop.example', language: 'en' },
      ),
  ],
  [
    'WooCommerce 3.2: a payment method as digits in text',
    (keys) => invoice(keys, '2.0000', { items: [] }, { language: 'en', paymentMethod: '381', metadata: [] }),
  ],
  [
    'PrestaShop 2.3 and 2.4: two decimals and the lines of the order',
    (keys) =>
      invoice(keys, '2.00', { items: [{ id: '7', name: 'A book', price: '2.00', quantity: 1 }] }, { language: 'pt' }),
  ],
  [
    'OpenCart 4: four decimals, the price of a line as a number',
    (keys) => invoice(keys, '2.0000', { items: [{ id: 7, name: 'A book', price: 2 }] }, { language: 'en' }),
  ],
  [
    'the demo shop: three decimals, the number of the order as a number, items as an object, extraFields as a copy of the payer',
    (keys) =>
      invoice(
        keys,
        '2.000',
        { id: 1001, items: { name: 'A book', price: 2, currency: 'EUR' } },
        { payer: { ...PAYER, extraFields: PAYER }, language: 'en', paymentMethod: '381' },
      ),
  ],
  [
    'X-Cart and omnipay: the secret key beside the signature',
    (keys) => invoice(keys, '2.0000', { items: [] }, { secretKey: keys.secretKey, testMode: true, language: 'en' }),
  ],
  [
    'a Python client: the further fields of the payer as a list of objects',
    (keys) =>
      invoice(
        keys,
        '2.00',
        { items: [] },
        {
          payer: { ...PAYER, extraFields: [{ date_of_birth: '01.01.1990' }, { nationalid: '00000000000' }] },
          language: 'de',
        },
      ),
  ],
  [
    'a live shop: the date of birth as DD.MM.YYYY and the kind of bank transfer',
    (keys) =>
      invoice(
        keys,
        '2.00',
        { items: [] },
        {
          payer: { ...PAYER, extraFields: { date_of_birth: '01.01.1990', bank_type: 'SEPA_INSTANT' } },
          language: 'fr',
          paymentMethod: 37000000,
        },
      ),
  ],
]

describe('POST /v1/invoices/create takes what is sent by', () => {
  it.each(INVOICES)('%s', async (_, body) => {
    const { emulator, client } = fixture()
    const answer = await client.post('/v1/invoices/create', body(emulator.credentials), { token: null })
    expect(answer).toMatchObject({ status: 200, synthetic: false })
    const id = answer.headers.get('identifier')
    expect(answer.body).toEqual({ data: id, status: 1 })
    expect((await client.get(`/v1/invoices/${id}`, { token: null })).body).toMatchObject({
      data: { identifier: id, status: 0, amount: 2, currency: 'EUR', orderIdentifier: '1001' },
    })
    for (const path of [`/en/payment/invoice-preprocessing/${id}`, `/en/payment/${id}`])
      expect((await send(`${emulator.checkoutUrl}${path}`)).status).toBe(200)
  })
})

describe('the demo shop', () => {
  const create = async () => {
    const { emulator, client } = fixture()
    const body = invoice(emulator.credentials, '2.000', { items: {} }, { paymentMethod: '30000018', language: 'en' })
    return String(at((await client.post('/v1/invoices/create', body, { token: null })).body, 'data'))
  }

  it('sends its token in a header of that name, and null for no card', async () => {
    const { emulator, client } = fixture()
    const invoiceIdentifier = await create()
    const checkout = { invoiceIdentifier, customer: PAYER, cardToken: null, checkStatusUrl: URLS.resultUrl }
    const { status, body } = await client.post('/v1/checkout/create', checkout, { token: null })
    expect(status).toBe(200)
    const headers = { token: emulator.credentials.token }
    const read = await client.get(`/v1/transactions/${at(body, 'data', 'txid')}`, { token: null, headers })
    expect(read).toMatchObject({ status: 200, body: { data: { state: 4, orderId: '1001' } } })
  })

  it('asks for the status by the transaction', async () => {
    const { client, emulator } = fixture()
    const id = await create()
    emulator.act(id, 'pay')
    const path = `/v1/checkout/check-transaction-status/${emulator.invoice(id).transactionId}`
    expect((await client.get(path, { token: null })).body).toMatchObject({ data: { status: 'success' } })
  })
})

/** The codes of a test suite that runs against the staging system of Payop's sister platform. */
describe('the staging suite', () => {
  it('is answered 200 for invoices and checkouts, also with an empty name, and 201 for the rest', async () => {
    const { emulator, client, createInvoice, createPaid } = fixture()
    const made = await client.post(
      '/v1/invoices/create',
      invoice(emulator.credentials, '2.00', { items: [] }, { language: 'en' }),
    )
    const invoiceIdentifier = await createInvoice()
    const card = { pan: '4111111111111111', expirationDate: '12/30', cvv: '123', holderName: 'ANN BUYER' }
    const token = await client.post('/v1/payment-tools/card-token/create', { invoiceIdentifier, ...card })
    const checkout = await client.post('/v1/checkout/create', {
      invoiceIdentifier,
      customer: { email: 'ann@example.com', name: '' },
      paymentMethod: 381,
      cardToken: at(token.body, 'data', 'token'),
      checkStatusUrl: URLS.resultUrl,
    })
    const { txid } = await createPaid()
    const refund = await client.post('/v1/refunds/create', { transactionIdentifier: txid, refundType: 1 })
    const statuses = [made, checkout, token, refund].map(({ status }) => status)
    expect(statuses).toEqual([200, 200, 201, 201])
  })

  it('still has to name the payer', async () => {
    const { client, createInvoice } = fixture()
    for (const name of [undefined, null]) {
      const customer = { email: 'ann@example.com', name }
      const body = {
        invoiceIdentifier: await createInvoice(),
        customer,
        paymentMethod: 30000018,
        checkStatusUrl: 'https://s.example',
      }
      expect(await client.post('/v1/checkout/create', body)).toMatchObject({
        status: 422,
        body: { message: { 'customer[name]': ['This value should not be blank.'] } },
      })
    }
  })
})

describe('the catalogue of methods', () => {
  it('asks for the date of birth as documents and shops write it, and refuses another form', async () => {
    const { emulator, client, createInvoice } = fixture()
    const { body } = await client.get(
      `/v1/instrument-settings/payment-methods/available-for-application/${emulator.credentials.projectId}`,
    )
    const fields = Object(at(body, 'data'))
      .flatMap((method: unknown) => at(method, 'config', 'fields'))
      .filter((field: unknown) => at(field, 'regexp') !== undefined)
    const regexpOf = (name: string) =>
      new RegExp(
        String(
          at(
            fields.find((field: unknown) => at(field, 'name') === name),
            'regexp',
          ),
        ),
      )
    expect(regexpOf('date_of_birth').test('01.01.1990')).toBe(true)
    expect(regexpOf('date_of_birth').test('1990-01-01')).toBe(false)
    expect(regexpOf('bank_type').test('SEPA_INSTANT')).toBe(true)

    const direct = async (date_of_birth: string) =>
      client.post('/v1/checkout/create', {
        invoiceIdentifier: await createInvoice(),
        customer: { ...PAYER, extraFields: { date_of_birth } },
        paymentMethod: 203822,
        checkStatusUrl: URLS.resultUrl,
      })
    expect((await direct('01.01.1990')).status).toBe(200)
    expect(await direct('1990-01-01')).toMatchObject({
      status: 422,
      synthetic: true,
      body: { message: { 'customer[extraFields][date_of_birth]': ['This value is not valid.'] } },
    })
  })
})
