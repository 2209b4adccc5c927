import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { Secret } from '../../src/core/index.js'
import { createVault, plainVault, type Vault } from '../../src/ledger/index.js'

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64')

const vaultOf = (config: unknown): Vault => {
  const vault = createVault(config)
  if (E.isLeft(vault)) throw new Error(vault.left.message)
  return vault.right
}

const first = vaultOf({ current: 'k1', keys: { k1: keyOf(1) } })

describe('a vault', () => {
  it('opens what it sealed, in its place', () => {
    const sealed = first.seal('payer@example.com', 'here')
    expect(sealed).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/)
    expect(sealed).not.toContain('example')
    expect(first.open(sealed, 'here')).toEqual(E.right('payer@example.com'))
  })

  it('seals the empty text and any other', () => {
    for (const text of ['', 'ü€🙂', 'x'.repeat(100_000)])
      expect(first.open(first.seal(text, 'p'), 'p')).toEqual(E.right(text))
  })

  it('never seals alike', () => {
    expect(first.seal('same', 'here')).not.toBe(first.seal('same', 'here'))
  })

  it('does not open what was moved', () => {
    const moved = first.open(first.seal('text', 'here'), 'there')
    expect(moved).toMatchObject({ left: { _tag: 'Unreachable', phase: 'store', code: 'ERR_SEAL' } })
  })

  it('does not open what was changed, wherever', () => {
    const sealed = first.seal('text', 'here')
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = sealed[at] === 'A' ? 'B' : 'A'
      const opened = first.open(sealed.slice(0, at) + flipped + sealed.slice(at + 1), 'here')
      // The last character of Base64 may have bits that mean nothing.
      if (E.isRight(opened)) expect([at, opened.right]).toEqual([expect.any(Number), 'text'])
      else expect(['Unreachable', 'InvalidConfig']).toContain(opened.left._tag)
    }
    for (const text of ['', 'v1', 'v1.k1.a.b', 'v2.k1.a.b.c', 'v1.k1.AAAA.AAAA.AAAA', 'v1.k1..a.b.c'])
      expect(first.open(text, 'here')).toMatchObject({ left: { _tag: 'Unreachable', code: 'ERR_SEAL' } })
  })

  it('takes no shorter tag', () => {
    const [version, id, iv, tag = '', hidden] = first.seal('text', 'here').split('.')
    expect(E.isLeft(first.open([version, id, iv, tag.slice(0, 6), hidden].join('.'), 'here'))).toBe(true)
  })

  it('is rotated by adding a key', () => {
    const old = first.seal('text', 'here')
    const rotated = vaultOf({ current: 'k2', keys: { k1: keyOf(1), k2: keyOf(2) } })
    expect(rotated.open(old, 'here')).toEqual(E.right('text'))
    const renewed = rotated.seal('text', 'here')
    expect(renewed).toMatch(/^v1\.k2\./)
    expect(vaultOf({ current: 'k2', keys: { k2: keyOf(2) } }).open(renewed, 'here')).toEqual(E.right('text'))
  })

  it('says which key is missing', () => {
    const without = vaultOf({ current: 'k2', keys: { k2: keyOf(2) } })
    for (const vault of [without, plainVault])
      expect(vault.open(first.seal('text', 'here'), 'here')).toMatchObject({
        left: { _tag: 'InvalidConfig', issues: [{ path: 'encryption.keys', expected: expect.stringContaining('k1') }] },
      })
  })

  it('does not open with another key of the same name', () => {
    const other = vaultOf({ current: 'k1', keys: { k1: keyOf(3) } })
    expect(other.open(first.seal('text', 'here'), 'here')).toMatchObject({ left: { code: 'ERR_SEAL' } })
  })

  it('keeps texts as they are without a configuration, and reads them with one', () => {
    const kept = vaultOf(undefined).seal('text', 'here')
    expect(kept).toBe('plain.text')
    expect(first.open(kept, 'there')).toEqual(E.right('text'))
  })

  it('takes its keys as secrets, too', () => {
    const vault = vaultOf({ current: 'k1', keys: { k1: new Secret(keyOf(1)) } })
    expect(first.open(vault.seal('text', 'here'), 'here')).toEqual(E.right('text'))
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
    const made = createVault(config)
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
