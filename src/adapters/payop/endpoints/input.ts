import * as t from 'io-ts'
import { exactObject, fromPredicate, line, recordOf, Secret, text } from '../../../core/index.js'
import { Id } from '../codecs.js'

/** Codecs of the inputs of endpoints. */

export const Line = line(255)

export const Texts = recordOf('texts by name', line(64), line(1024))

/** Payop numbers its methods, in 1 to 8 digits so far. */
export const MethodNumber = text('the number of a payment method, as text', (s) => /^[1-9]\d{0,11}$/.test(s))

export const SecretValue = fromPredicate('a Secret', (value): value is Secret => value instanceof Secret)

export const PositiveNumber = fromPredicate(
  'a number above zero',
  (value): value is number => t.number.is(value) && Number.isFinite(value) && value > 0,
)

export const InvoiceKey = exactObject('an invoice', { invoiceId: Id }, {})
/** Which invoice. */
export type InvoiceKey = t.TypeOf<typeof InvoiceKey>

/** A field that may be absent. */
export const optional = <A>(codec: t.Type<A, unknown>): t.Type<A | undefined, unknown> =>
  new t.Type<A | undefined, unknown>(
    codec.name,
    (value): value is A | undefined => value === undefined || codec.is(value),
    (value, context) => (value === undefined ? t.success(undefined) : codec.validate(value, context)),
    t.identity,
  )
