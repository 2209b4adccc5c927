import { createProvider, defineConfig, type PaymuxConfig, paymux } from '../../src/paymux/index.js'

const store = { type: 'sqlite', file: ':memory:' } as const
const payop = { adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' } as const
const ippopay = { adapter: 'ippopay', mode: 'live', publicKey: 'pk_live_made_up', secretKey: 'made-up' } as const

/** What the type check accepts and refuses: it fails where a line below is no error any more. */
export const refused: readonly PaymuxConfig[] = [
  // @ts-expect-error no such adapter
  defineConfig({ accounts: { europe: { adapter: 'paypo', publicKey: 'made-up', secretKey: 'made-up' } }, store }),
  // @ts-expect-error a typing mistake in a field
  defineConfig({ accounts: { europe: { adapter: 'payop', publicKey: 'made-up', secretkey: 'made-up' } }, store }),
  defineConfig({
    accounts: {
      // @ts-expect-error a typing mistake in an optional field
      europe: { adapter: 'payop', publicKey: 'made-up', secretKey: 'made-up', tokn: 'made-up' },
    },
    store,
  }),
  defineConfig({
    accounts: {
      // @ts-expect-error a field of another adapter's account
      europe: { adapter: 'payop', publicKey: 'made-up', secretKey: 'made-up', mode: 'live' },
    },
    store,
  }),
  // @ts-expect-error a mode that does not exist
  defineConfig({ accounts: { india: { ...ippopay, mode: 'production' } }, store }),
  // @ts-expect-error a typing mistake beside the accounts
  defineConfig({ accounts: { europe: payop }, store, webhook: { publicUrl: 'https://shop.example' } }),
  // @ts-expect-error no store
  defineConfig({ accounts: { europe: payop } }),
]

/** The same for the functions that take a configuration. */
export const alsoRefused = () => [
  // @ts-expect-error no such adapter
  paymux({ accounts: { europe: { adapter: 'paypo' } }, store }),
  // @ts-expect-error a typing mistake in an optional field
  createProvider({ adapter: 'payop', publicKey: 'made-up', secretKey: 'made-up', tokn: 'made-up' }),
]

it('gives its argument back', () => {
  const config = { accounts: { europe: payop, india: ippopay }, routes: [{ to: ['europe', 'india'] }], store }
  expect(defineConfig(config)).toBe(config)
})
