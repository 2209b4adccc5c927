import { Secret, type WireRequest } from '../../src/core/index.js'
import type { Destinations, TransportOptions } from '../../src/transport/index.js'
import { certificate } from './fixtures/localhost.js'

/** What must never be seen outside the socket. */
export const canaries = ['canary-token', 'canary-payer@example.com', 'canary-answer']

/** An account at an origin. */
export const account = (origin: string): Destinations => ({
  bases: { api: origin },
  auths: { none: {}, jwt: { authorization: new Secret('Bearer canary-token') } },
})

/** Trusts the test authority, repeats nothing, and uses a kept-alive connection again at once. */
export const once: TransportOptions = { ca: certificate, retries: 0, quietMs: 0 }

export const pay = {
  exchange: 'test.payments.create',
  effect: 'moves_money',
  method: 'POST',
  base: 'api',
  path: '/v1/pay?test=1',
  auth: 'jwt',
  headers: { 'content-type': 'application/json' },
  body: '{"email":"canary-payer@example.com"}',
} as const satisfies WireRequest

export const stage = { ...pay, exchange: 'test.invoices.create', effect: 'creates' } as const satisfies WireRequest

/** A read whose question is a body, and whose answer is compared. */
export const search = {
  ...pay,
  exchange: 'test.payments.search',
  effect: 'reads',
  answer: 'named',
} as const satisfies WireRequest

/** A read whose answer is not compared with what was requested. */
export const readUncompared = {
  exchange: 'test.payments.get',
  effect: 'reads',
  method: 'GET',
  base: 'api',
  path: '/v1/read',
  auth: 'none',
  headers: {},
} as const satisfies WireRequest

export const read = { ...readUncompared, answer: 'named' } as const satisfies WireRequest
