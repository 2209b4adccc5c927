import type { Hono } from 'hono'
import { addAdminRoutes } from './admin.js'
import type { Clock } from './clock.js'
import type { Emulator, Ports } from './emulator.js'
import type { ExecutionLog } from './execution-log.js'
import type { Faults } from './faults.js'
import type { Notifications } from './notifications.js'
import { type RunningServer, type ServeOptions, type Serving, serve } from './server.js'
import type { SettingRules } from './settings.js'

interface Parts<Credentials, Behaviour extends object> {
  readonly serving: Serving
  readonly ports: Ports | undefined
  readonly credentials: Credentials
  readonly clock: Clock
  readonly log: ExecutionLog
  readonly faults: Faults
  readonly notifications: Notifications
  readonly behaviour: Behaviour
  readonly behaviourRules: SettingRules<Behaviour>
  readonly api: Pick<ServeOptions, 'app' | 'faults' | 'onPrevented'>
  readonly checkout: Pick<ServeOptions, 'app' | 'faults' | 'onPrevented'>
  /** Adds the admin routes that only this emulator has. */
  readonly addAdmin: (app: Hono) => void
}

/** Serves API, payer's pages and admin routes, each on its own port. Where one cannot start, none stays. */
export const startEmulator = async <Credentials, Behaviour extends object>(
  parts: Parts<Credentials, Behaviour>,
): Promise<Emulator<Credentials, Behaviour>> => {
  const { serving, ports, credentials, clock, log, faults, notifications, behaviour, behaviourRules } = parts
  const servers: RunningServer[] = []
  const close = async () => {
    clock.stop()
    notifications.close()
    await Promise.all(servers.map((server) => server.close()))
  }
  const open = async (options: ServeOptions): Promise<RunningServer> => {
    try {
      const server = await serve(serving, options)
      servers.push(server)
      return server
    } catch (error) {
      await close()
      throw error
    }
  }

  const api = await open({ ...parts.api, port: ports?.api ?? 0 })
  const checkout = await open({ ...parts.checkout, port: ports?.checkout ?? 0 })
  const app = serving.createApp()
  addAdminRoutes({ app, clock, log, faults, notifications, behaviour, behaviourRules, refuse: api.refuse })
  parts.addAdmin(app)
  const admin = await open({ app, port: ports?.admin ?? 0 })

  return {
    apiUrl: api.url,
    checkoutUrl: checkout.url,
    adminUrl: admin.url,
    credentials,
    clock,
    behaviour,
    notifications: notifications.conditions,
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
