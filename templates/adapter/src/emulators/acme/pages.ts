import type { Context, Hono } from 'hono'
import { html, page } from '../kit/html.js'
import { type AcmeOutcome, act, decimal, type Gateway, paymentOf, Refusal } from './gateway.js'

// TEMPLATE: the payer's pages. A script acts as the payer with `POST /pay/{id}` and `outcome=paid|declined`.

/** What no document shows is marked, so that no code depends on its text. */
const SYNTHETIC = { 'x-emulator-synthetic': '1' }

const CHOICES = [
  ['paid', 'Pay'],
  ['declined', 'Be declined by the bank'],
] as const

const payPage = (gateway: Gateway, id: string): string => {
  const { cents, currency } = paymentOf(gateway, id)
  const forms = CHOICES.map(
    ([outcome, label]) => html`<form method="post" action="/pay/${id}">
<input type="hidden" name="outcome" value="${outcome}"><button>${label}</button></form>`,
  )
  return page(
    'Pay',
    html`<dl><dt>Payment</dt><dd>${id}</dd><dt>Amount</dt><dd>${decimal(cents)} ${currency}</dd></dl>${forms}`,
  )
}

const outcomeIn = (form: Readonly<Record<string, unknown>>): AcmeOutcome => {
  const choice = CHOICES.find(([outcome]) => outcome === form.outcome)
  if (choice === undefined) throw new Refusal(422, 'invalid_field', 'outcome must be paid or declined.')
  return choice[0]
}

const afterwards = (gateway: Gateway, c: Context, id: string, outcome: AcmeOutcome): Response => {
  const { urls } = paymentOf(gateway, id)
  const url = outcome === 'paid' ? urls.success : urls.failure
  return url === '' ? c.html(page('Done', html`<p>You may close this page.</p>`), 200) : c.redirect(url, 303)
}

/** Adds the hosted page of each payment. */
export const addPages = (app: Hono, gateway: Gateway): void => {
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SYNTHETIC)) c.header(name, value)
  })
  app.onError((error, c) =>
    error instanceof Refusal
      ? c.html(page('Not possible', html`<p>${error.message}</p>`), error.status)
      : c.html(page('Not possible', html`<p>The emulator failed.</p>`), 500),
  )
  app.get('/pay/:id', (c) => c.html(payPage(gateway, c.req.param('id'))))
  app.post('/pay/:id', async (c) => {
    const id = c.req.param('id')
    const outcome = outcomeIn(await c.req.parseBody())
    act(gateway, id, outcome)
    return afterwards(gateway, c, id, outcome)
  })
}
