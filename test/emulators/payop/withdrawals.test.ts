import sodium from 'libsodium-wrappers'
import { at } from '../http.js'
import { NOON, useFixture } from './fixture.js'

// Payop, payop-api-doc, Withdrawal: the documented construction is crypto_box_seal; these boxes were made elsewhere.
const BOX_A = 'C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLQMUZhe+EQBNRIT7V4DWQ1MGA='
const BOX_B =
  'C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLLcA0w/QrQRDjy23VWxLhmMEa5Q3q/oCqdIOYTrcBFGDZXBaoL30GFgLgXo7S2PoUybcmFzWq13TJkazpoAe8mpIYNN318dk0MwG8TUhuaUx+VbMQKgbKuhiAdbaonjtbxA2+tlx6Kjb2LCTKXAiOLuEE41Buc5CMhRnUTQYCBd2uDh1yCp5pl9wcYC7SGtn/hkAne8h1x4XZa5n6VZdDt1aAbMnQVQt9doKn0RQI2U0OhlxosE1AxcYpypzTaPPX7UR+/nxq7InHILlY642pjgsZQqy5C/w=='

const PAYDO = {
  method: 15,
  type: 2,
  amount: 100,
  currency: 'EUR',
  additionalData: { direction: 'Affiliate payout 42', referenceId: 'payee@example.com', recipientAccountType: 1 },
  metadata: { paymux: 'po-42' },
}
const BANK = {
  method: 20,
  type: 2,
  amount: 100,
  currency: 'EUR',
  additionalData: {
    beneficiary: { account: 'DE89370400440532013000', name: 'Pat Payee' },
    email: 'payee@example.com',
  },
}
const UNDECRYPTABLE = {
  status: 400,
  body: { message: "Unable decrypt message. Please check if it's properly encrypted" },
}

const fixture = useFixture()
beforeAll(() => sodium.ready)

const seal = (plaintext: string, certificate = fixture().emulator.credentials.certificate): string =>
  sodium.to_base64(
    sodium.crypto_box_seal(plaintext, sodium.from_base64(certificate, sodium.base64_variants.ORIGINAL)),
    sodium.base64_variants.ORIGINAL,
  )
const send = (data: unknown, headers: Record<string, string> = {}) =>
  fixture().client.post('/v1/withdrawals/create-mass', { data }, { headers })
const pay = (items: unknown, headers?: Record<string, string>) => send(seal(JSON.stringify(items)), headers)
const list = async (query = '') =>
  at((await fixture().client.get(`/v1/withdrawals/user-withdrawals${query}`)).body, 'data')
const only = (id: unknown) => `?query%5Bidentifier%5D=${id}`
const wrongItem = (problem: string, index = 0) => ({
  status: 422,
  body: { message: { data: [`Incorrect withdrawal data on element with index ${index}: ${problem}`] }, status: 0 },
})

describe('the sealed box', () => {
  it('is opened (BOX-03): what is in it is paid', async () => {
    const { emulator } = fixture()
    const { status, body } = await send(BOX_B)
    expect(status).toBe(201)
    expect(emulator.withdrawals()).toMatchObject([
      { method: 15, type: 1, amount: 12.5, currency: 'EUR', metadata: { payoutId: 'po_42' } },
    ])
    expect(body).toEqual({ data: [{ id: emulator.withdrawals()[0]?.id, metadata: { payoutId: 'po_42' } }], status: 1 })
  })

  it('may hold an empty list (the box of BOX-01)', async () => {
    expect((await send(BOX_A)).body).toEqual({ data: [], status: 1 })
  })

  it('is refused with one bit flipped (BOX-04)', async () => {
    const bytes = Buffer.from(BOX_B, 'base64')
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100)
    expect(await send(bytes.toString('base64'))).toMatchObject(UNDECRYPTABLE)
  })

  it('is refused when it was sealed for another key (BOX-05)', async () => {
    const { publicKey } = sodium.crypto_box_keypair()
    const other = sodium.to_base64(publicKey, sodium.base64_variants.ORIGINAL)
    expect(await send(seal(JSON.stringify([PAYDO]), other))).toMatchObject(UNDECRYPTABLE)
  })

  it.each([
    ['37 bytes (BOX-08)', Buffer.alloc(37, 7).toString('base64')],
    ['no base64', '§§§'],
  ])('is refused when it is %s', async (_, box) => {
    expect(await send(box)).toMatchObject(UNDECRYPTABLE)
  })

  it.each([
    ['an object (BOX-09)', '{"method":15}'],
    ['no JSON', 'pay me'],
  ])('is refused when it holds %s', async (_, plaintext) => {
    expect(await send(seal(plaintext))).toMatchObject({
      status: 422,
      body: { message: 'Decoded batch withdrawal request should be a collection of withdrawal objects', status: 0 },
    })
  })

  it('has to be there', async () => {
    expect(await send('')).toMatchObject({
      status: 422,
      body: { message: { data: ['This value should not be blank.'] } },
    })
  })
})

