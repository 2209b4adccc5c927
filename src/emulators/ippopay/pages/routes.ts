import type { Context, Hono } from 'hono'
import { STATUS, SYNTHETIC } from '../answers.js'
import { findOrder, findPublicOrder } from '../collections/orders.js'
import { payModeOf } from '../collections/pay-modes.js'
import { decideTransaction, findTransaction, tryToPay } from '../collections/transactions.js'
import { type Fields, oneOf, optionalText } from '../fields.js'
import type { Order } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'
import { ATTEMPT_CHOICES, attemptPage, checkoutPage, ORDER_CHOICES, refusedPage } from './checkout.js'
import { type Flow, resultPage } from './result.js'

/**
 * The hosted pages. A script acts as the payer with one form field:
 * `POST /order/{order_id}/outcome?public_key=...[&redirect=true]` with `outcome=success|failure|pending|closed` and an optional
 * `pay_mode_id`. A pending attempt continues at `POST /attempt/{trans_id}/outcome` with `outcome=success|failure`.
 */
export const addPages = (app: Hono, gateway: Gateway): void => {
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SYNTHETIC)) c.header(name, value)
  })
  app.onError((error, c) =>
    error instanceof Refusal
      ? c.html(refusedPage(error.message), STATUS[error.kind])
      : c.html(refusedPage('The emulator failed.'), 500),
  )

  app.get('/order/:order_id', (c) => c.html(checkoutPage(orderOf(gateway, c), outcomeUrl(c))))
  app.post('/order/:order_id/outcome', async (c) => decideOrder(gateway, c, await readForm(c)))
  // A bank's page is opened by a form that posts itself, or by a link.
  app.on(['GET', 'POST'], '/attempt/:trans_id', (c) => c.html(attemptPage(attemptOf(gateway, c).order, outcomeUrl(c))))
  app.post('/attempt/:trans_id/outcome', async (c) => decideAttempt(gateway, c, await readForm(c)))
}

const decideOrder = (gateway: Gateway, c: Context, form: Fields): Response => {
  const order = orderOf(gateway, c)
  const choice = oneOf(form, 'outcome', ORDER_CHOICES)
  if (choice === 'closed') return c.html(resultPage({ event: choice, order }, flowOf(c)))
  const transaction = tryToPay(gateway, order, payModeOf(order, optionalText(form, 'pay_mode_id')), choice)
  if (choice === 'pending') return c.redirect(`/attempt/${transaction.transId}${queryOf(c)}`, 303)
  return c.html(resultPage({ event: choice, order, transaction }, flowOf(c)))
}

const decideAttempt = (gateway: Gateway, c: Context, form: Fields): Response => {
  const { order, transaction } = attemptOf(gateway, c)
  const outcome = oneOf(form, 'outcome', ATTEMPT_CHOICES)
  decideTransaction(gateway, order, transaction, outcome)
  return c.html(resultPage({ event: outcome, order, transaction }, flowOf(c)))
}

/** Finds an order by its full id and the public key or, as in `payment_url`, by the short id alone. */
const orderOf = (gateway: Gateway, c: Context): Order => {
  const id = c.req.param('order_id') ?? ''
  return id.startsWith('order_')
    ? findPublicOrder(gateway, id, c.req.query('public_key'))
    : findOrder(gateway, `order_${id}`)
}

const attemptOf = (gateway: Gateway, c: Context) => {
  const transaction = findTransaction(gateway, c.req.param('trans_id') ?? '')
  return { transaction, order: findOrder(gateway, transaction.orderId) }
}

const readForm = (c: Context): Promise<Fields> => c.req.parseBody()

const flowOf = (c: Context): Flow => (c.req.query('redirect') === 'true' ? 'redirect' : 'popup')

const queryOf = (c: Context): string => new URL(c.req.url).search

const outcomeUrl = (c: Context): string => `${new URL(c.req.url).pathname}/outcome${queryOf(c)}`
