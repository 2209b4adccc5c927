import { asBase36, asUuid, digestOf, type OperationName, operationDigest } from '../../src/core/index.js'
import fc from '../property.js'

/**
 * Frozen for ever: a gateway that de-duplicates by these keys would take a changed key for a second payment. Computed with
 * another language's SHA-256 and big integers over the compact JSON of the three texts.
 */
const golden: ReadonlyArray<
  readonly [account: string, OperationName, key: string, hex: string, uuid: string, base36: string]
> = [
  [
    'main',
    'createPayment',
    'order-1001',
    'feecacea07d430246b3e0d3555aff2c2afca2a86db137c1f518cd6b6dc1351c3',
    'feecacea-07d4-8024-ab3e-0d3555aff2c2',
    'o774azxgny7jbheawq19n0zn',
  ],
  [
    'main',
    'refund',
    'order-1001',
    '21fe4bc909022b8dec2ed0b7d42d62708d1e5bb6c103cd38a9b09425c877fdec',
    '21fe4bc9-0902-8b8d-ac2e-d0b7d42d6270',
    'occ33wlyqmxr7olt3v0vksto',
  ],
  [
    'main',
    'payout',
    'order-1001',
    '0d60e471879356a41407b71beb1bed3556fa9bfd144c0a25411843a19fea88e7',
    '0d60e471-8793-86a4-9407-b71beb1bed35',
    '8ozf3bsfdxsw8wek4ifizsh3',
  ],
  [
    'main-eu',
    'createPayment',
    'order-1001',
    'e6164e9775a47b64f1bb30dfb627a1c3416f000db3c3cac576035bddefcbc2a5',
    'e6164e97-75a4-8b64-b1bb-30dfb627a1c3',
    'vhaa5is7mtncic0dta7nqlk5',
  ],
  [
    'a',
    'payout',
    'A_b:c.d-1',
    '21fa09c2f5575995e1ad98e3297c6d554bb1ae0af9fc34d0ecaf8c8b660df8b5',
    '21fa09c2-f557-8995-a1ad-98e3297c6d55',
    'qemnbbkoqq1ywyep6rulac39',
  ],
]

const anyIntent = fc.tuple(
  fc.string(),
  fc.constantFrom<OperationName>('createPayment', 'refund', 'payout'),
  fc.string(),
)

describe('the key of an operation', () => {
  it.each(golden)('%s %s %s is what it has always been', (account, operation, key, hex, uuid, base36) => {
    const digest = operationDigest(account, operation, key)
    expect(Buffer.from(digest).toString('hex')).toBe(hex)
    expect(asUuid(digest)).toBe(uuid)
    expect(asBase36(digest)).toBe(base36)
  })

  it('is another one for another account, operation or idempotency key, however the texts are cut', () => {
    fc.assert(
      fc.property(anyIntent, anyIntent, (one, other) => {
        const same = one.every((part, index) => part === other[index])
        expect(asUuid(operationDigest(...one)) === asUuid(operationDigest(...other))).toBe(same)
        expect(asBase36(operationDigest(...one)) === asBase36(operationDigest(...other))).toBe(same)
      }),
    )
    expect(digestOf('ab', 'c')).not.toEqual(digestOf('a', 'bc'))
    expect(digestOf('a","b')).not.toEqual(digestOf('a', 'b'))
  })

  it('is always a version 8 UUID, or 24 characters of base 36', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (digest) => {
        expect(asUuid(digest)).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
        expect(asBase36(digest)).toMatch(/^[\da-z]{24}$/)
      }),
    )
  })

  it('keeps its length where the digest is nearly nothing', () => {
    expect(asBase36(new Uint8Array(32))).toBe('0'.repeat(24))
    expect(asUuid(new Uint8Array(32))).toBe('00000000-0000-8000-8000-000000000000')
  })
})
