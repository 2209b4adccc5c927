import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  decodeConfig,
  exactObject,
  fromPredicate,
  invalidConfig,
  omitUndefined,
  type PaymentError,
  refine,
  Secret,
  text,
  unreachable,
} from '../core/index.js'

/** Encrypts the texts that a store keeps of requests, answers and notifications, and stands for requests by fingerprints. */
export interface Encryption {
  /** Encrypts a text. It decrypts under the same `associatedData` only, which names the row, its version and the column. */
  readonly encrypt: (plain: string, associatedData: string) => string
  /**
   * Decrypts a text. Gives `Unreachable` with phase `store`, and as its code `ERR_ENCRYPTION_KEY` if the key that encrypted it
   * is not configured, `ERR_DECRYPT` if the text was changed or moved, `ERR_NOT_ENCRYPTED` if it is plain and must not be.
   */
  readonly decrypt: (encrypted: string, associatedData: string) => E.Either<PaymentError, string>
  /** Whether a stored text is what `encrypt` would make today: encrypted with the current key, or plain without one. */
  readonly isCurrent: (stored: string) => boolean
  /** HMAC-SHA256 of a text under the ledger's own key, hexadecimal. */
  readonly fingerprint: (text: string) => string
  /** Plain text is decrypted no more. */
  readonly refusePlain: () => void
  /** The id of the key that encrypts. Absent: nothing is encrypted. */
  readonly current?: string
}

/** The keys of a configuration. */
export interface EncryptionKeys {
  /** The id of the key that encrypts. Absent: nothing is encrypted. */
  readonly current?: string
  /** By id. */
  readonly keys: Readonly<Record<string, KeyObject>>
  /** What is plain, or encrypted with another key, is to be encrypted with the current one. */
  readonly migrate: boolean
}

/** The keys of a configuration without encryption. */
export const noEncryption: EncryptionKeys = { keys: {}, migrate: false }

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

const Config = exactObject(
  'encryption',
  { current: KeyId, keys: t.record(KeyId, EncryptionKey) },
  { migrate: t.boolean },
)

const unread = (code: string): PaymentError => unreachable('store', { code })
const undecryptable = (): PaymentError => unread('ERR_DECRYPT')

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

/** Begins a stored text that is not encrypted. */
export const PLAIN = 'plain.'

const prefixOf = (current: string | undefined): string => (current === undefined ? PLAIN : `v1.${current}.`)

const keyOf = (keys: EncryptionKeys['keys'], id: string): KeyObject | undefined =>
  Object.hasOwn(keys, id) ? keys[id] : undefined

const decryptKeyed = (
  keys: EncryptionKeys['keys'],
  encrypted: string,
  associatedData: string,
): E.Either<PaymentError, string> => {
  const [version, id = '', ...parts] = encrypted.split('.')
  if (version !== 'v1' || parts.length !== 3 || !KeyId.is(id)) return E.left(undecryptable())
  const key = keyOf(keys, id)
  if (key === undefined) return E.left(unread('ERR_ENCRYPTION_KEY'))
  return decryptWith(
    key,
    parts.map((part) => Buffer.from(part, 'base64url')),
    associatedData,
  )
}

/** Encrypts, and decrypts what any of the keys encrypted. */
export const cipherOf = ({ current, keys }: EncryptionKeys): Pick<Encryption, 'encrypt' | 'decrypt' | 'isCurrent'> => {
  const key = current === undefined ? undefined : keyOf(keys, current)
  return {
    encrypt: (plain, associatedData) =>
      current === undefined || key === undefined
        ? `${PLAIN}${plain}`
        : encryptWith(current, key, plain, associatedData),
    decrypt: (encrypted, associatedData) => decryptKeyed(keys, encrypted, associatedData),
    isCurrent: (stored) => stored.startsWith(prefixOf(current)),
  }
}

/**
 * The encryption of an open ledger: AES-256-GCM, a new random IV for each text, the key's id stored with it. A key may encrypt
 * 4,000,000,000 texts. Without keys, texts are kept as they are, with a prefix.
 *
 * @param isPlainRead whether plain text is decrypted, too: the ledger has no keys, or is being encrypted
 */
export const createEncryption = (keys: EncryptionKeys, fingerprintKey: KeyObject, isPlainRead: boolean): Encryption => {
  const cipher = cipherOf(keys)
  let readsPlain = isPlainRead
  return {
    ...cipher,
    ...omitUndefined({ current: keys.current }),
    decrypt: (encrypted, associatedData) => {
      if (!encrypted.startsWith(PLAIN)) return cipher.decrypt(encrypted, associatedData)
      return readsPlain ? E.right(encrypted.slice(PLAIN.length)) : E.left(unread('ERR_NOT_ENCRYPTED'))
    },
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest('hex'),
    refusePlain: () => {
      readsPlain = false
    },
  }
}

/**
 * Reads the keys of a configuration, `{ current, keys: { <id>: <32 bytes as Base64> }, migrate }`: the current one encrypts,
 * each of them decrypts. `undefined` gives {@link noEncryption}. Gives `InvalidConfig`.
 */
export const readEncryptionKeys = (config: unknown): E.Either<PaymentError, EncryptionKeys> =>
  config === undefined
    ? E.right(noEncryption)
    : pipe(
        decodeConfig(Config, config),
        E.flatMap(({ current, keys, migrate = false }) =>
          keyOf(keys, current) === undefined
            ? E.left(invalidConfig([{ path: 'current', expected: 'the name of one of the keys' }]))
            : E.right({ current, keys, migrate }),
        ),
      )
