import sodium from 'libsodium-wrappers'
import { seal, sealOver } from '../../../src/adapters/payop/seal.js'
import { fail, succeed } from '../../either.js'
import { CERTIFICATE } from './support.js'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const base64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))

const recipient = {
  publicKey: base64(CERTIFICATE),
  privateKey: hex('545c51dbbb6826a334519d1dbe5b4ae27764ce9f5cdf90996e39553e3bdfb6e9'),
}
const ephemeral = {
  publicKey: hex('0bb29a66d06e964d6c5c2f11b027257536b8ade92cb5b4b017a677c827319f32'),
  privateKey: hex('2815be16684ecc98a7ff79a08a44211c8fd53638f6b6db28621aa36a64605400'),
}
const payout =
  '[{"method":15,"type":1,"amount":12.5,"currency":"EUR","additionalData":{"direction":"Affiliate payout 42",' +
  '"referenceId":"payee@example.com","recipientAccountType":1},"metadata":{"payoutId":"po_42"}}]'
const vectors = [
  ['[]', 'C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLQMUZhe+EQBNRIT7V4DWQ1MGA='],
  [
    payout,
    'C7KaZtBulk1sXC8RsCcldTa4rekstbSwF6Z3yCcxnzLLcA0w/QrQRDjy23VWxLhmMEa5Q3q/oCqdIOYTrcBFGDZXBaoL30GFgLgXo7S2PoUybcmFzWq13TJk' +
      'azpoAe8mpIYNN318dk0MwG8TUhuaUx+VbMQKgbKuhiAdbaonjtbxA2+tlx6Kjb2LCTKXAiOLuEE41Buc5CMhRnUTQYCBd2uDh1yCp5pl9wcYC7SGtn/h' +
      'kAne8h1x4XZa5n6VZdDt1aAbMnQVQt9doKn0RQI2U0OhlxosE1AxcYpypzTaPPX7UR+/nxq7InHILlY642pjgsZQqy5C/w==',
  ],
] as const

const open = (box: Uint8Array): string =>
  Buffer.from(sodium.crypto_box_seal_open(box, recipient.publicKey, recipient.privateKey)).toString('utf8')

beforeAll(() => sodium.ready)

describe('a sealed box', () => {
  it.each(vectors)('of %.20s is the ephemeral key and a box under a nonce of both keys', (plaintext, expected) => {
    const nonce = sodium.crypto_generichash(24, Buffer.concat([ephemeral.publicKey, recipient.publicKey]), null)
    const box = sodium.crypto_box_easy(plaintext, nonce, recipient.publicKey, ephemeral.privateKey)
    expect(Buffer.concat([ephemeral.publicKey, box]).toString('base64')).toBe(expected)
    expect(open(base64(expected))).toBe(plaintext)
  })

  it('is opened by the holder of the certificate only, and only untouched', async () => {
    const box = base64(await succeed(seal(payout, recipient.publicKey)))
    expect(box).toHaveLength(Buffer.byteLength(payout) + 48)
    expect(open(box)).toBe(payout)
    const { publicKey, privateKey } = sodium.crypto_box_keypair()
    expect(() => sodium.crypto_box_seal_open(box, publicKey, privateKey)).toThrow()
    const flipped = Uint8Array.from(box, (byte, place) => (place === 60 ? byte ^ 1 : byte))
    expect(() => open(flipped)).toThrow()
  })

  it('is other bytes every time', async () => {
    expect(await succeed(seal(payout, recipient.publicKey))).not.toBe(await succeed(seal(payout, recipient.publicKey)))
  })

  it('names the package to install where libsodium is missing', async () => {
    const error = await fail(
      sealOver(() => Promise.reject(new Error('Cannot find module')))(payout, recipient.publicKey),
    )
    expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'certificate' }] })
    expect(error.message).toContain('npm install libsodium-wrappers')
  })

  it('cannot be made for a key that is none', async () => {
    const lowOrder = new Uint8Array(32).fill(0)
    const error = await fail(seal(payout, lowOrder))
    expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'certificate' }] })
  })
})
