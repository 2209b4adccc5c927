import { type ClockOptions, createClock } from '../kit/clock.js'
import type { Emulator, Ports } from '../kit/emulator.js'
import { createExecutionLog } from '../kit/execution-log.js'
import { createFaults } from '../kit/faults.js'
import { createIds } from '../kit/ids.js'
import { createNotifications, type DeliveryConditions } from '../kit/notifications.js'
import { loadServing, type ServeOptions } from '../kit/server.js'
import { changeSettings } from '../kit/settings.js'
import { startEmulator } from '../kit/start.js'
import { addPayopAdminRoutes } from './admin.js'
import { addGatewayRoutes, OPERATIONS } from './app.js'
import { BEHAVIOUR_RULES, DEFAULT_BEHAVIOUR, type PayopBehaviour } from './behaviour.js'
import { ALL_RIGHTS, createControls, newToken, type PayopControls } from './controls.js'
import { METHOD_IDS } from './methods.js'
import { toUnits } from './money.js'
import { certificateOf } from './sealed-box.js'
import type { Gateway, IpnUrls } from './state.js'

export type { PayopBehaviour } from './behaviour.js'
export type { InvoiceRecord, PayopControls } from './controls.js'
export type { Outcome as PayopOutcome } from './lifecycle.js'
export type { Refund as PayopRefund, Transaction as PayopTransaction, Withdrawal as PayopWithdrawal } from './state.js'

export interface PayopEmulatorOptions {
  /** Fixed ports on 127.0.0.1; by default any free ones. */
  readonly ports?: Ports
  /** When the emulator's clock starts, and whether it runs by itself. */
  readonly clock?: ClockOptions
  /** Ids come out the same for the same seed, so two emulators of one test take two seeds. */
  readonly seed?: string
  /** Replaces the made-up credentials of the first project. */
  readonly credentials?: Partial<Pick<PayopCredentials, 'publicKey' | 'secretKey' | 'token'>>
  readonly behaviour?: Partial<PayopBehaviour>
  /** Where IPNs go; `setIpnUrls` changes it later. */
  readonly ipnUrls?: Partial<IpnUrls>
  readonly notifications?: Partial<DeliveryConditions>
}

/** Named as in the configuration of an account. */
export interface PayopCredentials {
  readonly publicKey: string
  readonly secretKey: string
  readonly token: string
  readonly projectId: string
  /** Base64 text of the 32-byte X25519 public key. */
  readonly certificate: string
}

/**
 * A running stand-in for Payop. Both hosts serve API and payer's pages. A script acts as the payer by a POST of one form
 * field, `outcome`, to `/{locale}/payment/invoice-preprocessing/{invoiceId}` or to the address of the bank's page; the
 * answer is a 303 to where the browser goes next. `PayopOutcome` has the values.
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

const madeUpCredentials = (given: PayopEmulatorOptions['credentials'] = {}): PayopCredentials => {
  const { publicKey = PUBLIC_KEY, secretKey = SECRET_KEY, token = newToken(publicKey) } = given
  const projectId = publicKey.replace(/^application-/, '')
  return { publicKey, secretKey, token, projectId, certificate: certificateOf(BOX_SECRET_KEY) }
}

const createGateway = (options: PayopEmulatorOptions, credentials: PayopCredentials): Gateway => {
  const { publicKey, secretKey, token, projectId } = credentials
  const clock = createClock(options.clock)
  const behaviour: PayopBehaviour = { ...DEFAULT_BEHAVIOUR }
  changeSettings(behaviour, BEHAVIOUR_RULES, options.behaviour ?? {})
  return {
    clock,
    ids: createIds(options.seed ?? 'payop'),
    behaviour,
    log: createExecutionLog({ now: clock.now, operations: OPERATIONS }),
    notifications: createNotifications(clock, options.notifications),
    projects: new Map([[projectId, { id: projectId, publicKey, secretKey, methods: METHOD_IDS }]]),
    tokens: new Map([[token, { token, expiresAt: null, rights: ALL_RIGHTS }]]),
    invoices: new Map(),
    transactions: new Map(),
    refunds: new Map(),
    withdrawals: new Map(),
    cardTokens: new Map(),
    idempotencyKeys: new Set(),
    balances: new Map(FUNDS.map(([currency, amount]) => [currency, toUnits(amount)])),
    ipnUrls: { checkout: null, refund: null, withdrawal: null, ...options.ipnUrls },
    checkoutUrl: '',
    boxSecretKey: BOX_SECRET_KEY,
  }
}

/** Starts a stand-in for Payop on 127.0.0.1: the API, the payer's pages, and the admin routes, each on its own port. */
export const startPayopEmulator = async (options: PayopEmulatorOptions = {}): Promise<PayopEmulator> => {
  const serving = await loadServing()
  const credentials = madeUpCredentials(options.credentials)
  const gateway = createGateway(options, credentials)
  const { clock, behaviour, log, notifications } = gateway
  const faults = createFaults()
  const controls = createControls(gateway)
  const app = serving.createApp()
  addGatewayRoutes(app, gateway)
  const onPrevented: ServeOptions['onPrevented'] = ({ method = '', headers }, path, fault) =>
    log.prevented(method, path, fault, headers['idempotency-key']?.toString())
  const everything = { app, faults, onPrevented }

  const emulator = await startEmulator({
    serving,
    ports: options.ports,
    credentials,
    clock,
    log,
    faults,
    notifications,
    behaviour,
    behaviourRules: BEHAVIOUR_RULES,
    api: everything,
    checkout: everything,
    addAdmin: (admin) => addPayopAdminRoutes(admin, controls),
  })
  gateway.checkoutUrl = emulator.checkoutUrl
  return { ...controls, ...emulator }
}
