import { inspect } from 'node:util'
import { type AccountConfig, createProvider, type PaymuxConfig, paymux } from '../../src/paymux/index.js'
import { type ProxyServer, proxyServer } from '../transport/proxy-server.js'
import { closeShops, configurationOn, left, openShop, order, right, rupees } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()
let proxy: ProxyServer
beforeEach(async () => {
  proxy = await proxyServer()
})
afterEach(async () => {
  await closeShops()
  await proxy.close()
})

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the environment, as a configuration names it.
const PROXY = '${PROXY}'

const through = (account: AccountConfig): AccountConfig => ({ ...account, proxy: PROXY })

const proxied = (): PaymuxConfig => {
  const { accounts, ...rest } = configurationOn(stage)
  return {
    ...rest,
    accounts: { europe: through(accounts.europe), india: through(accounts.india) },
    routes: [{ when: { currency: ['INR'] }, to: ['india'] }, { to: ['europe'] }],
  }
}

it.each([
  ['Payop', 'europe', order('k-1'), () => stage.payop.apiUrl],
  ['IppoPay', 'india', rupees('k-2'), () => stage.ippopay.apiUrl],
] as const)('every request to %s goes through the proxy of its account', async (_name, account, request, apiUrl) => {
  const env = { ...stage.env, PROXY: `http://ann:canary-pass@${proxy.at}` }
  const shop = await openShop(stage, proxied(), { env })
  const { reference } = await right(shop.createPayment(request))
  await right(shop.getStatus(reference))

  expect(reference.account).toBe(account)
  expect(proxy.heads.length).toBeGreaterThan(0)
  for (const head of proxy.heads) expect(head).toContain(`CONNECT ${new URL(apiUrl()).host} `)
})

it('without a ledger, too', async () => {
  const { apiUrl, checkoutUrl, credentials } = stage.payop
  const account = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials, proxy: `http://${proxy.at}` } as const
  await right((await right(createProvider(account))).createPayment(order('k-3')))

  expect(proxy.heads).toHaveLength(1)
})

it('a proxy that cannot be reached is told without its address and password, and nothing was sent', async () => {
  await proxy.close()
  const env = { ...stage.env, PROXY: `http://ann:canary-pass@${proxy.at}` }
  const { apiUrl, checkoutUrl, credentials } = stage.payop
  const account = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials, proxy: env.PROXY } as const
  const error = await left((await right(createProvider(account))).createPayment(order('k-4')))

  expect(error).toMatchObject({ _tag: 'Unreachable', outcome: 'not_sent', phase: 'proxy', code: 'ECONNREFUSED' })
  for (const value of ['canary-pass', proxy.at]) expect(inspect(error, { depth: null })).not.toContain(value)
})

it.each([
  'https://proxy.example:3128',
  'http://',
  'proxy.example:3128',
  'http://proxy.example:3128/path',
  'http://proxy.example:3128?query',
  'http://ann:canary pass@proxy.example:3128',
  'http://ann:canary%pass@proxy.example:3128',
  'http://[::1]:3128',
])('what is no address of a proxy is told by its place (%#)', async (address) => {
  const error = await left(paymux(proxied(), { env: { ...stage.env, PROXY: address } }))

  expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: 'accounts.europe.proxy' }] })
  for (const value of ['canary', 'proxy.example']) expect(inspect(error, { depth: null })).not.toContain(value)
})
