import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  type Checked,
  CurrencyCode,
  closed,
  decode,
  fieldsWithoutPlace,
  given,
  HttpUrl,
  type Issue,
  invalidRequest,
  type PaymentError,
  type PaymentRequest,
  toDecimal,
  unless,
  unsupported,
} from '../../core/index.js'
import { type Flows, flowFields, paymentFields } from './capabilities.js'
import type { Account } from './config.js'
import { type Language, languageOf, languages, type NewCheckout, type NewInvoice } from './endpoints/index.js'
import { Line, MethodNumber, optional } from './endpoints/input.js'
import { gatewayKey, unlessReserved, withKey } from './key.js'

/** What a payment request asks of Payop. `checkout`: without a page of Payop's, and yet without its invoice. */
export interface NewPayment {
  readonly invoice: NewInvoice
  readonly checkout?: Omit<NewCheckout, 'invoiceId'>
}

type Asked = Checked<PaymentRequest>

const urls = t.type({ success: HttpUrl, failure: optional(HttpUrl) })
const HostedNeeds = t.type({
  payer: t.type({ email: Line }),
  urls,
  method: optional(t.type({ code: optional(MethodNumber) })),
})
const directFields = { checkStatusUrl: HttpUrl, payCurrency: CurrencyCode }
const DirectFields = closed('fields of the direct flow', {}, directFields)
const DirectNeeds = t.type({
  payer: t.type({ email: Line, name: Line }),
  urls,
  method: t.type({ code: MethodNumber, fields: optional(DirectFields) }),
})

const withoutPlace = (request: Asked, flows: Flows): readonly Issue[] => {
  const { flow = 'hosted', fields = {} } = request.method ?? {}
  const isDirect = flow === 'direct'
  const places = isDirect ? [...paymentFields, ...flowFields.direct] : paymentFields
  return [
    ...unless(Object.hasOwn(flows, flow), 'method.flow', Object.keys(flows).join(' or ')),
    ...fieldsWithoutPlace(request, places),
    ...unless(
      !isDirect || Object.keys(fields).every((name) => Object.hasOwn(directFields, name)),
      'method.fields',
      `${Object.keys(directFields).join(' and ')} only (card tokens are made by paymux/payop/cards)`,
    ),
  ]
}

const needed = <A>(codec: t.Decoder<unknown, A>, request: Asked): E.Either<PaymentError, A> => {
  const wanted = decode(codec, request)
  const issues = [...(E.isLeft(wanted) ? wanted.left : []), ...unlessReserved(request.metadata)]
  return E.isRight(wanted) && issues.length === 0 ? wanted : E.left(invalidRequest(issues))
}

const invoiceOf = (
  account: Account,
  request: Asked,
  language: Language,
  { payer: { email }, urls: { success, failure } }: t.TypeOf<typeof HostedNeeds>,
): NewInvoice => {
  const { amount, merchantReference, description, payer, method, metadata, idempotencyKey } = request
  return given({
    publicKey: account.publicKey,
    secretKey: account.secretKey,
    order: given({ id: merchantReference, amount: toDecimal(amount), currency: amount.currency, description }),
    payer: given({ email, name: payer.name, phone: payer.phone, extraFields: payer.extra }),
    language,
    resultUrl: success,
    // Payop needs both. A shop with one page for what came of a payment, as other gateways have it, gives one.
    failPath: failure ?? success,
    paymentMethod: method?.code,
    metadata: withKey(metadata, gatewayKey(account, 'createPayment', idempotencyKey)),
  })
}

const checkoutOf = (
  { checkoutUrl }: Account,
  { payer: { ip, extra } }: Asked,
  language: Language,
  { payer: { email, name }, method: { code, fields } }: t.TypeOf<typeof DirectNeeds>,
): Omit<NewCheckout, 'invoiceId'> =>
  given({
    customer: given({ email, name, ip, extraFields: extra }),
    checkStatusUrl: fields?.checkStatusUrl ?? `${checkoutUrl}/${language}/payment/wait-page/{{txid}}`,
    paymentMethod: code,
    payCurrency: fields?.payCurrency,
  })

/** Reads a payment request as what Payop takes. Gives `Unsupported` for what it has no place for, `InvalidRequest` for what it needs. */
export const newPayment = (account: Account, flows: Flows, request: Asked): E.Either<PaymentError, NewPayment> => {
  const language = languageOf(request.payer.locale)
  const unplaced = [
    ...withoutPlace(request, flows),
    ...unless(language !== undefined, 'payer.locale', `a language among ${languages.join(', ')}`),
  ]
  if (language === undefined || unplaced.length > 0) return E.left(unsupported(unplaced))
  if (request.method?.flow !== 'direct')
    return pipe(
      needed(HostedNeeds, request),
      E.map((needs) => ({ invoice: invoiceOf(account, request, language, needs) })),
    )
  return pipe(
    needed(DirectNeeds, request),
    E.map((needs) => ({
      invoice: invoiceOf(account, request, language, needs),
      checkout: checkoutOf(account, request, language, needs),
    })),
  )
}
