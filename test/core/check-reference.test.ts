import * as E from 'fp-ts/lib/Either.js'
import { checkReference, checkRefundRequest } from '../../src/core/index.js'
import { type Check, complaints, expectOnly, refundRequest } from './requests.js'

describe('a reference', () => {
  const check: Check = (reference) => Reflect.apply(checkReference, undefined, [reference])
  const byId = { kind: 'payment', account: 'main', id: 'pay_1@x:y!z.0' } as const
  const byKey = { kind: 'refund', account: 'main', idempotencyKey: 'refund-1', paymentId: 'pay-1' } as const

  it('is by id, or by key, and may say what is expected', () => {
    expect(check(byId)).toStrictEqual(E.right(byId))
    expect(check(byKey)).toStrictEqual(E.right(byKey))
    const odd = { ...byId, id: "order_~!$&'()*+,;=:@-." }
    expect(check(odd)).toStrictEqual(E.right(odd))
    expect(check({ kind: 'payout', account: 'main', idempotencyKey: 'payout-1' })).toStrictEqual(
      E.right({ kind: 'payout', account: 'main', idempotencyKey: 'payout-1' }),
    )
    for (const amount of [{ value: '19.90' }, { value: '19.9' }, { minorUnits: 1990n }])
      expect(check({ ...byId, expectedAmount: { ...amount, currency: 'EUR' } })).toStrictEqual(
        E.right({ ...byId, expectedAmount: { value: '19.90', currency: 'EUR' } }),
      )
  })

  it('takes what is undefined for absent', () => {
    expect(check({ ...byId, idempotencyKey: undefined, expectedAmount: undefined })).toStrictEqual(E.right(byId))
  })

  it.each([
    ['both id and key', { ...byId, idempotencyKey: 'key-1' }],
    ['neither', { kind: 'payment', account: 'main' }],
    ['an id and another payment’s', { ...byId, paymentId: 'pay-2' }],
    ['a payment’s id alone', { kind: 'refund', account: 'main', paymentId: 'pay-2' }],
  ])('cannot be by %s', (_what, reference) => {
    expectOnly(check, reference, '(root)')
  })

  it.each([
    ['(root)', [undefined, null, 'pay-1', []]],
    ['kind', [{}, { ...byId, kind: 'order' }, { ...byId, kind: 'constructor' }]],
    [
      'account',
      [
        { ...byId, account: undefined },
        { ...byId, account: '' },
      ],
    ],
    [
      'id',
      ['', '.', '..', '...', 'a/b', 'a b', 'a?b', 'a#b', 'a%2e', 'ä', 'x'.repeat(129)].map((id) => ({ ...byId, id })),
    ],
    ['idempotencyKey', [{ ...byKey, idempotencyKey: 'a b' }]],
    ['paymentId', [{ ...byKey, paymentId: '../x' }]],
    ['expectedAmount', [{ ...byId, expectedAmount: { value: '0', currency: 'EUR' } }]],
    ['expectedAmount.currency', [{ ...byId, expectedAmount: { minorUnits: 1n, currency: 'euro' } }]],
    ['status', [{ ...byId, status: 'failed' }]],
  ])('with a wrong %s is refused by that name', (path, references) => {
    for (const reference of references) expectOnly(check, reference, path)
  })

  it('of a refund request is one to a payment', () => {
    expectOnly(
      checkRefundRequest,
      { ...refundRequest, payment: { kind: 'payout', account: 'main', id: 'p-1' } },
      'payment.kind',
    )
    expectOnly(checkRefundRequest, { ...refundRequest, payment: { kind: 'payment', account: 'main' } }, 'payment')
    expect(
      complaints(
        checkRefundRequest({
          ...refundRequest,
          payment: { kind: 'payment', account: 'main', idempotencyKey: 'key-1' },
        }),
      ),
    ).toEqual([])
  })
})
