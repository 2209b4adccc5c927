import { type Html, html, page } from '../../kit/html.js'
import type { Order, Transaction } from '../records.js'

/** The result that the payer's browser takes back to the shop. It is not signed: any caller can send it. */
export type Event = 'success' | 'failure' | 'closed'

/** How the payer came: in a popup over the shop's page, or sent away from it with `redirect=true`. */
export type Flow = 'popup' | 'redirect'

interface Result {
  readonly event: Event
  readonly order: Order
  readonly transaction?: Transaction
}

export const resultPage = (result: Result, flow: Flow): string => {
  const body = flow === 'redirect' ? returnForm(result) : windowMessage(result)
  return page(TITLES[result.event], body)
}

const TITLES = { success: 'Payment successful', failure: 'Payment failed', closed: 'Payment closed' } as const

/** Posts the result to the shop's page, which opened the popup. */
const windowMessage = ({ event, order, transaction }: Result): Html => {
  const message =
    event === 'closed'
      ? { status: event, data: 'Payment Popup Closed' }
      : { status: event, transaction_no: transaction?.transId ?? '', order_id: order.orderId }
  return html`<p>The result was sent to the page that opened this one.</p>
<script type="application/json" id="result">${inScript(message)}</script>
<script>(window.opener || window.parent).postMessage(JSON.parse(document.getElementById('result').textContent), '*')</script>`
}

/** Posts itself to the shop's `return_url`. */
const returnForm = ({ event, order, transaction }: Result): Html => {
  if (order.returnUrl === '') return html`<p>The order has no return_url. You can close this page.</p>`
  return html`<form id="return" method="post" action="${order.returnUrl}">
<input type="hidden" name="status" value="${event}">
<input type="hidden" name="transaction_no" value="${transaction?.transId ?? ''}">
<input type="hidden" name="order_id" value="${order.orderId}">
<button>Return to the shop</button>
</form>
<script>document.getElementById('return').submit()</script>`
}

/** JSON that cannot end the script element around it. */
const inScript = (value: object): Html => ({ html: JSON.stringify(value).replaceAll('<', '\\u003c') })
