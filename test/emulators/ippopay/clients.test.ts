import { send } from '../http.js'
import { BENEFICIARY, basic, collections, newOrder, paidOrder, payouts, textAt, useEmulator } from './fixture.js'

/**
 * What clients that others wrote send to IppoPay, in our words and with made-up values: its plugins for shops and its client for
 * PHP, the samples of its documentation, and public code of merchants. official-client.test.ts drives its client for Node.
 */
const emulator = useEmulator()

const ORDERS = [
  [
    'WooCommerce 1.0.4: the total as text, a phone number without a country, the webhook as the shop has it',
    {
      amount: '104.48',
      currency: 'INR',
      payment_modes: 'cc,dc,nb,upi',
      customer: { name: 'Asha Example', email: 'asha@example.com', phone: { national_number: '9000000001' } },
      notify_url: '',
    },
  ],
  [
    'PrestaShop: a number, and an address to return to',
    {
      amount: 104.48,
      currency: 'INR',
      payment_modes: 'cc,dc,nb,upi',
      customer: {
        name: 'Asha Example',
        email: 'asha@example.com',
        phone: { country_code: '91', national_number: '9000000001' },
      },
      return_url: 'https://shop.example/module/ippopay/validation',
    },
  ],
  [
    'the sample of the documentation: words where its webhook belongs',
    {
      amount: 104.48,
      currency: 'INR',
      payment_modes: 'cc,dc,nb,upi',
      customer: {
        name: 'Test',
        email: 'test@example.com',
        phone: { country_code: '91', national_number: '9000000' },
      },
      notify_url: 'YOUR WEBHOOK URL',
    },
  ],
  [
    'a merchant: debit cards as db, the phone number as numbers',
    {
      amount: 104.48,
      payment_modes: 'cc,db,nb,upi',
      customer: { name: 'Asha', phone: { country_code: 91, national_number: 9000000001 } },
    },
  ],
] as const

describe('POST /order/create takes what is sent by', () => {
  it.each(ORDERS)('%s', async (_, body) => {
    const answer = await collections(emulator(), '/order/create', body)
    expect(answer).toMatchObject({
      status: 200,
      synthetic: false,
      body: { success: true, message: 'Order created', data: { order: { status: 'created', amount: 104.48 } } },
    })
    const orderId = textAt(answer.body, 'data.order.order_id')
    expect(textAt(answer.body, 'data.order.public_key')).toBe(emulator().credentials.publicKey)
    expect(emulator().order(orderId)).toMatchObject({ amountPaise: 10_448 })

    emulator().pay(orderId, 'success')
    await emulator().settled()
    expect(
      emulator()
        .deliveries()
        .filter(({ outcome }) => outcome !== 'skipped'),
    ).toEqual([])
  })
})

it('shows a paid order to the WooCommerce plugin, which asks with the public key alone', async () => {
  const orderId = await paidOrder(emulator())
  const { apiUrl, credentials } = emulator()
  const { body } = await send(`${apiUrl}/api/v1/pg/open/order/preview/${orderId}?public_key=${credentials.publicKey}`)
  expect(body).toMatchObject({ data: { order: { order_id: orderId, status: 'paid' } } })
})

describe('POST /order/refund/{order_id} takes', () => {
  it.each([
    ['no body and no content type, as an orchestrator sends it', {}],
    ['an empty body that is called JSON', { headers: { 'content-type': 'application/json' }, body: '' }],
  ])('%s', async (_, init: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string }) => {
    const orderId = await paidOrder(emulator(), { amount: 104.48 })
    const answer = await send(`${emulator().apiUrl}/v1/order/refund/${orderId}`, {
      method: 'POST',
      ...init,
      headers: { ...init.headers, authorization: basic(emulator().credentials) },
    })
    expect(answer.body).toEqual({ success: true, message: 'Your refund request accepted' })
    expect(emulator().refunds(orderId)).toMatchObject([{ amountPaise: 10_448, full: true }])
  })

  it('an amount as text', async () => {
    const orderId = await paidOrder(emulator(), { amount: 104.48 })
    await collections(emulator(), `/order/refund/${orderId}`, { refund_amt: '4.48' })
    expect(emulator().refunds(orderId)).toMatchObject([{ amountPaise: 448, full: false }])
  })
})

it('takes the references of the documented samples, with underscores, and answers in the documented words', async () => {
  const sample = { ...BENEFICIARY, beneficiary_ref: 'reference_id' }
  const messages = [
    await payouts(emulator(), '/beneficiary/create', sample),
    await payouts(emulator(), '/beneficiary/list?limit=10&page=1'),
    await payouts(emulator(), '/beneficiary/getdetails/reference_id'),
    await payouts(emulator(), '/transfer/request', {
      amount: 1,
      trans_ref: 'reference_id',
      beneficiary_ref: 'reference_id',
      remarks: 'remarks',
      pay_mode: 'IMPS',
    }),
    await payouts(emulator(), '/transfer/detail?trans_ref=reference_id'),
  ].map(({ body }) => textAt(body, 'message'))
  expect(messages).toEqual([
    'Beneficiary created Successfully',
    'Beneficiary list',
    'Beneficiary Detail',
    'Payout Accepted',
    'Payout Accepted',
  ])
})

it('shows a settlement once a transaction is settled', async () => {
  const orderId = await newOrder(emulator())
  emulator().pay(orderId, 'success')
  const transaction = async () =>
    Object((await collections(emulator(), `/order/${orderId}/transaction`)).body).data.transaction
  expect(await transaction()).not.toHaveProperty('settlement_id')
  await emulator().clock.advance(24 * 60 * 60_000)
  const settled = await transaction()
  expect(settled).toMatchObject({ settlement_id: expect.stringMatching(/^settlement_/) })
  expect(Date.parse(settled.settlement_date) - Date.parse(settled.createdAt)).toBe(24 * 60 * 60_000)
})
