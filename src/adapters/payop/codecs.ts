import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type AmountCheck,
  checkAmount,
  fromPredicate,
  fromWire,
  type MinorUnits,
  objectOf,
  omitUndefined,
  refine,
  text,
} from '../../core/index.js'

/** How Payop's answers are read: leniently, in every shape that its documents and clients have shown. */

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

export const NumberOrText = fromPredicate(
  'a number or text',
  (value): value is number | string => t.number.is(value) || t.string.is(value),
)
/** The same thing is a number at one endpoint and text at the next. */
export const Word = ifReadable(refine(NumberOrText, 'a number or text', String))
export const Amount = ifReadable(NumberOrText)
export const Text = ifReadable(t.string)

/** An amount of money as it came, or `undefined` if it cannot be read exactly. */
export const moneyOf = (amount: number | string | undefined, currency: string | undefined): MinorUnits | undefined =>
  amount === undefined || currency === undefined ? undefined : fromWire(amount, currency)

/** {@link moneyOf} for what was paid or kept. `undefined` for a negative amount, too: Payop documents none. */
export const sumOf = (amount: number | string | undefined, currency: string | undefined): MinorUnits | undefined => {
  const sum = moneyOf(amount, currency)
  return sum !== undefined && sum.minorUnits >= 0n ? sum : undefined
}

/** Compares an amount as it came with the expected one. One that is there and cannot be read is a mismatch. */
export const compareAmount = (
  expected: MinorUnits | undefined,
  amount: number | string | undefined,
  currency: string | undefined,
): AmountCheck => {
  const reported = moneyOf(amount, currency)
  return amount !== undefined && reported === undefined ? 'mismatch' : checkAmount(expected, reported)
}

/** PHP writes an empty map as `[]`. */
export const mapOf = <A>(values: t.Type<A, unknown>) =>
  refine(
    t.union([t.record(t.string, values), t.UnknownArray]),
    'a map, or an empty list for an empty one',
    (map): Readonly<Record<string, A>> | undefined => {
      if (!Array.isArray(map)) return map
      return map.length === 0 ? {} : undefined
    },
  )

/** Absent, null and empty mean that it is absent. Anything else has to be an id. */
export const OptionalId = new t.Type<string | undefined, unknown>(
  'an id or nothing',
  (value): value is string | undefined => value === undefined || Id.is(value),
  (value, context) =>
    value === undefined || value === null || value === '' ? t.success(undefined) : Id.validate(value, context),
  t.identity,
)

/** A list. An entry that cannot be read is `undefined`: one odd row of a retired method must not hide the others. */
export const rowsOf = <A>(row: t.Decoder<unknown, A>): t.Type<ReadonlyArray<A | undefined>, unknown> =>
  refine(t.UnknownArray, 'a list', (rows): ReadonlyArray<A | undefined> => rows.map((value) => readWith(row, value)))

/** `{ data: … }`, in which almost every answer comes. */
export const enveloped = <A>(codec: t.Type<A, unknown>): t.Type<A, unknown> =>
  refine(objectOf({ data: codec }), 'an answer with data', ({ data }) => data)

const plainCode = /^[\w.-]{1,32}$/

const LONGEST_STATE = 64

/** A text that a result may hold: without control characters, halves of characters and line breaks, and not too long. */
const tamed = (text: string): string =>
  [...text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')].slice(0, LONGEST_STATE).join('')

/**
 * A state, which comes as a number or as text. A brand tells the vocabularies apart. A state that is not documented may be any
 * text, a sentence too: it is kept, and never a reason not to read the object.
 */
export const stateOf = <Brand>() =>
  refine(NumberOrText, 'a state', (state) =>
    state === '' ? undefined : (tamed(String(state)) as t.Branded<string, Brand>),
  )

export const Metadata = ifReadable(mapOf(t.unknown))

/** Payop's own code of a failure. Empty in every documented sample, and `undefined` then. */
export const ErrorCode = ifReadable(
  refine(NumberOrText, 'a code', (code) => (plainCode.test(String(code)) ? String(code) : undefined)),
)

/** A failure as Payop reports it: text, `{ message, code }`, or nothing. */
export interface Failure {
  /** Empty if there is no text. */
  readonly message: string
  /** Payop's own code, if it gave one. */
  readonly code?: string
}

const FailureObject = objectOf({ message: Text, code: ErrorCode })

export const Failure = total('an error', (value): Failure => {
  const { message = '', code } = t.string.is(value) ? { message: value } : (readWith(FailureObject, value) ?? {})
  return { message, ...omitUndefined({ code }) }
})

/** The text of a {@link Failure}. */
export const ErrorText = refine(Failure, Failure.name, ({ message }) => message)