describe('an item of the batch', () => {
  it.each([
    ["param 'method' must be integer", { ...PAYDO, method: '15' }],
    ["param 'method' must be integer", { ...PAYDO, method: 15.5 }],
    ["param 'type' should be 1 or 2", { ...PAYDO, type: 3 }],
    ["param 'amount' must be a positive number", { ...PAYDO, amount: '100' }],
    ["param 'currency' should not be empty", { ...PAYDO, currency: '' }],
    ["param 'additionalData' should not be empty", { ...PAYDO, additionalData: [] }],
  ])('is refused with: %s', async (problem, item) => {
    expect(await pay([item])).toMatchObject(wrongItem(problem))
  })

  it('takes its fee type as a digit in text', async () => {
    expect((await pay([{ ...PAYDO, type: '1' }])).status).toBe(201)
  })

  it.each([
    ['direction', { direction: '' }, 'should not be empty'],
    ['direction', { direction: 'Payout #42' }, 'should contain only letters, digits and spaces'],
    ['referenceId', { referenceId: '' }, 'should not be empty'],
    ['recipientAccountType', { recipientAccountType: undefined }, 'should not be empty'],
    ['recipientAccountType', { recipientAccountType: 3 }, 'should be 1 or 2'],
    ['recipientAccountType', { referenceId: 'account-7' }, 'is allowed with an email only'],
  ])('to PayDo is refused for its %s', async (field, more, problem) => {
    const item = { ...PAYDO, additionalData: { ...PAYDO.additionalData, ...more } }
    expect(await pay([item])).toMatchObject(wrongItem(`param 'additionalData[${field}]' ${problem}`))
  })

  it.each([
    ['an account id', { direction: 'Payout 42', referenceId: 'account-7' }],
    ['an e-mail in its older place', { direction: 'Payout 42', email: 'payee@example.com', recipientAccountType: 2 }],
  ])('to PayDo takes %s', async (_, additionalData) => {
    expect((await pay([{ ...PAYDO, additionalData }])).status).toBe(201)
  })

  it.each([
    ['email', { email: '' }],
    ['beneficiary][account', { beneficiary: { name: 'Pat Payee' } }],
    ['beneficiary][name', { beneficiary: { account: 'DE89370400440532013000' } }],
  ])('to a bank is refused without %s', async (field, more) => {
    const item = { ...BANK, additionalData: { ...BANK.additionalData, ...more } }
    expect(await pay([item])).toMatchObject(wrongItem(`param 'additionalData[${field}]' should not be empty`))
  })

  it('to a bank needs an IBAN that exists, or a local account with its bank', async () => {
    const { emulator } = fixture()
    const to = (account: string, more = {}) =>
      pay([
        { ...BANK, additionalData: { ...BANK.additionalData, beneficiary: { account, name: 'Pat Payee' }, ...more } },
      ])
    expect(await to('DE89370400440532013001')).toMatchObject({
      status: 404,
      body: { message: 'Bank details for iban DE89370400440532013001 not found' },
    })
    expect(await to('12345678')).toMatchObject({
      status: 404,
      body: { message: 'Bank details for account number 12345678 not found' },
    })
    expect((await to('12345678', { beneficiaryBank: { name: 'Example Bank' } })).status).toBe(201)
    expect((await to('DE89 3704 0044 0532 0130 00')).status).toBe(201)
    expect(JSON.stringify(emulator.executions())).not.toMatch(/12345678|DE89/)
  })

  it('has to use a method that is left', async () => {
    expect(await pay([{ ...PAYDO, method: 2 }])).toMatchObject({
      status: 422,
      synthetic: false,
      body: {
        status: 0,
        message:
          'Unfortunately, the selected method 2 is not supported for the payouts. Please get in touch with our support or select another method.',
      },
    })
    expect(await pay([{ ...PAYDO, method: 99 }])).toMatchObject({
      status: 422,
      body: { message: 'Method must be enabled to use it' },
    })
  })

  it('has to use a currency of its method', async () => {
    const { body } = await pay([{ ...PAYDO, currency: 'GBP' }])
    expect(body).toEqual({
      status: 0,
      message:
        "The selected currency GBP is not supported by method 15. To find out which currencies are available for this method, go to the 'Withdrawals' section in the merchant's cabinet.",
    })
  })

  it.each([
    [140_000, 'The specified amount 140000 exceeds the permissible limit - 100000.00 Euro'],
    [5, 'The specified amount 5 is less than the permissible minimum for the selected currency - 10.00 Euro'],
  ])('has limits: %d', async (amount, message) => {
    expect(await pay([{ ...PAYDO, amount }])).toMatchObject({ status: 422, body: { message, status: 0 } })
  })

  it('needs funds for what leaves the wallet', async () => {
    const { emulator } = fixture()
    emulator.setBalance('EUR', 111.1)
    expect(await pay([{ ...PAYDO, type: 1 }])).toMatchObject({
      status: 422,
      body: {
        message: 'The total amount of funds on the balances is insufficient to process the payment - 111.11 EUR',
        status: 0,
      },
    })
    emulator.setBalance('EUR', 111.11)
    expect((await pay([{ ...PAYDO, type: 1 }])).status).toBe(201)
    expect(emulator.balances().EUR).toBe('0.00')
  })

  it('may be refused under 401, as one page prints it', async () => {
    fixture().emulator.behaviour.withdrawalErrorStatus = 401
    expect((await pay([{ ...PAYDO, amount: 5 }])).status).toBe(401)
  })
})

