import { createClock } from '../kit/clock.js'
import type { Emulator } from '../kit/emulator.js'
import { createExecutionLog } from '../kit/execution-log.js'
import { createFaults } from '../kit/faults.js'
import { createIds } from '../kit/ids.js'
import { createNotifications } from '../kit/notifications.js'
import { loadServing } from '../kit/server.js'
import { changeSettings } from '../kit/settings.js'
import { startEmulator } from '../kit/start.js'
import { addIppoPayAdminRoutes } from './admin.js'
import { BEHAVIOUR_RULES, type Behaviour, defaultBehaviour } from './behaviour.js'
import { type Context, openBooks } from './context.js'
import { type Credentials, madeUpCredentials } from './credentials.js'
import { type Decisions, decisionsOf } from './decisions.js'
import { addMerchantRoutes, keyInPath, OPERATIONS } from './gateway.js'
import { idsOf } from './ids.js'
import { notificationOf } from './notifications.js'
import { addOpenRoutes } from './open/routes.js'
import type { IppoPayEmulatorOptions } from './options.js'
import { addPages } from './pages/routes.js'
import { type Records, recordsOf } from './record-readers.js'

/** A running stand-in for IppoPay. `credentials` are keys of live mode. */
export interface IppoPayEmulator extends Records, Decisions, Emulator<Credentials, Behaviour> {
  /** Keys of test mode. Each mode sees its own orders only; the payout account is one. */
  readonly testCredentials: Credentials
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
  const behaviour = defaultBehaviour()
  changeSettings(behaviour, BEHAVIOUR_RULES, options.behaviour ?? {})
  const live = { ...madeUpCredentials('live'), ...options.credentials }
  const test = madeUpCredentials('test')

  const context: Context = {
    books: openBooks(options.balancePaise ?? 1_000_000_00),
    clock,
    behaviour,
    nextId: idsOf(createIds(options.seed ?? 'ippopay')),
    credentials: { live, test },
    checkoutUrl: () => emulator.checkoutUrl,
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

  const emulator = await startEmulator({
    serving,
    ports: options.ports,
    credentials: live,
    clock,
    log,
    faults,
    notifications,
    behaviour,
    behaviourRules: BEHAVIOUR_RULES,
    api: {
      app: apiApp,
      faults,
      onPrevented: ({ method = '' }, path, fault) => log.prevented(method, path, fault, keyInPath(path)),
    },
    checkout: { app: pages },
    addAdmin: (admin) => addIppoPayAdminRoutes(admin, records, decisions),
  })
  return { ...records, ...decisions, ...emulator, testCredentials: test }
}
