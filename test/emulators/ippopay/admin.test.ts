import { BENEFICIARY, call, collections, newOrder, payouts, START, textAt, transferTo, useEmulator } from './fixture.js'

const emulator = useEmulator()

const admin = (path: string, body?: unknown) => call(`${emulator().adminUrl}${path}`, undefined, body)

describe('records over the admin port', () => {
  it('are the same as in the process', async () => {
    const orderId = await newOrder(emulator())
    const { body } = await admin(`/orders/${orderId}/pay`, { outcome: 'success', paid: 2.5, payModeId: 'upi' })
    await collections(emulator(), `/order/refund/${orderId}`, { refund_amt: 1 })
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)
    await payouts(emulator(), '/transfer/request', transferTo('transfer1'))

    expect(textAt(body, 'transId')).toBe(emulator().transactionOf(orderId)?.transId)
    expect((await admin('/orders')).body).toEqual(emulator().orders())
    expect((await admin(`/orders/${orderId}`)).body).toEqual({
      ...emulator().order(orderId),
      transactions: [expect.objectContaining({ status: 'success', paidPaise: 250 })],
      refunds: [expect.objectContaining({ amountPaise: 100 })],
    })
    expect((await admin('/transfers')).body).toEqual(emulator().transfers())
    expect((await admin('/beneficiaries')).body).toEqual(emulator().beneficiaries())
    expect((await admin('/balance')).body).toEqual({ balancePaise: emulator().balancePaise() })
    expect((await admin('/log')).body).toEqual(emulator().executions())
  })

  it('are copies', async () => {
    const orderId = await newOrder(emulator())
    const copy = emulator().order(orderId)
    if (copy !== undefined) copy.status = 'paid'
    expect(emulator().order(orderId)).toMatchObject({ status: 'created' })
    expect(emulator().order('order_000000000')).toBeUndefined()
    expect(emulator().transactionOf('order_000000000')).toBeUndefined()
    expect((await admin('/orders/order_000000000')).status).toBe(404)
  })
})

describe('decisions over the admin port', () => {
  it('end a pending transaction', async () => {
    const orderId = await newOrder(emulator())
    const { body } = await admin(`/orders/${orderId}/pay`, { outcome: 'pending' })
    const transId = textAt(body, 'transId')

    await admin(`/transactions/${transId}/decide`, { outcome: 'failure', failureReason: 'No funds' })
    expect(emulator().transactionOf(orderId)).toMatchObject({ status: 'failure', failureReason: 'No funds' })
  })

  it('write a refund status', async () => {
    const orderId = await newOrder(emulator())
    emulator().pay(orderId, 'success')
    await admin(`/orders/${orderId}/refund-status`, { status: 'refunded' })
    expect(emulator().transactionOf(orderId)).toMatchObject({ refundStatus: 'refunded' })
  })

  it('move a transfer, and end it', async () => {
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)
    await payouts(emulator(), '/transfer/request', transferTo('transfer1'))

    await admin('/transfers/transfer1/advance', {})
    expect(emulator().transfer('transfer1')).toMatchObject({ status: 'queued' })
    await admin('/transfers/transfer1/decide', { decision: 'failed' })
    expect(emulator().transfer('transfer1')).toMatchObject({ status: 'failed' })
    await admin('/beneficiaries/bene0001/status', { status: 'inactive' })
    expect(emulator().beneficiary('bene0001')).toMatchObject({ status: 'inactive' })
  })

  it('forge a notification', async () => {
    const orderId = await newOrder(emulator(), { notify_url: 'https://shop.example.com/hook' })
    await admin(`/orders/${orderId}/forge-notification`, {})
    expect((await admin('/deliveries')).body).toMatchObject([{ outcome: 'skipped' }])
  })

  it.each([
    ['/orders/order_000000000/pay', {}],
    ['/transfers/nothing/decide', { decision: 'failed' }],
    ['/transfers/nothing/decide', { decision: 'lost' }],
    ['/transactions/nothing/decide', { outcome: 'success' }],
    ['/beneficiaries/nobody/status', { status: 'active' }],
  ])('that cannot be taken are refused: %s', async (path, body) => {
    expect(await admin(path, body)).toMatchObject({ status: 400, body: { message: expect.any(String) } })
  })
})

it.each([[], 'pay', null])('a body that is no object is refused, and nothing is paid: %j', async (body) => {
  const orderId = await newOrder(emulator())
  expect(await admin(`/orders/${orderId}/pay`, body)).toMatchObject({ status: 400 })
  expect((await admin(`/orders/${orderId}`)).body).toMatchObject({ transactions: [] })
})

describe('behaviour', () => {
  const turn = async (behaviour: unknown) => {
    const answer = await fetch(`${emulator().adminUrl}/behaviour`, { method: 'PATCH', body: JSON.stringify(behaviour) })
    return answer.status
  }

  it('are turned over the admin port', async () => {
    const turned = {
      failureStyle: 'gateway',
      ipAllowList: ['203.0.113.7'],
      orderFields: ['createdAt'],
      refundStatus: 'accepted',
      refundDecision: { status: 'refunded', afterMs: 10 },
      transferStepMs: null,
    }
    expect(await turn(turned)).toBe(200)
    expect(emulator().behaviour).toMatchObject(turned)
  })

  it.each([
    { failureStyle: 'quiet' },
    { ipAllowList: 'all' },
    { orderFields: ['secret_key'] },
    { refundStatus: '' },
    { refundDecision: { status: 'refunded' } },
    { transferStepMs: -1 },
    { unknown: true },
  ])('keep their places on a wrong value: %j', async (behaviour) => {
    const before = { ...emulator().behaviour }
    expect(await turn(behaviour)).toBe(400)
    expect(emulator().behaviour).toEqual(before)
  })

  it('may be set from the start', async () => {
    const { startIppoPayEmulator } = await import('../../../src/emulators/index.js')
    const other = await startIppoPayEmulator({ behaviour: { echoDb: true }, clock: { startAt: START } })
    expect(other.behaviour).toMatchObject({ echoDb: true, testPath: 'any' })
    await other.close()
  })
})
