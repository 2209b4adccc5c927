import { hash } from 'node:crypto'
import * as t from 'io-ts'
import {
  CurrencyCode,
  type Exchange,
  exactObject,
  fromDecimal,
  HttpUrl,
  MerchantReference,
  refine,
  type Secret,
  text,
} from '../../../core/index.js'
import { enveloped, PublicKey } from '../codecs.js'
import { Invoice } from '../wire.js'
import { InvoiceKey, Line, MethodNumber, SecretValue, Texts } from './input.js'
import { creation, endpoint } from './request.js'

/** The languages of Payop's pages. Source: payop-api-doc, Invoice, Create. */
export const languages = ['en', 'ru', 'es', 'it', 'pt', 'de', 'fr', 'sv', 'fi', 'tr', 'pl', 'nl'] as const
/** One of {@link languages}. */
export type Language = (typeof languages)[number]

/** The codec of {@link Language}. */
export const Language = refine(t.string, `one of ${languages.join(', ')}`, (s) => languages.find((code) => code === s))

/** The language of Payop's pages for a BCP 47 tag: `pt` for `pt-BR`. Default: `en`. `undefined` if Payop does not have it. */
export const languageOf = (tag = 'en'): Language | undefined =>
  languages.find((language) => language === tag.toLowerCase().split('-')[0])

const isAmount = ({ amount, currency }: { readonly amount: string; readonly currency: string }): boolean =>
  (fromDecimal(amount, currency)?.minorUnits ?? 0n) > 0n

// A colon in the order id would make the signed text ambiguous.
const Order = refine(
  exactObject(
    'an order',
    {
      id: MerchantReference,
      amount: text('decimal text with at most 4 decimals', (s) => /^(0|[1-9]\d*)(\.\d{1,4})?$/.test(s)),
      currency: CurrencyCode,
    },
    { description: Line },
  ),
  "an order with an amount above zero and no more decimals than its currency's",
  (order) => (isAmount(order) ? order : undefined),
)

const NewInvoice = exactObject(
  'an invoice',
  {
    publicKey: PublicKey,
    secretKey: SecretValue,
    order: Order,
    payer: exactObject('a payer', { email: Line }, { name: Line, phone: Line, extraFields: Texts }),
    language: Language,
    resultUrl: HttpUrl,
    failPath: HttpUrl,
  },
  { paymentMethod: MethodNumber, metadata: Texts },
)
/**
 * A new invoice. `order.amount` is decimal text in major units and is signed as it stands; `secretKey` signs and is not
 * sent. `resultUrl` and `failPath` may hold `{{invoiceId}}` and `{{txid}}`.
 */
export type NewInvoice = t.TypeOf<typeof NewInvoice>

/**
 * The signature of an invoice: SHA-256 over the very texts in the request's body, in lower-case hex. `2`, `2.0` and
 * `2.00` give three signatures. Source: payop-api-doc, Signature.
 */
export const invoiceSignature = (amount: string, currency: string, orderId: string, secretKey: Secret): string =>
  hash('sha256', [amount, currency, orderId, secretKey.reveal()].join(':'), 'hex')

/**
 * `POST /v1/invoices/create`: makes an invoice and gives its id. Everyone who knows the id can pay it for 24 hours. Every
 * call makes another invoice. Gives `InvalidRequest` for what cannot be signed or sent. Source: payop-api-doc, Invoice, Create.
 */
export const createInvoice: Exchange<'creates', NewInvoice, string> = creation({
  name: 'payop.invoices.create',
  effect: 'creates',
  auth: 'none',
  input: NewInvoice,
  path: () => '/v1/invoices/create',
  body: ({ publicKey, secretKey, order, payer, ...rest }) => ({
    publicKey,
    order: { id: order.id, amount: order.amount, currency: order.currency, items: [], description: order.description },
    payer: { email: payer.email, name: payer.name, phone: payer.phone, extraFields: payer.extraFields },
    language: rest.language,
    resultUrl: rest.resultUrl,
    failPath: rest.failPath,
    signature: invoiceSignature(order.amount, order.currency, order.id, secretKey),
    paymentMethod: rest.paymentMethod,
    metadata: rest.metadata,
  }),
})

/**
 * `GET /v1/invoices/{id}`: reads an invoice. An overdue one may be `Refused` with `expired` instead. Source: payop-api-doc,
 * Invoice, Get.
 */
export const getInvoice: Exchange<'reads', InvoiceKey, Invoice> = endpoint(
  {
    name: 'payop.invoices.get',
    effect: 'reads',
    auth: 'none',
    input: InvoiceKey,
    path: ({ invoiceId }) => `/v1/invoices/${encodeURIComponent(invoiceId)}`,
  },
  enveloped(Invoice),
)
