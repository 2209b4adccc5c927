import { collections, newOrder, paidOrder, START, useEmulator } from './fixture.js'

const emulator = useEmulator()

const transactionOf = (orderId: string) => collections(emulator(), `/order/${orderId}/transaction`)

describe('GET /order/{order_id}/transaction', () => {
  it('answers a success in the documented shape', async () => {
    const orderId = await newOrder(emulator(), {
      amount: 1,
      payment_modes: 'dc',
      customer: {
        name: 'Asha Example',
        email: 'asha@example.com',
        phone: { country_code: '91', national_number: '9000000001' },
      },
      notes: 'first order',
    })
    const transId = emulator().pay(orderId, 'success')
    const answer = await transactionOf(orderId)

    expect(transId).toMatch(/^trans_[0-9A-Za-z@!]{9}$/)
    expect(answer).toMatchObject({ status: 200, synthetic: false })
    expect(answer.body).toEqual({
      success: true,
      message: 'Transaction details',
      data: {
        transaction: {
          trans_id: transId,
          status: 'success',
          failure_reason: '',
          refund_status: 'not_requested',
          merchant: { id: expect.any(String), name: expect.any(String) },
          customer: {
            name: 'Asha Example',
            email: 'asha@example.com',
            phone: { country_code: '+91', national_number: '9000000001' },
          },
          cost: { paid: 1, settled: 0.98 },
          commission: { percentage: 1.75, value: 0.02, tax: 0, total: 0.02 },
          tax: { value: 0, calculation: 'percent' },
          notes: 'first order',
          product: 'order',
          is_manual_record: false,
          manual_recorded_date: new Date(START).toISOString(),
          is_intl_payment: false,
          gateway: {
            payment_mode: {
              pay_mode: 'Debit Card',
              pay_mode_id: 'dc',
              pay_group: 'card',
              bank_name: 'Emulator Bank',
              card_number: '411111XXXXXX1111',
              card_scheme: 'VISA',
            },
          },
          createdAt: new Date(START).toISOString(),
          updatedAt: new Date(START).toISOString(),
        },
      },
    })
  })

  it('names neither the order nor its amount nor its currency', async () => {
    const { text, body } = await transactionOf(await paidOrder(emulator(), { amount: 19.99 }))

    expect(text).not.toMatch(/order_id|"amount"|currency/)
    expect(body).toMatchObject({ data: { transaction: { cost: { paid: 19.99, settled: 19.64 } } } })
  })

  it('can show another amount than that of the order', async () => {
    const orderId = await newOrder(emulator(), { amount: 1000 })
    emulator().pay(orderId, 'success', { paidPaise: 100 })

    expect((await transactionOf(orderId)).body).toMatchObject({ data: { transaction: { cost: { paid: 1 } } } })
  })

  it('shows a failed and a pending transaction, which no documentation does', async () => {
    const failed = await newOrder(emulator())
    emulator().pay(failed, 'failure', { failureReason: 'Card expired' })
    const pending = await newOrder(emulator())
    emulator().pay(pending, 'pending')

    expect(await transactionOf(failed)).toMatchObject({
      synthetic: true,
      body: { data: { transaction: { status: 'failure', failure_reason: 'Card expired', cost: { paid: 0 } } } },
    })
    expect(await transactionOf(pending)).toMatchObject({
      synthetic: true,
      body: { data: { transaction: { status: 'pending', failure_reason: '' } } },
    })
  })

  it('refuses an order without a transaction, with 200 or 404', async () => {
    const orderId = await newOrder(emulator())
    const refusal = { success: false, message: 'No transaction for this order' }

    expect(await transactionOf(orderId)).toMatchObject({ status: 200, synthetic: true, body: refusal })
    emulator().behaviour.noTransaction = 'http404'
    expect(await transactionOf(orderId)).toMatchObject({ status: 404, synthetic: true, body: refusal })
  })

  it.each(['first', 'latest', 'success_wins'] as const)('is one of several attempts to pay: %s', async (choice) => {
    const orderId = await newOrder(emulator())
    const first = emulator().pay(orderId, 'failure')
    const paying = emulator().pay(orderId, 'pending')
    const latest = emulator().pay(orderId, 'pending')
    emulator().decidePayment(paying, 'success')
    emulator().decidePayment(latest, 'failure')
    emulator().behaviour.transactionChoice = choice

    const expected = { first, latest, success_wins: paying }[choice]
    expect((await transactionOf(orderId)).body).toMatchObject({ data: { transaction: { trans_id: expected } } })
    expect((await collections(emulator(), `/order/${orderId}`)).body).toMatchObject({
      data: { order: { status: 'paid', trans_id: expected } },
    })
  })
})

describe('attempts to pay', () => {
  it('pay an order once', async () => {
    const orderId = await newOrder(emulator())
    const pending = emulator().pay(orderId, 'pending')
    emulator().pay(orderId, 'success')

    expect(() => emulator().pay(orderId, 'success')).toThrow('already paid')
    expect(() => emulator().decidePayment(pending, 'success')).toThrow('already paid')
    emulator().decidePayment(pending, 'failure')
    expect(() => emulator().decidePayment(pending, 'failure')).toThrow('decided')
    expect(emulator().order(orderId)).toMatchObject({ status: 'paid' })
  })

  it('use a payment mode of the order', async () => {
    const orderId = await newOrder(emulator(), { payment_modes: 'nb,upi' })

    expect(() => emulator().pay(orderId, 'success', { payModeId: 'cc' })).toThrow('pay_mode_id')
    emulator().pay(orderId, 'success', { payModeId: 'upi' })
    expect(emulator().transactionOf(orderId)).toMatchObject({ payMode: { pay_mode_id: 'upi', pay_group: 'upi' } })
  })
})
