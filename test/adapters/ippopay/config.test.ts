import { inspect } from 'node:util'
import { type IppopayConfig, ippopay } from '../../../src/adapters/ippopay/index.js'
import type { AdapterFactory } from '../../../src/core/index.js'
import { left, right } from '../../either.js'
import { config } from './support.js'

const whole: IppopayConfig = {
  ...config,
  account: 'india',
  apiUrl: 'https://api.example.com',
  checkoutUrl: 'http://127.0.0.1:8080',
  pathPrefix: '/api/v1/pg',
  refundStatuses: { Requested: 'processing', refunded: 'succeeded', rejected: 'failed' },
  payouts: { ...config.payouts, uniqueRefsProven: true },
}

describe('the configuration of an IppoPay account', () => {
  it('makes an adapter of what the catalog calls a factory', () => {
    const factory: AdapterFactory = ippopay
    expect(right(factory(whole)).account).toBe('india')
  })

  it('names the account after the adapter by default', () => {
    expect(right(ippopay(config)).account).toBe('ippopay')
  })

  it('takes a key of no documented prefix in either mode', () => {
    expect(right(ippopay({ ...config, publicKey: 'payoutpk_live_x', mode: 'test' }))).toBeDefined()
    expect(right(ippopay({ ...config, publicKey: 'something-else' }))).toBeDefined()
  })

  it.each([
    ['publicKey', { mode: 'test', publicKey: 'pk_live_aB3dE6gH9jK2' }, 'a key of mode test'],
    ['publicKey', { mode: 'live', publicKey: 'pk_test_aB3dE6gH9jK2' }, 'a key of mode live'],
    ['adapter', { adapter: 'payop' }, '"ippopay"'],
    ['mode', { mode: undefined }, 'live or test'],
    ['mode', { mode: 'sandbox' }, 'live or test'],
    ['publicKey', { publicKey: 'pk:live' }, 'text without spaces and colons'],
    ['publicKey', { publicKey: 7 }, 'text without spaces and colons'],
    ['secretKey', { secretKey: 'two words' }, 'text without spaces'],
    ['account', { account: 'a/b' }, 'a letter, then up to 63 of A-Z a-z 0-9 _ . -'],
    ['apiUrl', { apiUrl: 'http://api.example.com' }, 'an https origin'],
    ['apiUrl', { apiUrl: 'https://api.example.com/v1' }, 'an https origin'],
    ['checkoutUrl', { checkoutUrl: 'pay.example.com' }, 'an https origin'],
    ['pathPrefix', { pathPrefix: 'v1' }, 'a path such as /v1'],
    ['pathPrefix', { pathPrefix: '/v1/' }, 'a path such as /v1'],
    ['pathPrefix', { pathPrefix: '/v1/../x' }, 'a path such as /v1'],
    ['refundStatuses.done', { refundStatuses: { done: 'returned' } }, 'processing, succeeded or failed'],
    ['refundStatuses', { refundStatuses: { not_requested: 'failed' } }, 'other than not_requested'],
    ['refundStatuses', { refundStatuses: { ' ': 'failed' } }, 'each word once'],
    ['refundStatuses', { refundStatuses: { done: 'failed', DONE: 'succeeded' } }, 'each word once'],
    ['payouts.publicKey', { payouts: { secretKey: 'x' } }, 'text without spaces and colons'],
    ['payouts.uniqueRefsProven', { payouts: { ...config.payouts, uniqueRefsProven: 'yes' } }, 'boolean'],
    ['payouts.mode', { payouts: { ...config.payouts, mode: 'live' } }, 'no such field'],
    ['testPath', { testPath: 'v1' }, 'no such field'],
  ])('is refused with %s wrong', (path, wrong, expected) => {
    expect(left(ippopay({ ...config, ...wrong }))).toMatchObject({
      _tag: 'InvalidConfig',
      issues: [{ path, expected: expect.stringContaining(expected) }],
    })
  })

  it('is refused when it is no object', () => {
    expect(left(ippopay(undefined))).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: '(root)' }] })
  })

  it('prints no value, neither in errors nor in the adapter', () => {
    const printed = [
      left(ippopay({ ...whole, mode: 'test' })),
      left(ippopay({ ...whole, secretKey: `${config.secretKey} ` })),
      left(ippopay({ ...whole, payouts: { ...config.payouts, publicKey: '' } })),
      right(ippopay(whole)),
    ].map((value) => inspect(value, { depth: 10, showHidden: true }) + JSON.stringify(value))
    for (const secret of [config.secretKey, config.payouts.secretKey]) expect(printed.join()).not.toContain(secret)
  })
})
