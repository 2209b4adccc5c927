/** Somebody asked the emulator for something it cannot do: a wrong setting, an unknown id. Answered as 400 on the admin port. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
}

/** Names the field and what was expected, never the value. */
export const invalid = (field: string, expected: string): InvalidInput =>
  new InvalidInput(`${field}: expected ${expected}`)

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Not by `instanceof`: a test runner gives its files an `Error` of their own, and errors of Node are none of those. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'unknown'
