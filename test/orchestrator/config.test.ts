import { inspect } from 'node:util'
import { invalidConfig, Secret, unreachable } from '../../src/core/index.js'
import { inAccount } from '../../src/orchestrator/config/index.js'
import {
  configurationOf,
  encryptionKey,
  fullFile,
  issuesOf,
  pathsOf,
  replaced,
  smallFile,
  variables,
} from './configuration-file.js'

describe('a configuration', () => {
  const configuration = configurationOf(fullFile)

  it('has its accounts in the order of the file, each with the name it has there', () => {
    expect([...configuration.accounts.keys()]).toEqual(['europe', 'spare', 'india.2'])
    expect(configuration.accounts.get('europe')?.adapter).toBe('one')
    expect([...configuration.accounts.values()].map(({ settings }) => settings())).toEqual([
      { adapter: 'one', secretKey: variables.EUROPE_SECRET, account: 'europe' },
      { adapter: 'one', secretKey: 'sk_spare', account: 'spare' },
      { adapter: 'two', nested: { keys: [variables.INDIA_KEY] }, account: 'india.2' },
    ])
  })

  it('has its routes with amounts in minor units', () => {
    expect(configuration.routes).toEqual([
      {
        when: {
          operation: ['createPayment'],
          currency: ['EUR'],
          amount: {
            currency: 'EUR',
            from: { minorUnits: 100n, currency: 'EUR' },
            to: { minorUnits: 50000n, currency: 'EUR' },
          },
          country: ['DE', 'FR'],
          method: ['hosted'],
          metadata: { shop: 'a' },
        },
        to: [{ account: 'europe' }, { account: 'spare', weight: 3 }],
      },
      { when: { operation: ['payout'], currency: ['INR'] }, to: [{ account: 'india.2' }] },
      { when: {}, to: [{ account: 'spare' }, { account: 'europe' }] },
    ])
  })

  it('has store, encryption and webhooks, with their secrets put away', () => {
    expect(configuration.store).toEqual({ type: 'postgres', url: expect.any(Secret) })
    expect(configuration.encryption?.current).toBe('k2')
    expect(configuration.encryption?.keys.k1?.reveal()).toBe(variables.OLD_KEY)
    expect(configuration.webhooks).toEqual({ ...fullFile.webhooks, secret: expect.any(Secret) })
    expect(configuration.webhooks?.secret.reveal()).toBe(variables.WEBHOOK_SECRET)
  })

  it('says for how long personal data is kept, and has defaults for that', () => {
    expect(configuration.retention).toEqual({ personalData: 800, notifications: 14, events: false, log: false })
    const defaults = { personalData: 400, notifications: 30, events: 90, log: 400 }
    expect(configurationOf(smallFile).retention).toEqual(defaults)
    expect(configurationOf({ ...smallFile, retention: { events: false } }).retention).toEqual({
      ...defaults,
      events: false,
    })
  })

  it('prints none of them', () => {
    const printed = [
      inspect(configuration, { depth: 9, showHidden: true }),
      JSON.stringify([...configuration.accounts]),
    ]
    expect(printed.join()).not.toContain('CANARY')
    expect(printed.join()).not.toContain(encryptionKey)
  })

  it('without routes serves everything with all accounts, in the order of the file', () => {
    expect(configurationOf(smallFile).routes).toEqual([{ when: {}, to: [{ account: 'main' }, { account: 'spare' }] }])
  })

  it('takes loopback addresses without https, for development', () => {
    for (const publicUrl of ['http://localhost:8080/hooks', 'http://127.0.0.2', 'http://[::1]:9'])
      expect(issuesOf(replaced(fullFile, 'webhooks/publicUrl', publicUrl))).toEqual([])
  })
})

