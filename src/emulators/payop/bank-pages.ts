import type { Hono } from 'hono'
import { html } from '../kit/html.js'
import { actAsPayer, type Outcome } from './lifecycle.js'
import { notFoundPage, outcomeForms, postedOutcome, show } from './pages.js'
import { acsFields, afterStepUrl } from './payer-urls.js'
import { type Gateway, invoiceOf } from './state.js'

const BANK_BUTTONS: readonly (readonly [Outcome, string])[] = [
  ['pay', 'Confirm'],
  ['decline', 'Decline'],
  ['reject', 'Reject by antifraud'],
  ['pre_approve', 'Pre-approve'],
  ['timeout', 'Let it time out'],
  ['pay_late', 'Pay late'],
]

/** What the card issuer's page posts to `TermUrl` as `PaRes`. */
const AUTHENTICATION: Readonly<Record<string, Outcome>> = { authenticated: 'pay', failed: 'fail_authentication' }

const addBankPage = (app: Hono, gateway: Gateway): void => {
  app.get('/bank/authorize/:txid', (c) => {
    const transaction = gateway.transactions.get(c.req.param('txid'))
    if (transaction === undefined) return notFoundPage(c)
    const { chosenAmount, chosenCurrency } = transaction
    const amount = html`<p>Pay ${chosenAmount} ${chosenCurrency}?</p>`
    return show(c, 'Example Bank', html`${amount}${outcomeForms(BANK_BUTTONS)}`)
  })

  app.post('/bank/authorize/:txid', async (c) => {
    const transaction = gateway.transactions.get(c.req.param('txid'))
    const outcome = await postedOutcome(c)
    if (transaction === undefined) return notFoundPage(c)
    if (outcome === undefined) return show(c, 'Bad request', html`<p>Post one field, outcome.</p>`, 400)
    const invoice = invoiceOf(gateway, transaction)
    actAsPayer(gateway, invoice, outcome)
    return c.redirect(afterStepUrl(gateway, invoice, transaction), 303)
  })
}

const addIssuerPages = (app: Hono, gateway: Gateway): void => {
  app.post('/acs/3ds', async (c) => {
    const posted = await c.req.parseBody()
    const transaction = gateway.transactions.get(String(posted.MD))
    if (transaction === undefined) return notFoundPage(c)
    const expected = acsFields(gateway, invoiceOf(gateway, transaction), transaction)
    if (posted.PaReq !== expected.PaReq || posted.TermUrl !== expected.TermUrl)
      return show(c, 'Bad request', html`<p>PaReq or TermUrl is not what the form said.</p>`, 400)
    const forms = Object.keys(AUTHENTICATION).map(
      (
        answer,
      ) => html`<form method="post" action="${expected.TermUrl}"><input type="hidden" name="PaRes" value="${answer}">
<input type="hidden" name="MD" value="${expected.MD}"><button>${answer}</button></form>`,
    )
    return show(c, 'Example card issuer', html`<p>Was it you?</p>${forms}`)
  })

  app.post('/:locale/payment/3ds-return/:txid', async (c) => {
    const { PaRes, MD } = await c.req.parseBody()
    const transaction = gateway.transactions.get(c.req.param('txid'))
    const outcome = AUTHENTICATION[String(PaRes)]
    if (transaction === undefined || MD !== transaction.id) return notFoundPage(c)
    if (outcome === undefined) return show(c, 'Bad request', html`<p>PaRes is not known.</p>`, 400)
    const invoice = invoiceOf(gateway, transaction)
    actAsPayer(gateway, invoice, outcome)
    return c.redirect(afterStepUrl(gateway, invoice, transaction), 303)
  })
}

/** The pages of the payer's bank and of the card issuer. */
export const addBankPages = (app: Hono, gateway: Gateway): void => {
  addBankPage(app, gateway)
  addIssuerPages(app, gateway)
}
