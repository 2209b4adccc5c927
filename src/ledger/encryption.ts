import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  decodeConfig,
  exactObject,
  fromPredicate,
  invalidConfig,
  type PaymentError,
  refine,
  Secret,
  text,
  unreachable,
} from '../core/index.js'

/** Encrypts the texts that a store keeps of requests, answers and notifications. */
export interface Encryption {
  /** Encrypts a text. It decrypts under the same `associatedData` only, which names the row and the column. */
  readonly encrypt: (plain: string, associatedData: string) => string
  /**
   * Decrypts a text. Gives `InvalidConfig` if the key that encrypted it is not configured, and `Unreachable` with phase
   * `store` and code `ERR_DECRYPT` if the text was changed or moved.
   */
  readonly decrypt: (encrypted: string, associatedData: string) => E.Either<PaymentError, string>
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** The id of an encryption key. */
export const KeyId = text('1 to 32 of A-Z a-z 0-9 _ -', (id) => /^[\w-]{1,32}$/.test(id))

const KeyText = fromPredicate(
  'text',
  (value): value is string | Secret => typeof value === 'string' || value instanceof Secret,
)

/** Whether a text is 32 bytes as Base64. */
export const isEncryptionKey = (base64: string): boolean => {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === base64
}

/** 32 bytes as Base64. Turned into a key at once: nothing that prints a key shows its bytes. */
const EncryptionKey = refine(KeyText, '32 bytes as Base64', (value): KeyObject | undefined => {
  const base64 = typeof value === 'string' ? value : value.reveal()
  return isEncryptionKey(base64) ? createSecretKey(base64, 'base64') : undefined
})

const Config = exactObject('encryption', { current: KeyId, keys: t.record(KeyId, EncryptionKey) }, {})

const undecryptable = (): PaymentError => unreachable('store', { code: 'ERR_DECRYPT' })

const encryptWith = (id: string, key: KeyObject, plain: string, associatedData: string): string => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(associatedData),
  )
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return ['v1', id, ...[iv, cipher.getAuthTag(), ciphertext].map((bytes) => bytes.toString('base64url'))].join('.')
}

const decryptWith = (
  key: KeyObject,
  [iv, tag, ciphertext]: readonly Buffer[],
  associatedData: string,
): E.Either<PaymentError, string> => {
  if (iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || ciphertext === undefined) return E.left(undecryptable())
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(associatedData)).setAuthTag(tag)
  return E.tryCatch(
    () => Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8'),
    undecryptable,
  )
}

const notConfigured = (id: string): PaymentError =>
  invalidConfig([{ path: 'encryption.keys', expected: `the key ${id}, which stored records are encrypted with` }])

const decryptionWith =
  (keys: Readonly<Record<string, KeyObject>>): Encryption['decrypt'] =>
  (encrypted, associatedData) => {
    if (encrypted.startsWith('plain.')) return E.right(encrypted.slice('plain.'.length))
    const [version, id = '', ...parts] = encrypted.split('.')
    if (version !== 'v1' || parts.length !== 3 || !KeyId.is(id)) return E.left(undecryptable())
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined
    if (key === undefined) return E.left(notConfigured(id))
    return decryptWith(
      key,
      parts.map((part) => Buffer.from(part, 'base64url')),
      associatedData,
    )
  }

const keyedEncryption = (config: unknown): E.Either<PaymentError, Encryption> =>
  pipe(
    decodeConfig(Config, config),
    E.flatMap(({ current, keys }) => {
      const key = Object.hasOwn(keys, current) ? keys[current] : undefined
      return key === undefined
        ? E.left(invalidConfig([{ path: 'current', expected: 'the name of one of the keys' }]))
        : E.right({
            encrypt: (plain: string, associatedData: string) => encryptWith(current, key, plain, associatedData),
            decrypt: decryptionWith(keys),
          })
    }),
  )

/** Keeps texts as they are, with a prefix, so that an encryption that is configured later reads them. Decrypts nothing that was encrypted. */
export const noEncryption: Encryption = { encrypt: (plain) => `plain.${plain}`, decrypt: decryptionWith({}) }

/**
 * AES-256-GCM, a new random IV for each text, the key's name stored with it. The configuration is
 * `{ current, keys: { <name>: <32 bytes as Base64> } }`: the current key encrypts, and each key decrypts, so a key is
 * rotated by adding another and making it the current one. A key may encrypt 4,000,000,000 texts. `undefined` encrypts
 * nothing: texts are kept as they are, and an encryption with keys reads them later. Gives `InvalidConfig`.
 */
export const createEncryption = (config: unknown): E.Either<PaymentError, Encryption> =>
  config === undefined ? E.right(noEncryption) : keyedEncryption(config)
