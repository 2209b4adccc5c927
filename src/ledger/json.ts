import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  isObject,
  type Json,
  type Kind,
  objectIdOf,
  type PaymentError,
  parseOwnJson,
  type Reference,
  unreachable,
} from '../core/index.js'
import type { ObjectKey } from './records.js'

/** The version of the JSON that the ledger stores. It rises when what is stored can no longer be read by earlier versions. */
const STORED_VERSION = 1

const encode = (value: unknown): Json => {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    // Not by assignment, which would lose a field that is called `__proto__`.
    return Object.fromEntries(fields.map(([name, field]) => [name, encode(field)]))
  }
  // What is left of a record's values is text, a number, a truth value or null.
  return value as Json
}

/** A value as the ledger stores it: minor units, which JSON has no number for, become decimal text. */
export const toStoredJson = (value: object): Json => encode(value)

/** The text that the ledger stores for a value, with its version. */
export const toStoredText = (value: object | Json): string =>
  JSON.stringify({ version: STORED_VERSION, data: encode(value) })

/**
 * Reads the text that {@link toStoredText} wrote. Text of another version does not decode.
 *
 * @param codec what `data` has to be, with minor units as decimal text
 */
export const fromStoredText = <A>(codec: t.Decoder<unknown, A>): t.Type<A, unknown> => {
  const validate: t.Validate<unknown, A> = (text, context) => {
    const stored = typeof text === 'string' ? parseOwnJson(text) : undefined
    const isKnown = isObject(stored) && stored.version === STORED_VERSION
    return isKnown ? codec.validate(stored.data, context) : t.failure(text, context)
  }
  return new t.Type<A, unknown>(
    `version ${STORED_VERSION} of ${codec.name}`,
    (value): value is A => E.isRight(validate(value, [])),
    validate,
    t.identity,
  )
}

/**
 * Whether a value can be read again once it is stored. What an adapter gives is checked before anything rests on it: a draft
 * that cannot be read again is not sent, and a snapshot or an error that cannot be read again is no usable answer.
 */
export const isStorable = (codec: t.Decoder<unknown, unknown>, value: object): boolean =>
  pipe(
    // By way of the text: `NaN`, functions and circles do not outlive it.
    E.tryCatch(() => toStoredText(value), identity),
    E.flatMap((stored) => fromStoredText(codec).decode(stored)),
    E.isRight,
  )

/**
 * What is stored in a column cannot be read by this version of paymux: it is JSON of another version, or does not decode. The
 * error names the column, `paymux_operations.request`, and never a value.
 */
export const unreadable = (column: string): PaymentError => unreachable('store', { code: 'ERR_STORED_JSON', column })

const unreadableCodes: readonly string[] = ['ERR_STORED_JSON', 'ERR_DECRYPT', 'ERR_ENCRYPTION_KEY', 'ERR_NOT_ENCRYPTED']

/** Why a record cannot be read by this version of paymux or with its keys, if it is that and no store that does not answer. */
export const whyUnreadable = (error: PaymentError): string | undefined =>
  error._tag === 'Unreachable' && error.code !== undefined && unreadableCodes.includes(error.code)
    ? error.code
    : undefined

/** The key under which the ledger keeps the object that a reference points at. */
export const objectKeyOf = <K extends Kind>(reference: Reference<K>): ObjectKey & { readonly kind: K } => ({
  account: reference.account,
  kind: reference.kind,
  id: objectIdOf(reference),
})
