import * as E from 'fp-ts/lib/Either.js'
import type { Issue } from '../../src/core/index.js'
import { type Configuration, decodeConfiguration } from '../../src/orchestrator/config/index.js'

/** 32 made-up bytes. */
export const encryptionKey = Buffer.alloc(32, 7).toString('base64')

/** A file that uses every field there is. */
export const fullFile = {
  $schema: './node_modules/paymux/paymux.schema.json',
  accounts: {
    europe: { adapter: 'one', secretKey: `\${EUROPE_SECRET}` },
    spare: { adapter: 'one', account: 'spare', secretKey: 'sk_spare' },
    'india.2': { adapter: 'two', nested: { keys: [`\${INDIA_KEY}`] } },
  },
  routes: [
    {
      when: {
        operation: ['createPayment'],
        currency: ['EUR'],
        amount: { currency: 'EUR', from: '1.00', to: '500.00' },
        country: ['DE', 'FR'],
        method: ['hosted'],
        metadata: { shop: 'a' },
      },
      to: ['europe', { account: 'spare', weight: 3 }],
    },
    { when: { operation: ['payout'], currency: ['INR'] }, to: ['india.2'] },
    { to: ['spare', 'europe'] },
  ],
  store: { type: 'postgres', url: `\${DATABASE_URL}` },
  encryption: { current: 'k2', keys: { k1: `\${OLD_KEY}`, k2: encryptionKey } },
  background: { reconcileHours: 12, reconcileDays: 2, housekeepingMinutes: 30 },
  webhooks: {
    publicUrl: 'https://shop.example/paymux',
    secret: `\${WEBHOOK_SECRET}`,
    trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '203.0.113.7'],
    sources: { europe: { mode: 'enforce' }, 'india.2': { mode: 'observe', addresses: ['203.0.113.0/24'] } },
  },
  retention: { personalData: 800, notifications: 14, events: false, log: false },
}

/** The variables of {@link fullFile}. */
export const variables = {
  EUROPE_SECRET: 'CANARY-europe',
  INDIA_KEY: 'CANARY-india',
  DATABASE_URL: 'postgres://paymux:CANARY@db.example.com/paymux',
  OLD_KEY: Buffer.alloc(32, 9).toString('base64'),
  WEBHOOK_SECRET: 'CANARY-0123456789-0123456789-0123456789',
}

/** The smallest file. */
export const smallFile = {
  accounts: { main: { adapter: 'one' }, spare: { adapter: 'one' } },
  store: { type: 'sqlite', file: 'paymux.db' },
}

/** A copy with the value at a path replaced, or taken away where it is `undefined`. */
export const replaced = (value: unknown, path: string, replacement: unknown): unknown => {
  const [head = '', ...rest] = path.split('/')
  const next = (below: unknown) => (rest.length === 0 ? replacement : replaced(below, rest.join('/'), replacement))
  if (Array.isArray(value)) return value.map((item, index) => (index === Number(head) ? next(item) : item))
  const fields: Record<string, unknown> = { ...(value as object) }
  const { [head]: below, ...others } = fields
  const result = next(below)
  return result === undefined ? others : { ...fields, [head]: result }
}

/** The configuration in a file that has to be valid. */
export const configurationOf = (file: unknown, env: Readonly<Record<string, string>> = variables): Configuration => {
  const decoded = decodeConfiguration(file, env)
  if (E.isLeft(decoded)) throw new Error(decoded.left.message)
  return decoded.right
}

/** What is wrong with a file. */
export const issuesOf = (file: unknown, env: Readonly<Record<string, string>> = variables): readonly Issue[] => {
  const decoded = decodeConfiguration(file, env)
  return E.isLeft(decoded) && decoded.left._tag === 'InvalidConfig' ? decoded.left.issues : []
}

/** The paths of what is wrong with a file. */
export const pathsOf = (file: unknown): readonly string[] => issuesOf(file).map(({ path }) => path)
