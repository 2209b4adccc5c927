import { amount, type Fields, oneOf, optionalDigits, optionalObject, optionalText, optionalUrl } from '../fields.js'
import type { Customer, Mode, Order, PaymentMode } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'

const ALL_MODES = 'cc,dc,nb,upi'
/** `db` is a debit card in the answers of the documentation, and in the requests of one merchant. */
const MODES = new Map<string, PaymentMode>([
  ['cc', 'cc'],
  ['dc', 'dc'],
  ['db', 'dc'],
  ['nb', 'nb'],
  ['upi', 'upi'],
])

/** Creates an order. No field of it identifies it for the merchant: creating twice makes two orders. */
export const createOrder = (gateway: Gateway, mode: Mode, fields: Fields): Order => {
  const order: Order = {
    amountPaise: amount(fields, 'amount'),
    currency: oneOf(fields, 'currency', ['INR'], 'INR'),
    paymentModes: readPaymentModes(fields),
    customer: readCustomer(optionalObject(fields, 'customer')),
    // Any text: the sample of the documentation has YOUR WEBHOOK URL here.
    notifyUrl: optionalText(fields, 'notify_url'),
    returnUrl: fields.return_url === true ? '' : optionalUrl(fields, 'return_url'),
    notes: optionalText(fields, 'notes'),
    orderId: gateway.nextId('order'),
    mode,
    status: 'created',
    forcedStatus: null,
    createdAt: gateway.clock.now(),
  }
  gateway.orders.set(order.orderId, order)
  return order
}

/** An order is visible to the keys of the mode it was created in. */
export const findOrder = ({ orders }: Gateway, orderId: string, mode?: Mode): Order => {
  const order = orders.get(orderId)
  if (order === undefined || (mode !== undefined && order.mode !== mode))
    throw new Refusal('not_found', 'Order not found')
  return order
}

/** Finds an order for a caller that has its id and the public key of its mode. */
export const findPublicOrder = (gateway: Gateway, orderId: string, publicKey: unknown): Order => {
  const order = findOrder(gateway, orderId)
  if (publicKey !== gateway.credentials[order.mode].publicKey) throw new Refusal('not_found', 'Order not found')
  return order
}

/** Reads a comma-separated list without spaces. */
const readPaymentModes = (fields: Fields): readonly PaymentMode[] => {
  const codes = (optionalText(fields, 'payment_modes') || ALL_MODES).split(',')
  const modes = codes.flatMap((code) => MODES.get(code) ?? [])
  if (modes.length < codes.length)
    throw new Refusal('invalid', `payment_modes must be a comma list, without spaces, out of ${ALL_MODES}`)
  return [...new Set(modes)]
}

const readCustomer = (fields: Fields): Customer => {
  const phone = optionalObject(fields, 'phone')
  return {
    name: optionalText(fields, 'name'),
    email: optionalText(fields, 'email'),
    phone: {
      country_code: optionalDigits(phone, 'country_code'),
      national_number: optionalDigits(phone, 'national_number'),
    },
  }
}
