import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import {
  type Effect,
  type Issue,
  invalidConfig,
  invalidRequest,
  Origin,
  type PaymentError,
  type Secret,
  type WireRequest,
} from '../core/index.js'

/** Where an account's requests go, by the names a `WireRequest` uses. */
export interface Destinations {
  /** Base name to origin: `{ api: 'https://api.example.com' }`. */
  readonly bases: Readonly<Record<string, string>>
  /** Auth name to header names (lower case) to whole header values: `{ none: {}, jwt: { authorization: new Secret('Bearer …') } }`. */
  readonly auths: Readonly<Record<string, Readonly<Record<string, Secret>>>>
}

/** A request ready to be opened. */
export interface Addressed {
  readonly options: https.RequestOptions
  readonly open: (options: https.RequestOptions) => http.ClientRequest
  /** Whether a name has to be resolved first. */
  readonly named: boolean
}

const MAX_REQUEST_BYTES = 1024 * 1024
const MAX_HEADER_BYTES = 16 * 1024

// Ours alone: they frame the message or decide where it goes.
const own = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
])

const pathPattern = /^\/[\x21\x22\x24-\x7e]*$/
const namePattern = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/
const valuePattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,8190}[\x21-\x7e])?$/

// Passed to every request although most are defaults: command-line flags and environment variables change the defaults.
const strict = { maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false, joinDuplicateHeaders: false }
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const

interface Base {
  readonly open: Addressed['open']
  readonly named: boolean
  readonly address: http.RequestOptions
  readonly agents: Readonly<Record<Effect, http.Agent>>
}

// Free sockets go before a server that closes idle ones after Node's or nginx' usual 5 s would.
const keptAlive = { keepAlive: true, scheduling: 'lifo', timeout: 4000 } as const

const baseOf = (origin: string, ca: string | undefined): Base => {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'https:'
  const tls = { ...verified, ...(ca === undefined ? {} : { ca }) }
  const kept = secure ? new https.Agent({ ...tls, ...keptAlive }) : new http.Agent(keptAlive)
  const fresh = secure ? new https.Agent({ ...tls, keepAlive: false }) : new http.Agent({ keepAlive: false })
  return {
    open: secure ? (options) => https.request(options) : (options) => http.request(options),
    named: isIP(host) === 0,
    address: { ...strict, protocol, host, ...(port === '' ? {} : { port }) },
    agents: { reads: kept, stages: kept, moves_money: fresh },
  }
}

const headersOf = (
  wire: WireRequest,
  auth: Readonly<Record<string, Secret>>,
): E.Either<PaymentError, Record<string, string>> => {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  for (const name of Object.keys(wire.headers)) {
    const value = wire.headers[name]
    if (!namePattern.test(name) || own.has(name) || Object.hasOwn(auth, name))
      return refuse(
        `headers.${namePattern.test(name) ? name : '?'}`,
        'a lower-case name that the transport does not set itself',
      )
    if (value === undefined || !valuePattern.test(value)) return refuse(`headers.${name}`, 'one line of visible ASCII')
    headers[name] = value
  }
  for (const name of Object.keys(auth)) {
    const value = auth[name]?.reveal()
    if (!namePattern.test(name) || own.has(name) || value === undefined || !valuePattern.test(value))
      return misconfigured(`auths.${wire.auth}`, 'headers of visible ASCII')
    headers[name] = value
  }
  return E.right(headers)
}

const refuse = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidRequest([{ path, expected } satisfies Issue]))
const misconfigured = (path: string, expected: string): E.Either<PaymentError, never> =>
  E.left(invalidConfig([{ path, expected }]))

/**
 * Turns wire requests into requests to one account's hosts, with its credentials, which are revealed here and nowhere
 * else. A base or auth that the account does not have is `InvalidConfig`; what cannot go on the wire as it is, `InvalidRequest`.
 */
export const addressing = (
  { bases, auths }: Destinations,
  ca: string | undefined,
): ((wire: WireRequest) => E.Either<PaymentError, Addressed>) => {
  const known = new Map(
    Object.entries(bases)
      .filter(([, origin]) => Origin.is(origin))
      .map(([name, origin]) => [name, baseOf(origin, ca)]),
  )
  return (wire) => {
    const base = known.get(wire.base)
    if (base === undefined) return misconfigured(`bases.${wire.base}`, 'an https origin')
    const auth = Object.hasOwn(auths, wire.auth) ? auths[wire.auth] : undefined
    if (auth === undefined) return misconfigured(`auths.${wire.auth}`, 'credentials')
    if (!pathPattern.test(wire.path)) return refuse('path', 'an escaped path that starts with /')
    if (wire.body !== undefined && Buffer.byteLength(wire.body) > MAX_REQUEST_BYTES)
      return refuse('body', 'at most 1 MiB')
    const headers = headersOf(wire, auth)
    if (E.isLeft(headers)) return headers
    return E.right({
      options: {
        ...base.address,
        agent: base.agents[wire.effect],
        method: wire.method,
        path: wire.path,
        headers: headers.right,
      },
      open: base.open,
      named: base.named,
    })
  }
}
