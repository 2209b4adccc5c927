import * as E from 'fp-ts/lib/Either.js'
import {
  type Capabilities,
  checkPaymentRequest,
  checkPayoutRequest,
  type PaymentError,
  unsupported,
} from '../../src/core/index.js'
import type { Condition, Route, Target } from '../../src/orchestrator/config/index.js'
import { paymentFacts, payoutFacts, type RequestFacts, route } from '../../src/orchestrator/routing/index.js'
import { paymentRequest, payoutRequest } from '../core/requests.js'
import fc from '../property.js'

const deduplication = { kind: 'none' } as const
const common = { supported: true, deduplication, lookupByKey: false, currencies: 'any' } as const
const creates = { effect: 'creates', fields: [], required: [] } as const
const able: Capabilities = {
  adapter: 'one',
  createPayment: { ...common, flows: { hosted: creates, direct: { ...creates, effect: 'moves_money' } } },
  refund: { ...common, partial: true, perPayment: 'many', fields: [] },
  payout: { ...common, beneficiaries: ['iban'], fields: [] },
  disputes: false,
  refundsElsewhere: false,
  payableMs: 0,
}
const no = { supported: false, why: 'it is a test' } as const

const payment: RequestFacts = {
  operation: 'createPayment',
  idempotencyKey: 'key-1',
  amount: { minorUnits: 1999n, currency: 'EUR' },
  country: 'DE',
  flow: 'hosted',
  code: 'cards',
  metadata: { shop: 'a', till: '7' },
}
const payout: RequestFacts = {
  operation: 'payout',
  idempotencyKey: 'key-1',
  amount: { minorUnits: 1999n, currency: 'EUR' },
  beneficiary: 'iban',
}

const all = { capabilities: () => able, share: () => 1 }
const to = (...accounts: readonly string[]): readonly Target[] => accounts.map((account) => ({ account }))
const everything = (...accounts: readonly string[]): readonly Route[] => [{ when: {}, to: to(...accounts) }]
const noAccount: E.Either<PaymentError, never> = E.left(
  unsupported([{ path: 'route', expected: 'an account on the route that can serve the request' }]),
)

describe('the facts of a request', () => {
  it('of a payment are its own, and the hosted page without a method', () => {
    const checked = checkPaymentRequest(paymentRequest)
    expect(E.isRight(checked) && paymentFacts(checked.right)).toEqual({
      operation: 'createPayment',
      idempotencyKey: paymentRequest.idempotencyKey,
      amount: { minorUnits: 1999n, currency: 'EUR' },
      country: 'DE',
      flow: 'hosted',
      code: 'cards_eu',
      metadata: paymentRequest.metadata,
    })
    const { method, ...plain } = paymentRequest
    const bare = checkPaymentRequest({ ...plain, payer: {} })
    expect(E.isRight(bare) && paymentFacts(bare.right)).toMatchObject({ flow: 'hosted' })
  })

  it('of a payout name the kind of its beneficiary and the way the money travels', () => {
    const checked = checkPayoutRequest({ ...payoutRequest, method: 'IMPS' })
    expect(E.isRight(checked) && payoutFacts(checked.right)).toEqual({
      operation: 'payout',
      idempotencyKey: payoutRequest.idempotencyKey,
      amount: expect.objectContaining({ currency: payoutRequest.amount.currency }),
      beneficiary: payoutRequest.beneficiary.type,
      code: 'IMPS',
      metadata: payoutRequest.metadata,
    })
  })
})

