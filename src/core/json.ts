/** A JSON value. What is persisted before sending is of this type, so that it can be stored. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Strict JSON, or `undefined` for text that is not JSON. `undefined` is no JSON value, so the two cannot be mixed up. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Whether a JSON value is an object, not an array. */
export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