describe('a batch', () => {
  const wrong = { ...PAYDO, method: '15', metadata: { paymux: 'po-wrong' } }

  it('is paid in order, under one group', async () => {
    const { emulator } = fixture()
    const { body } = await pay([PAYDO, { ...PAYDO, metadata: [] }])
    expect(at(body, 'data')).toMatchObject([{ metadata: { paymux: 'po-42' } }, { metadata: [] }])
    const [first, second] = emulator.withdrawals()
    expect(first?.groupId).toBe(second?.groupId)
    expect(first?.groupId).not.toBeNull()
  })

  it('is paid whole or not at all', async () => {
    const { emulator } = fixture()
    expect(await pay([PAYDO, wrong])).toMatchObject(wrongItem("param 'method' must be integer", 1))
    emulator.setBalance('EUR', 150)
    expect((await pay([PAYDO, PAYDO])).status).toBe(422)
    expect(emulator.withdrawals()).toEqual([])
    expect(emulator.balances().EUR).toBe('150.00')
  })

  it('is paid up to the first wrong item if the behaviour says so', async () => {
    const { emulator } = fixture()
    emulator.behaviour.batchAtomic = false
    const key = { 'idempotency-key': '6f1c7c1e-0000-4000-8000-000000000003' }
    expect((await pay([PAYDO, wrong, PAYDO], key)).status).toBe(422)
    expect(emulator.withdrawals()).toHaveLength(1)
    expect((await pay([PAYDO], key)).status).toBe(409)
    expect(emulator.executions()).toMatchObject([
      { executed: true, key: 'po-42' },
      { executed: false, key: 'po-wrong' },
      { executed: false, refusal: 'Not unique idempotency key' },
    ])
  })
})

