import type { Hono, MiddlewareHandler } from 'hono'
import type { Clock } from './clock.js'
import type { ExecutionLog } from './execution-log.js'
import { type Faults, parseFaultPlan } from './faults.js'
import { InvalidInput, invalid, isRecord } from './input.js'
import { isLoopback } from './loopback.js'
import { DELIVERY_RULES, type Notifications } from './notifications.js'
import { changeSettings, isCount, type SettingRules } from './settings.js'

/** Hono's error handler of an emulator's own admin routes: it leaves the answer to the kit. */
export const rethrow = (error: Error): never => {
  throw error
}

export interface AdminOptions<Behaviour extends object> {
  readonly app: Hono
  readonly clock: Clock
  readonly log: ExecutionLog
  readonly faults: Faults
  readonly notifications: Notifications
  readonly behaviour: Behaviour
  readonly behaviourRules: SettingRules<Behaviour>
  readonly refuse: (refused: boolean) => Promise<void>
}

const isThisMachine = (host: string): boolean => {
  const url = `http://${host}`
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}

/**
 * Refuses what a page of another site can make a browser send. `Host` has to name this machine: a site whose name was pointed at
 * 127.0.0.1 (DNS rebinding) sends its own name. `Origin`, which browsers send with each POST, has to be the admin port's own.
 */
const refuseOtherSites: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? ''
  if (!isThisMachine(host))
    return c.json({ message: 'Host: expected 127.0.0.1, localhost or [::1], with the admin port' }, 403)
  const origin = c.req.header('origin')
  if (origin !== undefined && origin !== `http://${host}`)
    return c.json({ message: 'Origin: expected none, or that of the admin port' }, 403)
  return next()
}

/**
 * Adds the routes that every emulator has on its admin port. Answers `{ message }` with 400 to `InvalidInput`, and with 403 to a
 * request that another site's page may have sent.
 */
export const addAdminRoutes = <Behaviour extends object>(options: AdminOptions<Behaviour>): Hono => {
  const { app, clock, log, faults, notifications, behaviour, behaviourRules, refuse } = options

  app.use(refuseOtherSites)
  app.onError((error, c) => {
    if (error instanceof InvalidInput || error.name === 'SyntaxError') return c.json({ message: error.message }, 400)
    return c.json({ message: 'The emulator failed.' }, 500)
  })

  app.get('/log', (c) => c.json(log.entries()))
  app.get('/deliveries', (c) => c.json(notifications.deliveries()))
  app.get('/clock', (c) => c.json({ now: clock.now() }))
  app.post('/clock/advance', async (c) => {
    const input: unknown = await c.req.json()
    const ms = isRecord(input) ? input.ms : undefined
    if (!isCount(ms)) throw invalid('ms', 'whole milliseconds')
    await clock.advance(ms)
    return c.json({ now: clock.now() })
  })

  app.get('/faults', (c) => c.json(faults.list()))
  app.post('/faults', async (c) => {
    faults.inject(parseFaultPlan(await c.req.json()))
    return c.json(faults.list())
  })
  app.delete('/faults', (c) => {
    faults.clear()
    return c.json(faults.list())
  })
  app.post('/refuse', async (c) => {
    const input: unknown = await c.req.json()
    const refused = isRecord(input) ? input.refused : undefined
    if (typeof refused !== 'boolean') throw invalid('refused', 'true or false')
    await refuse(refused)
    return c.json({ refused })
  })

  app.get('/behaviour', (c) => c.json(behaviour))
  app.patch('/behaviour', async (c) => {
    changeSettings(behaviour, behaviourRules, await c.req.json())
    return c.json(behaviour)
  })
  app.get('/notifications', (c) => c.json(notifications.conditions))
  app.patch('/notifications', async (c) => {
    changeSettings(notifications.conditions, DELIVERY_RULES, await c.req.json())
    return c.json(notifications.conditions)
  })
  return app
}
