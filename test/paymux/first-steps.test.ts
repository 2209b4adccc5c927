import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import { accounts, closeShops, configurationOn, left, openShop, order, rupees } from './stage.js'
import { useStage } from './use-stage.js'

/** What somebody meets who sets paymux up: each message says what to put right, and shows nothing that was given. */

const stage = useStage()

afterEach(closeShops)

const CANARY = 'canary-value-0123456789'

const refused = async (config: unknown, env: Readonly<Record<string, string>> = stage.env) => {
  const error = await left(paymux(config as PaymuxConfig, { env }))
  for (const value of [CANARY, ...Object.values(env)]) expect(JSON.stringify(error)).not.toContain(value)
  return error.message
}

const written = (name: string, text: string): string => {
  const file = join(stage.folder, name)
  writeFileSync(file, text)
  return file
}

describe('a configuration that cannot be used', () => {
  it('names the variable that is missing, and where it is referred to', async () => {
    const { PAYOP_SECRET_KEY: _missing, ...env } = stage.env
    expect(await refused(configurationOn(stage), env)).toBe(
      'The configuration is not valid: accounts.europe.secretKey (expected the environment variable PAYOP_SECRET_KEY)',
    )
  })

  it.each([
    ['a file that is not there', () => join(stage.folder, 'none.json'), 'a configuration file that can be read'],
    [
      'a file that ends too early',
      () => written('half.json', `{\n  "country":`),
      'half.json is not valid: (file) (expected JSON, and line 2, column 13 is not',
    ],
    [
      'a comma too many',
      () => written('comma.json', `{\n  "a": {\n    "b": 1,\n  }\n}`),
      'JSON, and line 4, column 3 is not',
    ],
    ['a comment', () => written('comment.json', `{ // ${CANARY}\n}`), 'JSON, and line 1, column 3 is not'],
    ['a value without quotes', () => written('bare.json', `{\r\n"a": ${CANARY}}`), 'JSON, and line 2, column 6 is not'],
    ['an empty file', () => written('empty.json', ''), 'JSON, and line 1, column 1 is not'],
    ['a file that says null', () => written('null.json', 'null'), 'a JSON object'],
    ['a field in a file', () => written('field.json', '\uFEFF{ "acounts": {} }'), 'field.json is not valid: '],
    ['a file with something else in it', () => written('list.json', `["${CANARY}"]`), 'a JSON object'],
    ['nothing', () => undefined, '(root) (expected a configuration)'],
    ['a promise', () => Promise.resolve({}), '(root) (expected a configuration)'],
  ])('tells of %s', async (_, config, told) => {
    expect(await refused(config())).toContain(told)
  })

  it.each([
    ['a field that there is none of', { acounts: {} }, 'acounts (expected no such field)'],
    [
      'an adapter that there is none of',
      { accounts: { a: { adapter: CANARY } } },
      'accounts.a.adapter (expected payop or',
    ],
    ['a store that there is none of', { store: { type: CANARY } }, 'store.type (expected sqlite or postgres)'],
    [
      'another database',
      { store: { type: 'postgres', url: `mysql://${CANARY}` } },
      'store.url (expected a postgres: address)',
    ],
    [
      'a key of the wrong length',
      { encryption: { current: 'k1', keys: { k1: CANARY } } },
      'expected 32 bytes as Base64',
    ],
    [
      'a key that is not there',
      { encryption: { current: 'k2', keys: { k1: Buffer.alloc(32).toString('base64') } } },
      'encryption.current (expected the id of one of the keys)',
    ],
  ])('tells of %s', async (_, change, told) => {
    expect(await refused({ ...configurationOn(stage), ...change })).toContain(told)
  })
})

describe('a store that does not open', () => {
  it.each([
    ['a folder that is not there', () => join(stage.folder, CANARY, 'ledger.db')],
    ['a folder in place of a file', () => stage.folder],
  ])('is told of with its path in the configuration: %s', async (_, file) => {
    expect(await refused({ accounts, store: { type: 'sqlite', file: file() } })).toContain(
      'store.file (expected a file in a folder that is there and can be written to)',
    )
  })

  it('is told of where the file is no ledger', async () => {
    const file = written('notes.txt', CANARY.repeat(100))
    expect(await refused({ accounts, store: { type: 'sqlite', file } })).toContain('store.file (expected a ledger')
  })

  it('is told of where PostgreSQL is down, with the code of the system', async () => {
    const url = `postgres://ann:${CANARY}@127.0.0.1:1/ledger`
    expect(await refused({ accounts, store: { type: 'postgres', url } })).toBe(
      'The ledger did not answer (ECONNREFUSED). Nothing was sent; the call may be repeated',
    )
  })
})

