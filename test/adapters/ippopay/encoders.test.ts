import { endpoints } from '../../../src/adapters/ippopay/index.js'
import type { PaymentError } from '../../../src/core/index.js'
import { left } from '../../either.js'
import { beneficiaryRef, transRef } from './support.js'

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' })
const orderId = 'order_G@nz!3qBq'

describe('the encoders', () => {
  it.each(['a/b', 'a?b', 'a#b', 'a%40b', 'a b', 'a\nb', 'a\\b', 'a"b', 'é', '', '.', '..', 'x'.repeat(129)])(
    'refuse the order id %j',
    (odd) => {
      const refusal = {
        _tag: 'InvalidRequest',
        issues: [{ path: 'orderId', expected: "1 to 128 of A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) * + , ; = : @" }],
      }
      expect(left(endpoints.getOrder.prepare({ orderId: odd }))).toMatchObject(refusal)
      expect(left(endpoints.getTransaction.prepare({ orderId: odd }))).toMatchObject(refusal)
      expect(left(endpoints.refundOrder.prepare({ orderId: odd }))).toMatchObject(refusal)
      expect(left(endpoints.processUpiIntent.prepare({ orderId: odd }))).toMatchObject(refusal)
    },
  )

  it.each(['a', 'with_underscore', 'a-b', '', 'x'.repeat(33), 'a&b=c'])('refuse the payout reference %j', (odd) => {
    const { getTransfer, getBeneficiary, createBeneficiary, requestTransfer } = endpoints
    const account = { accountNumber: '000111222333', ifsc: 'TEST0000001', name: 'Bea Payee' }
    const sent = { amount: inr(1n), payMode: 'NEFT' } as const
    const paths = [
      getTransfer.prepare({ transRef: odd }),
      getBeneficiary.prepare({ beneficiaryRef: odd }),
      createBeneficiary.prepare({ beneficiaryRef: odd, ...account }),
      requestTransfer.prepare({ ...sent, transRef: odd, beneficiaryRef }),
      requestTransfer.prepare({ ...sent, transRef, beneficiaryRef: odd }),
    ].map((prepared) => left<PaymentError>(prepared))
    expect(paths).toMatchObject(
      ['transRef', 'beneficiaryRef', 'beneficiaryRef', 'transRef', 'beneficiaryRef'].map((path) => ({
        _tag: 'InvalidRequest',
        issues: [{ path, expected: '2 to 32 letters and digits' }],
      })),
    )
  })

  it.each([
    ['another currency', { minorUnits: 100n, currency: 'USD' }],
    ['nothing', inr(0n)],
    ['less than nothing', inr(-1n)],
    ['more than a JSON number can carry', inr(1_234_567_890_123_456n)],
  ])('refuse %s as an amount', (_name, amount) => {
    const prepared = [
      endpoints.createOrder.prepare({ amount }),
      endpoints.refundOrder.prepare({ orderId, amount }),
      endpoints.requestTransfer.prepare({ amount, transRef, beneficiaryRef, payMode: 'NEFT' }),
    ]
    for (const result of prepared)
      expect(left<PaymentError>(result)).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'amount' }] })
  })

  it.each([
    ['page', { page: 0, limit: 1 }],
    ['page', { page: 1.5, limit: 1 }],
    ['limit', { page: 1, limit: -1 }],
    ['limit', { page: 1, limit: Number.NaN }],
  ])('refuse %s of the list in %j', (path, input) => {
    expect(left(endpoints.listBeneficiaries.prepare(input))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path }],
    })
  })
})
