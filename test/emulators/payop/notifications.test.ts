import { at } from '../http.js'
import { type Receiver, startReceiver } from '../kit/receiver.js'
import { HOUR, NOON, useFixture } from './fixture.js'

const fixture = useFixture()
let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
  fixture().emulator.setIpnUrls({ checkout: receiver.url })
})
afterEach(() => receiver.close())

/** What arrived, once nothing is under way any more. */
const received = async () => {
  await fixture().emulator.settled()
  return receiver.received.map(({ body }) => body)
}
const states = async () => (await received()).map((body) => at(body, 'transaction', 'state'))

describe('the notification of a payment', () => {
  it('is a bare POST of JSON without a signature', async () => {
    const { invoiceId, txid } = await fixture().createPaid()
    expect(await received()).toEqual([
      {
        invoice: { id: invoiceId, status: 1, txid, metadata: { paymux: 'key-1', attempt: 'att_7' } },
        transaction: { id: txid, state: 2, order: { id: 'ORD-1001' }, error: { message: '', code: '' } },
      },
    ])
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-forwarded-for': '18.199.249.46',
    })
  })

  it('names any address as its sender, or none', async () => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.ipnSourceIp = '203.0.113.77'
    await createPaid()
    await emulator.settled()
    emulator.behaviour.ipnSourceIp = null
    await createPaid()
    await emulator.settled()
    const senders = receiver.received.map(({ headers }) => headers['x-forwarded-for'])
    expect(senders).toEqual(['203.0.113.77', undefined])
  })

  it('encodes empty metadata as PHP does', async () => {
    await fixture().createPaid({ metadata: {} })
    expect(at((await received())[0], 'invoice', 'metadata')).toEqual([])
  })

  it.each([
    ['plugins', { ipn: [15, ''], transaction: [15, ''], invoice: 2 }],
    ['documented', { ipn: [5, 'timeout'], transaction: [15, ''], invoice: 5 }],
    ['documented_failed', { ipn: [5, 'timeout'], transaction: [5, 'timeout'], invoice: 5 }],
  ] as const)('says of a timeout what each of the documents and plugins expects: %s', async (timeout, expected) => {
    const { emulator, client, createCheckout } = fixture()
    emulator.behaviour.timeout = timeout
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'timeout')
    const [ipn] = await received()
    const transaction = at((await client.get(`/v2/transactions/${txid}`)).body, 'data')
    expect({
      ipn: [at(ipn, 'transaction', 'state'), at(ipn, 'transaction', 'error', 'message')],
      transaction: [at(transaction, 'state'), at(transaction, 'error')],
      invoice: at((await client.get(`/v1/invoices/${invoiceId}`)).body, 'data', 'status'),
    }).toEqual(expected)
    expect(at(ipn, 'invoice', 'status')).toBe(expected.invoice)
    emulator.act(invoiceId, 'pay_late')
    expect(emulator.transaction(txid).state).toBe(2)
  })

  it('has another text than a read if the fraud check rejected the payment', async () => {
    const { emulator, client, createCheckout } = fixture()
    const { invoiceId, txid } = await createCheckout()
    emulator.act(invoiceId, 'reject')
    expect(at((await received())[0], 'transaction', 'error', 'message')).toBe(
      'We are unable to process your payment due to security reasons.',
    )
    expect(at((await client.get(`/v2/transactions/${txid}`)).body, 'data', 'error')).toBe(
      'Payop. Transaction rejected by security reason.',
    )
  })

  it('may carry a message although the payment was accepted', async () => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.ipnErrorOnAccepted = 'on'
    await createPaid()
    expect(at((await received())[0], 'transaction')).toMatchObject({
      state: 2,
      error: { message: 'Approved or completed successfully' },
    })
  })

  it('is sent at final states only, if the behaviour does not say otherwise', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.act((await createCheckout()).invoiceId, 'pre_approve')
    expect(await states()).toEqual([])
    emulator.behaviour.ipnOnNonFinal = 'on'
    emulator.act((await createCheckout()).invoiceId, 'pre_approve')
    expect(await states()).toEqual([4, 9])
  })

  it('comes when a pre-approved payment is decided: accepted or failed', async () => {
    const { emulator, createCheckout } = fixture()
    emulator.act((await createCheckout()).invoiceId, 'pre_approve')
    await emulator.clock.advance(60_000)
    emulator.behaviour.preApprovedOutcome = 'failed'
    emulator.act((await createCheckout()).invoiceId, 'pre_approve')
    await emulator.clock.advance(60_000)
    expect(await states()).toEqual([2, 5])
  })

  it('comes again when a failed payment is accepted after all', async () => {
    const { emulator, createCheckout } = fixture()
    const { invoiceId } = await createCheckout()
    emulator.act(invoiceId, 'decline')
    await emulator.settled()
    emulator.act(invoiceId, 'pay_late')
    expect(await states()).toEqual([5, 2])
  })

  it('is not sent for an invoice that was not paid, nor during payment routing', async () => {
    const { emulator, createInvoice, createCheckout } = fixture()
    await createInvoice()
    emulator.behaviour.paymentRouting = 'on'
    emulator.behaviour.transactionTimeoutMs = null
    emulator.act((await createCheckout()).invoiceId, 'decline')
    await emulator.clock.advance(48 * HOUR)
    expect(await received()).toEqual([])
  })
})

