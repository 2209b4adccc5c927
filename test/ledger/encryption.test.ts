import { createSecretKey } from 'node:crypto'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { Secret } from '../../src/core/index.js'
import { createEncryption, type Encryption, noEncryption, readEncryptionKeys } from '../../src/ledger/index.js'
import { right } from '../either.js'

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64')

const fingerprintKey = createSecretKey(Buffer.alloc(32, 9))

const encryptionOf = (config: unknown, isPlainRead = false): Encryption =>
  createEncryption(right(readEncryptionKeys(config)), fingerprintKey, isPlainRead)

const first = encryptionOf({ current: 'k1', keys: { k1: keyOf(1) } })

describe('a encryption', () => {
  it('opens what it encrypted, in its place', () => {
    const encrypted = first.encrypt('payer@example.com', 'here')
    expect(encrypted).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/)
    expect(encrypted).not.toContain('example')
    expect(first.decrypt(encrypted, 'here')).toEqual(E.right('payer@example.com'))
  })

  it('encrypts the empty text and any other', () => {
    for (const text of ['', 'ü€🙂', 'x'.repeat(100_000)])
      expect(first.decrypt(first.encrypt(text, 'p'), 'p')).toEqual(E.right(text))
  })

  it('never encrypts alike', () => {
    expect(first.encrypt('same', 'here')).not.toBe(first.encrypt('same', 'here'))
  })

  it('does not open what was moved', () => {
    const moved = first.decrypt(first.encrypt('text', 'here'), 'there')
    expect(moved).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store', code: 'ERR_DECRYPT' } })
  })

  it('does not open what was changed, wherever', () => {
    const encrypted = first.encrypt('text', 'here')
    for (let at = 0; at < encrypted.length; at += 1) {
      const flipped = encrypted[at] === 'A' ? 'B' : 'A'
      const opened = first.decrypt(encrypted.slice(0, at) + flipped + encrypted.slice(at + 1), 'here')
      // The last character of Base64 may have bits that mean nothing.
      if (E.isRight(opened)) expect([at, opened.right]).toEqual([expect.any(Number), 'text'])
      else expect(['Unreachable', 'InvalidConfig']).toContain(opened.left._tag)
    }
    for (const text of ['', 'v1', 'v1.k1.a.b', 'v2.k1.a.b.c', 'v1.k1.AAAA.AAAA.AAAA', 'v1.k1..a.b.c'])
      expect(first.decrypt(text, 'here')).toMatchObject({ left: { _tag: 'Unreachable', code: 'ERR_DECRYPT' } })
  })

  it('takes no shorter tag', () => {
    const [version, id, iv, tag = '', hidden] = first.encrypt('text', 'here').split('.')
    expect(E.isLeft(first.decrypt([version, id, iv, tag.slice(0, 6), hidden].join('.'), 'here'))).toBe(true)
  })

  it('is rotated by adding a key', () => {
    const old = first.encrypt('text', 'here')
    const rotated = encryptionOf({ current: 'k2', keys: { k1: keyOf(1), k2: keyOf(2) } })
    expect(rotated.decrypt(old, 'here')).toEqual(E.right('text'))
    const renewed = rotated.encrypt('text', 'here')
    expect(renewed).toMatch(/^v1\.k2\./)
    expect(encryptionOf({ current: 'k2', keys: { k2: keyOf(2) } }).decrypt(renewed, 'here')).toEqual(E.right('text'))
  })

  it('says that a key is missing', () => {
    const without = encryptionOf({ current: 'k2', keys: { k2: keyOf(2) } })
    for (const encryption of [without, encryptionOf(undefined, true)])
      expect(encryption.decrypt(first.encrypt('text', 'here'), 'here')).toMatchObject({
        left: { _tag: 'Unreachable', phase: 'store', code: 'ERR_ENCRYPTION_KEY' },
      })
  })

  it('does not open with another key of the same name', () => {
    const other = encryptionOf({ current: 'k1', keys: { k1: keyOf(3) } })
    expect(other.decrypt(first.encrypt('text', 'here'), 'here')).toMatchObject({ left: { code: 'ERR_DECRYPT' } })
  })

  it('keeps texts as they are without a configuration, and reads them with one during a migration only', () => {
    const kept = encryptionOf(undefined).encrypt('text', 'here')
    expect(kept).toBe('plain.text')
    const migrating = encryptionOf({ current: 'k1', keys: { k1: keyOf(1) } }, true)
    expect(migrating.decrypt(kept, 'there')).toEqual(E.right('text'))
    migrating.refusePlain()
    for (const encryption of [migrating, first])
      expect(encryption.decrypt(kept, 'there')).toMatchObject({ left: { code: 'ERR_NOT_ENCRYPTED' } })
  })

  it('stands for a text by a fingerprint that only its key makes', () => {
    expect(first.fingerprint('a@example.com')).toMatch(/^[0-9a-f]{64}$/)
    const other = createEncryption(noEncryption, createSecretKey(Buffer.alloc(32, 8)), true)
    expect(other.fingerprint('a@example.com')).not.toBe(first.fingerprint('a@example.com'))
  })

  it('takes its keys as secrets, too', () => {
    const encryption = encryptionOf({ current: 'k1', keys: { k1: new Secret(keyOf(1)) } })
    expect(first.decrypt(encryption.encrypt('text', 'here'), 'here')).toEqual(E.right('text'))
  })

  it.each([
    ['no key of the current name', { current: 'k2', keys: { k1: keyOf(1) } }, 'current'],
    ['a current name that every object has', { current: 'toString', keys: { k1: keyOf(1) } }, 'current'],
    ['a short key', { current: 'k1', keys: { k1: Buffer.alloc(16, 1).toString('base64') } }, 'keys.k1'],
    ['a long key', { current: 'k1', keys: { k1: Buffer.alloc(33, 1).toString('base64') } }, 'keys.k1'],
    ['a key that is no Base64', { current: 'k1', keys: { k1: '!'.repeat(44) } }, 'keys.k1'],
    ['a key that is no text', { current: 'k1', keys: { k1: 7 } }, 'keys.k1'],
    ['a name with a dot', { current: 'k.1', keys: { 'k.1': keyOf(1) } }, 'current'],
    ['nothing of use', 7, '(root)'],
  ])('is not made of %s', (_name, config, path) => {
    const made = readEncryptionKeys(config)
    expect(made).toMatchObject({ left: { _tag: 'InvalidConfig' } })
    expect(
      E.isLeft(made) && made.left._tag === 'InvalidConfig' && made.left.issues.map((issue) => issue.path),
    ).toContain(path)
    expect(JSON.stringify(made)).not.toContain(keyOf(1))
  })

  it('shows no key', () => {
    const shown = inspect(first, { depth: 9, showHidden: true }) + JSON.stringify(first)
    expect(shown).not.toContain(keyOf(1))
    expect(shown).not.toContain(Buffer.alloc(32, 1).toString('hex').slice(0, 8))
  })
})
