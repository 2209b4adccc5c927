import { collections, newOrder, paidOrder, useEmulator } from './fixture.js'

const emulator = useEmulator()

const refund = (orderId: string, body: unknown = {}) => collections(emulator(), `/order/refund/${orderId}`, body)
const refundStatus = async (orderId: string) => (await collections(emulator(), `/order/${orderId}/transaction`)).body

describe('POST /order/refund/{order_id}', () => {
  it('accepts a refund in full and shows nothing else', async () => {
    const orderId = await paidOrder(emulator(), { amount: 19.99 })
    const answer = await refund(orderId)

    expect(answer).toMatchObject({ status: 200, synthetic: false })
    expect(answer.body).toEqual({ success: true, message: 'Your refund request accepted' })
    expect(emulator().refunds(orderId)).toMatchObject([{ amountPaise: 1999, full: true }])
    expect(await refundStatus(orderId)).toMatchObject({ data: { transaction: { refund_status: 'requested' } } })
  })

  it('takes a POST without a body for a refund in full', async () => {
    const orderId = await paidOrder(emulator())
    const { apiUrl, credentials } = emulator()
    await fetch(`${apiUrl}/v1/order/refund/${orderId}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${credentials.publicKey}:${credentials.secretKey}`)}` },
    })
    expect(emulator().refunds(orderId)).toMatchObject([{ full: true }])
  })

  it('accepts parts up to what was paid', async () => {
    const orderId = await paidOrder(emulator(), { amount: 10 })

    expect((await refund(orderId, { refund_amt: 4.5 })).body).toMatchObject({ success: true })
    expect((await refund(orderId, { refund_amt: 5.5 })).body).toMatchObject({ success: true })
    expect((await refund(orderId, { refund_amt: 0.01 })).body).toMatchObject({ success: false })
    expect(emulator().refunds(orderId)).toMatchObject([{ amountPaise: 450 }, { amountPaise: 550 }])
  })

  it('refuses a second refund in full, and one in full after a part', async () => {
    const once = await paidOrder(emulator())
    await refund(once)
    const partly = await paidOrder(emulator())
    await refund(partly, { refund_amt: 1 })

    expect((await refund(once)).body).toMatchObject({ success: false })
    expect((await refund(partly)).body).toMatchObject({ success: false })
    expect(emulator().refunds(once)).toHaveLength(1)
    expect(emulator().refunds(partly)).toHaveLength(1)
  })

  it.each([
    ['an order that is not paid', { refund_amt: 1 }, 'not paid'],
    ['an amount of nothing', { refund_amt: 0 }, 'refund_amt'],
    ['an amount that is no number', { refund_amt: 'all' }, 'refund_amt'],
    ['null for an amount', { refund_amt: null }, 'refund_amt'],
  ])('refuses %s', async (_, body, reason) => {
    const orderId = await newOrder(emulator())
    expect((await refund(orderId, body)).body).toMatchObject({
      success: false,
      message: expect.stringContaining(reason),
    })
  })
})

describe('refund_status', () => {
  it('takes the word that the behaviour gives it', async () => {
    emulator().behaviour.refundStatus = 'initiated'
    const orderId = await paidOrder(emulator())
    await refund(orderId, { refund_amt: 1 })

    expect(await refundStatus(orderId)).toMatchObject({ data: { transaction: { refund_status: 'initiated' } } })
  })

  it('takes a later word after a while, or by decision', async () => {
    emulator().behaviour.refundDecision = { status: 'refunded', afterMs: 60_000 }
    const orderId = await paidOrder(emulator())
    await refund(orderId)

    await emulator().clock.advance(59_999)
    expect(await refundStatus(orderId)).toMatchObject({ data: { transaction: { refund_status: 'requested' } } })
    await emulator().clock.advance(1)
    expect(await refundStatus(orderId)).toMatchObject({ data: { transaction: { refund_status: 'refunded' } } })
    emulator().decideRefund(orderId, 'rejected')
    expect(await refundStatus(orderId)).toMatchObject({ data: { transaction: { refund_status: 'rejected' } } })
  })
})
