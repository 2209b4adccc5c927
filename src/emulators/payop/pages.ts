import type { Context, Hono } from 'hono'
import { type Html, html, page } from '../kit/html.js'
import { actAsPayer, isPending, OUTCOMES, type Outcome } from './lifecycle.js'
import { browserStep, returnUrl, waitPageUrl } from './payer-urls.js'
import {
  type Gateway,
  type Invoice,
  invoiceOf,
  isOverdue,
  type State,
  type Transaction,
  TX,
  transactionOf,
} from './state.js'

const LOCALES: ReadonlySet<string> = new Set('en ru es it pt de fr sv fi tr pl nl'.split(' '))

const BUTTONS: readonly (readonly [Outcome, string])[] = [
  ['pay', 'Pay'],
  ['decline', 'Be declined'],
  ['reject', 'Be rejected by antifraud'],
  ['pre_approve', 'Pre-approve'],
  ['timeout', 'Let it time out'],
  ['abandon', 'Walk away'],
  ['pay_late', 'Pay late'],
  ['cancel', 'Go back to the shop'],
]

const STATES: Readonly<Record<State, string>> = {
  [TX.new]: 'started',
  [TX.pending]: 'started',
  [TX.accepted]: 'paid',
  [TX.preApproved]: 'pre-approved',
  [TX.timeout]: 'timed out',
}

/** One form for each button: POST to the address of the page (or `action`), with the one field `outcome`. */
export const outcomeForms = (buttons: readonly (readonly [Outcome, string])[], action = ''): readonly Html[] =>
  buttons.map(
    ([outcome, label]) =>
      html`<form method="post" action="${action}"><input type="hidden" name="outcome" value="${outcome}"><button>${label}</button></form>`,
  )

/** The outcome that was posted; undefined if it is not one. */
export const postedOutcome = async (c: Context): Promise<Outcome | undefined> => {
  const { outcome } = await c.req.parseBody()
  return OUTCOMES.find((known) => known === outcome)
}

export const show = (c: Context, title: string, body: Html, status: 200 | 400 | 404 = 200): Response => {
  c.header('x-emulator-synthetic', '1')
  return c.html(page(title, body), status)
}

export const notFoundPage = (c: Context): Response => show(c, 'Not found', html`<p>There is no such payment.</p>`, 404)

const describeState = (gateway: Gateway, invoice: Invoice, transaction: Transaction | undefined): string => {
  if (isOverdue(gateway, invoice)) return 'overdue'
  return transaction === undefined ? 'not paid yet' : (STATES[transaction.state] ?? 'failed')
}

const hostedPage = (gateway: Gateway, invoice: Invoice): Html => html`<dl>
<dt>Amount</dt><dd>${invoice.amount} ${invoice.currency}</dd>
<dt>Order</dt><dd>${invoice.orderId}</dd>
<dt>Description</dt><dd>${invoice.description}</dd>
<dt>State</dt><dd>${describeState(gateway, invoice, transactionOf(gateway, invoice))}</dd></dl>
${outcomeForms(BUTTONS)}`

/** Where the payer goes next: to the shop if the payment is decided (pre-approved is a success), else to the waiting page. */
const nextUrl = (gateway: Gateway, invoice: Invoice): string => {
  const transaction = transactionOf(gateway, invoice)
  if (transaction === undefined) return returnUrl(gateway, invoice, 'failure')
  if (isPending(transaction)) return waitPageUrl(gateway, invoice)
  const succeeded = transaction.state === TX.accepted || transaction.state === TX.preApproved
  return returnUrl(gateway, invoice, succeeded ? 'success' : 'failure')
}

const stepForm = (gateway: Gateway, invoice: Invoice, transaction: Transaction): Html => {
  const step = browserStep(gateway, invoice, transaction)
  if (step === undefined) return html``
  const { method, url, fields } = step
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="${method}" action="${url}">${hidden}<button>Continue</button></form>`
}

/** The documented address, and the shorter one that clients send payers to. */
const HOSTED_PATHS = ['/:locale/payment/invoice-preprocessing/:id', '/:locale/payment/:id']

const addHostedPage = (app: Hono, gateway: Gateway): void => {
  const find = (c: Context): Invoice | undefined =>
    LOCALES.has((c.req.param('locale') ?? '').toLowerCase()) ? gateway.invoices.get(c.req.param('id') ?? '') : undefined

  app.on('GET', HOSTED_PATHS, (c) => {
    const invoice = find(c)
    if (invoice === undefined) return notFoundPage(c)
    invoice.isSeen = true
    return show(c, 'Payop payment page', hostedPage(gateway, invoice))
  })

  app.on('POST', HOSTED_PATHS, async (c) => {
    const invoice = find(c)
    const outcome = await postedOutcome(c)
    if (invoice === undefined) return notFoundPage(c)
    if (outcome === undefined) return show(c, 'Bad request', html`<p>Post one field, outcome.</p>`, 400)
    actAsPayer(gateway, invoice, outcome)
    if (outcome === 'abandon') return show(c, 'The payer walked away', html`<p>Close this page.</p>`)
    return c.redirect(nextUrl(gateway, invoice), 303)
  })
}

export const addPages = (app: Hono, gateway: Gateway): void => {
  addHostedPage(app, gateway)

  app.get('/:locale/payment/wait-page/:txid', (c) => {
    const transaction = gateway.transactions.get(c.req.param('txid'))
    if (transaction === undefined) return notFoundPage(c)
    const invoice = invoiceOf(gateway, transaction)
    if (!isPending(transaction)) return c.redirect(nextUrl(gateway, invoice), 303)
    const step = stepForm(gateway, invoice, transaction)
    return show(c, 'Please wait', html`<p>The payment is not decided yet. Load this page again.</p>${step}`)
  })

  app.get('/:locale/payment/success-page/', (c) => show(c, 'Paid', html`<p>Thank you.</p>`))
  app.get('/:locale/payment/fail-page/', (c) => show(c, 'Not paid', html`<p>The payment did not go through.</p>`))
}
