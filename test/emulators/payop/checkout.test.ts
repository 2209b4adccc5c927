import { at } from '../http.js'
import { checkoutBody, HOUR, useFixture } from './fixture.js'

const fixture = useFixture()
const create = (body: unknown) => fixture().client.post('/v1/checkout/create', body, { token: null })
const status = async (invoiceId: string) =>
  at((await fixture().client.get(`/v1/checkout/check-invoice-status/${invoiceId}`, { token: null })).body, 'data')

const cardToken = async (invoiceIdentifier: string) => {
  const card = { pan: '4111111111111111', expirationDate: '12/29', cvv: '123', holderName: 'ANN BUYER' }
  const body = { invoiceIdentifier, ...card }
  return at((await fixture().client.post('/v1/payment-tools/card-token/create', body)).body, 'data', 'token')
}

describe('POST /v1/checkout/create', () => {
  it('makes the one transaction of the invoice', async () => {
    const { emulator, createInvoice } = fixture()
    const invoiceId = await createInvoice()
    const { status: code, body } = await create(checkoutBody(invoiceId))
    const txid = String(at(body, 'data', 'txid'))
    expect(code).toBe(200)
    expect(body).toEqual({ data: { isSuccess: true, message: '', txid }, status: 1 })
    expect(emulator.transaction(txid)).toMatchObject({ state: 4, invoiceId, paymentMethod: '30000018' })
    expect(emulator.invoice(invoiceId)).toMatchObject({ status: 4, transactionId: txid })
  })

  it('sends an identifier header that is not the transaction', async () => {
    const { createInvoice } = fixture()
    const { headers, body } = await create(checkoutBody(await createInvoice()))
    expect(headers.get('identifier')).not.toBe(at(body, 'data', 'txid'))
  })

  it.each([
    ['checkStatusUrl', { checkStatusUrl: '' }],
    ['customer[email]', { customer: { name: 'Ann Buyer' } }],
    ['customer[name]', { customer: { email: 'buyer@example.com' } }],
    ['paymentMethod', { paymentMethod: undefined }],
    ['cardToken', { paymentMethod: 381, cardToken: null }],
  ])('refuses a blank %s', async (field, more) => {
    const answer = await create(checkoutBody(await fixture().createInvoice(), more))
    expect(answer).toMatchObject({
      status: 422,
      body: { message: { [field]: ['This value should not be blank.'] } },
    })
    expect(fixture().emulator.transactions()).toEqual([])
  })

  it('uses the method of the invoice where none is sent, and none that is switched off', async () => {
    const { emulator, createInvoice } = fixture()
    const preset = await createInvoice({ paymentMethod: '203822' })
    const born = { email: 'buyer@example.com', name: 'Ann Buyer', extraFields: { date_of_birth: '02.01.1990' } }
    const { body } = await create(checkoutBody(preset, { paymentMethod: undefined, customer: born }))
    expect(emulator.transaction(String(at(body, 'data', 'txid'))).paymentMethod).toBe('203822')
    const refused = await create(checkoutBody(await createInvoice(), { paymentMethod: 1 }))
    expect(refused).toMatchObject({ status: 422, body: { message: 'Method must be enabled to use it' } })
  })

  it('needs the fields of the method, from the invoice or from the call', async () => {
    const { createInvoice } = fixture()
    const customer = { email: 'buyer@example.com', name: 'Ann Buyer' }
    const extraFields = { date_of_birth: '02.01.1990' }
    const direct = (invoiceId: string, more = {}) =>
      create(checkoutBody(invoiceId, { paymentMethod: 203822, customer: { ...customer, ...more } }))
    expect(Object.keys(at((await direct(await createInvoice())).body, 'message') ?? {})).toEqual([
      'customer[extraFields][date_of_birth]',
    ])
    expect((await direct(await createInvoice(), { extraFields })).status).toBe(200)
    expect((await direct(await createInvoice(), extraFields)).status).toBe(200)
    expect((await direct(await createInvoice({ payer: { ...customer, extraFields } }))).status).toBe(200)
  })

  it('is not possible if the payer has to choose a bank', async () => {
    const answer = await create(checkoutBody(await fixture().createInvoice(), { paymentMethod: 37000000 }))
    expect(answer.status).toBe(422)
    expect(answer.headers.get('x-emulator-synthetic')).toBe('1')
  })

  it('does not find an unknown invoice', async () => {
    const answer = await create(checkoutBody('no-such-id'))
    expect(answer).toMatchObject({ status: 422, body: { message: 'Invoice (no-such-id) not found' } })
  })

  it('refuses an invoice that has a transaction, whatever became of it', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId } = await createCheckout()
    emulator.act(invoiceId, 'decline')
    const answer = await create(checkoutBody(invoiceId))
    expect(answer).toMatchObject({ status: 422, body: { message: 'Invoice already has transaction' } })
    expect(answer.headers.get('x-emulator-synthetic')).toBe('1')
    expect(emulator.transactions()).toHaveLength(1)
  })

  it('refuses an overdue invoice', async () => {
    const { emulator, createInvoice } = fixture()
    const invoiceId = await createInvoice()
    await emulator.clock.advance(24 * HOUR)
    const answer = await create(checkoutBody(invoiceId))
    expect(answer).toMatchObject({ status: 422, body: { message: 'Invoice is overdue' } })
  })

  it('may answer 200 and yet say no', async () => {
    const { emulator, createInvoice } = fixture()
    const invoiceId = await createInvoice()
    emulator.behaviour.checkoutCreate = 'declined'
    const { status: code, body } = await create(checkoutBody(invoiceId))
    expect(code).toBe(200)
    expect(at(body, 'data')).toMatchObject({ isSuccess: false, txid: '' })
    expect(emulator.invoice(invoiceId)).toMatchObject({ status: 0, transactionId: null })
    expect(emulator.executions()).toMatchObject([{ executed: true }, { executed: false }])
  })

  it('takes a card token of this invoice, until it expires', async () => {
    const { emulator, createInvoice } = fixture()
    const [one, other, late] = [await createInvoice(), await createInvoice(), await createInvoice()]
    const token = await cardToken(one)
    const lateToken = await cardToken(late)
    const card = (invoiceId: string, cardTokenSent: unknown) =>
      create(checkoutBody(invoiceId, { paymentMethod: 381, cardToken: cardTokenSent }))
    expect((await card(other, token)).status).toBe(422)
    const { body } = await card(one, token)
    expect(emulator.transaction(String(at(body, 'data', 'txid'))).card).toEqual({
      bin: '411111',
      lastDigits: '1111',
      paymentSystem: 'visa',
    })
    await emulator.clock.advance(15 * 60_000)
    expect((await card(late, lateToken)).status).toBe(422)
  })

  it('takes the payer from the call, and the caller as the payer if there is no IP', async () => {
    const { emulator, createInvoice } = fixture()
    const customer = { email: 'buyer@example.com', name: 'Ann Buyer' }
    const { body } = await create(checkoutBody(await createInvoice(), { customer }))
    expect(emulator.transaction(String(at(body, 'data', 'txid'))).customer.ip).toBe('127.0.0.1')
  })

  it('times the transaction out when the payer does nothing, on the clock', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    await emulator.clock.advance(HOUR - 1)
    expect(emulator.transaction(txid).state).toBe(4)
    await emulator.clock.advance(1)
    expect(emulator.transaction(txid).state).toBe(15)
    expect(emulator.invoice(invoiceId).status).toBe(2)
  })

  it('never times out if the behaviour says so', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.transactionTimeoutMs = null
    const { txid } = await createCheckout()
    await emulator.clock.advance(48 * HOUR)
    expect(emulator.transaction(txid).state).toBe(4)
  })
})

