import type { Context } from 'hono'
import { Refusal } from './errors.js'
import type { Gateway, Right } from './state.js'

const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)

interface Refusals {
  readonly missing: string
  readonly invalid: string
}

const USUAL: Refusals = {
  missing: 'Full authentication is required to access this resource.',
  invalid: 'Authorization token invalid',
}
const BALANCES: Refusals = { missing: 'Unable find authenticated user', invalid: 'Unable find authenticated user' }

/** Refuses a request without a valid bearer token that has the right. The header `token` is the old way to send it. */
export const authenticate = (c: Context, gateway: Gateway, right: Right): void => {
  const words = right === 'balances' ? BALANCES : USUAL
  const sent = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? c.req.header('token')
  if (sent === undefined || sent === '') throw new Refusal(401, words.missing)
  if (!isJwt(sent) && gateway.behaviour.garbledToken === 'syntax_error')
    throw new Refusal(422, 'Syntax error, malformed JSON', { rootStatus: true })
  const token = gateway.tokens.get(sent)
  if (token === undefined || (token.expiresAt !== null && token.expiresAt <= gateway.clock.now()))
    throw new Refusal(401, words.invalid)
  if (!token.rights.includes(right)) throw new Refusal(403, 'Access denied.')
}
