import { anAccount, CERTIFICATE, complete, hostedOnly, PROJECT } from './support.js'

const identity = {
  adapter: 'payop',
  apiUrl: 'https://api.payop.com',
  checkoutUrl: 'https://checkout.payop.com',
  publicKey: `application-${PROJECT}`,
  projectId: PROJECT,
}

describe('the identity of a Payop account', () => {
  it('is its hosts, its public key and its project', () => {
    expect(anAccount(complete).identity).toEqual(identity)
  })

  it.each([
    ['the secret key', { secretKey: 'anothersecret' }],
    ['the token', { token: 'another.made.up' }],
    ['the certificate', { certificate: CERTIFICATE.replace('A4FI', 'B4FI') }],
  ])('stays when %s is replaced', (_what, change) => {
    expect(anAccount({ ...complete, ...change }).identity).toEqual(identity)
  })

  it('stays when a token is added', () => {
    expect(anAccount(hostedOnly).identity).toEqual(identity)
  })

  it.each([
    ['apiUrl', { apiUrl: 'https://api.example.com' }],
    ['checkoutUrl', { checkoutUrl: 'https://checkout.example.com' }],
    ['publicKey', { publicKey: 'application-77', projectId: PROJECT }],
    ['projectId', { projectId: '77' }],
  ])('is another with another %s', (_field, change) => {
    expect(anAccount({ ...complete, ...change }).identity).not.toEqual(identity)
  })
})
