import { inspect } from 'node:util'
import { decodeAccount } from '../../../src/adapters/payop/config.js'
import { payop } from '../../../src/adapters/payop/index.js'
import { left, right } from '../../either.js'
import { CERTIFICATE, complete, hostedOnly, PROJECT } from './support.js'

const bytes = Uint8Array.from(Buffer.from(CERTIFICATE, 'base64'))
const certificateOf = (certificate: unknown) => right(decodeAccount({ ...complete, certificate })).certificate

describe('the configuration of a Payop account', () => {
  it('needs the two keys only', () => {
    expect(right(decodeAccount(hostedOnly))).toMatchObject({
      account: 'payop',
      apiUrl: 'https://api.payop.com',
      checkoutUrl: 'https://checkout.payop.com',
      publicKey: `application-${PROJECT}`,
      projectId: PROJECT,
    })
  })

  it('takes hosts, a name and a project of its own', () => {
    const own = {
      account: 'europe',
      apiUrl: 'http://127.0.0.1:4001/',
      checkoutUrl: 'http://localhost:4002',
      projectId: '1607',
    }
    expect(right(decodeAccount({ ...complete, ...own }))).toMatchObject({ ...own, apiUrl: 'http://127.0.0.1:4001' })
  })

  it.each([
    ['adapter', 'ippopay'],
    ['publicKey', PROJECT],
    ['publicKey', 'application-'],
    ['secretKey', ''],
    ['token', 'Bearer jwt.made.up'],
    ['projectId', 'a/b'],
    ['apiUrl', 'http://api.payop.com'],
    ['apiUrl', 'https://api.payop.com/v1'],
    ['checkoutUrl', 'checkout.payop.com'],
    ['account', 'a b'],
    ['certificate', 42],
    ['timeout', 10],
  ])('names %s and prints no value', (field, value) => {
    const error = left(payop({ ...complete, [field]: value }))
    expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: field }] })
    const printed = JSON.stringify(error) + inspect(error)
    for (const secret of ['testsecret', 'jwt.made.up']) expect(printed).not.toContain(secret)
  })

  it('takes a certificate as its bytes, as Base64, and as a file of Base64', () => {
    expect(certificateOf(bytes)).toEqual(bytes)
    expect(certificateOf(CERTIFICATE)).toEqual(bytes)
    expect(certificateOf(Buffer.from(`${CERTIFICATE}\n`))).toEqual(bytes)
  })

  it.each([
    ['of 31 bytes', bytes.slice(1)],
    ['of 31 bytes in Base64', Buffer.from(bytes.slice(1)).toString('base64')],
    ['in PEM', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA\n-----END PUBLIC KEY-----'],
    ['in hex', Buffer.from(bytes).toString('hex')],
    ['without padding', CERTIFICATE.slice(0, -1)],
    ['of zeros', new Uint8Array(32)],
  ])('refuses a certificate %s', (_what, certificate) => {
    expect(left(decodeAccount({ ...complete, certificate }))).toMatchObject({ issues: [{ path: 'certificate' }] })
  })
})
