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

type Issues = t.ValidationError[]

/** A field read by its codec; what is wrong with it joins the issues, under `place`. */
const readField = <A>(
  codec: t.Type<A, unknown>,
  value: unknown,
  context: t.Context,
  place: string,
  issues: Issues,
): A | undefined => {
  const read = codec.validate(value, t.appendContext(context, place, codec))
  if (E.isRight(read)) return read.right
  // Not pushed all at once: a call takes only so many arguments.
  for (const issue of read.left) issues.push(issue)
  return undefined
}

const noField = (context: t.Context, place: string, codec: t.ContextEntry['type'], message: string) => ({
  value: undefined,
  context: t.appendContext(context, place, codec),
  message,
})

const objectCodec = <A>(
  name: string,
  read: (value: Record<string, unknown>, context: t.Context, issues: Issues) => Record<string, unknown>,
): t.Type<A, unknown> => {
  const validate = (value: unknown, context: t.Context): t.Validation<A> => {
    if (!isRecord(value)) return t.failure(value, context)
    const issues: Issues = []
    const object = read(value, context, issues)
    return issues.length > 0 ? E.left(issues) : t.success(object as A)
  }
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
  const codecs: t.Props = { ...optional, ...required }
  const known = Object.entries<t.Mixed>(codecs)
  return objectCodec(name, (value, context, issues) => {
    for (const key of Object.keys(value))
      if (!Object.hasOwn(codecs, key) && value[key] !== undefined)
        issues.push(noField(context, key, t.never, 'no such field'))
    // Assigned one by one, always in this order: every request has the same shape, which is cheaper from here on.
    const object: Record<string, unknown> = {}
    for (const [key, codec] of known) {
      const field = Object.hasOwn(value, key) ? value[key] : undefined
      if (field !== undefined || Object.hasOwn(required, key))
        object[key] = readField(codec, field, context, key, issues)
    }
    return object
  })
}

/**
 * Values by names that the caller chose. Such a name may itself be personal data, so an issue tells the entry by its
 * position: `metadata.#2`.
 */
export const byName = <A>(
  name: string,
  key: t.Type<string>,
  value: t.Type<A, unknown>,
): t.Type<Readonly<Record<string, A>>, unknown> =>
  objectCodec(name, (record, context, issues) =>
    Object.fromEntries(
      Object.entries(record).map(([given, field], index) => {
        const place = `#${index + 1}`
        if (!key.is(given)) issues.push(noField(context, place, key, `as its name, ${key.name}`))
        return [given, readField(value, field, context, place, issues)]
      }),
    ),
  )
