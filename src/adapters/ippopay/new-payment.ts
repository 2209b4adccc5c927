import * as E from 'fp-ts/lib/Either.js'
import {
  type Checked,
  type Flow,
  flowOf,
  type Issue,
  issueUnless,
  omitUndefined,
  type Payer,
  type PaymentError,
  type PaymentField,
  type PaymentRequest,
  paymentFieldsBeside,
  unsupported,
} from '../../core/index.js'
import { flows, issueUnlessRupees } from './capabilities.js'
import { type Customer, type NewOrder, type PaymentMode, paymentModes } from './endpoints/index.js'

/** A flow that IppoPay offers. */
export type OfferedFlow = keyof typeof flows

const isOffered = (flow: Flow): flow is OfferedFlow => Object.hasOwn(flows, flow)
const isMode = (code: string): code is PaymentMode => paymentModes.some((mode) => mode === code)

// The country code goes in a field of its own. No other begins with 91; how long others are takes a table.
const phoneOf = (phone: string | undefined): Customer['phone'] =>
  phone?.startsWith('+91') === true ? { countryCode: '91', nationalNumber: phone.slice(3) } : undefined

const modesOf = (code: string | undefined): readonly PaymentMode[] | undefined => {
  const codes = code?.split(',') ?? []
  const modes = codes.filter(isMode)
  return modes.length > 0 && new Set(modes).size === codes.length ? modes : undefined
}

const methodIssues = (flow: Flow, code: string | undefined): readonly Issue[] => {
  const modes = modesOf(code)
  return flow === 'upi_intent'
    ? issueUnless(code === undefined || modes?.includes('upi') === true, 'method.code', 'upi')
    : issueUnless(
        (code === undefined) === (modes === undefined),
        'method.code',
        `some of ${paymentModes.join(', ')} with commas between and no spaces`,
      )
}

/** A field has a place by its value, too: a phone number has to be Indian, and one address serves success and failure. */
const placesOf = (flow: OfferedFlow, { payer, urls }: Checked<PaymentRequest>): readonly PaymentField[] => [
  ...flows[flow].fields.filter((path) => path !== 'payer.phone' || phoneOf(payer.phone) !== undefined),
  ...(urls.failure === urls.success ? (['urls.failure'] as const) : []),
]

const customerOf = ({ name, email, phone }: Payer): Customer | undefined => {
  const customer = omitUndefined({ name, email, phone: phoneOf(phone) })
  return Object.keys(customer).length === 0 ? undefined : customer
}

/** The order that a payment request makes. */
export interface NewPayment {
  /** How the payer is brought to pay. */
  readonly flow: OfferedFlow
  /** The order to make. */
  readonly order: NewOrder
  /** The request's optional fields without a place, by path. */
  readonly notPassedOn: readonly string[]
}

/** The order for a request. Gives `Unsupported` with every part of currency, flow and method that IppoPay does not offer. */
export const newPayment = (request: Checked<PaymentRequest>): E.Either<PaymentError, NewPayment> => {
  const { amount, description, method, payer, urls } = request
  const flow = flowOf(request)
  const issues = [...issueUnlessRupees(amount), ...methodIssues(flow, method?.code)]
  if (!isOffered(flow))
    return E.left(unsupported([{ path: 'method.flow', expected: Object.keys(flows).join(', ') }, ...issues]))
  if (issues.length > 0) return E.left(unsupported(issues))
  const order = {
    amount,
    ...omitUndefined({
      paymentModes: modesOf(method?.code),
      customer: customerOf(payer),
      notifyUrl: urls.notification,
      returnUrl: urls.success,
      notes: description,
    }),
  }
  return E.right({ flow, order, notPassedOn: paymentFieldsBeside(request, placesOf(flow, request)) })
}
