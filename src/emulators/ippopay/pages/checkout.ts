import { type Html, html, page } from '../../kit/html.js'
import { rupeeText } from '../paise.js'
import type { Order } from '../records.js'

/** What a payer can do, as the value of the field `outcome`. */
const CHOICES = [
  ['success', 'Success'],
  ['failure', 'Failure'],
  ['pending', 'Pending at the bank'],
  ['closed', 'Close'],
] as const

export type Choice = (typeof CHOICES)[number][0]
export const ORDER_CHOICES: readonly Choice[] = CHOICES.map(([choice]) => choice)
export const ATTEMPT_CHOICES = ['success', 'failure'] as const

/** The pay page of an order: one form for each thing the payer can do, posted to `action`. */
export const checkoutPage = (order: Order, action: string): string =>
  order.status === 'paid'
    ? page('Already paid', summary(order))
    : page('Pay', html`${summary(order)}${buttons(ORDER_CHOICES, action)}`)

/** The bank's page of a pending attempt. */
export const attemptPage = (order: Order, action: string): string =>
  page('Your bank', html`${summary(order)}${buttons(ATTEMPT_CHOICES, action)}`)

export const refusedPage = (message: string): string => page('Not possible', html`<p>${message}</p>`)

const summary = ({ orderId, amountPaise, currency }: Order): Html =>
  html`<dl><dt>Order</dt><dd>${orderId}</dd><dt>Amount</dt><dd>${rupeeText(amountPaise)} ${currency}</dd></dl>`

const buttons = (choices: readonly Choice[], action: string): readonly Html[] =>
  CHOICES.filter(([choice]) => choices.includes(choice)).map(
    ([choice, label]) => html`<form method="post" action="${action}">
<input type="hidden" name="outcome" value="${choice}"><button>${label}</button></form>`,
  )
