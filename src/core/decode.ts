import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Issue } from './error.js'

// A key may come from outside: one that is no plain name, or may be a card, phone or account number, is not repeated.
const segment = (key: string): string => (/^#?[\w-]{1,40}$/.test(key) && !/\d{4}/.test(key) ? key : '?')

const pathOf = (context: t.Context): string => {
  const keys = context.map(({ key }) => key).filter((key) => key !== '')
  return keys.length === 0 ? '(root)' : keys.map(segment).join('.')
}

const issueOf = ({ context, message }: t.ValidationError): Issue => ({
  path: pathOf(context),
  expected: message ?? context[context.length - 1]?.type.name ?? 'another value',
})

/** Decodes input from outside. Issues name path and expected type and never hold a value, unlike io-ts' own reporters. */
export const decode = <A>(codec: t.Decoder<unknown, A>, value: unknown): E.Either<readonly Issue[], A> => {
  const decoded = codec.decode(value)
  return E.isRight(decoded) ? decoded : E.left(decoded.left.map(issueOf))
}

/** Says more about a wrong value than that it is wrong, without a part of it: `a point, not a comma`. */
export type Advice = (value: unknown) => string | undefined

/** A value that passes a predicate. An issue says that `name` was expected, with the advice of the wrong value if there is one. */
export const fromPredicate = <A>(name: string, is: (value: unknown) => value is A, advice?: Advice): t.Type<A> =>
  new t.Type(
    name,
    is,
    (value, context) => {
      if (is(value)) return t.success(value)
      const more = advice?.(value)
      return t.failure(value, context, more === undefined ? undefined : `${name}: ${more}`)
    },
    t.identity,
  )

/** A whole number between two bounds, both included. */
export const wholeBetween = (least: number, most: number): t.Type<number> =>
  fromPredicate(
    `a whole number from ${least} to ${most}`,
    (value): value is number => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  )

/** A string that passes a test. */
export const text = (name: string, accepts: (value: string) => boolean, advice?: Advice): t.Type<string> =>
  fromPredicate(name, (value): value is string => typeof value === 'string' && accepts(value), advice)

/** One of several texts. An issue lists them. */
export const oneOf = <A extends string>(values: readonly A[], name: string = values.join(', ')): t.Type<A> => {
  const known: ReadonlySet<unknown> = new Set(values)
  return fromPredicate(name, (value): value is A => known.has(value))
}

/** A value read with the codec that it asks for, so that the issues are those of the form that was meant. */
export const chosen = <A>(name: string, codecFor: (value: unknown) => t.Decoder<unknown, A>): t.Type<A, unknown> => {
  const validate: t.Validate<unknown, A> = (value, context) => codecFor(value).validate(value, context)
  return new t.Type<A, unknown>(name, (value): value is A => E.isRight(validate(value, [])), validate, t.identity)
}

/** One of several objects that a field tells apart. Complete by its type: a variant without a codec fails to compile. */
export const taggedUnion = <A extends object, Tag extends keyof A & string>(
  name: string,
  tag: Tag,
  variants: { readonly [V in A[Tag] & string]: t.Decoder<unknown, Extract<A, { readonly [T in Tag]: V }>> },
): t.Type<A, unknown> => {
  const byTag: Readonly<Record<string, t.Decoder<unknown, A>>> = variants
  const Tagged = t.type({ [tag]: oneOf(Object.keys(byTag)) }, name)
  const NoVariant = refine(Tagged, name, (): A | undefined => undefined)
  return chosen<A>(name, (value) => {
    const tagged = Tagged.decode(value)
    return (E.isRight(tagged) ? byTag[String(tagged.right[tag])] : undefined) ?? NoVariant
  })
}

/** What a codec gives, turned into something else. An issue says `name` if `refine` gives `undefined`. */
export const refine = <A, B>(
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

/** Fields that have to be there. */
type Required<P extends t.Props> = { readonly [K in keyof P]: t.TypeOf<P[K]> }
/** Fields that may be absent. */
type Optional<P extends t.Props> = { readonly [K in keyof P]?: t.TypeOf<P[K]> }
/** Intersections flattened, so that hovers show fields. */
type Flat<T> = { readonly [K in keyof T]: T[K] }

// A Promise without `await`, a Map or a Date has no fields of its own and would pass for an empty object.
const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]'

type Issues = t.ValidationError[]

/** A field read by its codec; its issues are added under `place`. */
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

const exactly = <A>(name: string, required: t.Props, optional: t.Props): t.Type<A, unknown> => {
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
 * An object with exactly these fields: unknown ones are issues (a caller's typing mistake must not be dropped in
 * silence), `undefined` counts as absent. It is for input of callers; answers of gateways are read with {@link objectOf}.
 */
export const exactObject = <R extends t.Props, O extends t.Props = Record<never, never>>(
  name: string,
  required: R,
  optional: O,
): t.Type<Flat<Required<R> & Optional<O>>, unknown> => exactly(name, required, optional)

/**
 * An object of a gateway with at least these fields, of which it takes its own alone: what it inherits is no field. Other fields
 * stay as they came.
 */
export const objectOf = <P extends t.Props>(fields: P, name = 'an object'): t.Type<Flat<Required<P>>, unknown> => {
  const known = Object.entries<t.Mixed>(fields)
  return objectCodec(name, (value, context, issues) => ({
    ...value,
    ...Object.fromEntries(
      known.map(([key, codec]) => [
        key,
        readField(codec, Object.hasOwn(value, key) ? value[key] : undefined, context, key, issues),
      ]),
    ),
  }))
}

type OptionalKey<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T]
type RequiredCodecs<T> = { readonly [K in Exclude<keyof T, OptionalKey<T>>]: t.Type<T[K], unknown> }
type OptionalCodecs<T> = { readonly [K in OptionalKey<T>]: t.Type<Exclude<T[K], undefined>, unknown> }

/** As {@link exactObject}, for a type that exists already. Complete by its type: a field without a codec fails to compile. */
export const exactObjectOf = <T extends object>(
  name: string,
  required: RequiredCodecs<T>,
  optional: OptionalCodecs<T>,
): t.Type<T, unknown> => exactly(name, { ...required }, { ...optional })

/**
 * Values by names that the caller chose. Such a name may itself be personal data, so an issue tells the entry by its
 * position: `metadata.#2`.
 */
export const recordOf = <A>(
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
