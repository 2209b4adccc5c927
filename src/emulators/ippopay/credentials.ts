import type { Mode } from './records.js'

/** The products of IppoPay, which have key pairs of their own. */
export type Product = 'collections' | 'payouts'

/** The keys of one product. */
export interface KeyPair {
  /** The user name of HTTP Basic. */
  readonly publicKey: string
  /** The password of HTTP Basic. */
  readonly secretKey: string
}

/** The keys of one mode: a pair for collections, and a pair of another dashboard for payouts. */
export interface Credentials extends KeyPair {
  /** The mode of the keys. */
  readonly mode: Mode
  /** The keys for payouts. */
  readonly payouts: KeyPair
}

/** Made up: `pk_<mode>_` with 12 characters, `sk_<mode>_` with 40. Keys of payouts have no known shape. */
export const madeUpCredentials = (mode: Mode): Credentials => ({
  mode,
  publicKey: `pk_${mode}_Emulator0000`,
  secretKey: `sk_${mode}_${'EmulatorOnly'.padEnd(40, '0')}`,
  payouts: { publicKey: `emulator-payouts-${mode}-public`, secretKey: `emulator-payouts-${mode}-secret` },
})
