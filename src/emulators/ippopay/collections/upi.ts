import { type Context, MERCHANT } from '../context.js'
import { type Fields, oneOf, optionalText } from '../fields.js'
import { rupeesOf } from '../paise.js'
import type { Order, Transaction, UpiNameField } from '../records.js'
import { payModeOf } from './pay-modes.js'
import { beginTransaction } from './transactions.js'

export interface UpiIntent {
  readonly transaction: Transaction
  readonly link: string
}

/** Opens a UPI app at the payer's side. What comes of it is seen by reading only. */
export const processUpiIntent = (context: Context, order: Order, fields: Fields): UpiIntent => {
  const nameField = nameFieldOf(fields)
  for (const field of ['Name', 'name', 'email', 'phone']) optionalText(fields, field)
  const payMode = payModeOf(order, oneOf(fields, 'pay_mode_id', ['upi-intent']))
  const transaction = beginTransaction(context, order, payMode)
  order.upiNameField = nameField
  return { transaction, link: upiLink(order, transaction) }
}

/** As the documented sample: no `cu`, the amount not padded, the values not percent-encoded. */
export const upiLink = ({ orderId, amountPaise }: Order, { transId }: Transaction): string =>
  `upi://pay?pa=emulator@upi&pn=${MERCHANT.name}&mc=5999&tr=${transId}&tn=Payment for ${orderId}&am=${rupeesOf(amountPaise)}`

const nameFieldOf = (fields: Fields): UpiNameField => {
  if ('Name' in fields) return 'name' in fields ? 'both' : 'Name'
  return 'name' in fields ? 'name' : 'none'
}
