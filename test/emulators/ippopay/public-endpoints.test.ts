import { call, newOrder, paidOrder, textAt, useEmulator } from './fixture.js'

const emulator = useEmulator()

const open = (path: string, body?: unknown) => call(`${emulator().apiUrl}${path}`, undefined, body)

describe.each(['/api/v1', '/apitest/v1'])('open routes under %s', (base) => {
  const preview = (orderId: string, publicKey = emulator().credentials.publicKey) =>
    open(`${base}/pg/open/order/preview/${orderId}?public_key=${publicKey}`)
  const pay = (orderId: string, body: Readonly<Record<string, unknown>>) =>
    open(`${base}/transaction/open/payment/process/order/${orderId}`, {
      public_key: emulator().credentials.publicKey,
      ...body,
    })

  it('preview an order: pending while the merchant reads created, and payment modes as truth values', async () => {
    const orderId = await newOrder(emulator(), { amount: 12.5, payment_modes: 'cc,upi' })
    const { body } = await preview(orderId)

    expect(body).toMatchObject({
      success: true,
      data: {
        order: {
          order_id: orderId,
          status: 'pending',
          amount: 12.5,
          currency: 'INR',
          mode: 'live',
          payment_modes: {
            credit_card: true,
            debit_card: false,
            net_banking: false,
            upi: true,
            international_cards: false,
          },
        },
      },
    })
  })

  it('preview a paid order', async () => {
    const orderId = await paidOrder(emulator())
    const transId = emulator().transactionOf(orderId)?.transId
    expect((await preview(orderId)).body).toMatchObject({ data: { order: { status: 'paid', trans_id: transId } } })
  })

  it('ask for the public key of the order', async () => {
    const orderId = await newOrder(emulator())
    expect((await preview(orderId, 'pk_live_wrong')).body).toMatchObject({ success: false })
    expect((await preview(orderId, emulator().testCredentials.publicKey)).body).toMatchObject({ success: false })
    expect((await pay(orderId, { public_key: 'pk_live_wrong', pay_mode_id: 'upi' })).body).toMatchObject({
      success: false,
    })
  })

  it('start a card payment that ends at the bank, and keep no card number', async () => {
    const orderId = await newOrder(emulator())
    const { body } = await pay(orderId, {
      name: 'Asha Example',
      email: 'asha@example.com',
      phone: '9000000001',
      amount: 1000,
      pay_mode_id: 'dc',
      card: { number: '4242 4242 4242 4242' },
    })

    expect(body).toMatchObject({ data: { pay_process: { redirect_data: { method: 'POST', data: {} } } } })
    const bank = await fetch(textAt(body, 'data.pay_process.redirect_data.url'), { method: 'POST' })
    expect(await bank.text()).toContain(orderId)
    expect(emulator().transactionOf(orderId)).toMatchObject({
      status: 'pending',
      payMode: { pay_mode_id: 'dc', card_number: '424242XXXXXX4242' },
    })
  })

  it('start UPI, by link or by request', async () => {
    const orderId = await newOrder(emulator())
    expect((await pay(orderId, { pay_mode_id: 'upi-intent' })).body).toMatchObject({
      data: {
        pay_process: { action: 'intent', redirect_data: { data: { upi_intent: expect.stringMatching(/^upi:/) } } },
      },
    })
    expect((await pay(orderId, { pay_mode_id: 'upi', vpa: 'asha@example' })).body).toMatchObject({
      data: { pay_process: { action: 'collect' } },
    })
  })

  it('refuse another amount, and a card without its number', async () => {
    const orderId = await newOrder(emulator())
    expect((await pay(orderId, { pay_mode_id: 'upi', amount: 1 })).body).toMatchObject({ success: false })
    expect((await pay(orderId, { pay_mode_id: 'cc' })).body).toMatchObject({ success: false })
    expect(emulator().transactions(orderId)).toEqual([])
  })

  it('list banks', async () => {
    expect((await open(`${base}/transaction/open/payment/nblist`)).body).toMatchObject({
      data: { top: expect.any(Array), all: expect.any(Array) },
    })
  })

  it('are marked as synthetic', async () => {
    expect(await open(`${base}/transaction/open/payment/nblist`)).toMatchObject({ synthetic: true })
  })
})

describe('the simulation of the mobile SDK', () => {
  const simulate = (outcome: string, orderId: string, base = '/apitest/v1') =>
    open(`${base}/transaction/open/order/${outcome}/response?name=A&email=a%40example.com&phone=1&order_id=${orderId}`)

  it('pays an order, or fails to', async () => {
    const orderId = await newOrder(emulator())

    await simulate('failure', orderId)
    expect(emulator().transactionOf(orderId)).toMatchObject({ status: 'failure' })
    expect((await simulate('success', orderId)).body).toMatchObject({
      success: true,
      data: { transaction: { status: 'success' } },
    })
    expect(emulator().order(orderId)).toMatchObject({ status: 'paid' })
    expect((await simulate('success', orderId)).body).toMatchObject({ success: false })
  })

  it('knows no other outcome and no live path', async () => {
    const orderId = await newOrder(emulator())
    expect((await simulate('pending', orderId)).body).toMatchObject({ success: false })
    expect(await simulate('success', orderId, '/api/v1')).toMatchObject({ status: 404 })
  })
})
