import type { IncomingHttpHeaders } from 'node:http'
import { addAdminRoutes } from './admin.js'
import { type Clock, type ClockOptions, createClock } from './clock.js'
import { createExecutionLog, type Execution, type ExecutionLog } from './execution-log.js'
import { createFaults, type FaultPlan, parseFaultPlan } from './faults.js'
import type { FetchHandler, NodeBindings } from './handler.js'
import { createIds, type Ids } from './ids.js'
import { createNotifications, type Delivery, type DeliveryConditions, type Notification } from './notifications.js'
import type { Route } from './routes.js'
import { loadServerPackages, type RunningServer, type ServeOptions, serve } from './server.js'
import { changeSettings, checkSettings, isCount, type SettingRules } from './settings.js'

// No declaration of this file may need the optional peers: programs that only use an emulator compile without them.

/** Ports on 127.0.0.1, one for each server of an emulator. */
export interface Ports {
  /** Port of the gateway's API. Default: any free port. */
  readonly api?: number
  /** Port of the payer's pages. Default: any free port. */
  readonly checkout?: number
  /** Port of the admin routes. Default: any free port. */
  readonly admin?: number
}

/** What every emulator can be started with. */
export interface EmulatorOptions<Behaviour> {
  /** Fixed ports on 127.0.0.1. Default: any free ports. */
  readonly ports?: Ports
  /** When the emulator's clock starts, and whether it runs by itself. Default: real time. */
  readonly clock?: ClockOptions
  /**
   * Seed of the ids: the same seed makes the same ids. Two emulators that run at once take two seeds.
   * Default: the gateway's name.
   */
  readonly seed?: string
  /** What the gateway does where its documents contradict each other or are silent. Default: the documented or likeliest. */
  readonly behaviour?: Partial<Behaviour>
  /** How the network treats notifications. Default: each is delivered once, in order, without delay. */
  readonly notifications?: Partial<DeliveryConditions>
}

/** A running emulator of a gateway. */
export interface Emulator<Credentials, Behaviour> {
  /** The gateway's API: an origin without a path, as in `http://127.0.0.1:4010`. */
  readonly apiUrl: string
  /** The payer's pages: an origin without a path. */
  readonly checkoutUrl: string
  /** The admin routes: an origin without a path. */
  readonly adminUrl: string
  /** The merchant's credentials, named as in the configuration of an account. */
  readonly credentials: Credentials
  /** The emulator's clock. Retries of notifications, decisions and expiry follow it. */
  readonly clock: Clock
  /** What the gateway does where its documents are silent. Each setting may be changed at any time. */
  readonly behaviour: Behaviour
  /** How the network treats notifications. Each setting may be changed at any time. */
  readonly notifications: DeliveryConditions
  /** Lists what became of every request that creates something or moves money, the earliest first. */
  readonly executions: () => readonly Execution[]
  /** Lists every attempt to deliver a notification, the earliest first. */
  readonly deliveries: () => readonly Delivery[]
  /** Queues a fault, as in `{ route: 'POST /v1/invoices/create', fault: { kind: 'half_answer' } }`. Errors: `InvalidInput`. */
  readonly inject: (plan: FaultPlan) => void
  /** Removes all queued faults. */
  readonly clearFaults: () => void
  /** With true, the API refuses connections until it is called with false. The payer's pages stay open. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Resolves when no task of the clock and no delivery is under way. */
  readonly settled: () => Promise<void>
  /** Stops the clock, the deliveries and the servers. Resolves when all ports are free. */
  readonly close: () => Promise<void>
}

/** What `startEmulator` hands to the gateway that it serves. */
export interface EmulatorKit<Behaviour> {
  /** The emulator's clock. */
  readonly clock: Clock
  /** Makes the gateway's ids. */
  readonly ids: Ids
  /** The gateway's settings, which tests change while it runs: read them anew for each request. */
  readonly behaviour: Behaviour
  /** The execution log. The gateway records each execution and each refusal on a logged route. */
  readonly log: ExecutionLog
  /** Delivers a notification in the background, to loopback addresses only, with its retries. */
  readonly notify: (notification: Notification) => void
  /** Returns the origin of the payer's pages. It is empty until they are served. */
  readonly checkoutUrl: () => string
  /** Return it from a handler that has answered on the socket by itself, or that never answers. */
  readonly alreadySent: Response
}

/** A gateway's servers, and what tests may see and decide. */
export interface EmulatorParts<Controls extends object> {
  /** Members that are added to the emulator. */
  readonly controls: Controls
  /** Serves the API. Injected faults apply to it. */
  readonly api: FetchHandler
  /** Serves the payer's pages. Default: both ports serve the API's handler, with its faults. */
  readonly checkout?: FetchHandler
  /** Serves the admin routes that only this emulator has. Reject with `InvalidInput` for an answer of 400. */
  readonly admin?: FetchHandler
  /** Returns the caller's key of a request that a fault kept from the API; the body is not known. Default: none. */
  readonly keyOf?: (request: {
    /** Path and query of the request. */
    readonly path: string
    /** Header values by name in lower case. */
    readonly headers: IncomingHttpHeaders
  }) => string | undefined
}

