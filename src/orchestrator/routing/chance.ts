import { digestOf } from '../../core/index.js'

/** A number above 0 and below 1 for an account under a key, and for one purpose: always the same one, in every process. */
export const chance = (purpose: 'route' | 'return', key: string, account: string): number => {
  const bits = Buffer.from(digestOf(purpose, key, account)).readUIntBE(0, 6)
  return (bits + 0.5) / 2 ** 48
}
