import { createHmac } from 'node:crypto'
import { invoiceSignature } from '../../../src/emulators/payop/invoices.js'
import { at } from '../http.js'
import { HOUR, invoiceBody, NOON, useFixture } from './fixture.js'

const fixture = useFixture()
const create = (body: unknown, headers?: Record<string, string>) =>
  fixture().client.post('/v1/invoices/create', body, { token: null, ...(headers ? { headers } : {}) })

describe('the signature of an invoice', () => {
  it.each([
    [
      'SIG-01',
      '1.2000',
      'USD',
      'Test-Order-354',
      'supersecretkey',
      '3445000c1f55f447b853fe068529c23fc4188e36aa4984e37836538d95f8e015',
    ],
    [
      'SIG-02',
      '1.2000',
      'USD',
      'Test-Order-354',
      'secretkey1',
      'fc8175a961be3680b2cef8f25f8e4128b229cd7cae43742f1c5548184247b8cc',
    ],
    [
      'SIG-03',
      '0.4500',
      'EUR',
      'FK-288-SDC',
      'fantastic_supersecretkey',
      '15c4c6ee83285dd82e1d7d29984a718cc527f218b8a0bb7e9b951b08ea1f30cd',
    ],
    [
      'SIG-04',
      '0.4500',
      'EUR',
      'FK-288-SDC',
      'secretkey2',
      '4134ba8279e1ec87a1e1a5257a91c40e42ae21eda1efd04f6ada11f1b038b844',
    ],
    [
      'SIG-05',
      '99.99',
      'USD',
      'order12345',
      'mySuperSecretKey',
      'f4d67ce97c9f9e64960c45d46f7f4c45c8003f8930b62fe4b6a0f7e0b1591cee',
    ],
    [
      'SIG-06',
      '100.0000',
      'USD',
      'FF01',
      'rekrj1f8bc4wer',
      '7951d2925ac0fd9abc96134c152d615f51f76e07cc612ad06d8d8c626e1ec53c',
    ],
    [
      'SIG-07',
      '2',
      'EUR',
      'ORD-1001',
      'testsecret',
      'b6e7ee4fec66719406652205203ee6f5bc861802e529aed6004bbb9c8b2a084a',
    ],
    [
      'SIG-08',
      '2.0',
      'EUR',
      'ORD-1001',
      'testsecret',
      'f5ef28f8a5208835a2ff6fe59625d0ede4bd27ef2d9d414fa7ca5cd3f444b4d4',
    ],
    [
      'SIG-09',
      '2.00',
      'EUR',
      'ORD-1001',
      'testsecret',
      '4b41589d282358cf87b5c5efa781f430d3c9e14febd8853f3e025f7634b114c9',
    ],
    [
      'SIG-10',
      '2.0000',
      'EUR',
      'ORD-1001',
      'testsecret',
      '21f8a58d59cc14c5cd902ba60f863a9069c30984fd1ca938dd13533178bfe253',
    ],
    [
      'SIG-11',
      '2.00',
      'eur',
      'ORD-1001',
      'testsecret',
      '31e8f4254232e4e3da63aed49395fb49efd65991544e665fb21d8ea05dc606d6',
    ],
    ['SIG-12', '3', 'EUR', '12345', 'testsecret', 'ced69ca051a53c9fc40c3cfe3f651e97e80beecf96f46a723c609a113d612404'],
    [
      'SIG-13',
      '3.00',
      'USD',
      '12345',
      'testsecret',
      '01ec938c7f34d39ab58f326845dac29d2297d4deb997df3f3e49518af32d3929',
    ],
    ['SIG-14', '1500', 'JPY', 'JP-7', 'testsecret', '7ec7116a1dd2e612aee612047fe82ee154582fc27cd23cf86d6b3fbe853b8f69'],
    [
      'SIG-15',
      '12.345',
      'KWD',
      'KW-9',
      'testsecret',
      'faffbe2549f20f79f38fea05bbf747f8493a6a30c46ac99c87afa7250d129a14',
    ],
    [
      'SIG-16',
      '10.00',
      'EUR',
      'заказ-5',
      'testsecret',
      'c3c9eb0b7cf3bf98951c3f17e181d9cbd4024d73f1b72928b36af96acbcc3e94',
    ],
    [
      'SIG-17',
      '49.95',
      'GBP',
      'INV/2026/0007',
      '0123456789abcdef01234567',
      'd7b67d2e791df5c537245b5728ab578e841f9a22a8cfa19fedb885636fcb2eda',
    ],
    [
      'SIG-18',
      '104.48',
      'EUR',
      'GFS-26-AB12CD34',
      'k',
      'a8c24331a3521fd18979fcdb63a3a60f1891b30293bafe79120f96ebecf39b9b',
    ],
  ])('%s', (_, amount, currency, orderId, secret, expected) => {
    expect(invoiceSignature(amount, currency, orderId, secret)).toBe(expected)
  })

  const wrong = { message: 'Wrong signature' }
  const signed = (amount: string) =>
    invoiceSignature(amount, 'EUR', 'ORD-1001', fixture().emulator.credentials.secretKey)

  it('is refused when it is an HMAC (SIG-19)', async () => {
    const { secretKey } = fixture().emulator.credentials
    const signature = createHmac('sha256', secretKey).update('2.00:EUR:ORD-1001').digest('hex')
    const answer = await create(invoiceBody(fixture().emulator, { signature }))
    expect(answer).toMatchObject({ status: 422, body: wrong })
  })

  it('is refused when it was made over another text of the same amount (SIG-20)', async () => {
    const answer = await create(invoiceBody(fixture().emulator, { signature: signed('2') }))
    expect(answer).toMatchObject({ status: 422, body: wrong })
  })

  it('covers a number as PHP casts it: without zeros at its end (SIG-21)', async () => {
    const body = invoiceBody(fixture().emulator, { order: { amount: 2.0 }, signature: signed('2.00') })
    expect(await create(body)).toMatchObject({ status: 422, body: wrong })
    expect(await create({ ...body, signature: signed('2') })).toMatchObject({ status: 200 })
    const withZeros = (signature: string) =>
      JSON.stringify({ ...body, signature }).replace('"amount":2,', '"amount":2.00,')
    expect(await create(withZeros(signed('2.00')))).toMatchObject({ status: 422, body: wrong })
    expect(await create(withZeros(signed('2')))).toMatchObject({ status: 200 })
  })

  it('is refused in upper case (SIG-22)', async () => {
    const answer = await create(invoiceBody(fixture().emulator, { signature: signed('2.00').toUpperCase() }))
    expect(answer).toMatchObject({ status: 422, body: wrong })
  })

  it('is taken for every spelling of the amount that was signed', async () => {
    for (const amount of ['2', '2.0', '2.00', '2.0000']) {
      const answer = await create(invoiceBody(fixture().emulator, { order: { amount } }))
      expect(answer.status).toBe(200)
    }
  })
})

