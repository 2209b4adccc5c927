import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as E from 'fp-ts/lib/Either.js'
import { schemaText } from '../../scripts/schema/configuration-schema.js'
import { catalog as ownCatalog } from '../../src/catalog.js'
import type { Catalog } from '../../src/core/index.js'
import { decodeConfiguration } from '../../src/orchestrator/config/index.js'
import { encryptionKey, fullFile, issuesOf, replaced } from './configuration-file.js'

const repository = resolve(__dirname, '../..')
const textOf = (...path: readonly string[]) => readFileSync(join(repository, ...path), 'utf8')
const schema = JSON.parse(textOf('paymux.schema.json'))
const isValid = new Ajv2020({ allowUnionTypes: true }).compile(schema)

const folder = 'examples/configurations'
const examples = readdirSync(join(repository, folder)).filter((name) => name.endsWith('.json'))
const catalog: Catalog = ownCatalog
const certificate = Buffer.alloc(32, 1).toString('base64')

const payop = { adapter: 'payop', publicKey: 'application-made-up', secretKey: `\${EUROPE_SECRET}` }
const ippopay = {
  adapter: 'ippopay',
  mode: 'live',
  publicKey: 'pk_live_made_up',
  secretKey: 'made-up',
  payouts: { publicKey: 'pk_live_made_up', secretKey: 'made-up' },
}

/** A file that uses every field, with accounts of adapters that exist. */
const full = { ...fullFile, accounts: { europe: payop, spare: { ...payop, account: 'spare' }, 'india.2': ippopay } }

/** Made-up values for whatever an example refers to. */
const variables = new Proxy<Record<string, string>>(
  {},
  {
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    get: (_all, name) => {
      const text = String(name)
      if (text.endsWith('_URL'))
        return text === 'DATABASE_URL' ? 'postgres://db.example.com/x' : 'https://api.example.com'
      if (text.endsWith('CERTIFICATE')) return certificate
      if (text.endsWith('ENCRYPTION_KEY')) return encryptionKey
      if (text.startsWith('PAYOP') && text.endsWith('PUBLIC_KEY')) return 'application-made-up'
      return text.startsWith('IPPOPAY') ? 'pk_live_made_up' : 'made-up'
    },
  },
)

const decoded = (config: unknown) => decodeConfiguration(config, variables)

describe('paymux.schema.json', () => {
  it('says what the types do (if not: npm run docs)', () => {
    expect(schemaText()).toBe(textOf('paymux.schema.json'))
  })

  it('has the account of every adapter in the catalog', () => {
    const adapters = Object.values<{ properties?: { adapter?: { const?: string } } }>(schema.$defs).flatMap(
      ({ properties }) => properties?.adapter?.const ?? [],
    )
    expect(adapters.sort()).toEqual(Object.keys(catalog).sort())
  })

  it('takes a file that uses every field', () => {
    isValid(full)
    expect(isValid.errors).toBeNull()
  })

  it.each<readonly [path: string, value: unknown]>([
    ['accounts/europe', { ...payop, adapter: 'paypo' }],
    ['accounts/europe/adapter', undefined],
    ['accounts/europe/secretkey', 'made-up'],
    ['accounts/india.2/payouts/key', 'made-up'],
    ['accounts/india.2/token', 'made-up'],
  ])('refuses an adapter that does not exist and a field that its accounts do not have: %s as %j', (path, value) => {
    expect(isValid(replaced(full, path, value))).toBe(false)
  })
})

describe.each(examples)('the example %s', (name) => {
  const config = JSON.parse(textOf(folder, name))

  it('is valid by the schema', () => {
    isValid(config)
    expect(isValid.errors).toBeNull()
  })

  it('is decoded, and each account by its adapter', async () => {
    const configuration = decoded(config)
    if (E.isLeft(configuration)) throw new Error(configuration.left.message)
    for (const [account, { adapter, settings }] of configuration.right.accounts) {
      const made = (await catalog[adapter]?.())?.(settings())
      expect(made).toMatchObject({ _tag: 'Right', right: { account } })
    }
  })
})

describe('schema and decoder', () => {
  it.each<readonly [path: string, value: unknown]>([
    ['store', undefined],
    ['store/type', 'mysql'],
    ['store/url', 'mysql://db.example.com'],
    ['store/url', undefined],
    ['store/file', 'paymux.db'],
    ['accounts', undefined],
    ['accounts', {}],
    ['accounts/..', payop],
    ['accounts/1', payop],
    ['accounts/europe/adapter', undefined],
    ['accounts/europe', 'one'],
    ['strategy', 'x'],
    ['routes', []],
    ['routes/0/to', undefined],
    ['routes/0/to', []],
    ['routes/0/to/1/weight', 0],
    ['routes/0/to/1/weight', 1001],
    ['routes/0/to/1/weight', 1.5],
    ['routes/0/to/1/weight', '3'],
    ['routes/0/to/1/share', 1],
    ['routes/0/when/operation', ['refund']],
    ['routes/0/when/operation', []],
    ['routes/0/when/currency', ['EURO']],
    ['routes/0/when/country', ['UK']],
    ['routes/0/when/method', ['a b']],
    ['routes/0/when/amount', { currency: 'EUR' }],
    ['routes/0/when/amount/from', '-1'],
    ['routes/0/when/amount/from', 1],
    ['routes/0/when/metadata', { shop: 1 }],
    ['routes/0/when/weekday', ['mo']],
    ['encryption/current', undefined],
    ['encryption/keys', {}],
    ['encryption/migrate', 'yes'],
    ['encryption/keys/k2', encryptionKey.slice(4)],
    ['webhooks/secret', 'x'.repeat(31)],
    ['webhooks/publicUrl', 'shop.example'],
    ['webhooks/publicUrl', 'https://shop.example/paymux?x=1'],
    ['webhooks/trustedProxies', '10.0.0.0/8'],
    ['webhooks/trustedProxies/0', 'proxy.example'],
    ['webhooks/sources/europe/mode', 'strict'],
    ['webhooks/sources/europe', {}],
  ])('both refuse %s as %j', (path, value) => {
    const wrong = replaced(full, path, value)
    expect(issuesOf(wrong)).not.toEqual([])
    expect(isValid(wrong)).toBe(false)
  })

  const shop = JSON.parse(textOf(folder, 'two-accounts.json'))

  it.each<readonly [account: string, field: string, value: unknown]>([
    ['europe', 'publicKey', undefined],
    ['europe', 'secretKey', 1],
    ['europe', 'certificate', 1],
    ['europe', 'mode', 'live'],
    ['india', 'mode', undefined],
    ['india', 'mode', 'production'],
    ['india', 'payouts', { publicKey: 'pk_1' }],
    ['india', 'payouts', { publicKey: 'pk_1', secretKey: 'sk_1', uniqueRefsProven: 'yes' }],
    ['india', 'refundStatuses', { done: 'finished' }],
    ['india', 'webhookSecret', 'x'],
  ])('and the adapter refuse account %s with %s as %j', async (account, field, value) => {
    const wrong = replaced(shop, `accounts/${account}/${field}`, value)
    const configuration = decoded(wrong)
    const entry = E.isRight(configuration) ? configuration.right.accounts.get(account) : undefined
    expect((await catalog[entry?.adapter ?? '']?.())?.(entry?.settings())._tag).toBe('Left')
    expect(isValid(wrong)).toBe(false)
  })
})