describe('GET /v1/checkout/check-invoice-status/:id', () => {
  it('is pending without a form before there is a transaction', async () => {
    const id = await fixture().createInvoice()
    expect(await status(id)).toEqual({ isSuccess: true, status: 'pending', form: [], url: '' })
  })

  it('sends the payer to the bank with a GET form', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    const url = `${emulator.checkoutUrl}/bank/authorize/${txid}?attempt=1`
    expect(await status(invoiceId)).toEqual({
      isSuccess: true,
      status: 'pending',
      form: { method: 'GET', url, fields: [] },
      url,
    })
  })

  it('sends the payer to the card issuer with a POST form, and with a url beside it or not', async () => {
    const { emulator, client, createInvoice } = fixture()
    const invoiceId = await createInvoice()
    const token = await cardToken(invoiceId)
    const body = checkoutBody(invoiceId, { paymentMethod: 381, cardToken: token })
    const txid = at((await client.post('/v1/checkout/create', body)).body, 'data', 'txid')
    const url = `${emulator.checkoutUrl}/acs/3ds`
    const step = {
      isSuccess: true,
      status: 'pending',
      form: {
        method: 'POST',
        url,
        fields: {
          PaReq: Buffer.from(`3ds:${txid}:1`).toString('base64'),
          MD: txid,
          TermUrl: `${emulator.checkoutUrl}/en/payment/3ds-return/${txid}`,
        },
      },
    }
    expect(await status(invoiceId)).toEqual({ ...step, url })
    emulator.behaviour.postFormUrl = 'off'
    expect(await status(invoiceId)).toEqual(step)
  })

  it('leads to the shop by a whole form after a success, if the behaviour says so', async () => {
    const { emulator, createPaid } = fixture()
    const { invoiceId } = await createPaid()
    const { url } = Object(await status(invoiceId))
    expect(await status(invoiceId)).toMatchObject({ form: { url } })
    emulator.behaviour.successForm = 'whole'
    expect(await status(invoiceId)).toMatchObject({ form: { method: 'GET', url, fields: [] }, url })
  })

  it('may need asking again before there is a form', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.pollsBeforeForm = 2
    const { invoiceId } = await createCheckout()
    const forms = [await status(invoiceId), await status(invoiceId), await status(invoiceId)].map((data) =>
      Array.isArray(at(data, 'form')),
    )
    expect(forms).toEqual([true, true, false])
  })

  it.each(['pay', 'pre_approve'] as const)('sends the payer to the shop after %s', async (outcome) => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, outcome)
    const url = `https://shop.example/ok?i=${invoiceId}&t=${txid}`
    expect(await status(invoiceId)).toEqual({ isSuccess: true, status: 'success', message: '', form: { url }, url })
  })

  it.each(['decline', 'reject', 'timeout'] as const)('says fail, with isSuccess true, after %s', async (outcome) => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, outcome)
    expect(await status(invoiceId)).toEqual({
      isSuccess: true,
      status: 'fail',
      message: '',
      form: [],
      url: `https://shop.example/ko?i=${invoiceId}&t=${txid}`,
      invoiceIdentifier: { value: invoiceId, null: false },
    })
  })

  it('distinguishes an overdue invoice from a payable one', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    await emulator.clock.advance(24 * HOUR)
    expect(await status(id)).toMatchObject({ status: 'fail', url: `https://shop.example/ko?i=${id}&t=` })
  })

  it('leaves a template without a transaction as it is if the behaviour says so', async () => {
    const { emulator, createInvoice } = fixture()
    emulator.behaviour.templateTxidMissing = 'literal'
    const id = await createInvoice()
    await emulator.clock.advance(24 * HOUR)
    expect(at(await status(id), 'url')).toBe(`https://shop.example/ko?i=${id}&t={{txid}}`)
  })

  it('wants the JWT if the behaviour says so', async () => {
    const { emulator, client, createInvoice } = fixture()
    emulator.behaviour.checkStatusAuth = 'jwt'
    const path = `/v1/checkout/check-invoice-status/${await createInvoice()}`
    expect((await client.get(path, { token: null })).status).toBe(401)
    expect((await client.get(path)).status).toBe(200)
  })

  it('has an old twin by transaction', async () => {
    const { client, createPaid } = fixture()
    const { invoiceId, txid } = await createPaid()
    const { body } = await client.get(`/v1/checkout/check-transaction-status/${txid}`, { token: null })
    expect(at(body, 'data')).toEqual(await status(invoiceId))
    expect((await client.get('/v1/checkout/check-transaction-status/none')).body).toEqual({
      message: 'Transaction not found',
    })
  })
})

