import type { Hono } from 'hono'
import type { Clock } from './clock.js'
import type { ExecutionLog } from './execution-log.js'
import { type Faults, parseFaultPlan } from './faults.js'
import { InvalidInput, invalid, isRecord } from './input.js'
import type { DeliveryConditions, Notifications } from './notifications.js'
import { changeSettings, type SettingRules } from './settings.js'

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

const isWhole = (value: unknown) => Number.isInteger(value) && Number(value) >= 0
const DELIVERY_RULES: SettingRules<DeliveryConditions> = {
  duplicate: { expected: 'a whole number from 0', allows: isWhole },
  delayMs: { expected: 'whole milliseconds', allows: isWhole },
  reorder: [true, false],
  drop: [true, false],
}

/** Adds the routes that every emulator has on its admin port. Answers 400 with `{ message }` to `InvalidInput`. */
export const addAdminRoutes = <Behaviour extends object>(options: AdminOptions<Behaviour>): Hono => {
  const { app, clock, log, faults, notifications, behaviour, behaviourRules, refuse } = options

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
    if (!isWhole(ms)) throw invalid('ms', 'whole milliseconds')
    await clock.advance(Number(ms))
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
