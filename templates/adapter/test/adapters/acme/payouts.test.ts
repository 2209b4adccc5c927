import type { PayoutRequest } from '../../../src/core/index.js'
import { fail, succeed } from '../../either.js'
import { aProvider, gateway, keyOf, payoutRequest } from './support.js'

const key = keyOf('payout', 'key-3')

const payoutOf = (fields: object = {}) => ({
  payout: { id: 'out_1', key, status: 'queued', amount: '25.00', currency: 'EUR', ...fields },
})

const reference = { kind: 'payout', account: 'acme', id: 'out_1' } as const

describe('payout', () => {
  it('sends what the gateway documents, under its idempotency key', async () => {
    const arrived = gateway(payoutOf(), 201)
    const payout = await succeed(aProvider().payout({ ...payoutRequest, description: 'Invoice 77' }))
    expect(payout).toMatchObject({ reference, status: 'processing', amountCheck: 'exact' })
    expect(arrived.map(({ line, headers }) => [line, headers['idempotency-key']])).toEqual([['POST /v1/payouts', key]])
    expect(JSON.parse(arrived[0]?.body ?? '')).toEqual({
      amount: '25.00',
      currency: 'EUR',
      reference: 'INV-77',
      iban: 'DE89370400440532013000',
      name: 'Bea Payee',
      statement: 'Invoice 77',
    })
  })

  it('does not take a payout with another key for its answer', async () => {
    gateway(payoutOf({ key: 'another' }), 201)
    expect((await fail(aProvider().payout(payoutRequest)))._tag).toBe('Indeterminate')
  })

  it.each<[path: string, change: Partial<PayoutRequest>]>([
    ['amount.currency', { amount: { value: '25.00', currency: 'INR' } }],
    ['method', { method: 'IMPS' }],
    ['beneficiary.type', { beneficiary: { type: 'paydo_account', account: '100200300' } }],
  ])('is Unsupported for %s', async (path, change) => {
    const error = await fail(aProvider().payout({ ...payoutRequest, ...change }))
    expect(error).toMatchObject({ _tag: 'Unsupported', issues: [{ path }] })
  })
})

describe('getStatus of a payout', () => {
  it.each([
    ['queued', 'processing', undefined],
    ['sent', 'succeeded', undefined],
    ['rejected', 'failed', 'rejected'],
    ['hibernating', 'unknown', undefined],
  ])('reads %s as %s', async (word, status, reason) => {
    gateway(payoutOf({ status: word, bank_reference: 'BANK-1' }))
    const payout = await succeed(aProvider().getStatus(reference))
    expect([payout.status, payout.reason, payout.bankReference]).toEqual([status, reason, 'BANK-1'])
  })

  it('finds it by its key, and gives its id', async () => {
    const arrived = gateway(payoutOf())
    const byKey = { kind: 'payout', account: 'acme', idempotencyKey: 'key-3' } as const
    expect((await succeed(aProvider().getStatus(byKey))).reference).toEqual(reference)
    expect(arrived[0]?.line).toBe(`GET /v1/payouts/key:${key}`)
  })

  it('takes an answer about another payout for none', async () => {
    gateway(payoutOf({ id: 'out_2' }))
    expect((await fail(aProvider().getStatus(reference)))._tag).toBe('Indeterminate')
  })
})
