import { BENEFICIARY, collections, newOrder, paidOrder, payouts, textAt, transferTo, useEmulator } from './fixture.js'

const emulator = useEmulator({ behaviour: { transferStepMs: null } })

const DAY = 24 * 60 * 60_000
const orderStatus = async (orderId: string) =>
  textAt((await collections(emulator(), `/order/${orderId}`)).body, 'data.order.status')
const transaction = async (orderId: string) => (await collections(emulator(), `/order/${orderId}/transaction`)).body

describe('an order whose first attempt failed', () => {
  it.each(['success_wins', 'latest'] as const)(
    'is paid on its fourth day; the transaction shown: %s',
    async (choice) => {
      emulator().behaviour.transactionChoice = choice
      const orderId = await newOrder(emulator())
      emulator().pay(orderId, 'failure')
      expect(textAt(await transaction(orderId), 'data.transaction.status')).toBe('failure')
      await emulator().clock.advance(4 * DAY)
      expect(await orderStatus(orderId)).toBe('created')
      emulator().pay(orderId, 'success')
      expect(await orderStatus(orderId)).toBe('paid')
      expect(textAt(await transaction(orderId), 'data.transaction.status')).toBe('success')
    },
  )

  it('may go on showing the failure, with the order paid', async () => {
    emulator().behaviour.transactionChoice = 'first'
    const orderId = await newOrder(emulator())
    emulator().pay(orderId, 'failure')
    await emulator().clock.advance(4 * DAY)
    emulator().pay(orderId, 'success')
    expect(await orderStatus(orderId)).toBe('paid')
    expect(textAt(await transaction(orderId), 'data.transaction.status')).toBe('failure')
  })
})

describe('a refund that staff start in the dashboard', () => {
  it('changes refund_status without a call of the API', async () => {
    const orderId = await paidOrder(emulator(), { amount: 104.48 })
    emulator().startRefund(orderId, 448)
    expect(textAt(await transaction(orderId), 'data.transaction.refund_status')).toBe('requested')
    emulator().startRefund(orderId, 10_000)
    expect(emulator().refunds(orderId)).toMatchObject([{ amountPaise: 448 }, { amountPaise: 10_000 }])
    expect(
      emulator()
        .executions()
        .filter(({ operation }) => operation === 'refund'),
    ).toEqual([])
    expect(() => emulator().startRefund(orderId, 1)).toThrow('exceeds')
  })

  it.each([0, -1, 0.5, Number.NaN])('has an amount in whole paise: not %p', async (amountPaise) => {
    const orderId = await paidOrder(emulator())
    expect(() => emulator().startRefund(orderId, amountPaise)).toThrow('amountPaise: expected whole paise above 0')
  })
})

describe('a transfer whose answer leaves it open', () => {
  it.each([
    ['timed_out', /timed out, please check the status later/],
    ['processing', /is processing/],
  ] as const)('is executed: %s', async (transferAnswer, words) => {
    emulator().behaviour.transferAnswer = transferAnswer
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)
    const answer = await payouts(emulator(), '/transfer/request', transferTo('transfer1'))
    expect(answer).toMatchObject({ status: 200, synthetic: true, body: { success: false } })
    expect(textAt(answer.body, 'message')).toMatch(words)
    expect(answer.body).not.toHaveProperty('data')
    expect(emulator().executions()).toMatchObject([
      { operation: 'beneficiary' },
      { operation: 'payout', executed: true },
    ])
    const detail = await payouts(emulator(), '/transfer/detail?trans_ref=transfer1')
    expect(textAt(detail.body, 'data.transfer.status')).toBe('accepted')
  })
})

describe('statuses that contradict each other, or that no document names', () => {
  it('shows an order as created although its transaction is a success, until that ends', async () => {
    const orderId = await paidOrder(emulator())
    emulator().setOrderStatus(orderId, 'created')
    expect(await orderStatus(orderId)).toBe('created')
    expect(textAt(await transaction(orderId), 'data.transaction.status')).toBe('success')
    emulator().setOrderStatus(orderId, null)
    expect(await orderStatus(orderId)).toBe('paid')
  })

  it.each(['on hold at bank', 'चार्जबैक', 'a'.repeat(80)])('shows any word: %s', async (word) => {
    const orderId = await newOrder(emulator())
    const transId = emulator().pay(orderId, 'success')
    await payouts(emulator(), '/beneficiary/create', BENEFICIARY)
    await payouts(emulator(), '/transfer/request', transferTo('transfer1'))
    emulator().setOrderStatus(orderId, word)
    emulator().setTransactionStatus(transId, word)
    emulator().setTransferStatus('transfer1', word)
    const detail = await payouts(emulator(), '/transfer/detail?trans_ref=transfer1')
    expect([
      await orderStatus(orderId),
      textAt(await transaction(orderId), 'data.transaction.status'),
      textAt(detail.body, 'data.transfer.status'),
    ]).toEqual([word, word, word])
  })
})

it('refuses every read for hours while its address is not allowed', async () => {
  const orderId = await paidOrder(emulator())
  emulator().behaviour.ipAllowList = []
  for (let hours = 0; hours < 3; hours += 1) {
    await emulator().clock.advance(DAY / 24)
    expect((await collections(emulator(), `/order/${orderId}`)).status).toBe(401)
  }
  emulator().behaviour.ipAllowList = null
  expect(await orderStatus(orderId)).toBe('paid')
})