describe('delivery', () => {
  it('goes on until the answer is exactly 200', async () => {
    const { emulator, createPaid } = fixture()
    receiver.answers.push(500, 302, 204, 201)
    await createPaid()
    await emulator.settled()
    await emulator.clock.advance(24 * HOUR)
    expect(receiver.received).toHaveLength(5)
    expect(new Set(receiver.received.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    const minutes = emulator.deliveries().map(({ at: time }) => (time - NOON) / 60_000)
    expect(minutes).toEqual([0, 1, 6, 16, 46])
    expect(emulator.deliveries()).toMatchObject([
      { attempt: 1, outcome: 'rejected', status: 500 },
      { attempt: 2, outcome: 'rejected', status: 302 },
      { attempt: 3, outcome: 'rejected', status: 204 },
      { attempt: 4, outcome: 'rejected', status: 201 },
      { attempt: 5, outcome: 'accepted', status: 200 },
    ])
  })

  it('gives up after a day', async () => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.ipnRetrySchedule = [1_000, 2_000]
    receiver.answers.push(503, 503, 503, 503)
    await createPaid()
    await emulator.settled()
    await emulator.clock.advance(72 * HOUR)
    expect(emulator.deliveries()).toHaveLength(3)
  })

  it('stays within a day by default', async () => {
    const waits = fixture().emulator.behaviour.ipnRetrySchedule
    const total = waits.reduce((sum, wait) => sum + wait, 0)
    expect(total).toBeLessThanOrEqual(24 * HOUR)
    expect(total).toBeGreaterThan(23 * HOUR)
  })

  it('is faster by a factor', async () => {
    const { emulator, createPaid } = fixture()
    emulator.behaviour.ipnRetryFactor = 0.001
    receiver.answers.push(500)
    await createPaid()
    await emulator.settled()
    await emulator.clock.advance(60)
    expect(emulator.deliveries()).toHaveLength(2)
  })

  it('tries again if the port is closed', async () => {
    const { emulator, createPaid } = fixture()
    await receiver.close()
    await createPaid()
    await emulator.settled()
    expect(emulator.deliveries()).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('ECONNREFUSED') }])
    await emulator.clock.advance(60_000)
    expect(emulator.deliveries()).toHaveLength(2)
  })

  it('never leaves this machine', async () => {
    const { emulator, createPaid } = fixture()
    emulator.setIpnUrls({ checkout: 'https://shop.example/ipn' })
    await createPaid()
    await emulator.settled()
    expect(emulator.deliveries()).toMatchObject([{ outcome: 'skipped', url: 'https://shop.example/ipn' }])
  })

  it('sends nothing where no address is set', async () => {
    const { emulator, createPaid } = fixture()
    emulator.setIpnUrls({ checkout: null })
    await createPaid()
    expect(emulator.deliveries()).toEqual([])
  })
})

describe('the notification of a refund', () => {
  it('has the refund and its source', async () => {
    const { emulator, client, createPaid } = fixture()
    const { txid } = await createPaid()
    const body = { transactionIdentifier: txid, refundType: 1, metadata: { paymux: 'rf-1' } }
    const id = (await client.post('/v1/refunds/create', body)).headers.get('identifier')
    await emulator.clock.advance(3_000)
    expect((await received())[1]).toEqual({
      transaction: {
        refundId: id,
        state: 2,
        amount: 2,
        currency: 'EUR',
        metadata: { paymux: 'rf-1' },
        error: { message: '', code: '' },
      },
      sourceTransaction: { id: txid, state: 2 },
    })
  })

  it('goes to an address of its own where one is set', async () => {
    const { emulator, createPaid } = fixture()
    const other = await startReceiver()
    emulator.setIpnUrls({ refund: other.url })
    const { txid } = await createPaid()
    emulator.decideRefund(emulator.autoRefund(txid).id, 3, 'No funds.')
    await emulator.settled()
    expect(other.received.map(({ body }) => at(body, 'transaction'))).toMatchObject([
      { state: 3, metadata: { isAutoRefund: true }, error: { message: 'No funds.' } },
    ])
    await other.close()
  })
})

describe('replay', () => {
  it('sends the present state once more', async () => {
    const { emulator, createPaid } = fixture()
    const { txid } = await createPaid()
    await emulator.settled()
    emulator.replayIpn('checkout', txid)
    expect(await states()).toEqual([2, 2])
  })
})
