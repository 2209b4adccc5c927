import type { Context as Exchange, Hono } from 'hono'
import { STATUS, SYNTHETIC } from '../answers.js'
import { findOrder, findPublicOrder } from '../collections/orders.js'
import { payModeOf } from '../collections/pay-modes.js'
import { concludeTransaction, findTransaction, tryToPay } from '../collections/transactions.js'
import type { Context } from '../context.js'
import { type Fields, oneOf, optionalText } from '../fields.js'
import type { Order } from '../records.js'
import { Refusal } from '../refusal.js'
import { ATTEMPT_CHOICES, attemptPage, checkoutPage, ORDER_CHOICES, refusedPage } from './checkout.js'
import { type Flow, resultPage } from './result.js'

/**
 * The hosted pages. A payer clicks; a script does the same with one form field:
 * `POST /order/{order_id}/outcome?public_key=...[&redirect=true]` with `outcome=success|failure|pending|closed` and, if
 * it likes, `pay_mode_id`. A pending try goes on at `POST /attempt/{trans_id}/outcome` with `outcome=success|failure`.
 */
export const addPages = (app: Hono, context: Context): void => {
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SYNTHETIC)) c.header(name, value)
  })
  app.onError((error, c) =>
    error instanceof Refusal
      ? c.html(refusedPage(error.message), STATUS[error.kind])
      : c.html(refusedPage('The emulator failed.'), 500),
  )

  app.get('/order/:order_id', (c) => c.html(checkoutPage(orderOf(context, c), outcomeUrl(c))))
  app.post('/order/:order_id/outcome', async (c) => decideOrder(context, c, await readForm(c)))
  // A bank's page is opened by a form that posts itself, or by a link.
  app.on(['GET', 'POST'], '/attempt/:trans_id', (c) => c.html(attemptPage(attemptOf(context, c).order, outcomeUrl(c))))
  app.post('/attempt/:trans_id/outcome', async (c) => decideAttempt(context, c, await readForm(c)))
}

const decideOrder = (context: Context, c: Exchange, form: Fields): Response => {
  const order = orderOf(context, c)
  const choice = oneOf(form, 'outcome', ORDER_CHOICES)
  if (choice === 'closed') return c.html(resultPage({ event: choice, order }, flowOf(c)))
  const transaction = tryToPay(context, order, payModeOf(order, optionalText(form, 'pay_mode_id')), choice)
  if (choice === 'pending') return c.redirect(`/attempt/${transaction.transId}${queryOf(c)}`, 303)
  return c.html(resultPage({ event: choice, order, transaction }, flowOf(c)))
}

const decideAttempt = (context: Context, c: Exchange, form: Fields): Response => {
  const { order, transaction } = attemptOf(context, c)
  const outcome = oneOf(form, 'outcome', ATTEMPT_CHOICES)
  concludeTransaction(context, order, transaction, outcome)
  return c.html(resultPage({ event: outcome, order, transaction }, flowOf(c)))
}

/** By the full id with the public key, or as `payment_url` has it: by the short id alone. */
const orderOf = (context: Context, c: Exchange): Order => {
  const id = c.req.param('order_id') ?? ''
  return id.startsWith('order_')
    ? findPublicOrder(context, id, c.req.query('public_key'))
    : findOrder(context, `order_${id}`)
}

const attemptOf = (context: Context, c: Exchange) => {
  const transaction = findTransaction(context, c.req.param('trans_id') ?? '')
  return { transaction, order: findOrder(context, transaction.orderId) }
}

const readForm = (c: Exchange): Promise<Fields> => c.req.parseBody()

const flowOf = (c: Exchange): Flow => (c.req.query('redirect') === 'true' ? 'redirect' : 'popup')

const queryOf = (c: Exchange): string => new URL(c.req.url).search

const outcomeUrl = (c: Exchange): string => `${new URL(c.req.url).pathname}/outcome${queryOf(c)}`
