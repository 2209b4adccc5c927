import * as E from 'fp-ts/lib/Either.js'
import {
  type Checked,
  type Flow,
  fieldsWithoutPlace,
  type PaymentError,
  type PaymentRequest,
  unless,
  unsupported,
} from '../../core/index.js'
import { type Customer, type NewOrder, type PaymentMode, paymentModes } from './endpoints/index.js'
import { unlessRupees } from './issues.js'

/** The flows, and what the decisive request of each does: order create, or the UPI `process` call after it. */
export const flows = { hosted: 'stages', popup: 'stages', upi_intent: 'moves_money' } as const
/** A flow that IppoPay offers. */
export type OfferedFlow = keyof typeof flows

/**
 * Optional fields with a place in an order. `description` is `notes`: only the white-label copy of the documentation names
 * it on orders, but transactions have it in both. `urls.failure` is taken where it is the same address as `urls.success`.
 * The merchant reference has no place at all and stays in the merchant's own record.
 */
export const paymentFields = [
  'description',
  'payer.name',
  'payer.email',
  'payer.phone',
  'method.code',
  'urls.success',
  'urls.notification',
] as const

const isOffered = (flow: Flow): flow is OfferedFlow => Object.hasOwn(flows, flow)
const isMode = (code: string): code is PaymentMode => paymentModes.some((mode) => mode === code)

// The country code goes in a field of its own. No other begins with 91; how long others are takes a table.
const phoneOf = (phone: string): Customer['phone'] =>
  phone.startsWith('+91') ? { countryCode: '91', nationalNumber: phone.slice(3) } : undefined

const modesOf = (code: string): readonly PaymentMode[] | undefined => {
  const codes = code.split(',')
  const modes = codes.filter(isMode)
  return new Set(modes).size === codes.length ? modes : undefined
}

const customerOf = ({ name, email }: PaymentRequest['payer'], phone: Customer['phone']): Customer | undefined =>
  name === undefined && email === undefined && phone === undefined
    ? undefined
    : {
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
        ...(phone === undefined ? {} : { phone }),
      }

/** The order that a request asks for. Gives `Unsupported` with every field that IppoPay cannot take. */
export const newOrder = (
  request: Checked<PaymentRequest>,
): E.Either<PaymentError, { readonly flow: OfferedFlow; readonly order: NewOrder }> => {
  const { amount, description, method, payer, urls } = request
  const flow = method?.flow ?? 'hosted'
  const modes = method?.code === undefined ? undefined : modesOf(method.code)
  const phone = payer.phone === undefined ? undefined : phoneOf(payer.phone)
  const issues = [
    ...unlessRupees(amount),
    ...fieldsWithoutPlace(request, [...paymentFields, 'urls.failure']),
    ...unless(
      urls.failure === undefined || urls.failure === urls.success,
      'urls.failure',
      'the same address as urls.success: the gateway takes one',
    ),
    ...unless(
      (payer.phone === undefined) === (phone === undefined),
      'payer.phone',
      'an Indian number, +91…: the gateway takes the country code apart',
    ),
    ...unless(
      (method?.code === undefined) === (modes === undefined) &&
        (flow !== 'upi_intent' || modes?.includes('upi') !== false),
      'method.code',
      flow === 'upi_intent' ? 'upi' : `some of ${paymentModes.join(', ')} with commas between and no spaces`,
    ),
  ]
  if (!isOffered(flow))
    return E.left(unsupported([{ path: 'method.flow', expected: Object.keys(flows).join(', ') }, ...issues]))
  if (issues.length > 0) return E.left(unsupported(issues))
  const customer = customerOf(payer, phone)
  return E.right({
    flow,
    order: {
      amount,
      ...(modes === undefined ? {} : { paymentModes: modes }),
      ...(customer === undefined ? {} : { customer }),
      ...(urls.notification === undefined ? {} : { notifyUrl: urls.notification }),
      ...(urls.success === undefined ? {} : { returnUrl: urls.success }),
      ...(description === undefined ? {} : { notes: description }),
    },
  })
}
