import { at } from '../http.js'
import { NOON, useFixture } from './fixture.js'

const fixture = useFixture()
const refund = (body: Record<string, unknown>, headers?: Record<string, string>) =>
  fixture().client.post('/v1/refunds/create', body, headers ? { headers } : {})
const list = async (query = '') => at((await fixture().client.get(`/v1/refunds/user-refunds${query}`)).body, 'data')
const only = (id: string | null) => `?query%5Bidentifier%5D=${id}`

describe('POST /v1/refunds/create', () => {
  it('puts the id into the header only', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    const { status, headers, body } = await refund({ transactionIdentifier: txid, refundType: 1 })
    expect(status).toBe(201)
    expect(body).toEqual({ data: '', status: 1 })
    expect(emulator.refund(headers.get('identifier') ?? '')).toMatchObject({
      transactionId: txid,
      amount: 2,
      status: 1,
    })
  })

  it('may keep the id to itself although the refund exists', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    emulator.behaviour.identifierHeader = 'off'
    const { headers, body } = await refund({ transactionIdentifier: txid, refundType: 1, metadata: { paymux: 'rf-1' } })
    expect([headers.get('identifier'), body]).toEqual([null, { data: '', status: 1 }])
    expect(await list()).toMatchObject([{ metadata: { paymux: 'rf-1' }, sourceTransaction: { identifier: txid } }])
  })

  it('may repeat the id in the body', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    emulator.behaviour.refundBodyId = 'uuid'
    const { headers, body } = await refund({ transactionIdentifier: txid, refundType: 1 })
    expect(at(body, 'data')).toBe(headers.get('identifier'))
  })

  it.each([10, '10', '10.00'])('refunds a part of %j', async (amount) => {
    const { createPaid } = fixture()
    const { txid } = await createPaid({ order: { amount: '25.00' } })
    await refund({ transactionIdentifier: txid, refundType: 2, amount })
    expect(await list()).toMatchObject([{ type: 2, amount: 10, currency: 'EUR' }])
  })

  it('ignores an amount that comes with a full refund', async () => {
    const { createPaid } = fixture()
    const { txid } = await createPaid()
    await refund({ transactionIdentifier: txid, refundType: 1, amount: 1 })
    expect(await list()).toMatchObject([{ type: 1, amount: 2 }])
  })

  it('never refunds more than the transaction: pending and accepted refunds count, rejected ones do not', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid({ order: { amount: '10.00' } })
    const part = (amount: number) => refund({ transactionIdentifier: txid, refundType: 2, amount })
    const first = (await part(4)).headers.get('identifier') ?? ''
    const second = (await part(6)).headers.get('identifier') ?? ''
    const tooMuch = { status: 422, body: { message: 'Refund amount is bigger than transaction amount' } }
    expect(await part(0.01)).toMatchObject(tooMuch)
    emulator.decideRefund(first, 2)
    emulator.decideRefund(second, 3)
    expect(await part(6.01)).toMatchObject(tooMuch)
    expect((await part(6)).status).toBe(201)
    expect(await refund({ transactionIdentifier: txid, refundType: 1 })).toMatchObject(tooMuch)
  })

  it('takes the transaction amount for the ceiling, not the amount of the order', async () => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.feeMode = 'merchant'
    const { txid } = await createPaid({ order: { amount: '100.00' } })
    expect((await refund({ transactionIdentifier: txid, refundType: 2, amount: 98 })).status).toBe(422)
    expect((await refund({ transactionIdentifier: txid, refundType: 2, amount: 97 })).status).toBe(201)
  })

  it('refuses a transaction that it does not know or that is not accepted', async () => {
    const { createCheckout } = fixture()
    expect(await refund({ transactionIdentifier: 'none', refundType: 1 })).toMatchObject({
      status: 422,
      body: { message: 'Transaction not found' },
    })
    const { txid } = await createCheckout()
    const pending = await refund({ transactionIdentifier: txid, refundType: 1 })
    expect(pending.status).toBe(422)
    expect(pending.headers.get('x-emulator-synthetic')).toBe('1')
  })

  it.each([
    ['transactionIdentifier', { refundType: 1 }],
    ['refundType', { transactionIdentifier: 'none' }],
    ['refundType', { transactionIdentifier: 'none', refundType: 3 }],
    ['amount', { transactionIdentifier: 'none', refundType: 2 }],
    ['amount', { transactionIdentifier: 'none', refundType: 2, amount: -1 }],
    ['amount', { transactionIdentifier: 'none', refundType: 2, amount: 'ten' }],
    ['amount', { transactionIdentifier: 'none', refundType: 2, amount: 0.00001 }],
    ['metadata', { transactionIdentifier: 'none', refundType: 1, metadata: 7 }],
  ])('names a wrong %s', async (field, body) => {
    expect(Object.keys(at((await refund(body)).body, 'message') ?? {})).toEqual([field])
  })

  it('does not de-duplicate', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    const body = { transactionIdentifier: txid, refundType: 2, amount: 1, metadata: { paymux: 'rf-1' } }
    await refund(body, { 'idempotency-key': 'same' })
    await refund(body, { 'idempotency-key': 'same' })
    await refund(body, { 'idempotency-key': 'same' })
    expect(emulator.refunds()).toHaveLength(2)
    expect(emulator.executions().filter(({ operation }) => operation === 'refund')).toMatchObject([
      { executed: true, key: 'rf-1', amount: '1', currency: 'EUR', id: emulator.refunds()[0]?.id },
      { executed: true, key: 'rf-1', id: emulator.refunds()[1]?.id },
      { executed: false, key: 'rf-1', refusal: 'Refund amount is bigger than transaction amount' },
    ])
  })
})

