import * as t from 'io-ts'
import { ippopay } from '../../src/adapters/ippopay/index.js'
import { Order, Transaction, Transfer } from '../../src/adapters/ippopay/wire.js'
import { Invoice, Refund, Withdrawal } from '../../src/adapters/payop/wire.js'
import { decode, fieldOf, isObject, type Json, objectOf, parseJson, parseOwnJson } from '../../src/core/index.js'
import { left, right } from '../either.js'

/** Runs with a field that every object of the program inherits. */
const polluted = <A>(name: string, value: unknown, run: () => A): A => {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true })
  try {
    return run()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

const objectIn = (text: string): { readonly [key: string]: Json } => {
  const json = parseJson(text)
  if (!isObject(json)) throw new Error('no object')
  return json
}

describe('a field called __proto__', () => {
  it.each([
    '{"__proto__":{"status":"paid"},"a":1}',
    '{"\\u005f_proto__":{"status":"paid"},"a":1}',
    '{"_\\u005Fproto_\\u005f":{"status":"paid"},"a":1}',
  ])('of JSON from outside is no field: %s', (text) => {
    const json = objectIn(text)
    expect(Object.keys(json)).toEqual(['a'])
    expect(Object.assign({}, json)).not.toHaveProperty('status')
  })

  it('is none at any depth, and a text of that name stays a text', () => {
    expect(parseJson('[{"a":{"__proto__":{"b":1}}},"__proto__"]')).toEqual([{ a: {} }, '__proto__'])
  })

  it('of what paymux wrote itself is kept', () => {
    expect(Object.keys(parseOwnJson('{"__proto__":"x"}') ?? {})).toEqual(['__proto__'])
  })
})

describe('an inherited field', () => {
  it('is no field of an object', () => {
    polluted('status', 'paid', () => {
      expect(fieldOf({}, 'status')).toBeUndefined()
      expect(left(decode(objectOf({ status: t.string }), {}))).toHaveLength(1)
      expect(right(decode(objectOf({ status: t.string }), { status: 'x', more: 1 }))).toEqual({ status: 'x', more: 1 })
    })
  })

  it.each([
    ['an invoice', Invoice, { identifier: 'deadbeef' }, 'status', '1'],
    ['a refund', Refund, { identifier: 'deadbeef' }, 'status', '2'],
    ['a withdrawal', Withdrawal, { identifier: 'deadbeef' }, 'status', '2'],
    ['an order', Order, { order_id: 'order_1' }, 'status', 'paid'],
    ['a transaction', Transaction, {}, 'status', 'success'],
    ['a transfer', Transfer, { trans_ref: 'ref1' }, 'status', 'success'],
  ])('gives %s no state', (_what, codec, value, name, state) => {
    polluted(name, state, () => expect(codec.decode(value)._tag).toBe('Left'))
  })

  it('says neither what was paid, nor which order a notification is about', () => {
    polluted('paid', 10, () =>
      expect(right(Transaction.decode({ status: 'success', cost: {} })).cost.paid).toBeUndefined(),
    )
    const keys = { publicKey: 'pk_live_made_up', secretKey: 'sk_live_made_up' }
    const { notification } = right(ippopay({ adapter: 'ippopay', mode: 'live', ...keys }))
    polluted('order_id', 'order_1', () =>
      expect(notification({ method: 'POST', url: '/', headers: {}, body: '{"a":1}' })._tag).toBe('Left'),
    )
  })
})
