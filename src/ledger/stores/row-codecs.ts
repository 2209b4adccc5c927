import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { decode, kinds, type MinorUnits, oneOf, type PaymentError, parseOwnJson, refine } from '../../core/index.js'
import { storedTextList, storedTexts } from '../codecs.js'
import { fromStoredText, unreadable } from '../json.js'
import type { Row, Table } from './tables.js'

/** What columns hold, as drivers give it. */

/** A column, for errors. */
export const columnOf = ({ name }: Table, column = '?'): string => `${name}.${column}`

/** Decodes the columns of a row that a codec names. The others are left alone. */
export const columns = <C>(table: Table, codec: t.Decoder<unknown, C>, row: Row): E.Either<PaymentError, C> =>
  pipe(
    decode(codec, row),
    E.mapLeft(([issue]) => unreadable(columnOf(table, issue?.path.split('.')[0]))),
  )

/** Decodes one text by a codec that another column chooses. */
export const stored = <A>(
  table: Table,
  column: string,
  codec: t.Decoder<unknown, A>,
  text: string,
): E.Either<PaymentError, A> =>
  pipe(
    decode(fromStoredText(codec), text),
    E.mapLeft(() => unreadable(columnOf(table, column))),
  )

/** Decodes a column that may hold no value. */
export const nullable = <A>(codec: t.Type<A, unknown>): t.Type<A | undefined, unknown> => {
  const validate: t.Validate<unknown, A | undefined> = (value, context) =>
    value === null ? t.success(undefined) : codec.validate(value, context)
  return new t.Type<A | undefined, unknown>(
    codec.name,
    (value): value is A | undefined => E.isRight(validate(value, [])),
    validate,
    t.identity,
  )
}

/** A whole number, which drivers give as number, bigint or text. */
export const bigint = new t.Type<bigint, unknown>(
  'a whole number',
  (value): value is bigint => typeof value === 'bigint',
  (value, context) => {
    if (typeof value === 'bigint') return t.success(value)
    const isText = typeof value === 'string' && /^-?\d{1,19}$/.test(value)
    return isText || Number.isSafeInteger(value) ? t.success(BigInt(String(value))) : t.failure(value, context)
  },
  t.identity,
)

/** A whole number that a double holds. */
export const integer = refine(bigint, bigint.name, (value) => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
})

/** A truth value. */
export const flag = refine(bigint, '0 or 1', (value) => (value === 0n || value === 1n ? value === 1n : undefined))

/** A text, or none. */
export const text = nullable(t.string)
/** A whole number that a double holds, or none. */
export const number = nullable(integer)
/** What an object is. */
export const Kind = oneOf(kinds)
/** Texts by name. */
export const texts = fromStoredText(storedTexts)
/** Texts in their order. */
export const textList = refine(t.string, storedTextList.name, (json) => {
  const list = parseOwnJson(json)
  return storedTextList.is(list) ? list : undefined
})

/** An amount of two columns. */
export const moneyOf = (minorUnits: bigint | undefined, currency: string | undefined): MinorUnits | undefined =>
  minorUnits === undefined || currency === undefined ? undefined : { minorUnits, currency }
