import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { checkPlainData } from './catch-thrown.js'
import { isWithdrawn } from './currency.js'
import {
  type Advice,
  decode,
  exactObject,
  fromPredicate,
  oneOf,
  recordOf,
  refine,
  taggedUnion,
  text,
} from './decode.js'
import { invalidRequest, type PaymentError } from './error.js'
import { fromDecimal, type MinorUnits, toMoney } from './money.js'
import { isAddress } from './network.js'
import { omitUndefined } from './omit-undefined.js'
import { type Kind, kinds, type Reference } from './reference.js'
import {
  type Beneficiary,
  type Checked,
  flowNames,
  type PaymentQuery,
  type PaymentRequest,
  type PayoutRequest,
  type RefundRequest,
} from './request.js'
import { CountryCode, CurrencyCode, HttpUrl, isOneLine, line, MerchantReference } from './texts.js'

const matching = (name: string, pattern: RegExp) => text(name, (s) => pattern.test(s))

const IdempotencyKey = matching('1 to 128 of A-Z a-z 0-9 _ : . -', /^[\w:.-]{1,128}$/)
const Email = text('an e-mail address', (s) => /^[^\s@"<>]{1,64}@[^\s@"<>]{1,189}$/.test(s) && isOneLine(s))
// What stands in a path as it is (RFC 3986 `pchar` without escapes): gateways make ids of it, and results hold them. Dots alone
// would climb in a path.
const Id = matching('an identifier of 1 to 128 characters', /^(?!\.+$)[\w.~!$&'()*+,;=:@-]{1,128}$/)
const Fields = recordOf('texts by name', line(64), line(1024))
const Metadata = refine(Fields, 'texts by name, at most 4 KiB as JSON', (fields) =>
  Buffer.byteLength(JSON.stringify(fields)) <= 4096 ? fields : undefined,
)
// As milliseconds, times between these two are in the early seventies; as seconds, they are from 2001 on.
const looksLikeSeconds = (value: unknown): boolean =>
  typeof value === 'number' && value > 1_000_000_000 && value < 100_000_000_000
const Deadline = fromPredicate(
  'milliseconds since the epoch',
  (value): value is number => Number.isSafeInteger(value) && !looksLikeSeconds(value),
  (value) => (looksLikeSeconds(value) ? 'this looks like seconds' : undefined),
)

const decimalAdvice: Advice = (value) => {
  if (typeof value === 'number') return 'as text, not as a number'
  if (typeof value === 'bigint') return 'minor units go into minorUnits'
  return typeof value === 'string' && value.includes(',') ? 'a point, not a comma' : undefined
}
const DecimalText = text("decimal text such as '49.90'", (s) => /^(0|[1-9]\d*)(\.\d+)?$/.test(s), decimalAdvice)

const AmountFields = exactObject(
  'an amount with its currency',
  {
    currency: CurrencyCode,
  },
  {
    value: DecimalText,
    minorUnits: fromPredicate('minor units as a bigint', (value): value is bigint => typeof value === 'bigint'),
  },
)

/** Decimal text or minor units, above zero, as minor units. */
const PositiveAmount = refine(
  AmountFields,
  "an amount above zero with no more decimals than its currency's",
  ({ value, minorUnits, currency }): MinorUnits | undefined => {
    if ((value === undefined) === (minorUnits === undefined)) return undefined
    const money = value === undefined ? { minorUnits: minorUnits ?? 0n, currency } : fromDecimal(value, currency)
    return money !== undefined && money.minorUnits > 0n && money.minorUnits < 10n ** 18n ? money : undefined
  },
)

/** An amount above zero as results carry it, with exactly the currency's decimals. */
const ExpectedAmount = refine(PositiveAmount, PositiveAmount.name, toMoney)

const intent = { idempotencyKey: IdempotencyKey }
const intentOptions = { deadline: Deadline, metadata: Metadata }

const FlowName = oneOf(flowNames)
const MethodCode = matching('a method code', /^[\w,.-]{1,64}$/)

const PaymentQueryCodec = exactObject(
  'a query about payments',
  { currency: CurrencyCode },
  { method: exactObject('a payment method', { flow: FlowName }, { code: MethodCode }) },
)

const PayerCodec = exactObject(
  'a payer',
  {},
  {
    name: line(128),
    email: Email,
    phone: matching('a phone number: a plus sign and 6 to 15 digits', /^\+\d{6,15}$/),
    locale: matching('a BCP 47 language tag', /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
    ip: text('an IP address', isAddress),
    country: CountryCode,
    extra: Fields,
  },
)

// Absent is the same as empty: what a gateway needs of it is missing by its own path, `urls.success`.
const PaymentRequestCodec = refine(
  exactObject(
    'a payment request',
    { ...intent, amount: PositiveAmount, merchantReference: MerchantReference },
    {
      ...intentOptions,
      description: line(255),
      payer: PayerCodec,
      method: exactObject('a payment method', { flow: FlowName }, { code: MethodCode, fields: Fields }),
      urls: exactObject('addresses', {}, { success: HttpUrl, failure: HttpUrl, notification: HttpUrl }),
    },
  ),
  'a payment request',
  ({ payer = {}, urls = {}, ...request }): Checked<PaymentRequest> => ({ ...request, payer, urls }),
)

const ReferenceFields = <K extends Kind>(kind: K) =>
  exactObject(
    'a reference',
    { kind: t.literal(kind, `'${kind}'`), account: line(64) },
    { id: Id, idempotencyKey: IdempotencyKey, paymentId: Id, expectedAmount: ExpectedAmount },
  )

const ReferenceCodec = <K extends Kind>(kind: K) =>
  refine(
    ReferenceFields(kind),
    'either id or idempotencyKey',
    ({ account, id, idempotencyKey, paymentId, expectedAmount }): Reference<K> | undefined => {
      const common = { kind, account, ...omitUndefined({ expectedAmount }) }
      if (id !== undefined && idempotencyKey === undefined && paymentId === undefined) return { ...common, id }
      if (idempotencyKey === undefined || id !== undefined) return undefined
      return { ...common, idempotencyKey, ...omitUndefined({ paymentId }) }
    },
  )

const RefundRequestCodec = exactObject(
  'a refund request',
  { ...intent, payment: ReferenceCodec('payment') },
  { ...intentOptions, amount: PositiveAmount },
)

/** ISO 13616: with its first four characters at the end and letters as numbers, an IBAN leaves 1 when divided by 97. */
const isIban = (s: string): boolean => {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(s)) return false
  const digits = Array.from(s.slice(4) + s.slice(0, 4), (character) => Number.parseInt(character, 36))
  return BigInt(digits.join('')) % 97n === 1n
}

const beneficiaries = {
  paydo_account: exactObject(
    'a PayDo account',
    { type: t.literal('paydo_account'), account: line(128) },
    { holder: t.keyof({ personal: null, business: null }, 'personal or business') },
  ),
  iban: exactObject(
    'an IBAN account',
    {
      type: t.literal('iban'),
      iban: text('an IBAN without spaces, with right check digits', isIban),
      name: line(128),
      email: Email,
    },
    {},
  ),
  indian_bank_account: exactObject(
    'an Indian bank account',
    {
      type: t.literal('indian_bank_account'),
      accountNumber: matching('6 to 20 digits or letters', /^[A-Za-z0-9]{6,20}$/),
      ifsc: matching('an IFSC', /^[A-Z]{4}0[A-Z0-9]{6}$/),
      name: line(128),
    },
    {},
  ),
}

const BeneficiaryCodec = taggedUnion<Beneficiary, 'type'>('a beneficiary', 'type', beneficiaries)

const PayoutRequestCodec = exactObject(
  'a payout request',
  { ...intent, amount: PositiveAmount, merchantReference: MerchantReference, beneficiary: BeneficiaryCodec },
  { ...intentOptions, description: line(255), method: matching('a method code', /^[\w-]{1,32}$/) },
)

const check =
  <A>(codec: t.Decoder<unknown, A>) =>
  (request: unknown): E.Either<PaymentError, A> =>
    checkPlainData(() => pipe(decode(codec, request), E.mapLeft(invalidRequest)), invalidRequest)

/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkPaymentRequest: (request: unknown) => E.Either<PaymentError, Checked<PaymentRequest>> =
  check(PaymentRequestCodec)
/** Checks a query about payments. Gives `InvalidRequest`. */
export const checkPaymentQuery: (query: unknown) => E.Either<PaymentError, PaymentQuery> = check(PaymentQueryCodec)
/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkRefundRequest: (request: unknown) => E.Either<PaymentError, Checked<RefundRequest>> =
  check(RefundRequestCodec)
/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkPayoutRequest: (request: unknown) => E.Either<PaymentError, Checked<PayoutRequest>> =
  check(PayoutRequestCodec)

/**
 * Checks that a new payment or payout is in a currency that is in use. It is no part of the check of a request: a key that was
 * used before the currency was withdrawn still gives its result. Gives `InvalidRequest`.
 */
export const checkInUse = ({ amount }: { readonly amount: MinorUnits }): E.Either<PaymentError, void> =>
  isWithdrawn(amount.currency)
    ? E.left(
        invalidRequest([
          {
            path: 'amount.currency',
            expected: 'a currency that is in use: payments in a withdrawn one can be read and refunded, not created',
          },
        ]),
      )
    : E.right(undefined)

const references: { readonly [K in Kind]: t.Decoder<unknown, Reference<K>> } = {
  payment: ReferenceCodec('payment'),
  refund: ReferenceCodec('refund'),
  payout: ReferenceCodec('payout'),
}
const KindField = t.type({ kind: oneOf(kinds, 'payment, refund or payout') }, 'a reference')

/** Checks a reference. Gives `InvalidRequest`. */
export const checkReference = <K extends Kind>(reference: Reference<K>): E.Either<PaymentError, Reference<K>> =>
  checkPlainData(
    () =>
      pipe(
        check(KindField)(reference),
        E.flatMap(() => {
          const codec: t.Decoder<unknown, Reference<K>> = references[reference.kind]
          return check(codec)(reference)
        }),
      ),
    invalidRequest,
  )
