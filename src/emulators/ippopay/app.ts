import type { Context, Hono } from 'hono'
import type { Route } from '../kit/routes.js'
import { untilClosed } from '../kit/server.js'
import { gatewayRefusal, incomingOf, refusal, reply, SYNTHETIC } from './answers.js'
import { authenticate } from './auth.js'
import { readBody } from './body.js'
import { COLLECTIONS } from './collections/endpoints.js'
import type { ApiRequest, Endpoint } from './endpoint.js'
import { PAYOUTS } from './payouts/endpoints.js'
import { Refusal } from './refusal.js'
import type { Gateway } from './state.js'

const TEST_PREFIX = '/apitest/v1/pg'
/** The prefixes of the same API: the documented one, its likely inner name, and the one that the Node client uses for test keys. */
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

/** Mounts the merchant's API. Refuses a wrong key or address first, then a wrong body as a whole, then wrong fields. */
export const addMerchantRoutes = (app: Hono, gateway: Gateway): void => {
  app.notFound(noRoute)
  app.onError((error, c) => {
    c.header('x-emulator-error', error.message.replace(/[^ -~]/g, ' '))
    return gatewayRefusal(c, 500, 'An unexpected error occurred')
  })
  for (const endpoint of MOUNTED) {
    app.on(endpoint.method, `${endpoint.prefix}${endpoint.path}`, (c) => answer(gateway, endpoint, c))
  }
}

const answer = async (gateway: Gateway, endpoint: Mounted, c: Context): Promise<Response> => {
  const { credentials, behaviour } = gateway
  const underTestPath = endpoint.prefix === TEST_PREFIX
  if (underTestPath && behaviour.testPath === 'v1') return noRoute(c)

  const raw = await c.req.text()
  const authentication = authenticate(credentials, behaviour, {
    authorization: c.req.header('authorization'),
    address: incomingOf(c).socket.remoteAddress,
    product: endpoint.product,
    underTestPath,
  })
  if ('rejection' in authentication) {
    const { rejection } = authentication
    if (endpoint.operation !== undefined) gateway.log.refused(endpoint.route, rejection.message)
    return c.json(rejection, 401, SYNTHETIC)
  }

  const response = execute(gateway, endpoint, c, () => ({
    mode: authentication.mode,
    params: c.req.param(),
    query: c.req.query(),
    body: readBody(raw, c.req.header('content-type')),
  }))
  const unanswered = endpoint.method === 'POST' && behaviour.failureStyle === 'timeout-after-commit'
  if (!unanswered) return response
  await untilClosed(incomingOf(c))
  return gateway.alreadySent
}

const execute = (
  gateway: Gateway,
  { route, operation, key, handle }: Mounted,
  c: Context,
  read: () => ApiRequest,
): Response => {
  const { log } = gateway
  let known: { readonly key?: string } = {}
  try {
    const request = read()
    const sent = key?.(request)
    if (typeof sent === 'string') known = { key: sent }
    const done = handle(gateway, request)
    if (operation !== undefined) log.executed(route, { ...known, ...done.executed })
    return reply(c, done)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (operation !== undefined) log.refused(route, error.message, known)
    return refusal(c, error, gateway)
  }
}

const noRoute = (c: Context): Response => gatewayRefusal(c, 404, 'no Route matched with those values')

/** The order id that a request is about, if its path contains it. */
export const keyInPath = (path: string): string | undefined =>
  /\/order\/refund\/([^/]+)$/.exec(path)?.[1] ?? /\/order\/([^/]+)\/process$/.exec(path)?.[1]
