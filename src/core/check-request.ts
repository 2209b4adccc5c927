import { isIP } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { byName, closed, decode, guarded, refined, text } from './decode.js'
import { invalidRequest, type PaymentError } from './error.js'
import { fromDecimal, type Money } from './money.js'
import type { Kind, Reference } from './reference.js'
import type { Beneficiary, Checked, PaymentRequest, PayoutRequest, RefundRequest } from './request.js'
import { CountryCode, CurrencyCode, HttpUrl, isOneLine, line, MerchantReference } from './texts.js'

const matching = (name: string, pattern: RegExp) => text(name, (s) => pattern.test(s))

const IdempotencyKey = matching('1 to 128 of A-Z a-z 0-9 _ : . -', /^[\w:.-]{1,128}$/)
const Email = text('an e-mail address', (s) => /^[^\s@"<>]{1,64}@[^\s@"<>]{1,189}$/.test(s) && isOneLine(s))
// Dots alone would climb in the path of an address.
const Id = matching('an identifier of 1 to 128 characters', /^(?!\.+$)[\w@!:.-]{1,128}$/)
const Fields = byName('texts by name', line(64), line(1024))
const Metadata = refined(Fields, 'texts by name, at most 4 KiB as JSON', (fields) =>
  Buffer.byteLength(JSON.stringify(fields)) <= 4096 ? fields : undefined,
)
const Deadline = guarded('milliseconds since the epoch', (value): value is number => Number.isSafeInteger(value))

const AmountFields = closed(
  'an amount with its currency',
  {
    amount: guarded(
      'decimal text or minor units as a bigint',
      (value): value is bigint | string => typeof value === 'bigint' || typeof value === 'string',
    ),
    currency: CurrencyCode,
  },
  {},
)

/** Decimal text or minor units, above zero, as minor units. */
const PositiveAmount = refined(
  AmountFields,
  "an amount above zero with no more decimals than its currency's",
  ({ amount, currency }): Money | undefined => {
    const money = typeof amount === 'bigint' ? { amount, currency } : fromDecimal(amount, currency)
    return money !== undefined && money.amount > 0n && money.amount < 10n ** 18n ? money : undefined
  },
)

const intent = { idempotencyKey: IdempotencyKey }
const intentOptions = { deadline: Deadline, metadata: Metadata }

const PaymentRequestCodec = closed(
  'a payment request',
  {
    ...intent,
    amount: PositiveAmount,
    merchantReference: MerchantReference,
    payer: closed(
      'a payer',
      {},
      {
        name: line(128),
        email: Email,
        phone: matching('a phone number: a plus sign and 6 to 15 digits', /^\+\d{6,15}$/),
        locale: matching('a BCP 47 language tag', /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
        ip: text('an IP address', (s) => isIP(s) !== 0 && !s.includes('%')),
        country: CountryCode,
        extra: Fields,
      },
    ),
    urls: closed('addresses', {}, { success: HttpUrl, failure: HttpUrl, notification: HttpUrl }),
  },
  {
    ...intentOptions,
    description: line(255),
    method: closed(
      'a payment method',
      {
        flow: t.keyof(
          { hosted: null, direct: null, popup: null, upi_intent: null },
          'hosted, direct, popup or upi_intent',
        ),
      },
      { code: matching('a method code', /^[\w,.-]{1,64}$/), fields: Fields },
    ),
  },
)

const ReferenceFields = <K extends Kind>(kind: K) =>
  closed(
    'a reference',
    { kind: t.literal(kind, `'${kind}'`), account: line(64) },
    { id: Id, key: IdempotencyKey, paymentId: Id, expected: PositiveAmount },
  )

const ReferenceCodec = <K extends Kind>(kind: K) =>
  refined(
    ReferenceFields(kind),
    'either id or key',
    ({ account, id, key, paymentId, expected }): Reference<K> | undefined => {
      const common = { kind, account, ...(expected === undefined ? {} : { expected }) }
      if (id !== undefined && key === undefined && paymentId === undefined) return { ...common, id }
      if (key === undefined || id !== undefined) return undefined
      return { ...common, key, ...(paymentId === undefined ? {} : { paymentId }) }
    },
  )

const RefundRequestCodec = closed(
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
  paydo_account: closed(
    'a PayDo account',
    { type: t.literal('paydo_account'), account: line(128) },
    { holder: t.keyof({ personal: null, business: null }, 'personal or business') },
  ),
  iban: closed(
    'an IBAN account',
    {
      type: t.literal('iban'),
      iban: text('an IBAN without spaces, with right check digits', isIban),
      name: line(128),
      email: Email,
    },
    {},
  ),
  indian_bank_account: closed(
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

const BeneficiaryType = t.keyof(beneficiaries, Object.keys(beneficiaries).join(', '))
const Tagged = t.type({ type: BeneficiaryType }, 'a beneficiary')

// Chosen by its tag first, so that the issues are those of the variant that was meant.
const validateBeneficiary = (value: unknown, context: t.Context): t.Validation<Beneficiary> => {
  const tagged = Tagged.validate(value, context)
  if (E.isLeft(tagged)) return tagged
  const variant: t.Decoder<unknown, Beneficiary> = beneficiaries[tagged.right.type]
  return variant.validate(value, context)
}
const BeneficiaryCodec = new t.Type<Beneficiary, Beneficiary, unknown>(
  'a beneficiary',
  (value): value is Beneficiary => E.isRight(validateBeneficiary(value, [])),
  validateBeneficiary,
  t.identity,
)

const PayoutRequestCodec = closed(
  'a payout request',
  { ...intent, amount: PositiveAmount, merchantReference: MerchantReference, beneficiary: BeneficiaryCodec },
  { ...intentOptions, description: line(255), method: matching('a method code', /^[\w-]{1,32}$/) },
)

const check =
  <A>(codec: t.Decoder<unknown, A>) =>
  (request: unknown): E.Either<PaymentError, A> =>
    pipe(decode(codec, request), E.mapLeft(invalidRequest))

/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkPaymentRequest: (request: unknown) => E.Either<PaymentError, Checked<PaymentRequest>> =
  check(PaymentRequestCodec)
/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkRefundRequest: (request: unknown) => E.Either<PaymentError, Checked<RefundRequest>> =
  check(RefundRequestCodec)
/** Checks what every gateway has in common. Gives `InvalidRequest`. */
export const checkPayoutRequest: (request: unknown) => E.Either<PaymentError, Checked<PayoutRequest>> =
  check(PayoutRequestCodec)

const references: { readonly [K in Kind]: t.Decoder<unknown, Reference<K>> } = {
  payment: ReferenceCodec('payment'),
  refund: ReferenceCodec('refund'),
  payout: ReferenceCodec('payout'),
}
const KindField = t.type(
  { kind: t.keyof({ payment: null, refund: null, payout: null }, 'payment, refund or payout') },
  'a reference',
)

/** Checks a reference. Gives `InvalidRequest`. */
export const checkReference = <K extends Kind>(reference: Reference<K>): E.Either<PaymentError, Reference<K>> =>
  pipe(
    check(KindField)(reference),
    E.flatMap(() => {
      const codec: t.Decoder<unknown, Reference<K>> = references[reference.kind]
      return check(codec)(reference)
    }),
  )