describe('the idempotency key', () => {
  const key = { 'idempotency-key': '6f1c7c1e-0000-4000-8000-000000000001' }
  const used = { status: 409, body: { message: 'Not unique idempotency key' } }

  it('is taken once: the second request gets 409, no replay and no effect', async () => {
    const { emulator } = fixture()
    await pay([PAYDO], key)
    const funds = emulator.balances().EUR
    expect(await pay([PAYDO], key)).toMatchObject(used)
    expect(await pay([BANK], key)).toMatchObject(used)
    expect(emulator.withdrawals()).toHaveLength(1)
    expect(emulator.balances().EUR).toBe(funds)
    expect(emulator.executions()).toMatchObject([
      { operation: 'payout', executed: true, key: 'po-42', amount: '100', currency: 'EUR' },
      { operation: 'payout', executed: false, key: key['idempotency-key'], refusal: 'Not unique idempotency key' },
      { executed: false },
    ])
  })

  it('lets one of two requests through that come at the same time', async () => {
    const { emulator } = fixture()
    const statuses = await Promise.all([pay([PAYDO], key), pay([PAYDO], key), pay([PAYDO], key)])
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(emulator.withdrawals()).toHaveLength(1)
  })

  it('survives a request that failed, or is used up by it if the behaviour says so', async () => {
    const { emulator } = fixture()
    expect((await send('nonsense', key)).status).toBe(400)
    expect((await pay([{ ...PAYDO, amount: 1 }], key)).status).toBe(422)
    expect((await pay([PAYDO], key)).status).toBe(201)
    emulator.behaviour.consumeKeyOnFailure = true
    const other = { 'idempotency-key': '6f1c7c1e-0000-4000-8000-000000000002' }
    expect((await send('nonsense', other)).status).toBe(400)
    expect(await pay([PAYDO], other)).toMatchObject(used)
  })

  it('is not needed, and without it everything is paid again', async () => {
    const { emulator } = fixture()
    await pay([PAYDO])
    await pay([PAYDO])
    expect(emulator.withdrawals()).toHaveLength(2)
  })

  it('is in the log if the metadata has no key of ours', async () => {
    await pay([{ ...PAYDO, metadata: {} }], key)
    expect(fixture().emulator.executions()).toMatchObject([{ key: key['idempotency-key'] }])
  })
})

describe('GET /v1/withdrawals/user-withdrawals', () => {
  it('is always a list, the newest first, and echoes the recipient', async () => {
    const { emulator } = fixture()
    await pay([{ ...PAYDO, type: 1, metadata: {} }])
    await pay([PAYDO])
    const [first, second] = emulator.withdrawals()
    expect(await list()).toMatchObject([{ identifier: second?.id }, { identifier: first?.id }])
    expect(await list(only(first?.id))).toEqual([
      {
        identifier: first?.id,
        groupIdentifier: null,
        userIdentifier: '20477',
        type: 1,
        currency: 'EUR',
        amount: 100,
        payAmount: 111.11,
        transactionIdentifier: first?.transactionId,
        status: 1,
        method: 15,
        createdAt: NOON / 1000,
        updatedAt: null,
        comment: null,
        additionalData: PAYDO.additionalData,
        metadata: [],
      },
    ])
    expect(await list(only('none'))).toEqual([])
    emulator.behaviour.listFilter = 'ignored'
    expect(await list(only(first?.id))).toHaveLength(2)
  })
})

describe('the decision of a withdrawal', () => {
  it('is to accept it, a few seconds later on the clock', async () => {
    const { emulator } = fixture()
    await pay([PAYDO])
    await emulator.clock.advance(3_000)
    expect(await list()).toMatchObject([{ status: 2, updatedAt: NOON / 1000 + 3 }])
  })

  it('waits for admin if the behaviour says so; a rejected one gives the money back and may yet be accepted', async () => {
    const { emulator } = fixture()
    emulator.behaviour.decideAfterMs = null
    emulator.setBalance('EUR', 100)
    await pay([PAYDO])
    const id = emulator.withdrawals()[0]?.id ?? ''
    expect(emulator.balances().EUR).toBe('0.00')
    emulator.decideWithdrawal(id, 4)
    emulator.decideWithdrawal(id, 3, 'Unknown account')
    expect(await list()).toMatchObject([{ status: 3, comment: 'Unknown account' }])
    expect(emulator.balances().EUR).toBe('100.00')
    emulator.decideWithdrawal(id, 2)
    expect(emulator.balances().EUR).toBe('0.00')
  })
})

describe('the timer of a withdrawal', () => {
  it('does not come over a decision that admin made', async () => {
    const { emulator } = fixture()
    await pay([PAYDO])
    const id = emulator.withdrawals()[0]?.id ?? ''
    emulator.decideWithdrawal(id, 3)
    await emulator.clock.advance(10_000)
    expect(emulator.withdrawal(id).status).toBe(3)
  })
})

describe('GET .../available-withdrawal-for-user', () => {
  it('lists the two methods that are left', async () => {
    const path = '/v1/instrument-settings/payment-methods/available-withdrawal-for-user'
    expect((await fixture().client.get(path)).body).toEqual({
      data: [
        { type: 15, name: 'PayDo', currencies: ['EUR', 'USD'] },
        { type: 20, name: 'Bank transfer', currencies: ['EUR', 'GBP'] },
      ],
      status: 1,
    })
  })
})
