import type { Context, Hono } from 'hono'
import { rethrow } from '../kit/admin.js'
import { invalid, isRecord } from '../kit/input.js'
import type { Decisions, PayOptions } from './decisions.js'
import { amount, type Fields, oneOf, optionalText, text } from './fields.js'
import type { Records } from './record-readers.js'

/** Adds IppoPay's own admin routes: its records, and what payers, banks and staff decide. The kit answers errors. */
export const addIppoPayAdminRoutes = (app: Hono, records: Records, decisions: Decisions): void => {
  app.onError(rethrow)
  app.get('/orders', (c) => c.json(records.orders()))
  app.get('/orders/:order_id', (c) => {
    const orderId = c.req.param('order_id')
    const order = records.order(orderId)
    if (order === undefined) return c.json({ message: 'Order not found' }, 404)
    return c.json({ ...order, transactions: records.transactions(orderId), refunds: records.refunds(orderId) })
  })
  app.get('/transfers', (c) => c.json(records.transfers()))
  app.get('/beneficiaries', (c) => c.json(records.beneficiaries()))
  app.get('/balance', (c) => c.json({ balancePaise: records.balancePaise() }))

  app.post('/orders/:order_id/pay', async (c) => {
    const input = await readInput(c)
    const outcome = oneOf(input, 'outcome', ['success', 'failure', 'pending'], 'success')
    return c.json({ transId: decisions.pay(c.req.param('order_id'), outcome, payOptions(input)) })
  })
  app.post('/transactions/:trans_id/decide', async (c) => {
    const input = await readInput(c)
    decisions.decidePayment(c.req.param('trans_id'), oneOf(input, 'outcome', ['success', 'failure']), payOptions(input))
    return done(c)
  })
  app.post('/orders/:order_id/refund-status', async (c) => {
    decisions.decideRefund(c.req.param('order_id'), text(await readInput(c), 'status'))
    return done(c)
  })
  app.post('/orders/:order_id/refund', async (c) => {
    const input = await readInput(c)
    decisions.startRefund(c.req.param('order_id'), input.amount === undefined ? undefined : amount(input, 'amount'))
    return done(c)
  })
  app.post('/orders/:order_id/status', async (c) => {
    decisions.setOrderStatus(c.req.param('order_id'), textOrNull(await readInput(c), 'status'))
    return done(c)
  })
  app.post('/transactions/:trans_id/status', async (c) => {
    decisions.setTransactionStatus(c.req.param('trans_id'), textOrNull(await readInput(c), 'status'))
    return done(c)
  })
  app.post('/transfers/:trans_ref/status', async (c) => {
    decisions.setTransferStatus(c.req.param('trans_ref'), textOrNull(await readInput(c), 'status'))
    return done(c)
  })
  app.post('/orders/:order_id/forge-notification', (c) => {
    decisions.forgeNotification(c.req.param('order_id'))
    return done(c)
  })
  app.post('/transfers/:trans_ref/advance', (c) => {
    decisions.advanceTransfer(c.req.param('trans_ref'))
    return done(c)
  })
  app.post('/transfers/:trans_ref/decide', async (c) => {
    const decision = oneOf(await readInput(c), 'decision', ['failed', 'cancelled', 'returned'])
    decisions.decideTransfer(c.req.param('trans_ref'), decision)
    return done(c)
  })
  app.post('/beneficiaries/:beneficiary_ref/status', async (c) => {
    const status = oneOf(await readInput(c), 'status', ['active', 'suspended', 'inactive'])
    decisions.setBeneficiaryStatus(c.req.param('beneficiary_ref'), status)
    return done(c)
  })
}

const done = (c: Context): Response => c.json({ done: true })

const readInput = async (c: Context): Promise<Fields> => {
  const input: unknown = await c.req.json()
  if (!isRecord(input)) throw invalid('the body', 'an object')
  return input
}

const textOrNull = (input: Fields, field: string): string | null => (input[field] === null ? null : text(input, field))

/** `paid` is in rupees, as in the API. */
const payOptions = (input: Fields): PayOptions => ({
  ...(input.paid === undefined ? {} : { paidPaise: amount(input, 'paid') }),
  ...(input.failureReason === undefined ? {} : { failureReason: optionalText(input, 'failureReason') }),
  ...(input.payModeId === undefined ? {} : { payModeId: optionalText(input, 'payModeId') }),
})
