import type { Beneficiary, Money, Urls } from 'paymux/promises'

/** What the shop sells, refunds and pays out in one market. The configuration says which gateway serves it. */
export interface Market {
  readonly name: string
  readonly sale: Money
  readonly refund: Money
  readonly payout: { readonly amount: Money; readonly beneficiary: Beneficiary }
  readonly urls: Urls
}

/** The shop's markets. */
export const markets: readonly Market[] = [
  {
    name: 'europe',
    sale: { value: '49.90', currency: 'EUR' },
    refund: { value: '10.00', currency: 'EUR' },
    payout: {
      amount: { value: '25.00', currency: 'EUR' },
      beneficiary: { type: 'paydo_account', account: '100200300' },
    },
    urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
  },
  {
    name: 'india',
    sale: { value: '4990.00', currency: 'INR' },
    refund: { value: '1000.00', currency: 'INR' },
    payout: {
      amount: { value: '2500.00', currency: 'INR' },
      beneficiary: {
        type: 'indian_bank_account',
        accountNumber: '000111222333',
        ifsc: 'TEST0000001',
        name: 'Asha Supplier',
      },
    },
    urls: { success: 'https://shop.example/thanks' },
  },
]

/** A made-up payer. */
export const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
