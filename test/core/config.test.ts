import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import {
  AccountName,
  decodeConfig,
  exactObject,
  invalidConfig,
  Origin,
  Secret,
  SecretText,
  Token,
} from '../../src/core/index.js'

const Config = exactObject(
  'an account',
  { publicKey: Token, secretKey: SecretText },
  { account: AccountName, apiUrl: Origin },
)
const keys = { publicKey: 'pk_made_up', secretKey: 'sk_made_up' }
const read = (config: unknown) => decodeConfig(Config, config)
const pathsIn = (config: unknown) => {
  const decoded = read(config)
  return E.isLeft(decoded) && decoded.left._tag === 'InvalidConfig' ? decoded.left.issues.map(({ path }) => path) : []
}

describe('a configuration', () => {
  it('is decoded with its secrets put away', () => {
    const decoded = read({ ...keys, account: 'main', apiUrl: 'https://api.example.com/' })
    expect(decoded).toEqual(
      E.right({
        publicKey: 'pk_made_up',
        secretKey: expect.any(Secret),
        account: 'main',
        apiUrl: 'https://api.example.com',
      }),
    )
    expect(inspect(decoded, { depth: 9 })).not.toContain(keys.secretKey)
    expect(E.isRight(decoded) && decoded.right.secretKey.reveal()).toBe(keys.secretKey)
  })

  it('that is wrong is InvalidConfig, with every path', () => {
    expect(read({ publicKey: '', account: 'a/b', apiURL: 1 })).toEqual(
      E.left(
        invalidConfig([
          { path: 'apiURL', expected: 'no such field' },
          { path: 'account', expected: 'a letter, then up to 63 of A-Z a-z 0-9 _ . -' },
          { path: 'publicKey', expected: 'text without spaces' },
          { path: 'secretKey', expected: 'a secret: text without spaces' },
        ]),
      ),
    )
  })

  it.each([undefined, null, 'text', 1, []])('that is %j is wrong at its root', (config) => {
    expect(pathsIn(config)).toEqual(['(root)'])
  })

  it('never repeats a value, whichever field it was put into', () => {
    for (const field of ['publicKey', 'secretKey', 'account', 'apiUrl', 'other']) {
      const result = read({ ...keys, [field]: 'sk CANARY' })
      expect(E.isLeft(result)).toBe(true)
      expect(inspect(result, { depth: 9 })).not.toContain('CANARY')
    }
  })
})

describe('a secret in a configuration', () => {
  it.each(['', 'two words', 'line\n', 'ümlaut', 'x'.repeat(4097), 1, null])('is not %j', (secretKey) => {
    expect(pathsIn({ ...keys, secretKey })).toEqual(['secretKey'])
  })
})

describe('an origin', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://API.example.com:443', 'https://api.example.com'],
    ['https://api.example.com:8443', 'https://api.example.com:8443'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['http://127.255.0.9', 'http://127.255.0.9'],
    ['http://localhost:4010', 'http://localhost:4010'],
    ['http://[::1]:4010', 'http://[::1]:4010'],
  ])('%s is %s', (apiUrl, origin) => {
    expect(read({ ...keys, apiUrl })).toMatchObject(E.right({ apiUrl: origin }))
  })

  it.each([
    ['plain http elsewhere', 'http://api.example.com'],
    ['plain http to a name that begins like loopback', 'http://127.0.0.1.example.com'],
    ['plain http to a name that ends like loopback', 'http://localhost.example.com'],
    ['plain http to a private network', 'http://10.0.0.1'],
    ['a path', 'https://api.example.com/v1'],
    ['a query', 'https://api.example.com/?a=b'],
    ['a fragment', 'https://api.example.com/#a'],
    ['a user', 'https://user@api.example.com'],
    ['a password', 'https://user:secret@api.example.com'],
    ['an empty user', 'https://@api.example.com'],
    ['another protocol', 'ftp://api.example.com'],
    ['no protocol', 'api.example.com'],
    ['a protocol with a payload', 'javascript:alert(1)'],
    ['nothing', ''],
  ])('has no room for %s', (_what, apiUrl) => {
    expect(pathsIn({ ...keys, apiUrl })).toEqual(['apiUrl'])
  })

  it('is text', () => {
    expect(pathsIn({ ...keys, apiUrl: new URL('https://api.example.com') })).toEqual(['apiUrl'])
  })
})