describe('a route', () => {
  const euro = (minorUnits: bigint) => ({ minorUnits, currency: 'EUR' })

  it.each<readonly [Condition, boolean]>([
    [{}, true],
    [{ operation: ['createPayment'] }, true],
    [{ operation: ['payout'] }, false],
    [{ currency: ['USD', 'EUR'] }, true],
    [{ currency: ['USD'] }, false],
    [{ amount: { currency: 'EUR', from: euro(1999n), to: euro(1999n) } }, true],
    [{ amount: { currency: 'EUR', from: euro(2000n) } }, false],
    [{ amount: { currency: 'EUR', to: euro(1998n) } }, false],
    [{ amount: { currency: 'USD', from: { minorUnits: 1n, currency: 'USD' } } }, false],
    [{ country: ['FR', 'DE'] }, true],
    [{ country: ['FR'] }, false],
    [{ method: ['hosted'] }, true],
    [{ method: ['cards'] }, true],
    [{ method: ['popup', 'wallet'] }, false],
    [{ metadata: { shop: 'a' } }, true],
    [{ metadata: { shop: 'a', till: '8' } }, false],
    [{ metadata: { toString: 'x' } }, false],
    [{ currency: ['EUR'], country: ['FR'] }, false],
  ])('%j fits the payment: %j', (when, fits) => {
    expect(E.isRight(route([{ when, to: to('a') }], payment, all))).toBe(fits)
  })

  it('with a country or a method does not fit what has none', () => {
    expect(E.isLeft(route([{ when: { country: ['DE'] }, to: to('a') }], payout, all))).toBe(true)
    expect(E.isLeft(route([{ when: { method: ['hosted'] }, to: to('a') }], payout, all))).toBe(true)
  })

  it('is the first that fits, also where its accounts cannot serve and a later one’s could', () => {
    const routes: readonly Route[] = [
      { when: { currency: ['INR'] }, to: to('india') },
      { when: { currency: ['EUR'] }, to: to('europe', 'spare') },
      { when: {}, to: to('rest') },
    ]
    expect(route(routes, payment, all)).toEqual(E.right(['europe', 'spare']))
    const restOnly = { ...all, capabilities: (account: string) => (account === 'rest' ? able : undefined) }
    expect(route(routes, payment, restOnly)).toEqual(noAccount)
  })

  it('that none is gives Unsupported', () => {
    expect(route([{ when: { currency: ['INR'] }, to: to('india') }], payment, all)).toEqual(
      E.left(unsupported([{ path: 'route', expected: 'a request that one of the routes takes' }])),
    )
  })
})

describe('an account that cannot serve the request', () => {
  it.each<readonly [string, RequestFacts, Partial<Capabilities>]>([
    ['does not offer payments', payment, { createPayment: no }],
    [
      'does not take the currency',
      payment,
      { createPayment: { ...common, currencies: ['INR'], flows: { hosted: creates } } },
    ],
    ['does not offer the flow', payment, { createPayment: { ...common, flows: { popup: creates } } }],
    ['does not offer payouts', payout, { payout: no }],
    [
      'does not pay the currency out',
      payout,
      { payout: { ...common, currencies: ['INR'], beneficiaries: ['iban'], fields: [] } },
    ],
    [
      'does not pay to such a beneficiary',
      payout,
      { payout: { ...common, beneficiaries: ['indian_bank_account'], fields: [] } },
    ],
  ])('because it %s is left out', (_why, facts, lacking) => {
    const capabilities = (account: string) => (account === 'lacking' ? { ...able, ...lacking } : able)
    expect(route(everything('lacking', 'other'), facts, { ...all, capabilities })).toEqual(E.right(['other']))
    expect(route(everything('lacking'), facts, { ...all, capabilities })).toEqual(noAccount)
  })

  it('may lack what the request does not ask for', () => {
    const { payout: _payout, ...rest } = able
    const capabilities = () => ({ ...rest, payout: no })
    expect(route(everything('a'), payment, { ...all, capabilities })).toEqual(E.right(['a']))
  })
})

const orderOf = (routes: readonly Route[], key: string, share: (account: string) => number = () => 1) => {
  const order = route(routes, { ...payment, idempotencyKey: key }, { ...all, share })
  return E.isRight(order) ? order.right : []
}

describe('an unhealthy account', () => {
  it('is tried last, the order among the unhealthy and among the others kept', () => {
    const share = (account: string) => (['a', 'c'].includes(account) ? 0 : 1)
    expect(orderOf(everything('a', 'b', 'c', 'd'), 'key-1', share)).toEqual(['b', 'd', 'a', 'c'])
    expect(orderOf(everything('a', 'c'), 'key-1', share)).toEqual(['a', 'c'])
  })
})

