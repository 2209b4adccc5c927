import { call, collections, newOrder, textAt, useEmulator } from './fixture.js'

const emulator = useEmulator()

describe('POST /order/create', () => {
  it('answers the order in the documented shape', async () => {
    const answer = await collections(emulator(), '/order/create', {
      amount: 19.99,
      currency: 'INR',
      payment_modes: 'cc,dc',
      customer: {
        name: 'Asha Example',
        email: 'asha@example.com',
        phone: { country_code: '91', national_number: '9000000001' },
      },
      notify_url: 'https://shop.example.com/hook',
    })

    expect(answer).toMatchObject({ status: 200, synthetic: false })
    expect(answer.body).toEqual({
      success: true,
      message: 'Order created',
      data: {
        order: {
          order_id: expect.stringMatching(/^order_[0-9A-Za-z@!]{9}$/),
          status: 'created',
          amount: 19.99,
          currency: 'INR',
          paymentModes: 'cc,dc',
          merchant: { id: expect.any(String), name: expect.any(String) },
          customer: {
            name: 'Asha Example',
            email: 'asha@example.com',
            phone: { country_code: '91', national_number: '9000000001' },
          },
          public_key: emulator().credentials.publicKey,
          createdAt: '2025-01-02T03:04:05.678Z',
          mode: 'live',
        },
      },
    })
  })

  it('needs only an amount', async () => {
    const answer = await collections(emulator(), '/order/create', { amount: 1000 })

    expect(answer.text).toContain('"amount":1000,')
    expect(answer.body).toMatchObject({
      data: {
        order: {
          currency: 'INR',
          paymentModes: 'cc,dc,nb,upi',
          customer: { name: '', email: '', phone: { country_code: '', national_number: '' } },
        },
      },
    })
  })

  it('takes empty and numeric customer fields, as merchants send them', async () => {
    const answer = await collections(emulator(), '/order/create', {
      amount: 1,
      customer: { name: '', phone: { country_code: 91, national_number: 9000000001 } },
      notify_url: '',
      return_url: true,
    })

    expect(answer.body).toMatchObject({
      data: { order: { customer: { phone: { country_code: '91', national_number: '9000000001' } } } },
    })
  })

  it('makes another order every time', async () => {
    expect(await newOrder(emulator())).not.toBe(await newOrder(emulator()))
    expect(emulator().orders()).toHaveLength(2)
  })

  it.each([
    ['no amount', {}, 'amount'],
    ['an amount of nothing', { amount: 0 }, 'amount'],
    ['a negative amount', { amount: -1 }, 'amount'],
    ['three decimals', { amount: 1.005 }, 'amount'],
    ['an amount as text with more than two decimals', { amount: '19.999' }, 'amount'],
    ['an amount as text with a comma', { amount: '19,99' }, 'amount'],
    ['an amount of nothing as text', { amount: '0.00' }, 'amount'],
    ['another currency', { amount: 1, currency: 'USD' }, 'currency'],
    ['an unknown payment mode', { amount: 1, payment_modes: 'cc,wallet' }, 'payment_modes'],
    ['spaces between payment modes', { amount: 1, payment_modes: 'cc, dc' }, 'payment_modes'],
    ['a customer that is no object', { amount: 1, customer: 'Asha' }, 'customer'],
    [
      'a phone number that is an object',
      { amount: 1, customer: { phone: { national_number: {} } } },
      'national_number',
    ],
    ['a notify_url that is no text', { amount: 1, notify_url: true }, 'notify_url'],
    ['a return_url that runs a script', { amount: 1, return_url: 'javascript:alert(1)' }, 'return_url'],
  ])('refuses %s and names the field', async (_, fields, named) => {
    const answer = await collections(emulator(), '/order/create', fields)

    expect(answer).toMatchObject({
      status: 200,
      synthetic: true,
      body: { success: false, message: expect.stringContaining(named) },
    })
    expect(emulator().orders()).toEqual([])
  })

  it.each([
    ['text that is not JSON', '{"amount":', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['a form', 'amount=1', 'application/x-www-form-urlencoded'],
  ])('refuses %s', async (_, body, contentType) => {
    const { apiUrl, credentials } = emulator()
    const answer = await fetch(`${apiUrl}/v1/order/create`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${credentials.publicKey}:${credentials.secretKey}`)}`,
        'content-type': contentType,
      },
      body,
    })
    expect(await answer.json()).toMatchObject({ success: false })
  })
})

describe('GET /order/{order_id}', () => {
  it('answers the order under another message', async () => {
    const created = await collections(emulator(), '/order/create', { amount: 2.5 })
    const orderId = textAt(created.body, 'data.order.order_id')

    const answer = await collections(emulator(), `/order/${orderId}`)

    expect(answer.body).toEqual({ ...Object(created.body), message: 'Order Details' })
  })

  it('shows the order paid once a payer paid it, with the transaction', async () => {
    const orderId = await newOrder(emulator())
    const transId = emulator().pay(orderId, 'success')

    expect((await collections(emulator(), `/order/${orderId}`)).body).toMatchObject({
      data: { order: { status: 'paid', trans_id: transId } },
    })
  })

  it('shows the order created still after a failed transaction', async () => {
    const orderId = await newOrder(emulator())
    emulator().pay(orderId, 'failure')

    expect((await collections(emulator(), `/order/${orderId}`)).body).toMatchObject({
      data: { order: { status: 'created' } },
    })
  })

  it('finds ids with signs in them, raw and percent-encoded', async () => {
    const ids = [await newOrder(emulator()), await newOrder(emulator())]
    expect(ids.join()).toMatch(/@.*!/)

    for (const id of ids) {
      const encoded = id.replaceAll('@', '%40').replaceAll('!', '%21')
      for (const path of [`/order/${id}`, `/order/${encoded}`])
        expect((await collections(emulator(), path)).body).toMatchObject({ data: { order: { order_id: id } } })
    }
  })

  it('refuses an unknown order, and an order of the other mode', async () => {
    const { apiUrl, testCredentials } = emulator()
    const orderId = await newOrder(emulator())

    const unknown = await collections(emulator(), '/order/order_000000000')
    const other = await call(`${apiUrl}/v1/order/${orderId}`, testCredentials)

    expect(unknown.body).toEqual({ success: false, message: 'Order not found' })
    expect(other.body).toEqual(unknown.body)
  })
})

describe('what an order shows', () => {
  it('can be the fields of the oldest documentation', async () => {
    emulator().behaviour.orderFields = ['payment_url']
    const orderId = await newOrder(emulator())
    const { body } = await collections(emulator(), `/order/${orderId}`)

    expect(textAt(body, 'data.order.payment_url')).toBe(
      `${emulator().checkoutUrl}/order/${orderId.slice('order_'.length)}`,
    )
    for (const field of ['public_key', 'createdAt', 'mode', 'trans_id'])
      expect(body).not.toHaveProperty(['data', 'order', field])
  })

  it('can be db for a debit card, as in the documented answers', async () => {
    emulator().behaviour.echoDb = true
    expect((await collections(emulator(), '/order/create', { amount: 1, payment_modes: 'dc,upi' })).body).toMatchObject(
      {
        data: { order: { paymentModes: 'db,upi' } },
      },
    )
  })

  it('is dc for a debit card that the request calls db', async () => {
    expect((await collections(emulator(), '/order/create', { amount: 1, payment_modes: 'cc,db' })).body).toMatchObject({
      data: { order: { paymentModes: 'cc,dc' } },
    })
  })
})