describe('POST /v1/invoices/create', () => {
  it('puts the id into the header and into the body', async () => {
    const { status, headers, body } = await create(invoiceBody(fixture().emulator))
    const id = headers.get('identifier')
    expect(status).toBe(200)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(body).toEqual({ data: id, status: 1 })
  })

  it('leaves the id out of body and header, and answers 201, if the behaviour says so', async () => {
    const { emulator } = fixture()
    Object.assign(emulator.behaviour, { createBodyId: 'empty', identifierHeader: 'off' })
    emulator.behaviour.successStatus = { ...emulator.behaviour.successStatus, invoice: 201 }
    const { status, headers, body } = await create(invoiceBody(emulator))
    expect(status).toBe(201)
    expect(headers.get('identifier')).toBeNull()
    expect(body).toEqual({ data: '', status: 1 })
    expect(emulator.invoices()).toHaveLength(1)
  })

  it.each([
    ['another content type', 'text/plain', '{}'],
    ['a form', 'application/x-www-form-urlencoded', 'a=b'],
    ['the truncated type of the documentation', 'application/', '{}'],
    ['a body that does not parse', 'application/json', '{"publicKey":'],
    ['an empty body', 'application/json', ''],
  ])('answers 415 to %s', async (_, contentType, text) => {
    expect(await create(text, { 'content-type': contentType })).toMatchObject({
      status: 415,
      body: { message: 'Unsupported media type. Only json allowed' },
    })
  })

  it('takes a content type with a charset', async () => {
    const answer = await create(invoiceBody(fixture().emulator), { 'content-type': 'application/json; charset=utf-8' })
    expect(answer.status).toBe(200)
  })

  it('names the blank fields before it looks at anything else', async () => {
    const { publicKey, ...rest } = invoiceBody(fixture().emulator, { signature: 'wrong' })
    expect(await create(rest)).toMatchObject({
      status: 422,
      body: { message: { publicKey: ['This value should not be blank.'] } },
    })
    expect(publicKey).toMatch(/^application-/)
  })

  it.each([
    ['order[id]', { order: { id: '' } }],
    ['order[items]', { order: { items: null } }],
    ['payer[email]', { payer: { name: 'Ann Buyer' } }],
    ['payer[name]', { payer: { email: 'buyer@example.com', name: ' ' } }],
    ['signature', { signature: '' }],
    ['order[currency]', { order: { currency: 'eur' } }],
    ['order[amount]', { order: { amount: '1,50' } }],
    ['order[amount]', { order: { amount: '0.00' } }],
    ['metadata', { metadata: 'text' }],
    ['metadata', { metadata: { long: 'x'.repeat(800_000) } }],
  ])('refuses a wrong %s', async (field, body) => {
    const answer = await create(invoiceBody(fixture().emulator, body))
    expect(answer.status).toBe(422)
    expect(at(answer.body, 'message', field)).toHaveLength(1)
    expect(fixture().emulator.invoices()).toEqual([])
  })

  it('marks texts that are not documented as synthetic', async () => {
    const guessed = await create(invoiceBody(fixture().emulator, { order: { id: '' } }))
    const documented = await create(invoiceBody(fixture().emulator, { publicKey: '' }))
    expect(guessed.headers.get('x-emulator-synthetic')).toBe('1')
    expect(documented.headers.get('x-emulator-synthetic')).toBeNull()
  })

  it('takes missing items in the seed profile, and an object always', async () => {
    const { emulator } = fixture()
    expect((await create(invoiceBody(emulator, { order: { items: { book: 1 } } }))).status).toBe(200)
    emulator.behaviour.orderItems = 'optional'
    expect((await create(invoiceBody(emulator, { order: { items: null } }))).status).toBe(200)
  })

  it('answers 404 to an unknown project before it checks the signature', async () => {
    const body = invoiceBody(fixture().emulator, { publicKey: 'application-1', signature: 'wrong' })
    expect(await create(body)).toMatchObject({ status: 404, body: { message: 'Application not found' } })
  })

  it('checks the signature before the method', async () => {
    const { emulator } = fixture()
    const bad = invoiceBody(emulator, { paymentMethod: 1, signature: 'wrong' })
    expect(await create(bad)).toMatchObject({ status: 422, body: { message: 'Wrong signature' } })
    const good = invoiceBody(emulator, { paymentMethod: 1 })
    expect(await create(good)).toMatchObject({ status: 422, body: { message: 'Method must be enabled to use it' } })
  })

  it('takes the method as a number and as text, and not when the project has it switched off', async () => {
    const { emulator } = fixture()
    for (const paymentMethod of [381, '381'])
      expect((await create(invoiceBody(emulator, { paymentMethod }))).status).toBe(200)
    emulator.setMethods(emulator.credentials.projectId, ['203822'])
    expect((await create(invoiceBody(emulator, { paymentMethod: 381 }))).status).toBe(422)
  })

  it('sends a root status with errors if the behaviour says so', async () => {
    fixture().emulator.behaviour.rootStatusOnErrors = 0
    expect((await create('{')).body).toEqual({ message: 'Unsupported media type. Only json allowed', status: 0 })
  })

  it('makes another invoice for the same order: it does not de-duplicate', async () => {
    const { emulator } = fixture()
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'same' }
    await create(invoiceBody(emulator), headers)
    await create(invoiceBody(emulator), headers)
    expect(new Set(emulator.invoices().map(({ id }) => id)).size).toBe(2)
  })

  it('writes what it executed and what it refused into the log', async () => {
    const { emulator } = fixture()
    const { headers } = await create(invoiceBody(emulator))
    await create(invoiceBody(emulator, { signature: 'wrong', metadata: [] }), {
      'content-type': 'application/json',
      'idempotency-key': 'from-header',
    })
    const common = {
      at: NOON,
      route: 'POST /v1/invoices/create',
      operation: 'payment',
      amount: '2.00',
      currency: 'EUR',
    }
    expect(emulator.executions()).toEqual([
      { ...common, seq: 1, executed: true, key: 'key-1', id: headers.get('identifier') },
      { ...common, seq: 2, executed: false, key: 'from-header', refusal: 'Wrong signature' },
    ])
  })
})

