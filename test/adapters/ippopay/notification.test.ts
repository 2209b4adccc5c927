import type { NotificationTarget, RawNotification } from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import fc from '../../property.js'
import { anAccount, order, transaction } from './support.js'

const { notification } = anAccount({ account: 'india' })
const orderId = 'order_G@nz!3qBq'

const posted = (body: string): RawNotification => ({ method: 'POST', url: '/hooks/ippopay/t0ken', headers: {}, body })
const fetched = (query: string): RawNotification => ({
  method: 'GET',
  url: `/hooks/ippopay/t0ken${query}`,
  headers: {},
  body: '',
})

const about = (reported: NotificationTarget['reported'] = {}): NotificationTarget => ({
  reference: { kind: 'payment', account: 'india', id: orderId },
  reported,
})

describe('a notification about an order', () => {
  it.each([
    ['data.order', { data: { order: { order_id: orderId } } }],
    ['data.transaction', { data: { transaction: { order_id: orderId } } }],
    ['order', { order: { order_id: orderId } }],
    ['transaction', { transaction: { order_id: orderId } }],
    ['order_id', { order_id: orderId }],
    ['orderId', { orderId }],
  ])('is found in JSON under %s', (_name, body) => {
    expect(right(notification(posted(JSON.stringify(body))))).toEqual(about())
  })

  it('is looked for in the order in which the places are listed', () => {
    const named = (id: string) => ({ order_id: id })
    const places = {
      orderId: 'order_6',
      order_id: 'order_5',
      transaction: named('order_4'),
      order: named('order_3'),
      data: { transaction: named('order_2'), order: named('order_1') },
    }
    const idOf = (body: unknown) => {
      const { reference } = right(notification(posted(JSON.stringify(body))))
      return 'id' in reference ? reference.id : undefined
    }
    const { data, order: _3, transaction: _4, order_id: _5, ...last } = places
    expect([
      idOf(places),
      idOf({ ...places, data: { transaction: data.transaction } }),
      idOf({ ...places, data: {} }),
      idOf({ ...last, order_id: 'order_5', transaction: named('order_4') }),
      idOf({ ...last, order_id: 'order_5' }),
      idOf(last),
    ]).toEqual(['order_1', 'order_2', 'order_3', 'order_4', 'order_5', 'order_6'])
  })

  it('has its claims kept and nothing else', () => {
    const body = { success: true, message: 'x', data: { order: order({ status: 'paid' }), transaction: transaction() } }
    expect(right(notification(posted(JSON.stringify(body))))).toEqual(
      about({ order: 'paid', transaction: 'success', refund: 'not_requested', transactionId: 'trans_7ahBy2Hf1' }),
    )
  })

  it('drops claims that are stories', () => {
    const body = { order_id: orderId, status: 'paid by Ann <ann.buyer@example.com>', trans_id: 'x'.repeat(65) }
    expect(right(notification(posted(JSON.stringify(body))))).toEqual(about())
  })

  it.each([
    ['a form', posted(`order_id=${encodeURIComponent(orderId)}&status=success&transaction_no=trans_1`)],
    ['a form with raw characters', posted(`order_id=${orderId}&status=success&transaction_no=trans_1`)],
    ['a query', fetched(`?token=t&order_id=${orderId}&status=success&transaction_no=trans_1`)],
    [
      'a query, posted with a body that says nothing',
      { ...posted('{}'), url: `/h?orderId=${orderId}&status=success&trans_id=trans_1` },
    ],
  ])('is found in %s', (_name, raw) => {
    expect(right(notification(raw))).toEqual(about({ status: 'success', transactionId: 'trans_1' }))
  })

  it.each([
    ['brackets', 'data[order][order_id]=ID&data[order][status]=paid&data[order][status]=other'],
    ['dots', 'data.order.order_id=ID&data.order.status=paid'],
  ])('is found in a form of nested names with %s', (_name, form) => {
    expect(right(notification(posted(form.replace('ID', encodeURIComponent(orderId)))))).toEqual(
      about({ order: 'paid' }),
    )
  })

  it('is not believed whatever its content type says', () => {
    const raw = { ...posted(`order_id=${orderId}`), headers: { 'content-type': 'application/json' } }
    expect(right(notification(raw))).toEqual(about())
  })
})

describe('what names no order', () => {
  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '7',
    '{',
    '{}',
    '{"order_id":""}',
    '{"order_id":"a/b"}',
    '{"order_id":{"a":1}}',
    '{"order_id":null}',
    '{"__proto__":{"order_id":"order_1"}}',
    'order_id=a%2Fb',
    '\ufffd',
  ])('is InvalidRequest: %j', (body) => {
    expect(left(notification(posted(body)))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'body' }] })
  })

  it('is InvalidRequest: another method', () => {
    expect(left(notification({ ...posted(`order_id=${orderId}`), method: 'PUT' }))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'method', expected: 'POST or GET' }],
    })
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), fc.string(), (body, query) => {
        notification({ ...posted(body), url: `/h?${query}` })
        notification({ ...posted(''), url: query })
      }),
    )
  })
})
