import { addAdminRoutes } from '../kit/admin.js'
import { type Clock, type ClockOptions, createClock } from '../kit/clock.js'
import { createExecutionLog, type Execution } from '../kit/execution-log.js'
import { createFaults, type FaultPlan } from '../kit/faults.js'
import { createIds } from '../kit/ids.js'
import { turnKnobs } from '../kit/knobs.js'
import { createNotifications, type Delivery, type DeliveryBehaviour } from '../kit/notifications.js'
import { loadServing, type RunningServer, type ServeOptions, serve } from '../kit/server.js'
import { addPayopAdminRoutes } from './admin.js'
import { addGatewayRoutes, OPERATIONS } from './app.js'
import { ALL_RIGHTS, createControls, newToken, type PayopControls } from './controls.js'
import { DEFAULT_KNOBS, KNOB_RULES, type PayopKnobs } from './knobs.js'
import { METHOD_IDS } from './methods.js'
import { toUnits } from './money.js'
import { certificateOf } from './sealed-box.js'
import type { Gateway, IpnUrls } from './state.js'

export type { InvoiceRecord, PayopControls } from './controls.js'
export type { PayopKnobs } from './knobs.js'
export type { Outcome as PayopOutcome } from './lifecycle.js'
export type { Refund as PayopRefund, Transaction as PayopTransaction, Withdrawal as PayopWithdrawal } from './state.js'

export interface PayopEmulatorOptions {
  /** Fixed ports on 127.0.0.1; by default any free ones. */
  readonly ports?: { readonly api?: number; readonly checkout?: number; readonly admin?: number }
  /** When the emulator's clock starts, and whether it runs by itself. */
  readonly clock?: ClockOptions
  /** Ids come out the same for the same seed, so two emulators of one test take two seeds. */
  readonly seed?: string
  /** Replaces the made-up credentials of the first project. */
  readonly credentials?: Partial<Pick<PayopCredentials, 'publicKey' | 'secretKey' | 'token'>>
  readonly knobs?: Partial<PayopKnobs>
  /** Where IPNs go; `setIpnUrls` changes it later. */
  readonly ipnUrls?: Partial<IpnUrls>
  readonly notifications?: Partial<DeliveryBehaviour>
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

/** A running stand-in for Payop. */
export interface PayopEmulator extends PayopControls {
  /** Origin of the API; it serves the payer's pages as well. */
  readonly apiUrl: string
  /**
   * Origin of the payer's pages; it serves the API as well. A script acts as the payer by a POST of one form field,
   * `outcome`, to `/{locale}/payment/invoice-preprocessing/{invoiceId}` or to the address of the bank's page; the answer
   * is a 303 to where the browser goes next. `PayopOutcome` has the values.
   */
  readonly checkoutUrl: string
  readonly adminUrl: string
  readonly credentials: PayopCredentials
  readonly clock: Clock
  /** May be turned while it runs. */
  readonly knobs: PayopKnobs
  /** How IPNs travel; may be changed while it runs. */
  readonly notifications: DeliveryBehaviour
  /** The truth about every money-moving and staging request. */
  readonly executions: () => readonly Execution[]
  readonly deliveries: () => readonly Delivery[]
  /** Queues a fault, as in `{ route: 'POST /v1/invoices/create', fault: { kind: 'half_answer' } }`. */
  readonly inject: (plan: FaultPlan) => void
  readonly clearFaults: () => void
  /** With true the API's port refuses connections, until false; payers can still pay. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Resolves when no task of the clock and no IPN is under way. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

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
  const knobs: PayopKnobs = { ...DEFAULT_KNOBS }
  turnKnobs(knobs, KNOB_RULES, options.knobs ?? {})
  return {
    clock,
    ids: createIds(options.seed ?? 'payop'),
    knobs,
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
  const { clock, knobs, log, notifications } = gateway
  const faults = createFaults()
  const controls = createControls(gateway)

  const app = serving.createApp()
  addGatewayRoutes(app, gateway)
  const servers: RunningServer[] = []
  const close = async () => {
    clock.stop()
    notifications.close()
    await Promise.all(servers.map((server) => server.close()))
  }
  const open = async (serveOptions: ServeOptions): Promise<RunningServer> => {
    try {
      const server = await serve(serving, serveOptions)
      servers.push(server)
      return server
    } catch (error) {
      await close()
      throw error
    }
  }
  const onPrevented: ServeOptions['onPrevented'] = ({ method = '', headers }, path, fault) =>
    log.prevented(method, path, fault, headers['idempotency-key']?.toString())
  const api = await open({ app, faults, onPrevented, port: options.ports?.api ?? 0 })
  const checkout = await open({ app, faults, onPrevented, port: options.ports?.checkout ?? 0 })
  gateway.checkoutUrl = checkout.url

  const adminApp = serving.createApp()
  addAdminRoutes({ app: adminApp, clock, log, faults, notifications, knobs, knobRules: KNOB_RULES, refuse: api.refuse })
  addPayopAdminRoutes(adminApp, controls)
  const admin = await open({ app: adminApp, port: options.ports?.admin ?? 0 })

  return {
    ...controls,
    apiUrl: api.url,
    checkoutUrl: checkout.url,
    adminUrl: admin.url,
    credentials,
    clock,
    knobs,
    notifications: notifications.behaviour,
    executions: log.entries,
    deliveries: notifications.deliveries,
    inject: faults.inject,
    clearFaults: faults.clear,
    refuse: api.refuse,
    settled: async () => {
      await clock.idle()
      await notifications.settled()
    },
    close,
  }
}
