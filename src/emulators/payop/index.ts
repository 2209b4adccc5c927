import { type Emulator, type EmulatorOptions, startEmulator } from '../kit/emulator.js'
import { loadServerPackages } from '../kit/server.js'
import { addPayopAdminRoutes } from './admin.js'
import { addGatewayRoutes, OPERATIONS } from './app.js'
import { BEHAVIOUR_RULES, DEFAULT_BEHAVIOUR, type PayopBehaviour } from './behaviour.js'
import { ALL_RIGHTS, checkIpnUrls, createControls, newToken, type PayopControls } from './controls.js'
import { METHOD_IDS } from './methods.js'
import { toUnits } from './money.js'
import { certificateOf } from './sealed-box.js'
import type { Gateway, IpnUrls } from './state.js'

/** What Payop's emulator can be started with. */
export interface PayopEmulatorOptions extends EmulatorOptions<PayopBehaviour> {
  /** Replaces the made-up credentials of the first project. Default: made up, and the same at each start. */
  readonly credentials?: Partial<Pick<PayopCredentials, 'publicKey' | 'secretKey' | 'token'>>
  /** Where notifications (IPNs) go; `setIpnUrls` changes it later. Default: nowhere. */
  readonly ipnUrls?: Partial<IpnUrls>
}

/** A merchant's credentials at Payop, named as in the configuration of an account. */
export interface PayopCredentials {
  /** The project's public key, `application-` and a UUID. */
  readonly publicKey: string
  /** The project's secret key, which signs invoices. */
  readonly secretKey: string
  /** The bearer token (JWT) of the API. */
  readonly token: string
  /** The public key without its prefix `application-`. */
  readonly projectId: string
  /** The 32-byte X25519 public key that payouts are encrypted with, as base64 text. */
  readonly certificate: string
}

/**
 * A running emulator of Payop. Both ports serve the API and the payer's pages. A script acts as the payer by a POST of one
 * form field, `outcome`, to `/{locale}/payment/invoice-preprocessing/{invoiceId}` or to the bank's page; the answer is a 303
 * to where the browser goes next. `PayopOutcome` has the values.
 */
export interface PayopEmulator extends PayopControls, Emulator<PayopCredentials, PayopBehaviour> {}

const PUBLIC_KEY = 'application-11111111-2222-4333-8444-555555555555'
const SECRET_KEY = '0123456789abcdef01234567'
// Derived from a public label, so that the documented test boxes open here. It protects nothing.
const BOX_SECRET_KEY = Buffer.from('545c51dbbb6826a334519d1dbe5b4ae27764ce9f5cdf90996e39553e3bdfb6e9', 'hex')
const FUNDS: readonly (readonly [string, number])[] = [
  ['EUR', 250_000],
  ['USD', 250_000],
  ['GBP', 250_000],
]

const completeCredentials = (own: PayopEmulatorOptions['credentials'] = {}): PayopCredentials => {
  const { publicKey = PUBLIC_KEY, secretKey = SECRET_KEY, token = newToken(publicKey) } = own
  const projectId = publicKey.replace(/^application-/, '')
  return { publicKey, secretKey, token, projectId, certificate: certificateOf(BOX_SECRET_KEY) }
}

const initialState = ({ publicKey, secretKey, token, projectId }: PayopCredentials, ipnUrls?: Partial<IpnUrls>) => ({
  projects: new Map([[projectId, { id: projectId, publicKey, secretKey, methods: METHOD_IDS }]]),
  tokens: new Map([[token, { token, expiresAt: null, rights: ALL_RIGHTS }]]),
  invoices: new Map(),
  transactions: new Map(),
  refunds: new Map(),
  withdrawals: new Map(),
  cardTokens: new Map(),
  idempotencyKeys: new Set<string>(),
  balances: new Map(FUNDS.map(([currency, amount]) => [currency, toUnits(amount)])),
  ipnUrls: { checkout: null, refund: null, withdrawal: null, ...ipnUrls },
  boxSecretKey: BOX_SECRET_KEY,
})

/**
 * Starts an emulator of Payop on 127.0.0.1: the API, the payer's pages and the admin routes, each on its own port.
 *
 * Errors: `InvalidInput` for an option or a setting that does not exist or takes other values; an `Error` that names the packages
 * `hono` and `@hono/node-server` if they are missing; Node's error if a port is taken. Payouts need `libsodium-wrappers`;
 * if it is missing, the API answers 500 with its name in the header `x-emulator-error`.
 *
 * Source: Payop's documents; `docs/gateways/payop.md` cites them fact by fact.
 *
 * @example
 * ```ts
 * import { startPayopEmulator } from 'paymux/emulators'
 *
 * const payop = await startPayopEmulator({
 *   ipnUrls: { checkout: 'http://127.0.0.1:3000/payop' },
 *   behaviour: { decideAfterMs: null },
 * })
 * // createProvider({ adapter: 'payop', apiUrl: payop.apiUrl, checkoutUrl: payop.checkoutUrl, ...payop.credentials })
 * await payop.close()
 * ```
 */
export const startPayopEmulator = async (options: PayopEmulatorOptions = {}): Promise<PayopEmulator> => {
  checkIpnUrls(options.ipnUrls ?? {})
  const { createApp } = await loadServerPackages()
  const credentials = completeCredentials(options.credentials)
  return startEmulator({
    name: 'payop',
    options,
    credentials,
    behaviour: { defaults: DEFAULT_BEHAVIOUR, rules: BEHAVIOUR_RULES },
    operations: OPERATIONS,
    build: (kit) => {
      const gateway: Gateway = { ...kit, ...initialState(credentials, options.ipnUrls) }
      const controls = createControls(gateway)
      const [api, admin] = [createApp(), createApp()]
      addGatewayRoutes(api, gateway)
      addPayopAdminRoutes(admin, controls)
      return {
        controls,
        api: api.fetch,
        admin: admin.fetch,
        keyOf: ({ headers }) => headers['idempotency-key']?.toString(),
      }
    },
  })
}
