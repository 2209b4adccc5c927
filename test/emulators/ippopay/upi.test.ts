import { collections, newOrder, paidOrder, submit, useEmulator } from './fixture.js'

const emulator = useEmulator()

const PAYER = { Name: 'Asha Example', email: 'asha@example.com', phone: '9000000001', pay_mode_id: 'upi-intent' }
const process = (orderId: string, body: unknown = PAYER) => collections(emulator(), `/order/${orderId}/process`, body)

describe('POST /order/{order_id}/process', () => {
  it('answers the documented UPI link, with escaped values', async () => {
    const orderId = await newOrder(emulator(), { amount: 1439.6 })
    const { body } = await process(orderId)
    const reference = encodeURIComponent(orderId.replace('order_', 'ORDER_'))

    expect(reference).toContain('%40')
    expect(body).toEqual({
      success: true,
      message: 'Opening UPI Apps...',
      data: {
        pay_process: {
          action: 'intent',
          redirect_data: {
            data: {
              upi_intent: `upi://pay?pa=emulator@upi&pn=Emulator%20Merchant&mc=5999&tr=${reference}&tn=IppopayPG&am=1439.6`,
            },
          },
        },
      },
    })
    expect(emulator().transactionOf(orderId)).toMatchObject({
      status: 'pending',
      payMode: { pay_mode_id: 'upi-intent' },
    })
  })

  it.each([
    ['Name', { Name: 'Asha' }],
    ['name', { name: 'Asha' }],
    ['both', { Name: 'Asha', name: 'Asha' }],
    ['none', {}],
  ])('records which spelling of the name came: %s', async (spelling, name) => {
    const orderId = await newOrder(emulator())
    await process(orderId, { ...name, pay_mode_id: 'upi-intent' })
    expect(emulator().order(orderId)).toMatchObject({ upiNameField: spelling })
  })

  it('pays the order when the payer confirms in the app', async () => {
    const orderId = await newOrder(emulator())
    await process(orderId)
    const transId = emulator().transactionOf(orderId)?.transId

    await submit(`${emulator().checkoutUrl}/attempt/${transId}/outcome`, { outcome: 'success' })
    expect(emulator().order(orderId)).toMatchObject({ status: 'paid' })
  })

  it.each([
    ['another pay mode', { ...PAYER, pay_mode_id: 'cc' }, 'pay_mode_id'],
    ['no pay mode', { Name: 'Asha' }, 'pay_mode_id'],
    ['a name that is no text', { ...PAYER, Name: 7 }, 'Name'],
  ])('refuses %s', async (_, body, named) => {
    const orderId = await newOrder(emulator())
    expect((await process(orderId, body)).body).toMatchObject({
      success: false,
      message: expect.stringContaining(named),
    })
    expect(emulator().transactions(orderId)).toEqual([])
  })

  it('refuses an order without UPI and an order that is paid', async () => {
    expect((await process(await newOrder(emulator(), { payment_modes: 'cc' }))).body).toMatchObject({ success: false })
    expect((await process(await paidOrder(emulator()))).body).toMatchObject({ success: false })
  })
})
