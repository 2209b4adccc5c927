import { anAccount } from './support.js'

describe('an IppoPay account declares', () => {
  it('payments in rupees by page, popup and UPI intent, found by the gateway’s id only', () => {
    expect(anAccount().capabilities).toMatchObject({
      adapter: 'ippopay',
      createPayment: {
        supported: true,
        flows: { hosted: 'stages', popup: 'stages', upi_intent: 'moves_money' },
        deduplication: { kind: 'none' },
        lookupByKey: false,
        currencies: ['INR'],
      },
      disputes: false,
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
