import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  type Checked,
  CurrencyCode,
  decode,
  flowOf,
  HttpUrl,
  type Issue,
  invalidRequest,
  issueUnless,
  omitUndefined,
  type PaymentError,
  type PaymentRequest,
  paymentFieldsBeside,
  toDecimal,
  unsupported,
} from '../../core/index.js'
import type { Flows } from './capabilities.js'
import type { Account } from './config.js'
import type { NewCheckout } from './endpoints/checkout.js'
import { Line, MethodNumber, optional } from './endpoints/input.js'
import { type Language, languageOf, type NewInvoice } from './endpoints/invoices.js'
import { gatewayKey, replacedIn, withKey } from './key.js'

/** A payment request as Payop takes it. */
export interface NewPayment {
  readonly invoice: NewInvoice
  /** How the invoice is paid without a page of Payop's. Absent: the payer pays on the page. */
  readonly checkout?: Omit<NewCheckout, 'invoiceId'>
  /** The optional fields that Payop has no place for, by path. */
  readonly notPassedOn: readonly string[]
}

type CheckedPayment = Checked<PaymentRequest>

const urls = t.type({ success: HttpUrl })
const HostedNeeds = t.type({ payer: t.type({ email: Line }), urls })

const directFields = { checkStatusUrl: optional(HttpUrl), payCurrency: optional(CurrencyCode) }
const DirectNeeds = t.type({
  payer: t.type({ email: Line, name: Line }),
  urls,
  method: t.type({ code: MethodNumber, fields: optional(t.type(directFields)) }),
})

const narrow = <A>(codec: t.Decoder<unknown, A>, request: CheckedPayment): E.Either<PaymentError, A> =>
  pipe(decode(codec, request), E.mapLeft(invalidRequest))

// A method is a number. Another gateway's code may stand here, and that gateway may be next on the route.
const withoutMethod = ({ method }: CheckedPayment): readonly Issue[] =>
  issueUnless(
    method?.code === undefined || MethodNumber.is(method.code),
    'method.code',
    'the number of a payment method of Payop',
  )

const notPassedOn = (flows: Flows, request: CheckedPayment): readonly string[] => {
  const flow = flowOf(request)
  const { payer, method, metadata } = request
  const unknownFields = Object.keys(method?.fields ?? {}).some((name) => !Object.hasOwn(directFields, name))
  return [
    ...paymentFieldsBeside(request, flows[flow]?.fields ?? []),
    ...(languageOf(payer.locale) === undefined ? ['payer.locale'] : []),
    ...(flow === 'direct' && unknownFields ? ['method.fields'] : []),
    ...replacedIn(metadata),
  ]
}

const invoiceOf = (
  account: Account,
  request: CheckedPayment,
  language: Language,
  { payer: { email }, urls: { success } }: t.TypeOf<typeof HostedNeeds>,
): NewInvoice => {
  const { amount, merchantReference, description, payer, method, metadata, idempotencyKey } = request
  return omitUndefined({
    publicKey: account.publicKey,
    secretKey: account.secretKey,
    order: omitUndefined({ id: merchantReference, amount: toDecimal(amount), currency: amount.currency, description }),
    payer: omitUndefined({ email, name: payer.name, phone: payer.phone, extraFields: payer.extra }),
    language,
    resultUrl: success,
    // Payop needs both. A shop with one page for every result gives one address only.
    failPath: request.urls.failure ?? success,
    paymentMethod: method?.code,
    metadata: withKey(metadata, gatewayKey(account, 'createPayment', idempotencyKey)),
  })
}

const checkoutOf = (
  { checkoutUrl }: Account,
  { payer: { ip, extra } }: CheckedPayment,
  language: Language,
  { payer: { email, name }, method: { code, fields } }: t.TypeOf<typeof DirectNeeds>,
): Omit<NewCheckout, 'invoiceId'> =>
  omitUndefined({
    customer: omitUndefined({ email, name, ip, extraFields: extra }),
    checkStatusUrl: fields?.checkStatusUrl ?? `${checkoutUrl}/${language}/payment/wait-page/{{txid}}`,
    paymentMethod: code,
    payCurrency: fields?.payCurrency,
  })

/**
 * A payment request as Payop takes it, in one of `flows`. Gives `Unsupported` for a flow or a method that the account cannot
 * do, and `InvalidRequest` if a field that the flow needs is missing or wrong.
 */
export const newPayment = (
  account: Account,
  flows: Flows,
  request: CheckedPayment,
): E.Either<PaymentError, NewPayment> => {
  const flow = flowOf(request)
  const issues = [
    ...issueUnless(Object.hasOwn(flows, flow), 'method.flow', Object.keys(flows).join(' or ')),
    ...withoutMethod(request),
  ]
  if (issues.length > 0) return E.left(unsupported(issues))
  const language = languageOf(request.payer.locale) ?? 'en'
  const common = { notPassedOn: notPassedOn(flows, request) }
  if (flow !== 'direct')
    return pipe(
      narrow(HostedNeeds, request),
      E.map((needs) => ({ ...common, invoice: invoiceOf(account, request, language, needs) })),
    )
  return pipe(
    narrow(DirectNeeds, request),
    E.map((needs) => ({
      ...common,
      invoice: invoiceOf(account, request, language, needs),
      checkout: checkoutOf(account, request, language, needs),
    })),
  )
}
