import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import { CurrencyCode, type Exchange, exactObject, HttpUrl, text, unsupported } from '../../../core/index.js'
import { enveloped, Id } from '../codecs.js'
import { CheckoutAnswer, InvoiceStatusAnswer } from '../wire.js'
import { InvoiceKey, Line, MethodNumber, Texts } from './input.js'
import { type Auth, endpoint } from './request.js'

const NewCheckout = exactObject(
  'a checkout',
  {
    invoiceId: Id,
    customer: exactObject('a customer', { email: Line, name: Line }, { ip: Line, extraFields: Texts }),
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
 * `POST /v1/checkout/create`: pays an invoice; the payer may have to act afterwards. Payop has no idempotency key for it:
 * read the invoice before you repeat it. `isSuccess: false` is a failed attempt. Source: payop-api-doc, Checkout, Create.
 */
export const createCheckout: Exchange<'moves_money', NewCheckout, CheckoutAnswer> = endpoint(
  {
    name: 'payop.checkouts.create',
    effect: 'moves_money',
    auth: 'none',
    input: NewCheckout,
    path: () => '/v1/checkout/create',
    body: ({ invoiceId, customer, checkStatusUrl, paymentMethod, payCurrency, cardToken }) => ({
      invoiceIdentifier: invoiceId,
      customer: { email: customer.email, name: customer.name, ip: customer.ip, extraFields: customer.extraFields },
      checkStatusUrl,
      // A number here, text on the invoice: as the documents' examples and live clients send it.
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
      name: 'payop.checkouts.check_status',
      effect: 'reads',
      auth,
      input: InvoiceKey,
      path: ({ invoiceId }) => `/v1/checkout/check-invoice-status/${encodeURIComponent(invoiceId)}`,
    },
    enveloped(InvoiceStatusAnswer),
  )

/**
 * `GET /v1/checkout/check-invoice-status/{id}`: where the payer's browser goes next. It is no result of the payment, not even
 * `success`. Source: payop-api-doc, Checkout and Server-to-server, which disagree whether it takes the token.
 */
export const checkInvoiceStatus = invoiceStatus('none')

/** {@link checkInvoiceStatus} with the account's token. */
export const checkInvoiceStatusWithToken = invoiceStatus('token')

const step = {
  auth: 'none',
  body: ({ invoiceId }: InvoiceKey) => ({ invoiceIdentifier: invoiceId }),
} as const

/**
 * `POST /v1/checkout/void`: gives up a pending payment. The state that follows is not documented: read the payment. An
 * invoice without a transaction cannot be voided. Source: payop-api-doc, Checkout, Void.
 */
export const voidCheckout: Exchange<'creates', InvoiceKey, CheckoutAnswer> = endpoint(
  { ...step, name: 'payop.checkouts.void', effect: 'creates', input: InvoiceKey, path: () => '/v1/checkout/void' },
  enveloped(CheckoutAnswer),
)

const capture: Exchange<'moves_money', InvoiceKey, CheckoutAnswer> = endpoint(
  {
    ...step,
    name: 'payop.checkouts.capture',
    effect: 'moves_money',
    input: InvoiceKey,
    path: () => '/v1/checkout/capture',
  },
  enveloped(CheckoutAnswer),
)

/** Which invoice to capture. */
export interface Capture {
  /** The invoice's id. */
  readonly invoiceId: string
  /** `true` if Payop confirmed that the project has separate capture. Default: `Unsupported`. */
  readonly historic?: boolean
}

/**
 * `POST /v1/checkout/capture`: captures an authorized amount. It left Payop's documents in August 2024; until then Payop
 * captured by itself after 72 hours. Gives `Unsupported` if `historic` is not `true`. No payment of paymux waits for it.
 * Source: payop-api-doc, Checkout, Capture, in its history.
 */
export const captureCheckout: Exchange<'moves_money', Capture, CheckoutAnswer> = {
  ...capture,
  prepare: ({ historic, ...input }) =>
    pipe(
      E.right(input),
      E.filterOrElse(
        () => historic === true,
        () => unsupported([{ path: 'historic', expected: 'true: Payop no longer documents capture' }]),
      ),
      E.flatMap(capture.prepare),
    ),
}
