/** A JSON value. What is persisted before sending is of this type, so that it can be stored. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

// A copy made by assignment takes a field of this name for the object's prototype. `_` may be written as an escape.
const maybePrototype = /__proto__|\\u005f/i

const withoutPrototype = (name: string, value: unknown): unknown => (name === '__proto__' ? undefined : value)

const parse = (text: string, reviver?: (name: string, value: unknown) => unknown): Json | undefined => {
  try {
    return JSON.parse(text, reviver) as Json
  } catch {
    return undefined
  }
}

/**
 * Strict JSON from outside, or `undefined` for text that is not JSON. `undefined` is no JSON value, so the two cannot be mixed
 * up. A field called `__proto__` is left out: no gateway has one.
 */
export const parseJson = (text: string): Json | undefined =>
  parse(text, maybePrototype.test(text) ? withoutPrototype : undefined)

/** As {@link parseJson}, for what paymux has written itself: every field is kept. */
export const parseOwnJson = (text: string): Json | undefined => parse(text)

/** A field of a JSON object. Never one that the object inherits. */
export const fieldOf = (object: { readonly [key: string]: Json }, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined

/** Whether a JSON value is an object, not an array. */
export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
