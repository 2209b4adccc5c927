import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { invalidConfig, type PaymentError } from '../../core/index.js'

/**
 * Seals a text for the holder of a certificate: libsodium's `crypto_box_seal`, as Base64. Gives `InvalidConfig` if the package
 * is not installed or the certificate is no public key. Source: payop-api-doc, Withdrawal, Encryption.
 */
export type Seal = (plaintext: string, certificate: Uint8Array) => TE.TaskEither<PaymentError, string>

/** The one function of libsodium that is used. Declared here, because a merchant's compiler may lack the package's types. */
interface Sealing {
  readonly crypto_box_seal: (plaintext: string, publicKey: Uint8Array) => Uint8Array
}

// Imported in a try statement: bundlers take it as a package that may be missing.
const loadSodium = async (): Promise<Sealing> => {
  try {
    const { default: sodium } = await import('libsodium-wrappers')
    await sodium.ready
    return sodium
  } catch (error) {
    throw new Error('libsodium-wrappers does not load', { cause: error })
  }
}

const unusable = (expected: string) => (): PaymentError => invalidConfig([{ path: 'certificate', expected }])

/** A {@link Seal} over a way to load libsodium. */
export const sealOver =
  (load: () => Promise<Sealing>): Seal =>
  (plaintext, certificate) =>
    pipe(
      TE.tryCatch(load, unusable('the package libsodium-wrappers to be installed: npm install libsodium-wrappers')),
      TE.flatMap((sodium) =>
        TE.tryCatch(
          async () => Buffer.from(sodium.crypto_box_seal(plaintext, certificate)).toString('base64'),
          unusable('a public key that a box can be sealed for'),
        ),
      ),
    )

/** The default {@link Seal}. Loads libsodium-wrappers, an optional peer, when first used. */
export const seal: Seal = sealOver(loadSodium)
