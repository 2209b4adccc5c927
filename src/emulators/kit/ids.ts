import { createHash } from 'node:crypto'

/** Makes ids that look random and do not repeat within one emulator. The same seed makes the same ids. */
export interface Ids {
  /** Returns a UUID of version 4. */
  readonly uuid: () => string
  /** Returns `length` characters of `alphabet`; at most 64. */
  readonly text: (length: number, alphabet: string) => string
}

export const createIds = (seed: string): Ids => {
  let count = 0
  const bytes = (): Buffer => {
    count += 1
    return createHash('sha512').update(`${seed}:${count}`).digest()
  }
  return {
    uuid: () => {
      const hex = bytes().toString('hex')
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        `8${hex.slice(17, 20)}`,
        hex.slice(20, 32),
      ].join('-')
    },
    text: (length, alphabet) =>
      [...bytes().subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join(''),
  }
}
