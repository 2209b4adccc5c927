import http from 'node:http'
import https from 'node:https'
import type { Effect } from '../core/index.js'

/** What a request is made of; Node adds host, connection and length. */
export interface RequestHead {
  /** HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Headers by name. */
  readonly headers: http.OutgoingHttpHeaders
}

/** Opens a request at one origin: begins to connect or takes a kept-alive socket, and writes nothing. */
export type RequestFactory = (effect: Effect, request: RequestHead) => http.ClientRequest

const MAX_HEADER_BYTES = 16 * 1024

// Said although they are the defaults: command-line flags and environment variables change the defaults.
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const

// The usual servers close an idle connection after 5 s at the earliest; ours goes first.
const keptAlive = { keepAlive: true, scheduling: 'lifo', timeout: 4000 } as const
const closed = { keepAlive: false } as const

/**
 * Makes the request factory of an origin. `ca` replaces the system's certificate authorities. What moves money gets a connection of its
 * own: if the server closes a kept-alive one meanwhile, it cannot be told whether a request on it arrived.
 */
export const requestFactory = (origin: string, ca: string | undefined): RequestFactory => {
  const { protocol, hostname, port } = new URL(origin)
  const secure = protocol === 'https:'
  const tls = { ...verified, ...(ca === undefined ? {} : { ca }) }
  const kept = secure ? new https.Agent({ ...tls, ...keptAlive }) : new http.Agent(keptAlive)
  const fresh = secure ? new https.Agent({ ...tls, ...closed }) : new http.Agent(closed)
  const host = hostname.replace(/^\[|\]$/g, '')
  return (effect, { method, path, headers }) => {
    const agent = effect === 'moves_money' ? fresh : kept
    // Written out: a spread costs as much as the rest of this module.
    const options = {
      host,
      port,
      method,
      path,
      headers,
      agent,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    }
    return secure ? https.request(options) : http.request(options)
  }
}
