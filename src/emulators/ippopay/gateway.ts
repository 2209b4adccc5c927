import type { Context as Exchange, Hono } from 'hono'
import type { ExecutionLog } from '../kit/execution-log.js'
import type { Route } from '../kit/routes.js'
import type { Serving } from '../kit/server.js'
import { admit } from './admission.js'
import { gatewayRefusal, incomingOf, refusal, SYNTHETIC, silence, success } from './answers.js'
import { readBody } from './body.js'
import { COLLECTIONS } from './collections/endpoints.js'
import type { Context } from './context.js'
import type { ApiRequest, Endpoint } from './endpoint.js'
import { PAYOUTS } from './payouts/endpoints.js'
import { Refusal } from './refusal.js'

const TEST_PREFIX = '/apitest/v1/pg'
/** Where the same API is found: as documented, as its likely inner name, and where the Node client sends test keys. */
const PREFIXES = ['/v1', '/api/v1/pg', TEST_PREFIX]
const ENDPOINTS: readonly Endpoint[] = [...COLLECTIONS, ...PAYOUTS]

interface Mounted extends Endpoint {
  readonly prefix: string
  readonly route: Route
}

const MOUNTED: readonly Mounted[] = PREFIXES.flatMap((prefix) =>
  ENDPOINTS.map((endpoint) => ({ ...endpoint, prefix, route: `${endpoint.method} ${prefix}${endpoint.path}` })),
)

/** The routes of the execution log, each with the name of its operation. */
export const OPERATIONS: Readonly<Record<Route, string>> = Object.fromEntries(
  MOUNTED.flatMap(({ route, operation }) => (operation === undefined ? [] : [[route, operation]])),
)

export interface Gateway {
  readonly app: Hono
  readonly serving: Serving
  readonly context: Context
  readonly log: ExecutionLog
}

/** Mounts the merchant's API. A wrong key or address is refused first, then the body as a whole, then its fields. */
export const addMerchantRoutes = (gateway: Gateway): void => {
  const { app } = gateway
  app.notFound(noRoute)
  app.onError((_, c) => gatewayRefusal(c, 500, 'An unexpected error occurred'))
  for (const endpoint of MOUNTED) {
    app.on(endpoint.method, `${endpoint.prefix}${endpoint.path}`, (c) => answer(gateway, endpoint, c))
  }
}

const answer = async (gateway: Gateway, endpoint: Mounted, c: Exchange): Promise<Response> => {
  const { credentials, behaviour } = gateway.context
  const underTestPath = endpoint.prefix === TEST_PREFIX
  if (underTestPath && behaviour.testPath === 'v1') return noRoute(c)

  const raw = await c.req.text()
  const admission = admit(credentials, behaviour, {
    authorization: c.req.header('authorization'),
    address: incomingOf(c).socket.remoteAddress,
    product: endpoint.product,
    underTestPath,
  })
  if ('denial' in admission) {
    const { denial } = admission
    if (endpoint.operation !== undefined) gateway.log.refused(endpoint.route, denial.message)
    return c.json(denial, 401, SYNTHETIC)
  }

  const response = carryOut(gateway, endpoint, c, () => ({
    mode: admission.mode,
    params: c.req.param(),
    query: c.req.query(),
    body: readBody(raw, c.req.header('content-type')),
  }))
  const unanswered = endpoint.method === 'POST' && behaviour.failureStyle === 'timeout-after-commit'
  return unanswered ? silence(c, gateway.serving) : response
}

const carryOut = (
  { context, log, serving }: Gateway,
  { route, operation, key, handle }: Mounted,
  c: Exchange,
  read: () => ApiRequest,
): Response => {
  let ours: { readonly key?: string } = {}
  try {
    const request = read()
    const given = key?.(request)
    if (typeof given === 'string') ours = { key: given }
    const reply = handle(context, request)
    if (operation !== undefined) log.executed(route, { ...ours, ...reply.executed })
    return success(c, reply)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (operation !== undefined) log.refused(route, error.message, ours)
    return refusal(c, error, context.behaviour, serving)
  }
}

const noRoute = (c: Exchange): Response => gatewayRefusal(c, 404, 'no Route matched with those values')

/** The order id that a request is about, where its path tells. */
export const keyInPath = (path: string): string | undefined =>
  /\/order\/refund\/([^/]+)$/.exec(path)?.[1] ?? /\/order\/([^/]+)\/process$/.exec(path)?.[1]
