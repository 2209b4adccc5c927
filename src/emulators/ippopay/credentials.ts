import type { Mode } from './records.js'

export type Product = 'collections' | 'payouts'

export interface KeyPair {
  readonly publicKey: string
  readonly secretKey: string
}

/** The keys of one mode: a pair for collections and another one, of another dashboard, for payouts. */
export interface Credentials extends KeyPair {
  readonly mode: Mode
  readonly payouts: KeyPair
}

/** Made up: `pk_<mode>_` with 12 characters, `sk_<mode>_` with 40; keys of payouts have no known shape. */
export const madeUpCredentials = (mode: Mode): Credentials => ({
  mode,
  publicKey: `pk_${mode}_Emulator0000`,
  secretKey: `sk_${mode}_${'EmulatorOnly'.padEnd(40, '0')}`,
  payouts: { publicKey: `emulator-payouts-${mode}-public`, secretKey: `emulator-payouts-${mode}-secret` },
})
