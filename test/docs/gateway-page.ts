import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { PaymentError } from '../../src/core/index.js'
import { codeIn, type Rows, repository } from './markdown.js'

/** A value as its codec reads it. */
export const decoded = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => {
  const result = codec.decode(value)
  if (E.isLeft(result)) throw new Error('the codec does not take this')
  return result.right
}

/** Every quoted word in a source file: among them all that its tables can hold. */
export const wordsIn = (path: string): readonly string[] =>
  [...readFileSync(join(repository, path), 'utf8').matchAll(/'([a-z_]+)'/g)].map(([, word = '']) => word)

/** A table of statuses, from the gateway's words in a column to ours in the first. */
export const mappingIn = (rows: Rows, column: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    rows.flatMap((row) => codeIn(row[`\`${column}\``]).map((word) => [word, codeIn(row.paymux).join(' ')])),
  )

/** What the caller gets: the error's case and, where there is one, the reason. */
export const refusalOf = (answer: E.Either<PaymentError, unknown>): readonly string[] => {
  if (E.isRight(answer)) return []
  return answer.left._tag === 'Refused' ? [answer.left._tag, answer.left.reason] : [answer.left._tag]
}

/** The effects of exchanges by name, as the entry exports them or as a table lists them. */
export const effectsOf = (source: Rows | object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.isArray(source)
      ? source.flatMap((row: Rows[number]) => codeIn(row.Exchange).map((name) => [name, codeIn(row.Effect).join()]))
      : Object.entries(source).flatMap(([name, value]) =>
          typeof value === 'object' && 'effect' in value ? [[name, value.effect]] : [],
        ),
  )