describe('payment routing', () => {
  it('tries a second acquirer under the same transaction, without a notification', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.paymentRouting = 'on'
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'decline')
    expect(emulator.transaction(txid)).toMatchObject({ state: 4, attempts: 2 })
    expect(emulator.invoice(invoiceId)).toMatchObject({ status: 4, transactionId: txid })
    expect(at(await status(invoiceId), 'url')).toMatch(/attempt=2$/)
    emulator.act(invoiceId, 'pay')
    expect(emulator.transaction(txid)).toMatchObject({ state: 2 })
  })

  it('ends with the second decline', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.paymentRouting = 'on'
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'decline')
    emulator.act(invoiceId, 'decline')
    expect(emulator.transaction(txid)).toMatchObject({ state: 5, error: 'Declined by the issuer.' })
  })
})

describe('POST /v1/checkout/void', () => {
  const voidIt = (invoiceIdentifier: string) => fixture().client.post('/v1/checkout/void', { invoiceIdentifier })

  it.each([3, 5, 15] as const)('ends a pending transaction in state %i', async (state) => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.voidState = state
    const { invoiceId, txid } = await createCheckout()
    const { body } = await voidIt(invoiceId)
    expect(body).toEqual({ data: { isSuccess: true, message: '', txid }, status: 1 })
    expect(emulator.transaction(txid).state).toBe(state)
  })

  it('is refused where there is no transaction, and where it is decided', async () => {
    const { emulator, createInvoice, createPaid } = fixture()
    expect(await voidIt(await createInvoice())).toMatchObject({ status: 422 })
    const { invoiceId, txid } = await createPaid()
    expect(await voidIt(invoiceId)).toMatchObject({ status: 422 })
    expect(emulator.transaction(txid).state).toBe(2)
  })

  it('goes into the log with the key of the invoice', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    await voidIt(invoiceId)
    await voidIt(invoiceId)
    expect(emulator.executions().slice(2)).toMatchObject([
      { operation: 'void', executed: true, id: txid, key: 'key-1' },
      { operation: 'void', executed: false, id: txid, refusal: 'Only a pending transaction can be voided' },
    ])
  })
})

