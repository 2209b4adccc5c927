import type { Amount, Beneficiary, Urls } from 'paymux'

/** What the shop sells, gives back and pays out in one market. Which gateway serves it, the configuration says. */
export interface Market {
  readonly name: string
  readonly sale: Amount & { readonly amount: string }
  readonly refund: Amount & { readonly amount: string }
  readonly payout: { readonly amount: Amount & { readonly amount: string }; readonly beneficiary: Beneficiary }
  readonly urls: Urls
}

/** The shop's markets. */
export const markets: readonly Market[] = [
  {
    name: 'europe',
    sale: { amount: '49.90', currency: 'EUR' },
    refund: { amount: '10.00', currency: 'EUR' },
    payout: {
      amount: { amount: '25.00', currency: 'EUR' },
      beneficiary: { type: 'paydo_account', account: '100200300' },
    },
    urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
  },
  {
    name: 'india',
    sale: { amount: '4990.00', currency: 'INR' },
    refund: { amount: '1000.00', currency: 'INR' },
    payout: {
      amount: { amount: '2500.00', currency: 'INR' },
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

/** Made up, like everybody in here. */
export const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
