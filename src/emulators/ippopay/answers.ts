import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Context as Exchange } from 'hono'
import type { Serving } from '../kit/server.js'
import type { Behaviour } from './behaviour.js'
import type { Reply } from './endpoint.js'
import type { Refusal } from './refusal.js'

/** Marks what no documentation tells. */
export const SYNTHETIC = { 'x-emulator-synthetic': '1' }

export const STATUS = { invalid: 400, not_found: 404, no_transaction: 404, conflict: 409 } as const

export const success = (c: Exchange, { message, data, synthetic = false }: Reply): Response =>
  c.json({ success: true, message, ...(data === undefined ? {} : { data }) }, 200, synthetic ? SYNTHETIC : {})

/** As the API gateway in front of IppoPay writes: without `success`. */
export const gatewayRefusal = (c: Exchange, status: 400 | 401 | 404 | 409 | 500, message: string): Response =>
  c.json({ message }, status, SYNTHETIC)

/** A refusal in the style that `failureStyle` asks for. */
export const refusal = (
  c: Exchange,
  { kind, message }: Refusal,
  { failureStyle, noTransaction }: Behaviour,
  { alreadySent }: Serving,
): Response => {
  const body = { success: false, message }
  switch (failureStyle) {
    case 'http200':
    case 'timeout-after-commit':
      return c.json(body, kind === 'no_transaction' && noTransaction === 'http404' ? 404 : 200, SYNTHETIC)
    case 'http4xx':
      return c.json(body, STATUS[kind], SYNTHETIC)
    case 'gateway':
      return gatewayRefusal(c, STATUS[kind], message)
    case 'html':
      return c.html('<html><body><h1>Something went wrong</h1></body></html>', STATUS[kind], SYNTHETIC)
    case 'truncated':
      return c.body(JSON.stringify(body).slice(0, 20), 200, { 'content-type': 'application/json', ...SYNTHETIC })
    case 'reset':
      incomingOf(c).socket.resetAndDestroy()
      return alreadySent
  }
}

/** Never answers; ends when the client has had enough. */
export const silence = async (c: Exchange, { alreadySent }: Serving): Promise<Response> => {
  const { socket } = incomingOf(c)
  if (!socket.destroyed) await once(socket, 'close')
  return alreadySent
}

/** The request of node beneath hono's, which the kit hands in. */
export const incomingOf = (c: Exchange): IncomingMessage => (c.env as { readonly incoming: IncomingMessage }).incoming
