import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import type { Reply } from './endpoint.js'
import type { Refusal } from './refusal.js'
import type { Gateway } from './state.js'

/** The header of answers that no documentation describes. */
export const SYNTHETIC = { 'x-emulator-synthetic': '1' }

export const STATUS = { invalid: 400, not_found: 404, no_transaction: 404, conflict: 409 } as const

export const reply = (c: Context, { success = true, message, data, synthetic = false }: Reply): Response =>
  c.json({ success, message, ...(data === undefined ? {} : { data }) }, 200, synthetic ? SYNTHETIC : {})

/** A refusal as the API gateway in front of IppoPay writes it: without `success`. */
export const gatewayRefusal = (c: Context, status: 400 | 401 | 404 | 409 | 500, message: string): Response =>
  c.json({ message }, status, SYNTHETIC)

/** A refusal in the style of `failureStyle`. */
export const refusal = (
  c: Context,
  { kind, message }: Refusal,
  { behaviour: { failureStyle, noTransaction }, alreadySent }: Gateway,
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

/** Node's request beneath Hono's. The kit passes it to the handler. */
export const incomingOf = (c: Context): IncomingMessage => (c.env as { readonly incoming: IncomingMessage }).incoming