const port = {
  expected: 'a port number, or 0 for any free port',
  allows: (value: unknown) => isCount(value) && value < 65_536,
}
const PORT_RULES: SettingRules<Ports> = { api: port, checkout: port, admin: port }
const CLOCK_RULES: SettingRules<ClockOptions> = {
  startAt: { expected: 'whole milliseconds since the epoch', allows: isCount },
  manual: [true, false],
}

/** A gateway to emulate. */
export interface EmulatorDefinition<Credentials, Behaviour extends object, Controls extends object> {
  /** The gateway's name, which is the default seed of its ids. */
  readonly name: string
  /** The caller's options. */
  readonly options: EmulatorOptions<Behaviour>
  /** The merchant's credentials. */
  readonly credentials: Credentials
  /** The settings of the gateway: their defaults, and which values each may take. */
  readonly behaviour: {
    /** The settings at the start. */
    readonly defaults: Behaviour
    /** What each setting allows. */
    readonly rules: SettingRules<Behaviour>
  }
  /** The routes of the execution log, each with the name of its operation. */
  readonly operations: Readonly<Record<Route, string>>
  /** Makes the gateway. It is called once, before anything is served. */
  readonly build: (kit: EmulatorKit<Behaviour>) => EmulatorParts<Controls>
}

/**
 * Serves a gateway's API, its payer's pages and the admin routes on 127.0.0.1, each on its own port.
 *
 * Errors: `InvalidInput` for an option or a setting that does not exist or takes other values; an `Error` that names the packages
 * `hono` and `@hono/node-server` if they are missing; Node's error if a port is taken. No server stays open after an error.
 *
 * @example
 * ```ts
 * import { startEmulator } from 'paymux/emulators'
 *
 * const CHARGE = 'POST /charges'
 * const emulator = await startEmulator({
 *   name: 'examplepay',
 *   options: {},
 *   credentials: { secretKey: 'sk_madeup' },
 *   behaviour: { defaults: { status: 201 }, rules: { status: [200, 201] } },
 *   operations: { [CHARGE]: 'payment' },
 *   build: ({ behaviour, ids, log }) => ({
 *     controls: {},
 *     api: async (request) => {
 *       const amount = new URLSearchParams(await request.text()).get('amount') ?? ''
 *       const id = ids.uuid()
 *       log.executed(CHARGE, { id, amount, currency: 'EUR' })
 *       return Response.json({ id }, { status: behaviour.status })
 *     },
 *   }),
 * })
 * await emulator.close()
 * ```
 */
export const startEmulator = async <Credentials, Behaviour extends object, Controls extends object>({
  name,
  options,
  credentials,
  behaviour: { defaults, rules },
  operations,
  build,
}: EmulatorDefinition<Credentials, Behaviour, Controls>): Promise<Emulator<Credentials, Behaviour> & Controls> => {
  const behaviour = { ...defaults }
  changeSettings(behaviour, rules, options.behaviour ?? {})
  checkSettings(PORT_RULES, options.ports ?? {}, 'ports')
  checkSettings(CLOCK_RULES, options.clock ?? {}, 'clock')
  const packages = await loadServerPackages()
  const clock = createClock(options.clock)
  const log = createExecutionLog({ now: clock.now, operations })
  const faults = createFaults()
  const notifications = createNotifications(clock, options.notifications)
  const servers: RunningServer[] = []
  let checkoutUrl = ''

  const parts = build({
    clock,
    ids: createIds(options.seed ?? name),
    behaviour,
    log,
    notify: notifications.send,
    checkoutUrl: () => checkoutUrl,
    alreadySent: packages.alreadySent,
  })
  const close = async () => {
    clock.stop()
    notifications.close()
    await Promise.all(servers.map((server) => server.close()))
  }
  const open = async (serving: ServeOptions): Promise<RunningServer> => {
    try {
      const server = await serve(packages, serving)
      servers.push(server)
      return server
    } catch (error) {
      await close()
      throw error
    }
  }

  const gateway: ServeOptions = {
    handler: parts.api,
    faults,
    onPrevented: ({ method = '', headers }, path, fault) =>
      log.prevented(method, path, fault, parts.keyOf?.({ path, headers })),
  }
  const api = await open({ ...gateway, port: options.ports?.api ?? 0 })
  const pages = parts.checkout === undefined ? gateway : { handler: parts.checkout }
  const checkout = await open({ ...pages, port: options.ports?.checkout ?? 0 })
  checkoutUrl = checkout.url
  const app = packages.createApp()
  const { refuse } = api
  addAdminRoutes({ app, clock, log, faults, notifications, behaviour, behaviourRules: rules, refuse })
  const { admin: own } = parts
  if (own !== undefined) app.notFound((c) => own(c.req.raw, c.env as NodeBindings))
  const admin = await open({ handler: app.fetch, port: options.ports?.admin ?? 0 })

  return {
    ...parts.controls,
    apiUrl: api.url,
    checkoutUrl,
    adminUrl: admin.url,
    credentials,
    clock,
    behaviour,
    notifications: notifications.conditions,
    executions: log.entries,
    deliveries: notifications.deliveries,
    inject: (plan) => faults.inject(parseFaultPlan(plan)),
    clearFaults: faults.clear,
    refuse,
    settled: async () => {
      await clock.idle()
      await notifications.settled()
    },
    close,
  }
}
