import { type Emulator, type EmulatorOptions, startEmulator } from '../kit/emulator.js'
import { invalid } from '../kit/input.js'
import { loadServerPackages } from '../kit/server.js'
import { isCount } from '../kit/settings.js'
import { addIppoPayAdminRoutes } from './admin.js'
import { addMerchantRoutes, keyInPath, OPERATIONS } from './app.js'
import { BEHAVIOUR_RULES, defaultBehaviour, type IppoPayBehaviour } from './behaviour.js'
import { type Credentials, madeUpCredentials } from './credentials.js'
import { type Decisions, decisionsOf } from './decisions.js'
import { idsOf } from './ids.js'
import { notificationOf } from './notifications.js'
import { addPages } from './pages/routes.js'
import { addPublicRoutes } from './public-endpoints.js'
import { type Records, recordsOf } from './record-readers.js'
import type { Gateway } from './state.js'

/** What IppoPay's emulator can be started with. */
export interface IppoPayEmulatorOptions extends EmulatorOptions<IppoPayBehaviour> {
  /** Replaces the made-up keys of live mode; those of test mode stay. Default: made up, and the same at each start. */
  readonly credentials?: Omit<Credentials, 'mode'>
  /** What the payout account holds at the start, in paise. Default: 100000000, which is 1000000 rupees. */
  readonly balancePaise?: number
}

/** A running emulator of IppoPay. Its `credentials` are the keys of live mode. */
export interface IppoPayEmulator extends Records, Decisions, Emulator<Credentials, IppoPayBehaviour> {
  /** The keys of test mode. Each mode sees its own orders only; both share the payout account. */
  readonly testCredentials: Credentials
}

/**
 * Starts an emulator of IppoPay on 127.0.0.1: the API, the hosted pages and the admin routes, each on its own port.
 *
 * Errors: `InvalidInput` for an option or a setting that does not exist or takes other values; an `Error` that names the packages
 * `hono` and `@hono/node-server` if they are missing; Node's error if a port is taken.
 *
 * Source: IppoPay's documents; `docs/gateways/ippopay.md` cites them fact by fact.
 *
 * @example
 * ```ts
 * import { startIppoPayEmulator } from 'paymux/emulators'
 *
 * const ippopay = await startIppoPayEmulator({ behaviour: { refundStatus: 'initiated' } })
 * // createProvider({ adapter: 'ippopay', apiUrl: ippopay.apiUrl, checkoutUrl: ippopay.checkoutUrl, ...ippopay.credentials })
 * await ippopay.close()
 * ```
 */
export const startIppoPayEmulator = async (options: IppoPayEmulatorOptions = {}): Promise<IppoPayEmulator> => {
  const { balancePaise = 1_000_000_00 } = options
  if (!isCount(balancePaise)) throw invalid('balancePaise', 'whole paise from 0')
  const { createApp } = await loadServerPackages()
  const live = { ...madeUpCredentials('live'), ...options.credentials }
  const test = madeUpCredentials('test')
  return startEmulator({
    name: 'ippopay',
    options,
    credentials: live,
    behaviour: { defaults: defaultBehaviour(), rules: BEHAVIOUR_RULES },
    operations: OPERATIONS,
    build: (kit) => {
      const gateway: Gateway = {
        ...kit,
        orders: new Map(),
        transactions: [],
        refunds: [],
        beneficiaries: [],
        transfers: [],
        balancePaise,
        nextId: idsOf(kit.ids),
        credentials: { live, test },
        notifyPayment: (order, transaction) => {
          if (order.notifyUrl !== '') kit.notify(notificationOf(gateway, order, transaction))
        },
      }
      const [api, checkout, admin] = [createApp(), createApp(), createApp()]
      addMerchantRoutes(api, gateway)
      addPublicRoutes(api, gateway)
      addPages(checkout, gateway)
      const records = recordsOf(gateway)
      const decisions = decisionsOf(gateway)
      addIppoPayAdminRoutes(admin, records, decisions)
      return {
        controls: { ...records, ...decisions, testCredentials: test },
        api: api.fetch,
        checkout: checkout.fetch,
        admin: admin.fetch,
        keyOf: ({ path }) => keyInPath(path),
      }
    },
  })
}