describe('a configuration that is wrong', () => {
  it.each([null, undefined, 'text', [], 1])('at its root (%j) is reported', (config) => {
    expect(pathsOf(config)).toEqual(['(root)'])
  })

  it.each<readonly [path: string, value: unknown, paths: readonly string[]]>([
    ['store', undefined, ['store']],
    ['strategy', 'x', ['strategy']],
    ['$schema', 1, ['?']],
    ['accounts/europe', 'x', ['accounts.europe']],
    ['accounts/europe/adapter', undefined, ['accounts.europe.adapter']],
    ['accounts/europe/account', 'other', ['accounts.europe.account']],
    ['accounts/..', { adapter: 'one' }, ['accounts.#4']],
    ['accounts/1', { adapter: 'one' }, ['accounts.#1']],
    ['accounts/a b', { adapter: 'one' }, ['accounts.#4']],
    ['accounts/__proto__', { adapter: 'one' }, ['accounts.#4']],
    ['routes', [], ['routes']],
    ['routes/0/to', [], ['routes.0.to']],
    ['routes/0/to', ['europe', 'europe'], ['routes.0.to']],
    ['routes/0/to/0', 'nobody', ['routes.0.to.0']],
    ['routes/0/to/1/account', 'nobody', ['routes.0.to.1.account']],
    ['routes/0/to/1/weight', 0, ['routes.0.to.1.weight']],
    ['routes/0/to/1/weight', 1001, ['routes.0.to.1.weight']],
    ['routes/0/to/1/weight', 1.5, ['routes.0.to.1.weight']],
    ['routes/0/to/1/weight', undefined, ['routes.0.to.1.weight']],
    ['routes/0/to/1/share', 1, ['routes.0.to.1.share']],
    ['routes/0/when/operation', ['refund'], ['routes.0.when.operation.0']],
    ['routes/0/when/operation', [], ['routes.0.when.operation']],
    ['routes/0/when/currency', ['EURO'], ['routes.0.when.currency.0']],
    ['routes/0/when/amount/currency', undefined, ['routes.0.when.amount.currency']],
    ['routes/0/when/amount/from', '501.00', ['routes.0.when.amount']],
    ['routes/0/when/amount/from', '1.001', ['routes.0.when.amount']],
    ['routes/0/when/amount/from', '-1', ['routes.0.when.amount']],
    ['routes/0/when/amount/from', 1, ['routes.0.when.amount.from']],
    ['routes/0/when/amount', { currency: 'EUR' }, ['routes.0.when.amount']],
    ['routes/0/when/amount', { currency: 'EUR', to: '0' }, ['routes.0.when.amount']],
    ['routes/0/when/country', ['UK'], ['routes.0.when.country.0']],
    ['routes/0/when/method', ['a b'], ['routes.0.when.method.0']],
    ['routes/0/when/metadata', { shop: 1 }, ['routes.0.when.metadata.#1']],
    ['routes/0/when/weekday', ['mo'], ['routes.0.when.weekday']],
    ['store/type', 'mysql', ['store.type']],
    ['store/url', 'mysql://db.example.com', ['store.url']],
    ['store/file', 'paymux.db', ['store.file']],
    ['store', { type: 'sqlite', file: ' ' }, ['store.file']],
    ['encryption/current', 'k3', ['encryption.current']],
    ['encryption/current', 'constructor', ['encryption.current']],
    ['encryption/keys', {}, ['encryption.current']],
    ['encryption/keys/k2', Buffer.alloc(31, 7).toString('base64'), ['encryption.keys.#2']],
    ['encryption/keys/k2', Buffer.alloc(32, 7).toString('hex'), ['encryption.keys.#2']],
    ['encryption/keys/k2', `${encryptionKey}\n`, ['encryption.keys.#2']],
    ['encryption/keys/k.2', encryptionKey, ['encryption.keys.#3']],
    ['webhooks/secret', 'x'.repeat(31), ['webhooks.secret']],
    ['webhooks/secret', undefined, ['webhooks.secret']],
    ['webhooks/publicUrl', 'http://shop.example/paymux', ['webhooks.publicUrl']],
    ['webhooks/publicUrl', 'http://127.0.0.1.shop.example', ['webhooks.publicUrl']],
    ['webhooks/publicUrl', 'https://shop.example/paymux?x=1', ['webhooks.publicUrl']],
    ['webhooks/publicUrl', 'https://u:p@shop.example/paymux', ['webhooks.publicUrl']],
    ['webhooks/publicUrl', 'shop.example', ['webhooks.publicUrl']],
    ['webhooks/trustedProxies/0', '10.0.0.0/33', ['webhooks.trustedProxies.0']],
    ['webhooks/trustedProxies/0', '0.0.0.0/0', ['webhooks.trustedProxies.0']],
    ['webhooks/trustedProxies/0', '10.0.0.0/8/8', ['webhooks.trustedProxies.0']],
    ['webhooks/trustedProxies/0', '010.0.0.1', ['webhooks.trustedProxies.0']],
    ['webhooks/trustedProxies/0', 'proxy.example', ['webhooks.trustedProxies.0']],
    ['webhooks/trustedProxies/1', '2001:db8::/129', ['webhooks.trustedProxies.1']],
    ['webhooks/trustedProxies/1', 'fe80::1%eth0', ['webhooks.trustedProxies.1']],
    ['webhooks/sources/europe/mode', 'strict', ['webhooks.sources.#1.mode']],
    ['webhooks/sources/nobody', { mode: 'enforce' }, ['webhooks.sources.#3']],
    ['background', true, ['background']],
    ['background/reconcileHours', 0, ['background.reconcileHours']],
    ['background/reconcileHours', true, ['background.reconcileHours']],
    ['background/reconcileDays', 32, ['background.reconcileDays']],
    ['background/housekeepingMinutes', 0.5, ['background.housekeepingMinutes']],
    ['background/everyHours', 1, ['background.everyHours']],
    ['retention', 400, ['retention']],
    ['retention/personalData', 0, ['retention.personalData']],
    ['retention/personalData', 1.5, ['retention.personalData']],
    ['retention/notifications', '30', ['retention.notifications']],
    ['retention/events', true, ['retention.events']],
    ['retention/log', 36_501, ['retention.log']],
    ['retention/personaldata', 400, ['retention.personaldata']],
    ['webhooks/sources/india.2/addresses/0', 'everywhere', ['webhooks.sources.#2.addresses.0']],
  ])('at %s by %j names the path', (path, value, paths) => {
    expect(pathsOf(replaced(fullFile, path, value))).toEqual(paths)
  })

  it.each([{}, [], 'main', undefined])('with %j for accounts is reported', (accounts) => {
    expect(pathsOf({ ...smallFile, accounts })).toEqual(['accounts'])
  })

  it('lists every issue at once, and no value', () => {
    const config = { ...smallFile, accounts: { main: { adapter: 'CANARY 1' } }, store: { type: 'CANARY' }, CANARY: 1 }
    expect(pathsOf(config)).toEqual(['accounts.main.adapter', 'CANARY', 'store.type'])
    const broken = replaced(replaced(fullFile, 'webhooks/publicUrl', 'CANARY'), 'routes/0/to/0', 'CANARY')
    expect(JSON.stringify(issuesOf(broken))).not.toContain('CANARY')
  })

  it('lists a variable that is not set before anything else', () => {
    expect(issuesOf(fullFile, { ...variables, DATABASE_URL: '' })).toEqual([
      { path: 'store.url', expected: 'the environment variable DATABASE_URL' },
    ])
  })
})

