import { addAdminRoutes } from '../kit/admin.js'
import { type Clock, createClock } from '../kit/clock.js'
import { createExecutionLog, type Execution } from '../kit/execution-log.js'
import { createFaults, type FaultPlan } from '../kit/faults.js'
import { createIds } from '../kit/ids.js'
import { turnKnobs } from '../kit/knobs.js'
import { createNotifications, type Delivery, type DeliveryBehaviour } from '../kit/notifications.js'
import { loadServing, serve } from '../kit/server.js'
import { addIppoPayAdminRoutes } from './admin.js'
import { type Context, openBooks } from './context.js'
import { type Credentials, madeUpCredentials } from './credentials.js'
import { type Decisions, decisionsOf } from './decisions.js'
import { addMerchantRoutes, keyInPath, OPERATIONS } from './gateway.js'
import { idsOf } from './ids.js'
import { defaultKnobs, KNOB_RULES, type Knobs } from './knobs.js'
import { notificationOf } from './notifications.js'
import { addOpenRoutes } from './open/routes.js'
import type { IppoPayEmulatorOptions } from './options.js'
import { addPages } from './pages/routes.js'
import { type Records, recordsOf } from './record-readers.js'

export interface IppoPayEmulator extends Records, Decisions {
  /** The gateway's API, an origin without a path. */
  readonly apiUrl: string
  /** The hosted pages, an origin without a path. */
  readonly checkoutUrl: string
  /** The admin routes, an origin without a path. */
  readonly adminUrl: string
  /** Keys of live mode, named as in the configuration of paymux. */
  readonly credentials: Credentials
  /** Keys of test mode. Each mode sees its own orders only; the payout account is one. */
  readonly testCredentials: Credentials
  readonly clock: Clock
  /** Where reality is unknown; may be turned at any time. */
  readonly knobs: Knobs
  /** How the network treats notifications; may be turned at any time. */
  readonly notifications: DeliveryBehaviour
  /** What became of every request that stages or moves money, the earliest first. */
  readonly executions: () => readonly Execution[]
  /** Every attempt to deliver a notification, the earliest first. */
  readonly deliveries: () => readonly Delivery[]
  /** Queues a fault on a route of the API, as in `POST /v1/order/refund/:order_id`. */
  readonly inject: (plan: FaultPlan) => void
  readonly clearFaults: () => void
  /** With true the API refuses connections, until false. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Resolves when no task of the clock and no delivery is under way. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts a stand-in for IppoPay on 127.0.0.1: the API, the hosted pages and the admin routes, each on its own port.
 * Needs the packages `hono` and `@hono/node-server`.
 */
export const startIppoPayEmulator = async (options: IppoPayEmulatorOptions = {}): Promise<IppoPayEmulator> => {
  const serving = await loadServing()
  const clock = createClock(options.clock)
  const log = createExecutionLog({ now: clock.now, operations: OPERATIONS })
  const faults = createFaults()
  const notifications = createNotifications(clock, options.notifications)
  const knobs = defaultKnobs()
  turnKnobs(knobs, KNOB_RULES, options.knobs ?? {})
  const live = { ...madeUpCredentials('live'), ...options.credentials }
  const test = madeUpCredentials('test')

  const context: Context = {
    books: openBooks(options.balancePaise ?? 1_000_000_00),
    clock,
    knobs,
    nextId: idsOf(createIds(options.seed ?? 'ippopay')),
    credentials: { live, test },
    checkoutUrl: () => checkout.url,
    notify: (order, transaction) => {
      if (order.notifyUrl !== '') notifications.send(notificationOf(context, order, transaction))
    },
  }

  const apiApp = serving.createApp()
  addMerchantRoutes({ app: apiApp, serving, context, log })
  addOpenRoutes({ app: apiApp, serving, context, log })
  const pages = serving.createApp()
  addPages(pages, context)
  const records = recordsOf(context)
  const decisions = decisionsOf(context, notifications)
  const adminApp = serving.createApp()

  const api = await serve(serving, {
    app: apiApp,
    port: options.ports?.api ?? 0,
    faults,
    onPrevented: ({ method = '' }, path, fault) => log.prevented(method, path, fault, keyInPath(path)),
  })
  const checkout = await serve(serving, { app: pages, port: options.ports?.checkout ?? 0 })
  addAdminRoutes({
    app: adminApp,
    clock,
    log,
    faults,
    notifications,
    knobs,
    knobRules: KNOB_RULES,
    refuse: api.refuse,
  })
  addIppoPayAdminRoutes(adminApp, records, decisions)
  const admin = await serve(serving, { app: adminApp, port: options.ports?.admin ?? 0 })

  return {
    ...records,
    ...decisions,
    apiUrl: api.url,
    checkoutUrl: checkout.url,
    adminUrl: admin.url,
    credentials: live,
    testCredentials: test,
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
    close: async () => {
      clock.stop()
      notifications.close()
      await Promise.all([api.close(), checkout.close(), admin.close()])
    },
  }
}
