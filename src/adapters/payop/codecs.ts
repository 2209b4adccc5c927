import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type AmountCheck, checkAmount, fromWire, type Money, refined, text } from '../../core/index.js'

/** How what Payop sends is read: leniently, in every shape that its documents and clients have seen. */

/** An identifier: mostly a UUID, not always. */
export const Id = text('an id: 8 to 64 letters, digits or hyphens', (s) => /^[A-Za-z0-9-]{8,64}$/.test(s))

/** A project's id. */
export const ProjectId = text('1 to 64 letters, digits or hyphens', (s) => /^[A-Za-z0-9-]{1,64}$/.test(s))

const prefix = 'application-'

/** A project's public key: `application-` and its id. */
export const PublicKey = text(
  'application- and an id',
  (s) => s.startsWith(prefix) && ProjectId.is(s.slice(prefix.length)),
)

/** The id of the project that a public key names. */
export const projectIdOf = (publicKey: string): string => publicKey.slice(prefix.length)

/** A decoder that never fails. */
const total = <A>(name: string, read: (value: unknown) => A): t.Type<A, unknown> =>
  new t.Type<A, unknown>(
    name,
    (_value): _value is A => true,
    (value) => t.success(read(value)),
    t.identity,
  )

const readWith = <A>(codec: t.Decoder<unknown, A>, value: unknown): A | undefined => {
  const decoded = codec.decode(value)
  return E.isRight(decoded) ? decoded.right : undefined
}

export const ifReadable = <A>(codec: t.Decoder<unknown, A>): t.Type<A | undefined, unknown> =>
  total(codec.name, (value) => readWith(codec, value))

export const NumberOrText = t.union([t.number, t.string])
/** The same thing is a number at one endpoint and text at the next. */
export const Word = ifReadable(refined(NumberOrText, 'a number or text', String))
export const Amount = ifReadable(NumberOrText)
export const Text = ifReadable(t.string)

/** An amount of money as it came, or `undefined` where it cannot be read exactly. */
export const moneyOf = (amount: number | string | undefined, currency: string | undefined): Money | undefined =>
  amount === undefined || currency === undefined ? undefined : fromWire(amount, currency)

/** Compares an amount as it came with the expected one. One that is there and cannot be read is a mismatch. */
export const compareAmount = (
  expected: Money | undefined,
  amount: number | string | undefined,
  currency: string | undefined,
): AmountCheck => {
  const reported = moneyOf(amount, currency)
  return amount !== undefined && reported === undefined ? 'mismatch' : checkAmount(expected, reported)
}

/** PHP writes an empty map as `[]`. */
export const mapOf = <A>(values: t.Type<A, unknown>) =>
  refined(
    t.union([t.record(t.string, values), t.UnknownArray]),
    'a map, or an empty list for an empty one',
    (map): Readonly<Record<string, A>> | undefined => {
      if (!Array.isArray(map)) return map
      return map.length === 0 ? {} : undefined
    },
  )

/** Absent, null and empty mean that there is none. Anything else has to be an id. */
export const OptionalId = new t.Type<string | undefined, unknown>(
  'an id or nothing',
  (value): value is string | undefined => value === undefined || Id.is(value),
  (value, context) =>
    value === undefined || value === null || value === '' ? t.success(undefined) : Id.validate(value, context),
  t.identity,
)

/** A list. An entry that cannot be read is `undefined`: one odd row of a retired method must not hide the others. */
export const rowsOf = <A>(row: t.Decoder<unknown, A>): t.Type<ReadonlyArray<A | undefined>, unknown> =>
  refined(t.UnknownArray, 'a list', (rows): ReadonlyArray<A | undefined> => rows.map((value) => readWith(row, value)))

/** `{ data: … }`, in which almost every answer comes. */
export const enveloped = <A>(codec: t.Decoder<unknown, A>): t.Type<A, unknown> =>
  refined(t.type({ data: t.unknown }), 'an answer with data', ({ data }) => readWith(codec, data))

/** A state, which comes as a number or as text. A brand tells the vocabularies apart. */
export const stateOf = <Brand>() =>
  refined(NumberOrText, 'a state', (state) =>
    /^[\w.-]{1,32}$/.test(String(state)) ? (String(state) as t.Branded<string, Brand>) : undefined,
  )

export const Metadata = ifReadable(mapOf(t.unknown))

/** An error's text: text, an object with a message, or nothing. */
export const ErrorText = total('an error text', (value) => {
  const message = t.string.is(value) ? value : readWith(t.type({ message: t.string }), value)?.message
  return message ?? ''
})