describe('GET /v1/refunds/user-refunds', () => {
  it('is always a list, the newest first', async () => {
    const { createPaid, emulator } = fixture()
    const { txid } = await createPaid()
    const first = (await refund({ transactionIdentifier: txid, refundType: 2, amount: 0.5 })).headers.get('identifier')
    const second = (await refund({ transactionIdentifier: txid, refundType: 2, amount: 1 })).headers.get('identifier')
    expect(await list()).toMatchObject([{ identifier: second }, { identifier: first }])
    expect(await list(only(first))).toEqual([
      {
        identifier: first,
        status: 1,
        type: 2,
        userIdentifier: 20477,
        amount: 0.5,
        currency: 'EUR',
        createdAt: NOON / 1000,
        updatedAt: null,
        sourceTransaction: expect.objectContaining({ identifier: txid, paymentMethodIdentifier: '30000018' }),
        error: null,
        metadata: [],
      },
    ])
    expect(await list(only('none'))).toEqual([])
    emulator.behaviour.listFilter = 'ignored'
    expect(await list(only(first))).toMatchObject([{ identifier: second }, { identifier: first }])
  })
})

describe('the decision of a refund', () => {
  const pendingRefund = async () => {
    const { txid } = await fixture().createPaid({ order: { amount: '10.00' } })
    return (await refund({ transactionIdentifier: txid, refundType: 1 })).headers.get('identifier') ?? ''
  }

  it('is to accept it, a few seconds later on the clock', async () => {
    const { emulator } = fixture()
    const id = await pendingRefund()
    await emulator.clock.advance(2_999)
    expect(emulator.refund(id).status).toBe(1)
    await emulator.clock.advance(1)
    expect(emulator.refund(id)).toMatchObject({ status: 2, updatedAt: NOON + 3_000 })
  })

  it('waits for admin if the behaviour says so, and may turn from rejected to accepted', async () => {
    const { emulator } = fixture()
    emulator.behaviour.decideAfterMs = null
    const id = await pendingRefund()
    await emulator.clock.advance(10_000)
    expect(emulator.refund(id).status).toBe(1)
    const before = Number(emulator.balances().EUR)
    emulator.decideRefund(id, 4, 'The card is closed.')
    expect(await list(only(id))).toMatchObject([{ status: 4, error: 'The card is closed.' }])
    expect(Number(emulator.balances().EUR)).toBe(before)
    emulator.decideRefund(id, 2)
    expect(emulator.refund(id).status).toBe(2)
    expect(Number(emulator.balances().EUR)).toBe(before - 10)
  })

  it('does not come over one that admin made', async () => {
    const { emulator } = fixture()
    const id = await pendingRefund()
    emulator.decideRefund(id, 3)
    await emulator.clock.advance(10_000)
    expect(emulator.refund(id).status).toBe(3)
  })

  it('leaves transaction and invoice as they are', async () => {
    const { emulator } = fixture()
    await pendingRefund()
    await emulator.clock.advance(3_000)
    expect(emulator.transactions()).toMatchObject([{ state: 2 }])
    expect(emulator.invoices()).toMatchObject([{ status: 1 }])
  })
})

describe('a refund that Payop starts', () => {
  it('says so in its metadata', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid({ order: { amount: '10.00' } })
    const part = emulator.autoRefund(txid, 4)
    emulator.autoRefund(txid, 6)
    expect(await list(only(part.id))).toMatchObject([{ type: 2, amount: 4, metadata: { isAutoRefund: true } }])
    expect(emulator.executions().some(({ operation }) => operation === 'refund')).toBe(false)
  })
})
