import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Issue } from './error.js'

// A key may come from outside. What is no plain name is not repeated, nor what may be a card, phone or account number.
const segment = (key: string): string => (/^#?[\w-]{1,40}$/.test(key) && !/\d{4}/.test(key) ? key : '?')

const pathOf = (context: t.Context): string => {
  const keys = context.map(({ key }) => key).filter((key) => key !== '')
  return keys.length === 0 ? '(root)' : keys.map(segment).join('.')
}

const issueOf = ({ context, message }: t.ValidationError): Issue => ({
  path: pathOf(context),
  expected: message ?? context[context.length - 1]?.type.name ?? 'another value',
})

/** Decodes foreign input. Issues name path and expected type and never hold a value, unlike io-ts' own reporters. */
export const decode = <A>(codec: t.Decoder<unknown, A>, value: unknown): E.Either<readonly Issue[], A> => {
  const decoded = codec.decode(value)
  return E.isRight(decoded) ? decoded : E.left(decoded.left.map(issueOf))
}

/** A value that passes a type guard; `name` is what an issue says was expected. */
export const guarded = <A>(name: string, is: (value: unknown) => value is A): t.Type<A> =>
  new t.Type(name, is, (value, context) => (is(value) ? t.success(value) : t.failure(value, context)), t.identity)

/** A string that passes a test. */
export const text = (name: string, accepts: (value: string) => boolean): t.Type<string> =>
  guarded(name, (value): value is string => typeof value === 'string' && accepts(value))

/** What a codec gives, turned into something else, or refused as not being what `name` says. */
export const refined = <A, B>(
  codec: t.Decoder<unknown, A>,
  name: string,
  refine: (value: A) => B | undefined,
): t.Type<B, B, unknown> => {
  const validate = (value: unknown, context: t.Context): t.Validation<B> => {
    const decoded = codec.validate(value, context)
    if (E.isLeft(decoded)) return decoded
    const result = refine(decoded.right)
    return result === undefined ? t.failure(undefined, context, name) : t.success(result)
  }
  return new t.Type<B, B, unknown>(name, (value): value is B => E.isRight(validate(value, [])), validate, t.identity)
}

type Required<P extends t.Props> = { readonly [K in keyof P]: t.TypeOf<P[K]> }
type Optional<P extends t.Props> = { readonly [K in keyof P]?: t.TypeOf<P[K]> }
/** Intersections flattened, so that hovers show fields. */
type Flat<T> = { readonly [K in keyof T]: T[K] }

// Not what has no fields of its own and would pass for an empty object: a Promise that nobody awaited, a Map, a Date.
const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]'

type Field = readonly [key: string, value: unknown]

/** A field read by its codec; issues tell `place`. */
const readField = ([key, value]: Field, codec: t.Mixed, context: t.Context, place = key): t.Validation<Field> => {
  const read = codec.validate(value, t.appendContext(context, place, codec))
  return E.isLeft(read) ? read : t.success([key, read.right])
}

const noField = (
  context: t.Context,
  place: string,
  codec: t.ContextEntry['type'],
  message: string,
): t.Validation<Field> => t.failure(undefined, t.appendContext(context, place, codec), message)

/** The object that the fields make, or the issues of all of them. */
const gathered = <A>(fields: readonly t.Validation<Field>[]): t.Validation<A> => {
  const failed = fields.filter(E.isLeft)
  if (failed.length > 0) return E.left(failed.flatMap(({ left }) => left))
  return t.success(Object.fromEntries(fields.filter(E.isRight).map(({ right }) => right)) as A)
}

const objectCodec = <A>(
  name: string,
  fieldsOf: (value: Record<string, unknown>, context: t.Context) => readonly t.Validation<Field>[],
): t.Type<A, unknown> => {
  const validate = (value: unknown, context: t.Context): t.Validation<A> =>
    isRecord(value) ? gathered(fieldsOf(value, context)) : t.failure(value, context)
  return new t.Type<A, unknown>(name, (value): value is A => E.isRight(validate(value, [])), validate, t.identity)
}

/**
 * An object with exactly these fields: unknown ones are issues (a caller's typing mistake must not be dropped in
 * silence), `undefined` counts as absent. For what callers give us; gateways are read with `t.type`.
 */
export const closed = <R extends t.Props, O extends t.Props = Record<never, never>>(
  name: string,
  required: R,
  optional: O,
): t.Type<Flat<Required<R> & Optional<O>>, unknown> => {
  const known = Object.entries<t.Mixed>({ ...optional, ...required })
  const names = new Set(known.map(([key]) => key))
  return objectCodec(name, (value, context) => {
    const given = Object.keys(value).filter((key) => value[key] !== undefined)
    const strangers = given.filter((key) => !names.has(key))
    const expected = known.filter(([key]) => given.includes(key) || Object.hasOwn(required, key))
    return [
      ...strangers.map((key) => noField(context, key, t.never, 'no such field')),
      ...expected.map(([key, codec]) =>
        readField([key, Object.hasOwn(value, key) ? value[key] : undefined], codec, context),
      ),
    ]
  })
}

/**
 * Values by names that the caller chose. Such a name may itself be personal data, so an issue tells the entry by its
 * position: `metadata.#2`.
 */
export const byName = <A>(
  name: string,
  key: t.Type<string>,
  value: t.Type<A>,
): t.Type<Readonly<Record<string, A>>, unknown> =>
  objectCodec(name, (record, context) =>
    Object.entries(record).map((entry, index) => {
      const place = `#${index + 1}`
      return key.is(entry[0])
        ? readField(entry, value, context, place)
        : noField(context, place, key, `as its name, ${key.name}`)
    }),
  )
