import { at } from '../http.js'
import { NOON, useFixture } from './fixture.js'

const fixture = useFixture()
const read = async (txid: string, version = 'v2') =>
  (await fixture().client.get(`/${version}/transactions/${txid}`)).body
const list = async (name: string, ids: string) =>
  at((await fixture().client.get(`/v1/transactions/${name}?query%5Bidentifiers%5D=${ids}`)).body, 'data')

describe('GET /v2/transactions/:txid', () => {
  it('shows the whole transaction without a root status', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    expect(await read(txid)).toEqual({
      data: {
        identifier: txid,
        walletIdentifier: '1607',
        type: 7,
        amount: 2,
        currency: 'EUR',
        state: 2,
        error: '',
        errorCode: '',
        commission: [],
        exchange: [],
        createdAt: NOON / 1000,
        updatedAt: NOON / 1000,
        orderId: 'ORD-1001',
        description: 'Two books',
        productAmount: 2,
        productCurrency: 'EUR',
        pageDetails: [],
        language: 'en',
        paymentMethodIdentifier: '30000018',
        payerInformation: [
          { type: 1, value: 'buyer@example.com' },
          { type: 3, value: 'Ann Buyer' },
          { type: 8, value: '203.0.113.9' },
        ],
        geoInformation: {
          ip: '203.0.113.9',
          city: {},
          region: {},
          country: { iso: 'DE' },
          continent: { code: 'EU' },
        },
        resultUrl: 'https://shop.example/ok?i={{invoiceId}}&t={{txid}}',
        failUrl: 'https://shop.example/ko?i={{invoiceId}}&t={{txid}}',
        pid: txid.slice(0, 8),
        strategy: 3,
        chosenAmount: 2,
        chosenCurrency: 'EUR',
        application: { identifier: emulator.credentials.projectId, name: 'Example shop', info: '' },
      },
    })
  })

  it.each([
    ['none', 100, 100, '0'],
    ['merchant', 97, 100, '3'],
    ['payer', 100, 103, '3'],
  ] as const)('with fees borne by %s has amount %d and charges %d', async (feeMode, amount, chosenAmount, fee) => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.feeMode = feeMode
    const { invoiceId, txid } = await createPaid({ order: { amount: '100.00' } })
    expect(at(await read(txid), 'data')).toMatchObject({ amount, productAmount: 100, chosenAmount })
    expect(await list('filter', txid)).toMatchObject([{ totalCommission: fee, amount: String(amount) }])
    const invoice = await fixture().client.get(`/v1/invoices/${invoiceId}`)
    expect(at(invoice.body, 'data', 'amount')).toBe(100)
  })

  it('charges another currency unrounded', async () => {
    const { createCheckout } = fixture()
    const { txid } = await createCheckout({}, { payCurrency: 'USD' })
    expect(at(await read(txid), 'data')).toMatchObject({ currency: 'EUR', amount: 2, chosenCurrency: 'USD' })
    expect(at(await read(txid), 'data', 'chosenAmount')).toBeCloseTo(2.1674, 10)
  })

  it('shows a timeout as 15 without a word', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'timeout')
    expect(at(await read(txid), 'data')).toMatchObject({ state: 15, error: '' })
  })

  it('says why a payment failed', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'reject')
    expect(at(await read(txid), 'data')).toMatchObject({
      state: 5,
      error: 'Payop. Transaction rejected by security reason.',
    })
  })

  it('does not find an unknown id, with the code that the behaviour says', async () => {
    const { client, emulator } = fixture()
    const message = { message: 'Transaction not found' }
    expect(await client.get('/v2/transactions/none')).toMatchObject({ status: 422, body: message })
    emulator.behaviour.notFoundStatus = 404
    expect(await client.get('/v2/transactions/none')).toMatchObject({ status: 404, body: message })
  })

  it('had what was paid, and a root status, in version 1', async () => {
    const { txid } = await fixture().createPaid()
    expect(await read(txid, 'v1')).toMatchObject({ data: { payAmount: 2, payCurrency: 'EUR' }, status: 1 })
  })
})

describe('GET /v1/transactions/filter', () => {
  it('shows amounts as text and the payment method as a number', async () => {
    const { txid } = await fixture().createPaid({ order: { amount: '12.50' } })
    expect(await list('filter', txid)).toEqual([
      {
        identifier: txid,
        userIdentifier: 20477,
        pid: txid.slice(0, 8),
        type: 7,
        state: 2,
        error: '',
        orderIdentifier: 'ORD-1001',
        amount: '12.5',
        currency: 'EUR',
        paymentMethod: 30000018,
        totalCommission: '0',
        totalCommissionCurrency: 'EUR',
        createdAt: NOON / 1000,
        updatedAt: NOON / 1000,
        schedules: [{ from: 6, to: 2, time: NOON / 1000 }],
        canResendIpn: true,
        hasChargeback: false,
        mcc: null,
        payAmount: '12.5',
        payCurrency: 'EUR',
        attributes: [{ type: 2, value: 'GB33BUKB20201555555555' }],
        refundsExternal: [],
        credit: null,
      },
    ])
  })

  it('leaves out what it does not know, and keeps an order of its own', async () => {
    const { createPaid } = fixture()
    const [first, second] = [await createPaid(), await createPaid()]
    const found = await list('filter', `${second.txid},no-such-id,${first.txid}`)
    expect(found).toMatchObject([{ identifier: first.txid }, { identifier: second.txid }])
    expect(await list('filter', 'no-such-id')).toEqual([])
  })

  it('is the only place that shows a chargeback', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    emulator.setChargeback(txid, true)
    expect(await list('filter', txid)).toMatchObject([{ hasChargeback: true, state: 2 }])
    expect(JSON.stringify(await read(txid))).not.toContain('hargeback')
  })
})

describe('GET /v1/transactions/ibans', () => {
  it('maps transactions to the IBAN of the payer, or null', async () => {
    const { client, createInvoice, createPaid } = fixture()
    const { txid } = await createPaid()
    const invoiceIdentifier = await createInvoice()
    const card = { pan: '4242424242424242', expirationDate: '12/29', cvv: '123', holderName: 'ANN BUYER' }
    const token = await client.post('/v1/payment-tools/card-token/create', { invoiceIdentifier, ...card })
    const paidByCard = await client.post('/v1/checkout/create', {
      invoiceIdentifier,
      customer: { email: 'buyer@example.com', name: 'Ann Buyer' },
      checkStatusUrl: 'https://shop.example/wait',
      paymentMethod: 381,
      cardToken: at(token.body, 'data', 'token'),
    })
    const cardTxid = String(at(paidByCard.body, 'data', 'txid'))
    expect(await list('ibans', `${txid},${cardTxid}`)).toEqual({ [txid]: 'GB33BUKB20201555555555', [cardTxid]: null })
    expect(at(await read(cardTxid), 'data', 'cardMetadata')).toEqual({
      bin: '424242',
      lastDigits: '4242',
      paymentSystem: 'visa',
      country: 'DE',
      holderName: 'ANN BUYER',
    })
  })

  it('is an empty list when there is nothing', async () => {
    expect(await list('ibans', 'no-such-id')).toEqual([])
  })
})
