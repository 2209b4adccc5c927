import {
  BENEFICIARY,
  call,
  collections,
  newOrder,
  paidOrder,
  payouts,
  START,
  transferTo,
  useEmulator,
} from './fixture.js'

const emulator = useEmulator()

const lastExecution = () => emulator().executions().at(-1)

describe('the execution log', () => {
  it('shows what was executed, under which key, for how much', async () => {
    const paid = await paidOrder(emulator(), { amount: 10 })
    await collections(emulator(), `/order/refund/${paid}`, { refund_amt: 2.5 })
    const open = await newOrder(emulator(), { amount: 7 })
    await collections(emulator(), `/order/${open}/process`, { Name: 'Asha Example', pay_mode_id: 'upi-intent' })
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)
    await payouts(emulator(), '/transfer/request', transferTo('transfer1'))

    const common = { at: START, executed: true }
    expect(emulator().executions()).toEqual([
      {
        seq: 1,
        ...common,
        route: 'POST /v1/order/create',
        operation: 'payment',
        id: paid,
        key: paid,
        amount: '10.00',
        currency: 'INR',
      },
      {
        seq: 2,
        ...common,
        route: 'POST /v1/order/refund/:order_id',
        operation: 'refund',
        id: paid,
        key: paid,
        amount: '2.50',
        currency: 'INR',
      },
      {
        seq: 3,
        ...common,
        route: 'POST /v1/order/create',
        operation: 'payment',
        id: open,
        key: open,
        amount: '7.00',
        currency: 'INR',
      },
      {
        seq: 4,
        ...common,
        route: 'POST /v1/order/:order_id/process',
        operation: 'upi_process',
        id: emulator().transactionOf(open)?.transId,
        key: open,
        amount: '7.00',
        currency: 'INR',
      },
      {
        seq: 5,
        ...common,
        route: 'POST /v1/payout/beneficiary/create',
        operation: 'beneficiary',
        id: emulator().beneficiary('bene0001')?.beneficiaryId,
        key: 'bene0001',
      },
      {
        seq: 6,
        ...common,
        route: 'POST /v1/payout/transfer/request',
        operation: 'payout',
        id: emulator().transfer('transfer1')?.transId,
        key: 'transfer1',
        amount: '1.00',
        currency: 'INR',
      },
    ])
  })

  it('shows what was refused, and why', async () => {
    await payouts(emulator(), '/transfer/request', transferTo('transfer1'))
    expect(lastExecution()).toMatchObject({ executed: false, key: 'transfer1', refusal: 'Beneficiary not found' })
    await collections(emulator(), '/order/create', { amount: -1 })
    expect(lastExecution()).toMatchObject({ executed: false, refusal: expect.stringContaining('amount') })
    await call(`${emulator().apiUrl}/v1/order/create`, undefined, { amount: 1 })
    expect(lastExecution()).toMatchObject({ executed: false, refusal: 'Unauthorized' })
    emulator().behaviour.ipAllowList = []
    await collections(emulator(), '/order/create', { amount: 1 })
    expect(lastExecution()).toMatchObject({ executed: false, refusal: 'Source IP not allowed' })
  })

  it('leaves reads out', async () => {
    await collections(emulator(), '/order/order_000000000')
    await payouts(emulator(), '/account/balance')
    expect(emulator().executions()).toEqual([])
  })

  it('holds no personal data and no keys', async () => {
    const orderId = await newOrder(emulator(), { customer: { name: 'Asha Example', email: 'asha@example.com' } })
    await collections(emulator(), `/order/${orderId}/process`, { Name: 'Asha Example', pay_mode_id: 'upi-intent' })
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)

    const log = JSON.stringify(emulator().executions())
    const { secretKey } = emulator().credentials
    for (const secret of ['Asha', 'asha@example.com', BENEFICIARY.acc_number, secretKey])
      expect(log).not.toContain(secret)
  })
})

describe('injected faults', () => {
  const route = 'POST /v1/payout/transfer/request'
  const request = (transRef: string) => payouts(emulator(), '/transfer/request', transferTo(transRef))
  beforeEach(() => payouts(emulator(), '/beneficiary/create', BENEFICIARY))

  it('lose the answer of a transfer that was executed', async () => {
    emulator().inject({ route, fault: { kind: 'reset_after_executing' } })

    await expect(request('transfer1')).rejects.toThrow('fetch failed')
    expect(lastExecution()).toMatchObject({ executed: true, key: 'transfer1', fault: 'reset_after_executing' })
    expect((await payouts(emulator(), '/transfer/detail?trans_ref=transfer1')).body).toMatchObject({ success: true })
  })

  it('keep a request from being executed', async () => {
    emulator().inject({ route, fault: { kind: 'status', status: 503, effect: false, retryAfter: 7 } })

    expect(await request('transfer1')).toMatchObject({ status: 503 })
    expect(lastExecution()).toMatchObject({ executed: false, route, fault: 'status 503' })
    expect(emulator().transfers()).toEqual([])
    expect((await request('transfer1')).body).toMatchObject({ success: true })
  })

  it('name the order that a refund was about', async () => {
    const orderId = await paidOrder(emulator())
    emulator().inject({ route: 'POST /v1/order/refund/:order_id', fault: { kind: 'reset_before_reading' } })

    await expect(collections(emulator(), `/order/refund/${orderId}`, {})).rejects.toThrow('fetch failed')
    expect(lastExecution()).toMatchObject({ executed: false, key: orderId, fault: 'reset_before_reading' })
  })

  it('refuse connections until they are taken back', async () => {
    await emulator().refuse(true)
    await expect(request('transfer1')).rejects.toThrow('fetch failed')
    await emulator().refuse(false)
    expect((await request('transfer1')).body).toMatchObject({ success: true })
  })
})
