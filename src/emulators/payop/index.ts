import { addAdminRoutes } from '../kit/admin.js'
import { type Clock, type ClockOptions, createClock } from '../kit/clock.js'
import { createExecutionLog, type Execution } from '../kit/execution-log.js'
import { createFaults, type FaultPlan } from '../kit/faults.js'
import { createIds } from '../kit/ids.js'
import { turnKnobs } from '../kit/knobs.js'
import { createNotifications, type Delivery, type DeliveryBehaviour } from '../kit/notifications.js'
import { loadServing, serve } from '../kit/server.js'
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

export interface PayopEmulatorOptions extends ClockOptions {
  /** 0 or nothing takes any free port. */
  readonly ports?: { readonly api?: number; readonly checkout?: number; readonly admin?: number }
  /** Two emulators with the same seed make the same ids; `payop` by default. */
  readonly seed?: string
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
  /** Origin of the payer's pages; it serves the API as well. */
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
  /** Refuses connections to the API and the payer's pages, or takes them again. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Resolves when no IPN is under way. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

const PROJECT_ID = '11111111-2222-4333-8444-555555555555'
const SECRET_KEY = '0123456789abcdef01234567'
// Derived from a public label, so that the documented test boxes open here. It protects nothing.
const BOX_SECRET_KEY = Buffer.from('545c51dbbb6826a334519d1dbe5b4ae27764ce9f5cdf90996e39553e3bdfb6e9', 'hex')
const FUNDS: readonly (readonly [string, number])[] = [
  ['EUR', 250_000],
  ['USD', 250_000],
  ['GBP', 250_000],
]

const createGateway = (options: PayopEmulatorOptions): Gateway => {
  const { seed = 'payop', knobs = {}, ipnUrls = {}, notifications } = options
  const clock = createClock(options)
  const allKnobs: PayopKnobs = { ...DEFAULT_KNOBS }
  turnKnobs(allKnobs, KNOB_RULES, knobs)
  const project = { id: PROJECT_ID, publicKey: `application-${PROJECT_ID}`, secretKey: SECRET_KEY, methods: METHOD_IDS }
  const token = newToken(PROJECT_ID)
  return {
    clock,
    ids: createIds(seed),
    knobs: allKnobs,
    log: createExecutionLog({ now: clock.now, operations: OPERATIONS }),
    notifications: createNotifications(clock, notifications),
    projects: new Map([[project.id, project]]),
    tokens: new Map([[token, { token, expiresAt: null, rights: ALL_RIGHTS }]]),
    invoices: new Map(),
    transactions: new Map(),
    refunds: new Map(),
    withdrawals: new Map(),
    cardTokens: new Map(),
    idempotencyKeys: new Set(),
    balances: new Map(FUNDS.map(([currency, amount]) => [currency, toUnits(amount)])),
    ipnUrls: { checkout: null, refund: null, withdrawal: null, ...ipnUrls },
    checkoutUrl: '',
    boxSecretKey: BOX_SECRET_KEY,
  }
}

/** Starts a stand-in for Payop on loopback ports of its own. Needs the packages `hono` and `@hono/node-server`. */
export const startPayopEmulator = async (options: PayopEmulatorOptions = {}): Promise<PayopEmulator> => {
  const serving = await loadServing()
  const gateway = createGateway(options)
  const { clock, knobs, log, notifications } = gateway
  const faults = createFaults()
  const controls = createControls(gateway)
  const { ports = {} } = options

  const app = serving.createApp()
  addGatewayRoutes(app, gateway)
  const open = (port: number | undefined) =>
    serve(serving, {
      app,
      faults,
      port: port ?? 0,
      onPrevented: ({ method = '', headers }, path, fault) =>
        log.prevented(method, path, fault, headers['idempotency-key']?.toString()),
    })
  const [api, checkout] = await Promise.all([open(ports.api), open(ports.checkout)])
  gateway.checkoutUrl = checkout.url

  const refuse = async (refused: boolean) => {
    await Promise.all([api.refuse(refused), checkout.refuse(refused)])
  }
  const adminApp = serving.createApp()
  addAdminRoutes({ app: adminApp, clock, log, faults, notifications, knobs, knobRules: KNOB_RULES, refuse })
  addPayopAdminRoutes(adminApp, controls)
  const admin = await serve(serving, { app: adminApp, port: ports.admin ?? 0 })

  return {
    ...controls,
    apiUrl: api.url,
    checkoutUrl: checkout.url,
    adminUrl: admin.url,
    credentials: {
      publicKey: `application-${PROJECT_ID}`,
      secretKey: SECRET_KEY,
      token: newToken(PROJECT_ID),
      projectId: PROJECT_ID,
      certificate: certificateOf(gateway.boxSecretKey),
    },
    clock,
    knobs,
    notifications: notifications.behaviour,
    executions: log.entries,
    deliveries: notifications.deliveries,
    inject: faults.inject,
    clearFaults: faults.clear,
    refuse,
    settled: notifications.settled,
    close: async () => {
      clock.stop()
      notifications.close()
      await Promise.all([api.close(), checkout.close(), admin.close()])
    },
  }
}
