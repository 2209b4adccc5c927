import { type Fields, oneOf, optionalText } from '../fields.js'
import { rupeesOf } from '../paise.js'
import type { Order, Transaction, UpiNameField } from '../records.js'
import { type Gateway, MERCHANT } from '../state.js'
import { payModeOf } from './pay-modes.js'
import { beginTransaction } from './transactions.js'

export interface UpiIntent {
  readonly transaction: Transaction
  readonly link: string
}

/** Makes a link that opens a UPI app. Only a read shows the result. */
export const processUpiIntent = (gateway: Gateway, order: Order, fields: Fields): UpiIntent => {
  const nameField = nameFieldOf(fields)
  for (const field of ['Name', 'name', 'email', 'phone']) optionalText(fields, field)
  const payMode = payModeOf(order, oneOf(fields, 'pay_mode_id', ['upi-intent']))
  const transaction = beginTransaction(gateway, order, payMode)
  order.upiNameField = nameField
  return { transaction, link: upiLink(order) }
}

/** As the documented sample, `tr=ORDER_XXX&tn=IppopayPG`: no `cu`, the amount not padded, values percent-encoded. */
export const upiLink = ({ orderId, amountPaise }: Order): string => {
  const reference = orderId.replace(/^order_/, 'ORDER_')
  const [pn, tr] = [encodeURIComponent(MERCHANT.name), encodeURIComponent(reference)]
  return `upi://pay?pa=emulator@upi&pn=${pn}&mc=5999&tr=${tr}&tn=IppopayPG&am=${rupeesOf(amountPaise)}`
}

const nameFieldOf = (fields: Fields): UpiNameField => {
  if ('Name' in fields) return 'name' in fields ? 'both' : 'Name'
  return 'name' in fields ? 'name' : 'none'
}
