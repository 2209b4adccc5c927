/**
 * The error of an input that the emulator cannot use: a wrong setting, an unknown id. The admin port answers it with 400
 * and `{ message }`. Its message names the field and what was expected, never the value.
 */
export class InvalidInput extends Error {
  /** The name of the error. */
  override readonly name = 'InvalidInput'
}

/** Names the field and what was expected, never the value. */
export const invalid = (field: string, expected: string): InvalidInput =>
  new InvalidInput(`${field}: expected ${expected}`)

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Does not use `instanceof`: a test runner gives its files an `Error` class of their own, and Node's errors are none of those. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'unknown'
