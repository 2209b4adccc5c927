import * as E from 'fp-ts/lib/Either.js'
import { type Beneficiary, checkPayoutRequest } from '../../src/core/index.js'
import fc from '../property.js'
import { complaints, expectOnly, payoutRequest } from './requests.js'

describe('a beneficiary', () => {
  const withBeneficiary = (beneficiary: unknown) => checkPayoutRequest({ ...payoutRequest, beneficiary })
  const iban = { type: 'iban', iban: 'GB82WEST12345698765432', name: 'Bea Payee', email: 'bea@example.org' } as const
  const indian = {
    type: 'indian_bank_account',
    accountNumber: '000123456789',
    ifsc: 'HDFC0000001',
    name: 'Bea Payee',
  } as const
  const payDo = { type: 'paydo_account', account: 'bea@example.org', holder: 'personal' } as const

  it.each<Beneficiary>([iban, indian, payDo, { type: 'paydo_account', account: '7-1234' }])(
    'is taken: $type',
    (beneficiary) => {
      expect(withBeneficiary(beneficiary)).toMatchObject(E.right({ beneficiary }))
    },
  )

  it.each([
    ['beneficiary', [undefined, null, 'iban', []]],
    ['beneficiary.type', [{}, { type: 'IBAN' }, { type: 'constructor' }, { ...iban, type: undefined }]],
    [
      'beneficiary.iban',
      ['GB83WEST12345698765432', 'gb82west12345698765432', 'GB82 WEST 1234 5698 7654 32', 'GB82', ''].map((wrong) => ({
        ...iban,
        iban: wrong,
      })),
    ],
    [
      'beneficiary.name',
      [
        { ...iban, name: '' },
        { ...indian, name: 'a\nb' },
      ],
    ],
    ['beneficiary.email', [{ ...iban, email: 'bea' }]],
    ['beneficiary.ifsc', ['HDFC1000001', 'hdfc0000001', 'HDFC000001', ''].map((ifsc) => ({ ...indian, ifsc }))],
    [
      'beneficiary.accountNumber',
      ['12345', '1234-5678', 'x'.repeat(21)].map((accountNumber) => ({ ...indian, accountNumber })),
    ],
    ['beneficiary.account', [{ ...payDo, account: '' }]],
    ['beneficiary.holder', [{ ...payDo, holder: 'bank' }]],
    ['beneficiary.ifsc', [{ ...iban, ifsc: 'HDFC0000001' }]],
  ])('with a wrong %s is refused by that name', (path, beneficiaries) => {
    for (const beneficiary of beneficiaries) expectOnly(checkPayoutRequest, { ...payoutRequest, beneficiary }, path)
  })

  it('with an IBAN of two swapped or one mistyped digit is refused', () => {
    const digits = fc.integer({ min: 4, max: iban.iban.length - 1 })
    fc.assert(
      fc.property(digits, fc.constantFrom(...'0123456789'), (position, digit) => {
        const typed = iban.iban.slice(0, position) + digit + iban.iban.slice(position + 1)
        fc.pre(typed !== iban.iban)
        expect(complaints(withBeneficiary({ ...iban, iban: typed }))).toEqual(['beneficiary.iban'])
      }),
    )
    expect(complaints(withBeneficiary({ ...iban, iban: 'GB82WEST21345698765432' }))).toEqual(['beneficiary.iban'])
  })

  it('travels by a method code', () => {
    for (const method of ['', 'a b', 'x'.repeat(33), 7])
      expectOnly(checkPayoutRequest, { ...payoutRequest, method }, 'method')
  })
})