describe('POST /v1/checkout/capture', () => {
  const capture = (invoiceIdentifier: string) => fixture().client.post('/v1/checkout/capture', { invoiceIdentifier })

  it('is gone', async () => {
    const { createCheckout } = fixture()
    const { invoiceId } = await createCheckout({}, { authOnly: true })
    expect((await capture(invoiceId)).status).toBe(404)
  })

  it('captures what was authorised, if the behaviour brings it back', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.capture = 'on'
    const { invoiceId, txid } = await createCheckout({}, { authOnly: true })
    expect((await capture(invoiceId)).status).toBe(422)
    emulator.act(invoiceId, 'pay')
    expect(emulator.transaction(txid)).toMatchObject({ state: 4, authorized: true })
    expect((await capture(invoiceId)).status).toBe(200)
    expect(emulator.transaction(txid)).toMatchObject({ state: 2, authorized: false })
    expect(emulator.executions().filter(({ operation }) => operation === 'capture')).toMatchObject([
      { executed: false },
      { executed: true, id: txid },
    ])
  })

  it('happens by itself after 72 hours', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.behaviour.capture = 'on'
    const { invoiceId, txid } = await createCheckout({}, { authOnly: true })
    emulator.act(invoiceId, 'pay')
    await emulator.clock.advance(72 * HOUR - 1)
    expect(emulator.transaction(txid).state).toBe(4)
    await emulator.clock.advance(1)
    expect(emulator.transaction(txid).state).toBe(2)
  })
})
