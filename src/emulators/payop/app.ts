import type { Hono } from 'hono'
import { matches } from '../kit/routes.js'
import { addBalanceRoutes } from './balances.js'
import { addBankPages } from './bank-pages.js'
import { addCardTokenRoutes, CREATE_CARD_TOKEN } from './card-tokens.js'
import { addCheckoutRoutes, CAPTURE_CHECKOUT, CREATE_CHECKOUT, VOID_CHECKOUT } from './checkout.js'
import { addCheckoutStatusRoutes } from './checkout-status.js'
import { answerRefusal, Refusal } from './errors.js'
import { addInvoiceRoutes, CREATE_INVOICE } from './invoices.js'
import { addMethodRoutes } from './methods.js'
import { addPages } from './pages.js'
import { addRefundRoutes, CREATE_REFUND } from './refunds.js'
import type { Gateway } from './state.js'
import { addTransactionRoutes } from './transactions.js'
import { addWithdrawalRoutes, CREATE_WITHDRAWALS } from './withdrawals.js'

/** The routes of the execution log. Both the invoice and the checkout that charges are a `payment`. */
export const OPERATIONS: Readonly<Record<string, string>> = {
  [CREATE_INVOICE]: 'payment',
  [CREATE_CHECKOUT]: 'payment',
  [CREATE_CARD_TOKEN]: 'card_token',
  [CREATE_REFUND]: 'refund',
  [CREATE_WITHDRAWALS]: 'payout',
  [VOID_CHECKOUT]: 'void',
  [CAPTURE_CHECKOUT]: 'capture',
}

/** Adds everything that Payop serves: the API and the payer's pages. Both ports serve all of it. */
export const addGatewayRoutes = (app: Hono, gateway: Gateway): void => {
  addInvoiceRoutes(app, gateway)
  addMethodRoutes(app, gateway)
  addCardTokenRoutes(app, gateway)
  addCheckoutRoutes(app, gateway)
  addCheckoutStatusRoutes(app, gateway)
  addTransactionRoutes(app, gateway)
  addRefundRoutes(app, gateway)
  addWithdrawalRoutes(app, gateway)
  addBalanceRoutes(app, gateway)
  addPages(app, gateway)
  addBankPages(app, gateway)

  app.onError((error, c) => {
    if (error instanceof Refusal) return answerRefusal(c, gateway.behaviour, error)
    c.header('x-emulator-error', error.message.replace(/[^ -~]/g, ' '))
    return c.json({ message: 'Something went wrong, try again or contact support.' }, 500)
  })
  app.notFound((c) => {
    const known = app.routes.some(
      ({ method, path }) => method !== 'ALL' && matches(`${method} ${path}`, method, c.req.path),
    )
    const refusal = known ? new Refusal(405, 'Method Not Allowed') : new Refusal(404, 'Not Found', { synthetic: true })
    return answerRefusal(c, gateway.behaviour, refusal)
  })
}
