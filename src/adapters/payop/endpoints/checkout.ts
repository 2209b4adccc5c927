import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import { CurrencyCode, closed, type Exchange, HttpUrl, text, unsupported } from '../../../core/index.js'
import { enveloped, Id } from '../codecs.js'
import { CheckoutAnswer, InvoiceStatusAnswer } from '../wire.js'
import { InvoiceKey, Line, MethodNumber, Texts } from './input.js'
import { type Auth, endpoint } from './request.js'

const NewCheckout = closed(
  'a checkout',
  {
    invoiceId: Id,
    customer: closed('a customer', { email: Line, name: Line }, { ip: Line, extraFields: Texts }),
    checkStatusUrl: HttpUrl,
  },
  { paymentMethod: MethodNumber, payCurrency: CurrencyCode, cardToken: text('a card token', (s) => s !== '') },
)
/**
 * A new checkout. `customer` should be the invoice's payer; without `ip` the merchant's own address counts as the payer's.
 * The browser waits at `checkStatusUrl`, which may hold `{{txid}}`.
 */
export type NewCheckout = t.TypeOf<typeof NewCheckout>

/**
 * `POST /v1/checkout/create`: pays an invoice, as far as the payer need not act. There is no idempotency: never repeat it
 * blindly. `isSuccess: false` is a failed attempt. Payop: payop-api-doc, Checkout, Create.
 */
export const createCheckout: Exchange<'moves_money', NewCheckout, CheckoutAnswer> = endpoint(
  {
    effect: 'moves_money',
    auth: 'none',
    input: NewCheckout,
    path: () => '/v1/checkout/create',
    body: ({ invoiceId, customer, checkStatusUrl, paymentMethod, payCurrency, cardToken }) => ({
      invoiceIdentifier: invoiceId,
      customer: { email: customer.email, name: customer.name, ip: customer.ip, extraFields: customer.extraFields },
      checkStatusUrl,
      // A number here, text on the invoice: each as the documents' examples and live clients have it.
      paymentMethod: paymentMethod === undefined ? undefined : Number(paymentMethod),
      payCurrency,
      cardToken,
    }),
  },
  enveloped(CheckoutAnswer),
)

const invoiceStatus = (auth: Auth): Exchange<'reads', InvoiceKey, InvoiceStatusAnswer> =>
  endpoint(
    {
      effect: 'reads',
      auth,
      input: InvoiceKey,
      path: ({ invoiceId }) => `/v1/checkout/check-invoice-status/${encodeURIComponent(invoiceId)}`,
    },
    enveloped(InvoiceStatusAnswer),
  )

/**
 * `GET /v1/checkout/check-invoice-status/{id}`: where the payer's browser goes next. No result of the payment: `success` is
 * none. Payop: payop-api-doc, Checkout and Server-to-server, which disagree on whether it takes the token.
 */
export const checkInvoiceStatus = invoiceStatus('none')

/** {@link checkInvoiceStatus} with the account's token. */
export const checkInvoiceStatusWithToken = invoiceStatus('token')

const step = {
  auth: 'none',
  body: ({ invoiceId }: InvoiceKey) => ({ invoiceIdentifier: invoiceId }),
} as const

/**
 * `POST /v1/checkout/void`: gives a pending payment up. The state that follows is not documented: read the payment. An
 * invoice nobody has begun to pay cannot be voided. Payop: payop-api-doc, Checkout, Void.
 */
export const voidCheckout: Exchange<'stages', InvoiceKey, CheckoutAnswer> = endpoint(
  { ...step, effect: 'stages', input: InvoiceKey, path: () => '/v1/checkout/void' },
  enveloped(CheckoutAnswer),
)

const capture: Exchange<'moves_money', InvoiceKey, CheckoutAnswer> = endpoint(
  { ...step, effect: 'moves_money', input: InvoiceKey, path: () => '/v1/checkout/capture' },
  enveloped(CheckoutAnswer),
)

/** Which invoice to capture, and the caller's word that this project still can. */
export interface Capture {
  readonly invoiceId: string
  /** Set to `true` where Payop confirmed that the project has separate capture. */
  readonly historic?: boolean
}

/**
 * `POST /v1/checkout/capture`: takes an authorized amount. Historic: in Payop's documents until August 2024, when doing
 * nothing for 72 hours captured, too. `Unsupported` unless `historic` is set; no payment that paymux makes waits for it.
 */
export const captureCheckout: Exchange<'moves_money', Capture, CheckoutAnswer> = {
  ...capture,
  prepare: ({ historic, ...input }) =>
    pipe(
      E.right(input),
      E.filterOrElse(
        () => historic === true,
        () => unsupported([{ path: 'historic', expected: 'true: Payop documents capture no longer' }]),
      ),
      E.flatMap(capture.prepare),
    ),
}