describe('an adapter of one’s own', () => {
  it('stands beside those that paymux brings', async () => {
    const { store } = configurationOn(stage)
    const catalog = { own: async () => (await import('../../src/adapters/payop/index.js')).payop }
    const shop = await openShop(stage, { accounts, store }, { catalog })
    expect(await shop.createPayment(rupees('own-1'))()).toMatchObject({ right: { reference: { account: 'europe' } } })
    expect(await refused({ accounts: { a: { adapter: 'other' } }, store })).toContain('payop or ippopay')
  })
})

describe('an account that cannot be used', () => {
  const atIndia = async (env: Readonly<Record<string, string>>) => {
    const { store } = configurationOn(stage)
    const shop = await openShop(
      stage,
      { accounts: { india: accounts.india }, store },
      { env: { ...stage.env, ...env } },
    )
    const error = await left(shop.createPayment(rupees('first-1')))
    expect(JSON.stringify(error)).not.toContain(CANARY)
    return error
  }

  it('is told of where the gateway does not know the key, and the call may be repeated with another', async () => {
    expect(await atIndia({ IPPOPAY_SECRET_KEY: CANARY })).toMatchObject({
      message: expect.stringContaining('The gateway refused the request (authentication, HTTP 401)'),
      outcome: 'refused',
      retry: 'same_key',
      httpStatus: 401,
    })
  })

  it('is told of where the gateway is down, and nothing was sent', async () => {
    expect(await atIndia({ IPPOPAY_API_URL: 'http://127.0.0.1:1' })).toMatchObject({
      message: expect.stringContaining('could be made (ECONNREFUSED). Nothing was sent'),
      code: 'ECONNREFUSED',
      outcome: 'not_sent',
    })
  })

  it('is gone round where there is another', async () => {
    const shop = await openShop(stage, configurationOn(stage), {
      env: { ...stage.env, PAYOP_API_URL: 'http://127.0.0.1:1' },
    })
    expect(await shop.createPayment(rupees('first-2'))()).toMatchObject({
      right: { reference: { account: 'india' } },
    })
    expect(await left(shop.createPayment(order('first-3')))).toMatchObject({ _tag: 'Unreachable' })
  })
})

describe('what is set beside the configuration', () => {
  // As a program in plain JavaScript sets it.
  it.each<readonly [path: string, options: unknown]>([
    ['options', null],
    ['options', 7],
    ['options.waitMs', { waitMs: -1 }],
    ['options.waitMs', { waitMs: Number.NaN }],
    ['options.waitMs', { waitMs: CANARY }],
    ['options.concurrency', { concurrency: 0 }],
    ['options.concurrency', { concurrency: 1.5 }],
    ['options.readsPerSecond', { readsPerSecond: 0 }],
    ['options.readsPerSecond', { readsPerSecond: Number.POSITIVE_INFINITY }],
    ['options.clock', { clock: 7 }],
    ['options.onDeliveryFailure', { onDeliveryFailure: CANARY }],
    ['options.onNotification', { onNotification: CANARY }],
    ['options.webhookLimits', { webhookLimits: CANARY }],
    ['options.webhookLimits.bodyBytes', { webhookLimits: { bodyBytes: 1.5 } }],
    ['options.webhookLimits.bodyMs', { webhookLimits: { bodyMs: 2 ** 31 } }],
    ['options.webhookLimits.inFlight', { webhookLimits: { inFlight: 0 } }],
    ['options.webhookLimits.inflight', { webhookLimits: { inflight: 5 } }],
    ['options.onBackgroundFailure', { onBackgroundFailure: CANARY }],
    ['options.env', { env: CANARY }],
    ['options.catalog', { catalog: null }],
    ['options.waitMillis', { waitMillis: 5 }],
  ])('is checked at %s: %j', async (path, options) => {
    const error = await left(Reflect.apply(paymux, undefined, [configurationOn(stage), options]))
    expect(error).toMatchObject({ _tag: 'InvalidConfig', outcome: 'not_sent', issues: [{ path }] })
    expect(JSON.stringify(error)).not.toContain(CANARY)
  })
})
