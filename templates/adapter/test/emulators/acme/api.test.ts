import { at } from '../http.js'
import { call, codeOf, newPayment, PAYMENT, PAYOUT, useEmulator } from './fixture.js'

const emulator = useEmulator({ balanceCents: 100_00 })

const refund = (id: string, body: object) => call(emulator(), `/v1/payments/${id}/refunds`, body)
const payout = (key: string, fields: object = {}) =>
  call(emulator(), '/v1/payouts', { ...PAYOUT, ...fields }, key === '' ? {} : { 'idempotency-key': key })

describe('the API', () => {
  it('asks for the credentials first', async () => {
    const answer = await call(emulator(), '/v1/payments', '{', { authorization: 'Basic wrong' })
    expect([answer.status, codeOf(answer)]).toEqual([401, 'unauthorized'])
    expect(emulator().executions()).toMatchObject([{ operation: 'payment', executed: false }])
  })

  it.each<[field: string, body: unknown]>([
    ['body', '{'],
    ['body', []],
    ['amount', { ...PAYMENT, amount: 49.9 }],
    ['amount', { ...PAYMENT, amount: '0.00' }],
    ['currency', { ...PAYMENT, currency: 'INR' }],
    ['reference', { ...PAYMENT, reference: 'a b' }],
    ['payer_email', { ...PAYMENT, payer_email: undefined }],
    ['success_url', { ...PAYMENT, success_url: 'shop' }],
  ])('refuses a wrong %s (case %#)', async (field, body) => {
    const answer = await call(emulator(), '/v1/payments', body)
    expect([answer.status, codeOf(answer), at(answer.body, 'error', 'field')]).toEqual([422, 'invalid_field', field])
  })

  it('knows no other route and no other object', async () => {
    for (const path of ['/v2', '/v1/payments/pay_x', '/v1/refunds/ref_x', '/v1/payouts/key:x'])
      expect((await call(emulator(), path)).status).toBe(404)
  })

  it('answers in the status that its behaviour says', async () => {
    expect((await call(emulator(), '/v1/payments', PAYMENT)).status).toBe(201)
    emulator().behaviour.createdStatus = 200
    expect((await call(emulator(), '/v1/payments', PAYMENT)).status).toBe(200)
  })
})

describe('a payment', () => {
  it('is open, then declined, then paid', async () => {
    const id = await newPayment(emulator())
    const read = async () => (await call(emulator(), `/v1/payments/${id}`)).body
    expect(at(await read(), 'payment')).toMatchObject({ status: 'open', page_url: expect.stringContaining(id) })
    emulator().act(id, 'declined')
    expect(at(await read(), 'payment')).toMatchObject({ status: 'declined', decline_code: 'do_not_honour' })
    emulator().act(id, 'paid')
    expect(at(await read(), 'payment')).toMatchObject({ status: 'paid', fee: '1.00', refunded: '0.00' })
    expect(() => emulator().act(id, 'declined')).toThrow('was paid')
  })

  it('is notified', async () => {
    const id = await newPayment(emulator(), { notify_url: 'http://127.0.0.1:9/' })
    emulator().act(id, 'paid')
    await emulator().settled()
    expect(emulator().deliveries()).toMatchObject([{ body: expect.stringContaining(id), outcome: 'failed' }])
  })
})

describe('a refund', () => {
  it('takes its time, and no more than was paid', async () => {
    const id = await newPayment(emulator())
    expect(codeOf(await refund(id, { key: 'k1' }))).toBe('not_paid')
    emulator().act(id, 'paid')
    expect(codeOf(await refund(id, { key: 'k1', currency: 'USD' }))).toBe('invalid_field')
    expect(at((await refund(id, { key: 'k1', amount: '9.90', currency: 'EUR' })).body, 'refund')).toMatchObject({
      status: 'accepted',
      amount: '9.90',
    })
    expect(codeOf(await refund(id, { key: 'k2', amount: '40.01' }))).toBe('amount_too_high')
    expect(at((await refund(id, { key: 'k2' })).body, 'refund', 'amount')).toBe('40.00')
    expect(codeOf(await refund(id, { key: 'k3' }))).toBe('amount_too_high')
    await emulator().clock.advance(3000)
    expect(at((await call(emulator(), '/v1/refunds/key:k1')).body, 'refund', 'status')).toBe('done')
    expect(at((await call(emulator(), `/v1/payments/${id}`)).body, 'payment', 'refunded')).toBe('49.90')
  })
})

describe('a payout', () => {
  const executed = () =>
    emulator()
      .executions()
      .filter((entry) => entry.executed)

  it('is made once under its key, for a day', async () => {
    const first = await payout('k1')
    const second = await payout('k1')
    expect(second.body).toEqual(first.body)
    expect(codeOf(await payout('k1', { amount: '26.00' }))).toBe('key_reused')
    expect(executed()).toMatchObject([{ operation: 'payout', key: 'k1', amount: '25.00' }])
    await emulator().clock.advance(24 * 60 * 60 * 1000)
    await payout('k1')
    expect(executed()).toHaveLength(2)
  })

  it('is sent after a while', async () => {
    const id = at((await payout('k1')).body, 'payout', 'id')
    await emulator().clock.advance(3000)
    expect(at((await call(emulator(), `/v1/payouts/${id}`)).body, 'payout')).toMatchObject({
      status: 'sent',
      bank_reference: expect.stringContaining('BANK-'),
    })
  })

  it('waits for ever if its behaviour says so', async () => {
    emulator().behaviour.decideAfterMs = null
    await payout('k1')
    await emulator().clock.advance(3_600_000)
    expect(at((await call(emulator(), '/v1/payouts/key:k1')).body, 'payout', 'status')).toBe('queued')
  })

  it('needs a key, and funds', async () => {
    expect(codeOf(await payout(''))).toBe('invalid_field')
    expect(codeOf(await payout('k1', { amount: '100.01' }))).toBe('insufficient_funds')
  })

  it('is in the log under its key if a fault kept it from the API', async () => {
    emulator().inject({ route: 'POST /v1/payouts', fault: { kind: 'status', status: 503, effect: false } })
    await payout('k1')
    expect(emulator().executions()).toMatchObject([{ executed: false, key: 'k1' }])
  })
})
