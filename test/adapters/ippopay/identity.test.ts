import { anAccount, config } from './support.js'

const identity = {
  adapter: 'ippopay',
  mode: 'live',
  apiUrl: 'https://api.ippopay.com',
  checkoutUrl: 'https://pay.ippopay.com',
  pathPrefix: '/v1',
  publicKey: config.publicKey,
  'payouts.publicKey': config.payouts.publicKey,
}

describe('the identity of an IppoPay account', () => {
  it('is its mode, its hosts and its public keys', () => {
    expect(anAccount().identity).toEqual(identity)
  })

  it('has no key for payouts where the account has none', () => {
    expect(anAccount({ payouts: undefined }).identity).not.toHaveProperty(['payouts.publicKey'])
  })

  it('stays when the secrets are replaced', () => {
    const secretKey = 'sk_live_another'
    expect(anAccount({ secretKey, payouts: { ...config.payouts, secretKey } }).identity).toEqual(identity)
  })

  it.each([
    ['apiUrl', { apiUrl: 'https://api.example.com' }],
    ['checkoutUrl', { checkoutUrl: 'https://pay.example.com' }],
    ['pathPrefix', { pathPrefix: '/v2' }],
    ['publicKey', { publicKey: 'pk_live_another' }],
    ['mode', { mode: 'test', publicKey: 'another', pathPrefix: '/v1' }],
    ['key for payouts', { payouts: { ...config.payouts, publicKey: 'payouts-public-78' } }],
  ])('is another with another %s', (_field, change) => {
    expect(anAccount(change).identity).not.toEqual(identity)
  })
})

it('lists nothing and names no source of its notifications: IppoPay documents neither', () => {
  expect(anAccount()).not.toHaveProperty('list')
  expect(anAccount()).not.toHaveProperty('notificationSources')
})
