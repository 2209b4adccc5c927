import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { checkPaymentRequest, checkPayoutRequest, checkRefundRequest, invalidRequest } from '../../src/core/index.js'
import fc from '../property.js'
import {
  type Check,
  complaints,
  expectOnly,
  issuesOf,
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

describe.each(requests)('a %s request', (_kind, check, request, minorUnits) => {
  it('with every field is taken, its amount in minor units', () => {
    expect(check(request)).toEqual(E.right({ ...request, amount: { minorUnits, currency: 'EUR' } }))
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
    const withAmount = (fields: object) => replaced(request, 'amount', { currency: 'EUR', ...fields })
    for (const value of ['0', '0.00', '19.999']) expectOnly(check, withAmount({ value }), 'amount')
    for (const minorUnits of [0n, -1n, 10n ** 18n]) expectOnly(check, withAmount({ minorUnits }), 'amount')
    for (const fields of [{}, { value: undefined }, { value: '19.99', minorUnits: 1999n }])
      expectOnly(check, withAmount(fields), 'amount')
    for (const value of ['-1', '1e3', '', ' 1', '1.', '.5', '007', 19.99, 19, 1999n, Number.NaN, null, {}])
      expectOnly(check, withAmount({ value }), 'amount.value')
    for (const minorUnits of ['19.99', 19, null, {}]) expectOnly(check, withAmount({ minorUnits }), 'amount.minorUnits')
    for (const currency of ['eur', 'ABC', '', 978, null, undefined, 'constructor'])
      expectOnly(check, replaced(request, 'amount.currency', currency), 'amount.currency')
    for (const amount of ['19.99', 1999n, null, []]) expectOnly(check, replaced(request, 'amount', amount), 'amount')
    expectOnly(check, replaced(request, 'amount.decimals', 2), 'amount.decimals')
  })

  it('with a wrong amount is told what to write instead, and never what was written', () => {
    const issuesWith = (amount: object) => issuesOf(check(replaced(request, 'amount', { currency: 'EUR', ...amount })))
    const text = "decimal text such as '49.90'"
    expect(issuesWith({ value: '49,90' })).toEqual([
      { path: 'amount.value', expected: `${text}: a point, not a comma` },
    ])
    for (const value of [49.9, 49, Number.NaN])
      expect(issuesWith({ value })).toEqual([{ path: 'amount.value', expected: `${text}: as text, not as a number` }])
    expect(issuesWith({ value: 4990n })).toEqual([
      { path: 'amount.value', expected: `${text}: minor units go into minorUnits` },
    ])
    for (const value of ['forty', '', null, {}, true])
      expect(issuesWith({ value })).toEqual([{ path: 'amount.value', expected: text }])
    for (const currency of ['eur', 'Eur'])
      expect(issuesWith({ value: '49.90', currency })).toEqual([
        { path: 'amount.currency', expected: 'an ISO 4217 code: in upper case' },
      ])
    for (const currency of ['euro', '', 978, null, Object.create(null), { toString: () => 'eur' }, Symbol('eur')])
      expect(issuesWith({ value: '49.90', currency })).toEqual([
        { path: 'amount.currency', expected: 'an ISO 4217 code' },
      ])
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
    const space = 4096 - JSON.stringify(entries(0)).length
    expect(complaints(check(replaced(request, 'metadata', entries(space))))).toEqual([])
    expectOnly(check, replaced(request, 'metadata', entries(space + 1)), 'metadata')
    expectOnly(
      check,
      replaced(request, 'metadata', { ...entries(space - 1), d: `${'x'.repeat(space - 1)}é` }),
      'metadata',
    )
  })

  it('with a deadline that is no whole number of milliseconds is refused', () => {
    for (const deadline of [1.5, Number.POSITIVE_INFINITY, 2 ** 53, '2030-01-01', new Date(0), 1n])
      expectOnly(check, replaced(request, 'deadline', deadline), 'deadline')
  })

  it('with a deadline that looks like seconds is refused with that hint', () => {
    const now = 1_790_000_000_000
    for (const seconds of [now / 1000, 1_000_000_001, 99_999_999_999, now / 1000 + 0.5])
      expect(issuesOf(check(replaced(request, 'deadline', seconds)))).toEqual([
        { path: 'deadline', expected: 'milliseconds since the epoch: this looks like seconds' },
      ])
    expect(issuesOf(check(replaced(request, 'deadline', '1790000000')))).toEqual([
      { path: 'deadline', expected: 'milliseconds since the epoch' },
    ])
    for (const milliseconds of [now, 100_000_000_000, 0, 1, 1_000_000_000])
      expect(issuesOf(check(replaced(request, 'deadline', milliseconds)))).toEqual([])
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

  it('that cannot be read is refused at its root, and what it throws is not repeated', () => {
    const unreadable = {
      ...request,
      get idempotencyKey(): string {
        throw new Error('CANARY')
      },
    }
    const proxy = new Proxy(request, {
      ownKeys: () => {
        throw new Error('CANARY')
      },
    })
    for (const wrong of [unreadable, proxy])
      expect(check(wrong)).toEqual(
        E.left(invalidRequest([{ path: '(root)', expected: 'plain data: a part of it threw when it was read' }])),
      )
  })

  it('is checked, not thrown at, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (value) => ['Left', 'Right'].includes(check(value)._tag)))
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true })
    fc.assert(
      fc.property(fc.constantFrom(...leavesOf(request)), anything, (path, value) =>
        ['Left', 'Right'].includes(check(replaced(request, path, value))._tag),
      ),
    )
  })
})
