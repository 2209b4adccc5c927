import { anAccount } from './support.js'

const orderFields = [
  'description',
  'payer.name',
  'payer.email',
  'payer.phone',
  'method.code',
  'urls.success',
  'urls.notification',
]

describe('an IppoPay account declares', () => {
  it('payments in rupees by page, popup and UPI intent, found by the gateway’s id only', () => {
    expect(anAccount().capabilities).toMatchObject({
      adapter: 'ippopay',
      createPayment: {
        supported: true,
        flows: {
          hosted: { effect: 'creates', fields: orderFields, required: [] },
          popup: { effect: 'creates', fields: orderFields, required: [] },
          upi_intent: { effect: 'moves_money', fields: orderFields, required: [] },
        },
        deduplication: { kind: 'none' },
        lookupByKey: false,
        currencies: ['INR'],
      },
      disputes: false,
      refundsElsewhere: true,
      payableMs: 'unlimited',
    })
  })

  it('one refund of a payment, all or part', () => {
    expect(anAccount().capabilities.refund).toEqual({
      supported: true,
      deduplication: { kind: 'none' },
      lookupByKey: true,
      currencies: ['INR'],
      partial: true,
      perPayment: 'one',
      fields: [],
    })
  })

  it.each([undefined, false, true])(
    'payouts, de-duplicated as far as the account proved it (%s)',
    (uniqueRefsProven) => {
      const payouts = {
        publicKey: 'a',
        secretKey: 'b',
        ...(uniqueRefsProven === undefined ? {} : { uniqueRefsProven }),
      }
      expect(anAccount({ payouts }).capabilities.payout).toEqual({
        supported: true,
        deduplication: { kind: 'rejects', windowMs: 86_400_000, proven: uniqueRefsProven ?? false },
        lookupByKey: true,
        currencies: ['INR'],
        beneficiaries: ['indian_bank_account'],
        fields: ['description'],
      })
    },
  )

  it('why there are no payouts', () => {
    expect(anAccount({ payouts: undefined }).capabilities.payout).toEqual({
      supported: false,
      why: 'the configuration has no payout keys',
    })
  })

  it('itself as plain JSON', () => {
    const { capabilities } = anAccount()
    expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities)
  })
})