describe('a route that no request comes to', () => {
  const withRoutes = (...whens: readonly object[]) =>
    pathsOf({ ...smallFile, routes: whens.map((when) => ({ when, to: ['main'] })) })

  it.each<readonly [why: string, earlier: object, later: object]>([
    ['the earlier takes everything', {}, { currency: ['EUR'] }],
    ['they are equal', { currency: ['EUR'], method: ['hosted'] }, { currency: ['EUR'], method: ['hosted'] }],
    ['the earlier has more currencies', { currency: ['EUR', 'USD'] }, { currency: ['USD'] }],
    ['the currency is that of the bounds', { currency: ['EUR'] }, { amount: { currency: 'EUR', to: '5' } }],
    [
      'its bounds are within',
      { amount: { currency: 'EUR', to: '9' } },
      { amount: { currency: 'EUR', from: '2', to: '9' } },
    ],
    ['nothing is below zero', { amount: { currency: 'EUR', from: '0' } }, { amount: { currency: 'EUR', to: '9' } }],
    ['the earlier names both operations', { operation: ['payout', 'createPayment'] }, {}],
    ['only payments have a country', { operation: ['createPayment'] }, { country: ['DE'] }],
    ['it asks for more metadata', { metadata: { shop: 'a' } }, { metadata: { shop: 'a', till: '1' } }],
  ])('is reported, where %s', (_why, earlier, later) => {
    expect(withRoutes(earlier, later)).toEqual(['routes.1'])
  })

  it.each<readonly [why: string, earlier: object, later: object]>([
    ['another currency', { currency: ['EUR'] }, { currency: ['USD'] }],
    ['one more currency', { currency: ['EUR'] }, { currency: ['EUR', 'USD'] }],
    ['every currency', { currency: ['EUR'] }, {}],
    ['lower amounts', { amount: { currency: 'EUR', from: '2' } }, { amount: { currency: 'EUR', from: '1', to: '9' } }],
    ['higher amounts', { amount: { currency: 'EUR', to: '9' } }, { amount: { currency: 'EUR', to: '9.01' } }],
    ['amounts without end', { amount: { currency: 'EUR', to: '9' } }, { amount: { currency: 'EUR', from: '1' } }],
    ['bounds in another currency', { amount: { currency: 'EUR', to: '9' } }, { amount: { currency: 'USD', to: '9' } }],
    ['all amounts', { amount: { currency: 'EUR', to: '9' } }, { currency: ['EUR'] }],
    ['payments without a country', { country: ['DE'] }, { operation: ['createPayment'] }],
    ['payouts, too', { operation: ['createPayment'] }, {}],
    ['other methods', { method: ['hosted'] }, { method: ['hosted', 'popup'] }],
    ['other metadata', { metadata: { shop: 'a' } }, { metadata: { shop: 'b' } }],
  ])('is none that takes %s', (_why, earlier, later) => {
    expect(withRoutes(earlier, later)).toEqual([])
  })

  it('is reported where its own conditions contradict each other', () => {
    expect(withRoutes({ currency: ['EUR'], amount: { currency: 'USD', from: '1' } })).toEqual([
      'routes.0.when.amount.currency',
    ])
    expect(withRoutes({ operation: ['payout'], country: ['DE'] })).toEqual(['routes.0.when.country'])
  })
})

describe('what an adapter finds wrong with its account', () => {
  it('is reported at the account’s place', () => {
    expect(inAccount('main')(invalidConfig([{ path: 'secretKey', expected: 'a secret' }]))).toEqual(
      invalidConfig([{ path: 'accounts.main.secretKey', expected: 'a secret' }]),
    )
    expect(inAccount('main')(unreachable('connect'))).toEqual(unreachable('connect'))
  })
})