describe('an account that returns', () => {
  it('is tried in its own place by its share of the keys, and last by the others; a key that had it keeps it as the share grows', () => {
    const keys = Array.from({ length: 2000 }, (_, n) => `key-${n}`)
    const inPlace = (share: number) =>
      keys.filter((key) => orderOf(everything('a', 'b'), key, (account) => (account === 'a' ? share : 1))[0] === 'a')
    const [tenth, half] = [inPlace(0.1), inPlace(0.5)]
    expect(tenth.length).toBeGreaterThan(140)
    expect(tenth.length).toBeLessThan(260)
    expect(half.length).toBeGreaterThan(900)
    expect(half.length).toBeLessThan(1100)
    expect(half).toEqual(expect.arrayContaining(tenth))
  })
})

describe('the order of accounts', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const targets = fc.uniqueArray(
    fc.record(
      { account: fc.constantFrom(...names), weight: fc.integer({ min: 1, max: 1000 }) },
      { requiredKeys: ['account'] },
    ),
    { minLength: 1, selector: ({ account }) => account },
  ) as fc.Arbitrary<readonly Target[]>
  const key = fc.stringMatching(/^[\w:.-]{1,128}$/)

  it('never invents, repeats or loses an account, and puts the unhealthy behind the healthy', () => {
    fc.assert(
      fc.property(targets, key, fc.subarray(names), (list, idempotencyKey, unhealthy) => {
        const share = (account: string) => (unhealthy.includes(account) ? 0 : 1)
        const order = orderOf([{ when: {}, to: list }], idempotencyKey, share)
        expect([...order].sort()).toEqual(list.map(({ account }) => account).sort())
        const health = order.map(share)
        expect(health).toEqual([...health].sort((a, b) => b - a))
      }),
    )
  })

  it('is the same for the same key', () => {
    fc.assert(
      fc.property(targets, key, (list, idempotencyKey) => {
        const routes = [{ when: {}, to: list }]
        expect(orderOf(routes, idempotencyKey)).toEqual(orderOf(structuredClone(routes), idempotencyKey))
      }),
    )
  })

  it('does not depend on the order in the file where it is drawn, and stays for the others when one is taken away', () => {
    fc.assert(
      fc.property(targets, key, (list, idempotencyKey) => {
        const weighted = list.map((target) => ({ weight: 1, ...target }))
        const order = orderOf([{ when: {}, to: weighted }], idempotencyKey)
        expect(orderOf([{ when: {}, to: [...weighted].reverse() }], idempotencyKey)).toEqual(order)
        const [gone, ...others] = weighted
        const expected = order.filter((account) => account !== gone?.account)
        expect(orderOf([{ when: {}, to: others }], idempotencyKey)).toEqual(expected)
      }),
    )
  })

  it('stays as it was drawn in earlier versions: another order would send a repeat elsewhere', () => {
    const routes: readonly Route[] = [{ when: {}, to: names.map((account, index) => ({ account, weight: index + 1 })) }]
    expect(['key-1', 'key-2', 'key-3'].map((each) => orderOf(routes, each).join(''))).toEqual([
      'fadbce',
      'ebfcda',
      'fbacde',
    ])
  })

  it('is that of the file where no account has a weight', () => {
    expect(orderOf(everything('c', 'a', 'b'), 'key-7')).toEqual(['c', 'a', 'b'])
  })

  it('follows the weights over many keys; an account without one counts 1', () => {
    const routes: readonly Route[] = [
      { when: {}, to: [{ account: 'a', weight: 6 }, { account: 'b', weight: 3 }, { account: 'c' }] },
    ]
    const count = new Map<string, number>()
    for (let n = 0; n < 10_000; n += 1) {
      const order = orderOf(routes, `order-${n}`).join('')
      count.set(order, (count.get(order) ?? 0) + 1)
    }
    // First by its share of all, then by its share of the rest. Three standard deviations are 150 at most.
    const expected = { abc: 4500, acb: 1500, bac: 2571, bca: 429, cab: 667, cba: 333 }
    for (const [order, share] of Object.entries(expected))
      expect(Math.abs((count.get(order) ?? 0) - share)).toBeLessThan(150)
  })
})
