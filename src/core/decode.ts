import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Issue } from './error.js'

// A key may come from outside; what is not a plain name is not repeated.
const segment = (key: string): string => (/^[\w-]{1,64}$/.test(key) ? key : '?')

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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An object with exactly these fields: unknown ones are issues (a caller's typing mistake must not be dropped in
 * silence), `undefined` counts as absent. For what callers give us; gateways are read with `t.type`.
 */
export const closed = <R extends t.Props, O extends t.Props = Record<never, never>>(
  name: string,
  required: R,
  optional: O,
): t.Type<Flat<Required<R> & Optional<O>>, unknown> => {
  type A = Flat<Required<R> & Optional<O>>
  const known = new Map<string, t.Mixed>(Object.entries<t.Mixed>({ ...optional, ...required }))
  const validate = (value: unknown, context: t.Context): t.Validation<A> => {
    if (!isRecord(value)) return t.failure(value, context)
    const errors: t.Errors = []
    const output: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      if (!known.has(key) && value[key] !== undefined)
        errors.push({ value: undefined, context: t.appendContext(context, key, t.never), message: 'no such field' })
    }
    for (const [key, codec] of known) {
      const field = Object.hasOwn(value, key) ? value[key] : undefined
      if (field === undefined && !Object.hasOwn(required, key)) continue
      const decoded = codec.validate(field, t.appendContext(context, key, codec))
      if (E.isLeft(decoded)) errors.push(...decoded.left)
      else output[key] = decoded.right
    }
    return errors.length > 0 ? E.left(errors) : t.success(output as A)
  }
  const is = (value: unknown): value is A => E.isRight(validate(value, []))
  return new t.Type<A, unknown>(name, is, validate, t.identity)
}
