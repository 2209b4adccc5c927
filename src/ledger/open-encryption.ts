import { createSecretKey, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { type Issue, invalidConfig, type PaymentError, unreachable } from '../core/index.js'
import { cipherOf, createEncryption, type Encryption, type EncryptionKeys, PLAIN } from './encryption.js'

/**
 * How far a ledger is encrypted. `none`: it has no keys. `migrating`: it has keys, and plain rows from before. `rotating`: rows
 * of older keys are encrypted with the current one. `required`: every row is encrypted.
 */
export type EncryptionState = 'none' | 'migrating' | 'rotating' | 'required'

const everyState: Readonly<Record<EncryptionState, true>> = {
  none: true,
  migrating: true,
  rotating: true,
  required: true,
}

/** Every state of a ledger's encryption. */
export const encryptionStates = Object.keys(everyState) as readonly EncryptionState[]

/** A key that a ledger has seen. */
export interface KnownKey {
  readonly id: string
  /** A text that only this key decrypts. */
  readonly check: string
  /** No row is encrypted with it any more: it may be taken out of the configuration. */
  readonly isRetired: boolean
}

/** What a ledger keeps about its encryption. */
export interface LedgerEncryption {
  readonly state: EncryptionState
  /** The key of its fingerprints, encrypted with the current key; plain without one. Base64. */
  readonly fingerprintKey: string
  readonly keys: readonly KnownKey[]
}

/** An encryption, and what the ledger is to keep about it. */
export interface OpenedEncryption {
  readonly encryption: Encryption
  readonly ledger: LedgerEncryption
}

const CHECKED = 'paymux'
const checkPlace = (id: string): string => JSON.stringify(['paymux_encryption_keys', 'check_value', id])
const FINGERPRINT_PLACE = JSON.stringify(['paymux_ledger', 'fingerprint_key'])

const checkOf = (keys: EncryptionKeys, id: string): string =>
  cipherOf({ ...keys, current: id }).encrypt(CHECKED, checkPlace(id))

const issuesOf = (keys: EncryptionKeys, known: readonly KnownKey[]): readonly Issue[] =>
  known.flatMap(({ id, check, isRetired }) => {
    if (!Object.hasOwn(keys.keys, id))
      return isRetired ? [] : [{ path: 'encryption.keys', expected: `the key ${id}, which records are encrypted with` }]
    const isSame = E.isRight(cipherOf(keys).decrypt(check, checkPlace(id)))
    return isSame ? [] : [{ path: `encryption.keys.${id}`, expected: 'the key that the ledger knows by this id' }]
  })

/** Every configured key is known from now on; the current one is in use. */
const knownKeys = (keys: EncryptionKeys, known: readonly KnownKey[]): readonly KnownKey[] => [
  ...known.map((key) => (key.id === keys.current ? { ...key, isRetired: false } : key)),
  ...Object.keys(keys.keys)
    .filter((id) => !known.some((key) => key.id === id))
    .map((id) => ({ id, check: checkOf(keys, id), isRetired: id !== keys.current })),
]

/** The state that a ledger takes with these keys. Gives an issue for plain rows that are not to be encrypted. */
const stateOf = (
  { current, migrate }: EncryptionKeys,
  state: EncryptionState | undefined,
  known: readonly KnownKey[],
): E.Either<Issue, EncryptionState> => {
  if (current === undefined) return E.right('none')
  const isOfOneKey = known.every(({ id, isRetired }) => id === current || isRetired)
  switch (state) {
    case undefined:
      return E.right('required')
    case 'none':
    case 'migrating':
      return migrate
        ? E.right('migrating')
        : E.left({ path: 'encryption.migrate', expected: 'true, because the ledger holds rows that are not encrypted' })
    case 'rotating':
    case 'required':
      return E.right(migrate && !isOfOneKey ? 'rotating' : 'required')
  }
}

const wrong = (issues: readonly Issue[]): E.Either<PaymentError, never> => E.left(invalidConfig(issues))

const freshKey = (): string => randomBytes(32).toString('base64')

const fingerprintKeyOf = (keys: EncryptionKeys, stored: string | undefined): E.Either<PaymentError, string> => {
  if (stored === undefined) return E.right(freshKey())
  return stored.startsWith(PLAIN)
    ? E.right(stored.slice(PLAIN.length))
    : cipherOf(keys).decrypt(stored, FINGERPRINT_PLACE)
}

/**
 * Compares the keys of a configuration with what a ledger keeps about its own, before anything is written. Gives
 * `InvalidConfig` if a key is missing, is another one than the ledger knows by its id, or if the ledger holds plain rows that
 * `migrate` does not ask to encrypt. The key of the fingerprints is made with the ledger and stays: only what it is
 * encrypted with changes.
 */
export const openEncryption = (
  keys: EncryptionKeys,
  ledger: LedgerEncryption | undefined,
): E.Either<PaymentError, OpenedEncryption> => {
  const known = ledger?.keys ?? []
  const issues = issuesOf(keys, known)
  if (issues.length > 0) return wrong(issues)
  if (keys.current === undefined && ledger !== undefined && ledger.state !== 'none')
    return wrong([{ path: 'encryption', expected: 'the keys that the ledger is encrypted with' }])
  const state = stateOf(keys, ledger?.state, known)
  if (E.isLeft(state)) return wrong([state.left])
  const key = fingerprintKeyOf(keys, ledger?.fingerprintKey)
  if (E.isLeft(key)) return E.left(unreachable('store', { code: 'ERR_DECRYPT' }))
  const isPlainRead = state.right === 'none' || state.right === 'migrating'
  const encryption = createEncryption(keys, createSecretKey(key.right, 'base64'), isPlainRead)
  const stored = ledger?.fingerprintKey
  const isKept = stored !== undefined && encryption.isCurrent(stored)
  const fingerprintKey = isKept ? stored : encryption.encrypt(key.right, FINGERPRINT_PLACE)
  return E.right({
    encryption,
    ledger: { state: state.right, fingerprintKey, keys: knownKeys(keys, known) },
  })
}

/**
 * What a ledger keeps about its encryption once it has taken over the fingerprint key of another one: encrypted with its own
 * current key. Gives `InvalidConfig` if what is encrypted in the other ledger would be plain in this one.
 */
export const takeFingerprintKey = (
  from: OpenedEncryption,
  to: OpenedEncryption,
): E.Either<PaymentError, LedgerEncryption> => {
  if (from.ledger.state !== 'none' && to.ledger.state === 'none')
    return wrong([{ path: 'encryption', expected: 'keys, because the ledger that is copied is encrypted' }])
  const key = from.encryption.decrypt(from.ledger.fingerprintKey, FINGERPRINT_PLACE)
  if (E.isLeft(key)) return key
  return E.right({ ...to.ledger, fingerprintKey: to.encryption.encrypt(key.right, FINGERPRINT_PLACE) })
}
