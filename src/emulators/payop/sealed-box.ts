import { createPrivateKey, createPublicKey } from 'node:crypto'

// Node takes an X25519 secret key in its PKCS #8 wrapping only; the first 16 bytes of it are always these.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The 32-byte public key of an X25519 secret key, as base64 text: the certificate that merchants encrypt with. */
export const certificateOf = (secretKey: Uint8Array): string => {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secretKey]), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
}

const loadSodium = async () => {
  try {
    const { default: sodium } = await import('libsodium-wrappers')
    await sodium.ready
    return sodium
  } catch (error) {
    throw new Error('Withdrawals need the package libsodium-wrappers: npm install libsodium-wrappers', {
      cause: error,
    })
  }
}

/** Resolves with a function that decrypts sealed boxes for this key. It returns undefined for boxes that it cannot decrypt. */
export const loadDecryption = async (secretKey: Uint8Array): Promise<(box: string) => string | undefined> => {
  const sodium = await loadSodium()
  const publicKey = Buffer.from(certificateOf(secretKey), 'base64')
  return (box) => {
    try {
      return Buffer.from(sodium.crypto_box_seal_open(Buffer.from(box, 'base64'), publicKey, secretKey)).toString('utf8')
    } catch {
      return undefined
    }
  }
}
