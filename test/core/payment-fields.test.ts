import { type Checked, fieldsWithoutPlace, type PaymentRequest } from '../../src/core/index.js'

const plain: Checked<PaymentRequest> = {
  idempotencyKey: 'key-1',
  amount: { amount: 1999n, currency: 'INR' },
  merchantReference: 'ORD-1',
  payer: {},
  urls: {},
}

describe('fields of a payment request that a gateway has no place for', () => {
  it('are none where only required fields are used', () => {
    expect(fieldsWithoutPlace(plain, [])).toEqual([])
  })

  it('are named by their paths', () => {
    const request: Checked<PaymentRequest> = {
      ...plain,
      description: 'One book',
      metadata: { shelf: '7' },
      payer: { name: 'Ann Buyer', locale: 'en' },
      method: { flow: 'hosted', code: 'upi', fields: {} },
      urls: { failure: 'https://shop.example/sorry' },
    }
    const issues = fieldsWithoutPlace(request, ['payer.name', 'method.code'])
    expect(issues.map(({ path }) => path)).toEqual(['description', 'metadata', 'payer.locale', 'urls.failure'])
  })

  it('do not count the payer’s country, which decides where a request goes and is told to nobody', () => {
    expect(fieldsWithoutPlace({ ...plain, payer: { country: 'IN' } }, [])).toEqual([])
  })

  it('do not count texts by name that name nothing', () => {
    expect(fieldsWithoutPlace({ ...plain, metadata: {}, payer: { extra: {} } }, [])).toEqual([])
  })
})
