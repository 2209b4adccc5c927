import { endpoints } from '../../../src/adapters/ippopay/index.js'
import { createCall } from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import { anAccount, gateway, json, over, says } from './support.js'

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' })
const orderId = 'order_G@nz!3qBq'

describe('the decoders', () => {
  it.each([
    ['an order without an id', says.order({ order_id: undefined })],
    ['an order whose id fits in no path', says.order({ order_id: 'order_a/b' })],
    ['an order without a status', says.order({ status: null })],
    ['no order', json({ success: true, data: [] })],
  ])('take %s for an answer that was lost', async (_name, answer) => {
    gateway([answer])
    expect(left(await over(anAccount())(endpoints.getOrder, { orderId })())).toMatchObject({
      _tag: 'Indeterminate',
      retry: 'safe',
      httpStatus: 200,
    })
  })

  it('take an order made without a usable answer for one that may exist', async () => {
    gateway([says.order({ order_id: null })])
    const error = left(await createCall(anAccount().send)(endpoints.createOrder, { amount: inr(1n) })())
    expect(error).toMatchObject({ _tag: 'Indeterminate', retry: 'after_read' })
  })

  it('tolerate an array where an object is meant', async () => {
    gateway([says.transaction({ cost: [], gateway: [] })])
    expect(right(await over(anAccount())(endpoints.getTransaction, { orderId })())).toMatchObject({ cost: {} })
  })

  it.each([
    ['a UPI link of another scheme', says.intent('https://shop.example/pay')],
    ['no UPI link', says.intent(undefined)],
    ['another action', json({ success: true, data: { pay_process: { action: 'redirect', redirect_data: {} } } })],
  ])('take %s for an answer that was lost', async (_name, answer) => {
    gateway([answer])
    const error = left(await over(anAccount())(endpoints.processUpiIntent, { orderId })())
    expect(error).toMatchObject({ _tag: 'Indeterminate', retry: 'after_read' })
  })

  it('take a balance that is no amount for an answer that was lost', async () => {
    gateway([json({ success: true, data: { account: { available_balance: 'plenty' } } })])
    expect(left(await over(anAccount())(endpoints.getBalance, undefined)())).toMatchObject({ _tag: 'Indeterminate' })
  })

  it('read a balance given as a number', async () => {
    gateway([json({ success: true, data: { account: { available_balance: 47.5 } } })])
    expect(right(await over(anAccount())(endpoints.getBalance, undefined)())).toEqual(inr(4750n))
  })
})
