import type { Context as Exchange } from 'hono'
import { refusal, success } from '../answers.js'
import { readBody } from '../body.js'
import type { Gateway } from '../gateway.js'
import { Refusal } from '../refusal.js'
import { OPEN, type OpenEndpoint, simulateOutcome } from './endpoints.js'

export const addOpenRoutes = (gateway: Gateway): void => {
  const mount = (base: string, endpoint: OpenEndpoint) =>
    gateway.app.on(endpoint.method, `${base}${endpoint.path}`, (c) => answer(gateway, endpoint, c))

  for (const base of ['/api/v1', '/apitest/v1']) for (const endpoint of OPEN) mount(base, endpoint)
  mount('/apitest/v1', simulateOutcome)
}

const answer = async ({ context, serving }: Gateway, { handle }: OpenEndpoint, c: Exchange): Promise<Response> => {
  const raw = await c.req.text()
  try {
    const body = readBody(raw, c.req.header('content-type'))
    return success(c, { ...handle(context, { params: c.req.param(), query: c.req.query(), body }), synthetic: true })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusal(c, error, context.behaviour, serving)
  }
}
