import { expectedAmountOf, objectIdOf, type Reference } from '../../src/core/index.js'

const payment = { kind: 'payment', account: 'main' } as const
const byId: Reference<'payment'> = { ...payment, id: 'pay-1' }

describe('the id of an object', () => {
  it.each<readonly [string, Reference<'payment' | 'refund'>, string]>([
    ['is the gateway’s', byId, 'pay-1'],
    ['is made of our key, where the gateway’s is not known', { ...payment, idempotencyKey: 'order-1' }, 'key:order-1'],
    [
      'is made of our key and the payment, for a refund without an id of its own',
      { kind: 'refund', account: 'main', idempotencyKey: 'refund-1', paymentId: 'pay-1' },
      'key:refund-1@pay-1',
    ],
  ])('%s', (_what, reference, id) => {
    expect(objectIdOf(reference)).toBe(id)
  })
})

describe('the expected amount of a reference', () => {
  it('is in minor units', () => {
    const expectedAmount = { value: '49.90', currency: 'EUR' }
    expect(expectedAmountOf({ ...byId, expectedAmount })).toEqual({
      minorUnits: 4990n,
      currency: 'EUR',
    })
  })

  it('is none where none is expected', () => {
    expect(expectedAmountOf(byId)).toBeUndefined()
  })
})
