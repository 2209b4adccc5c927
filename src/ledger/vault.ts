import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  closed,
  decodeConfig,
  guarded,
  invalidConfig,
  type PaymentError,
  refined,
  Secret,
  text,
  unreachable,
} from '../core/index.js'

/** Seals the texts that a store keeps of requests, answers and notifications. */
export interface Vault {
  /** `place` says where the text will stand: it opens nowhere else. */
  readonly seal: (plain: string, place: string) => string
  /**
   * Gives `InvalidConfig` where the key that sealed it is not configured, and `Unreachable` with phase `store` and code
   * `ERR_SEAL` where the text was changed or moved.
   */
  readonly open: (sealed: string, place: string) => E.Either<PaymentError, string>
}

const IV_BYTES = 12
const TAG_BYTES = 16

const KeyId = text('1 to 32 of A-Z a-z 0-9 _ -', (id) => /^[\w-]{1,32}$/.test(id))

const KeyText = guarded(
  'text',
  (value): value is string | Secret => typeof value === 'string' || value instanceof Secret,
)

/** 32 bytes as Base64. Turned into a key at once: nothing that prints a key shows its bytes. */
const Key = refined(KeyText, '32 bytes as Base64', (value): KeyObject | undefined => {
  const given = typeof value === 'string' ? value : value.reveal()
  const bytes = Buffer.from(given, 'base64')
  return bytes.length === 32 && /^[\w+/-]{43}=?$/.test(given) ? createSecretKey(bytes) : undefined
})

const Config = closed('encryption', { current: KeyId, keys: t.record(KeyId, Key) }, {})

const broken = (): PaymentError => unreachable('store', 'ERR_SEAL')

const encrypt = (id: string, key: KeyObject, plain: string, place: string): string => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place))
  const hidden = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return ['v1', id, ...[iv, cipher.getAuthTag(), hidden].map((bytes) => bytes.toString('base64url'))].join('.')
}

const decrypt = (
  key: KeyObject,
  [iv, tag, hidden]: readonly Buffer[],
  place: string,
): E.Either<PaymentError, string> => {
  if (iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || hidden === undefined) return E.left(broken())
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(place)).setAuthTag(tag)
  return E.tryCatch(() => Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8'), broken)
}

const notConfigured = (id: string): PaymentError =>
  invalidConfig([{ path: 'encryption.keys', expected: `the key ${id}, which what is stored was sealed with` }])

const openWith = (keys: Readonly<Record<string, KeyObject>>): Vault['open'] => {
  const open: Vault['open'] = (sealed, place) => {
    if (sealed.startsWith('plain.')) return E.right(sealed.slice('plain.'.length))
    const [version, id = '', ...parts] = sealed.split('.')
    if (version !== 'v1' || parts.length !== 3 || !KeyId.is(id)) return E.left(broken())
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined
    if (key === undefined) return E.left(notConfigured(id))
    return decrypt(
      key,
      parts.map((part) => Buffer.from(part, 'base64url')),
      place,
    )
  }
  return open
}

const keyedVault = (config: unknown): E.Either<PaymentError, Vault> =>
  pipe(
    decodeConfig(Config, config),
    E.flatMap(({ current, keys }) => {
      const key = Object.hasOwn(keys, current) ? keys[current] : undefined
      return key === undefined
        ? E.left(invalidConfig([{ path: 'current', expected: 'the name of one of the keys' }]))
        : E.right({ seal: (plain: string, place: string) => encrypt(current, key, plain, place), open: openWith(keys) })
    }),
  )

/** Keeps texts as they are, marked, so that a vault with keys, configured later, reads them. What is sealed does not open here. */
export const plainVault: Vault = { seal: (plain) => `plain.${plain}`, open: openWith({}) }

/**
 * AES-256-GCM, a new random IV for each text, the key's name stored with it. The configuration is
 * `{ current, keys: { <name>: <32 bytes as Base64> } }`: the current key seals, every one opens, so a key is rotated by
 * adding another and making it the current one. A key may seal four thousand million texts. `undefined` seals nothing: texts
 * are kept as they are, and a vault with keys reads them later. Gives `InvalidConfig`.
 */
export const createVault = (config: unknown): E.Either<PaymentError, Vault> =>
  config === undefined ? E.right(plainVault) : keyedVault(config)
