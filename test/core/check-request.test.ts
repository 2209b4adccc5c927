import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { checkPaymentRequest, checkPayoutRequest, checkRefundRequest } from '../../src/core/index.js'
import fc from '../property.js'
import {
  type Check,
  complaints,
  expectOnly,
  leavesOf,
  paymentRequest,
  payoutRequest,
  refundRequest,
  replaced,
} from './requests.js'

const requests: ReadonlyArray<readonly [kind: string, Check, request: object, amount: bigint]> = [
  ['payment', checkPaymentRequest, paymentRequest, 1999n],
  ['refund', checkRefundRequest, refundRequest, 500n],
  ['payout', checkPayoutRequest, payoutRequest, 25000n],
]

describe.each(requests)('a %s request', (_kind, check, request, amount) => {
  it('with every field is taken, its amount in minor units', () => {
    expect(check(request)).toEqual(E.right({ ...request, amount: { amount, currency: 'EUR' } }))
  })

  it.each(leavesOf(request).filter((path) => !path.startsWith('metadata') && !/extra|fields|amount/.test(path)))(
    'with a wrong %s is refused by that name',
    (path) => {
      // Not alone: a wrong `type` or `kind` also decides what else is looked at.
      for (const wrong of [null, {}, [], '', 'two\nlines', Number.NaN])
        expect(complaints(check(replaced(request, path, wrong)))).toContain(path)
    },
  )

  it('with a wrong amount is refused by the name of the amount', () => {
    for (const amount of ['0', '-1', '19.999', '1e3', 0n, -1n, 10n ** 18n, '', ' 1'])
      expectOnly(check, replaced(request, 'amount.amount', amount), 'amount')
    for (const amount of [19.99, 19, Number.NaN, null, undefined, {}])
      expectOnly(check, replaced(request, 'amount.amount', amount), 'amount.amount')
    for (const currency of ['eur', 'ABC', '', 978, null, undefined, 'constructor'])
      expectOnly(check, replaced(request, 'amount.currency', currency), 'amount.currency')
    for (const amount of ['19.99', 1999n, null, []]) expectOnly(check, replaced(request, 'amount', amount), 'amount')
    expectOnly(check, replaced(request, 'amount.decimals', 2), 'amount.decimals')
  })

  it('with wrong metadata is refused by the position of the entry', () => {
    for (const wrong of ['', 'a\nb', 1, null, 'x'.repeat(1025)])
      expectOnly(check, replaced(request, 'metadata', { fine: 'text', 'jo@example.com': wrong }), 'metadata.#2')
    for (const name of ['', 'a\nb', 'x'.repeat(65)])
      expectOnly(check, replaced(request, 'metadata', { [name]: 'text' }), 'metadata.#1')
    for (const wrong of [null, [], 'text', new Map([['a', 'b']])])
      expectOnly(check, replaced(request, 'metadata', wrong), 'metadata')
  })

  it('with more than 4 KiB of metadata is refused', () => {
    const entries = (length: number) => ({
      a: 'x'.repeat(1024),
      b: 'x'.repeat(1024),
      c: 'x'.repeat(1024),
      d: 'x'.repeat(length),
    })
    const room = 4096 - JSON.stringify(entries(0)).length
    expect(complaints(check(replaced(request, 'metadata', entries(room))))).toEqual([])
    expectOnly(check, replaced(request, 'metadata', entries(room + 1)), 'metadata')
    expectOnly(
      check,
      replaced(request, 'metadata', { ...entries(room - 1), d: `${'x'.repeat(room - 1)}é` }),
      'metadata',
    )
  })

  it('with a deadline that is no whole number of milliseconds is refused', () => {
    for (const deadline of [1.5, Number.POSITIVE_INFINITY, 2 ** 53, '2030-01-01', new Date(0), 1n])
      expectOnly(check, replaced(request, 'deadline', deadline), 'deadline')
  })

  it('with an idempotency key that no record could hold is refused', () => {
    for (const key of ['', 'with space', 'ümlaut', 'x'.repeat(129), 'a/b', 'a\n'])
      expectOnly(check, replaced(request, 'idempotencyKey', key), 'idempotencyKey')
  })

  it('with a field that does not exist is refused by that name', () => {
    expectOnly(check, { ...request, idempotencykey: 'key-1' }, 'idempotencykey')
  })

  it('that is no object is refused at its root', () => {
    for (const nothing of [undefined, null, 'text', 7, [], Promise.resolve(request)])
      expectOnly(check, nothing, '(root)')
  })

  it('never finds its values in an error', () => {
    const leaf = fc.constantFrom(...leavesOf(request))
    const canary = fc.constantFrom(
      'CANARY\n',
      'CANARY <jo@example.com>\n',
      ['CANARY'],
      { 'CANARY 4111': 'CANARY' },
      'CANARY'.repeat(1000),
    )
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1 }), canary, (paths, value) => {
        const result = check(paths.reduce<unknown>((so, path) => replaced(so, path, value), request))
        expect(complaints(result).length).toBeGreaterThan(0)
        expect(inspect(result, { depth: 9, maxStringLength: null })).not.toContain('CANARY')
      }),
    )
  })

  it('is judged, not thrown at, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (value) => ['Left', 'Right'].includes(check(value)._tag)))
  })
})