describe('GET /v1/invoices/:id', () => {
  const read = async (id: string) => {
    const { status, body } = await fixture().client.get(`/v1/invoices/${id}`, { token: null })
    return { status, message: at(body, 'message'), data: at(body, 'data') }
  }

  it('shows the whole invoice without a token', async () => {
    const { emulator, createInvoice, client } = fixture()
    const id = await createInvoice({ paymentMethod: '381', productUrl: 'https://shop.example' })
    expect((await client.get(`/v1/invoices/${id}`, { token: null })).body).toEqual({
      data: {
        identifier: id,
        status: 0,
        type: 1,
        applicationIdentifier: emulator.credentials.projectId,
        amount: 2,
        currency: 'EUR',
        orderIdentifier: 'ORD-1001',
        items: [],
        description: 'Two books',
        resultUrl: 'https://shop.example/ok?i={{invoiceId}}&t={{txid}}',
        failUrl: 'https://shop.example/ko?i={{invoiceId}}&t={{txid}}',
        language: 'en',
        payer: { email: 'buyer@example.com', name: 'Ann Buyer', phone: '', extraFields: [] },
        paymentMethod: {
          identifier: 381,
          formType: 'cards',
          fields: [
            { name: 'email', type: 'email', required: true },
            { name: 'name', type: 'text', required: true },
          ],
        },
        isSeen: false,
        customization: [],
        createdAt: NOON / 1000,
        updatedAt: null,
        transactionIdentifier: null,
        metadata: { paymux: 'key-1', attempt: 'att_7' },
        isOverdue: false,
        isTopUp: false,
        productUrl: 'https://shop.example',
      },
      status: 1,
    })
  })

  it('encodes empty maps as PHP does, or as objects if the behaviour says so', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice({ metadata: {} })
    expect((await read(id)).data).toMatchObject({ metadata: [], customization: [], payer: { extraFields: [] } })
    emulator.behaviour.emptyMaps = 'object'
    expect((await read(id)).data).toMatchObject({ metadata: {}, customization: {}, payer: { extraFields: {} } })
  })

  it('does not find an unknown id, in the words and with the code that the behaviour says', async () => {
    expect(await read('no-such-id')).toMatchObject({ status: 422, message: 'Invoice (no-such-id) not found' })
    fixture().emulator.behaviour.notFoundStatus = 404
    expect(await read('no-such-id')).toMatchObject({ status: 404, message: 'Invoice not found' })
  })

  it.each([
    [1, 0],
    [4, 4],
    [9, 4],
    [2, 1],
    [3, 5],
    [5, 5],
    [15, 2],
  ])('shows transaction state %i as invoice status %i', async (state, status) => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.setTransactionState(txid, state)
    expect((await read(invoiceId)).data).toMatchObject({ status, transactionIdentifier: txid, isOverdue: false })
  })

  it.each([0, 1, 4] as const)('shows a pre-approved payment as %i if the behaviour says so', async (status) => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.behaviour.preApprovedInvoiceStatus = status
    emulator.setTransactionState(txid, 9)
    expect((await read(invoiceId)).data).toMatchObject({ status })
  })

  describe('after 24 hours', () => {
    it('is overdue if it was not paid, not a second earlier', async () => {
      const { emulator, createInvoice } = fixture()
      const id = await createInvoice()
      await emulator.clock.advance(24 * HOUR - 1)
      expect((await read(id)).data).toMatchObject({ status: 0, isOverdue: false })
      await emulator.clock.advance(1)
      const { data } = await read(id)
      expect(data).toMatchObject({ status: 2 })
      expect(data).not.toHaveProperty('isOverdue')
      expect(emulator.invoice(id).status).toBe(2)
    })

    it('shows that by isOverdue or by 422 if the behaviour says so', async () => {
      const { emulator, createInvoice } = fixture()
      const id = await createInvoice()
      await emulator.clock.advance(24 * HOUR)
      emulator.behaviour.overdueGet = 'isOverdue'
      expect((await read(id)).data).toMatchObject({ status: 0, isOverdue: true })
      emulator.behaviour.overdueGet = 'http422'
      expect(await read(id)).toMatchObject({ status: 422, message: 'Invoice is overdue' })
    })

    it('turns a timed-out payment overdue and leaves a paid and a failed one as they are', async () => {
      const { emulator, createCheckout, createPaid } = fixture()
      const timedOut = await createCheckout()
      const failed = await createCheckout()
      const paid = await createPaid()
      emulator.act(timedOut.invoiceId, 'timeout')
      emulator.act(failed.invoiceId, 'decline')
      await emulator.clock.advance(24 * HOUR)
      const statuses = await Promise.all([timedOut, failed, paid].map(({ invoiceId }) => read(invoiceId)))
      expect(statuses.map(({ data }) => at(data, 'status'))).toEqual([2, 5, 1])
    })
  })

  it('shows any status that admin sets', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    emulator.setInvoiceStatus(id, 3)
    expect((await read(id)).data).toMatchObject({ status: 3 })
    emulator.setInvoiceStatus(id, null)
    expect((await read(id)).data).toMatchObject({ status: 0 })
  })
})

describe('the documented paths', () => {
  it('are served on both hosts', async () => {
    const { emulator, createInvoice } = fixture()
    const id = await createInvoice()
    const answer = await fetch(`${emulator.checkoutUrl}/v1/invoices/${id}`)
    expect(answer.status).toBe(200)
  })

  it('answer 405 to another method, and nothing else is served', async () => {
    const { client } = fixture()
    expect(await client.get('/v1/invoices/create')).toMatchObject({ status: 422 })
    expect(await client.get('/v1/checkout/create')).toMatchObject({
      status: 405,
      body: { message: 'Method Not Allowed' },
    })
    expect((await client.post('/v2/invoices/create', {})).status).toBe(404)
  })
})
