import http, { type ClientRequest } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Secret, WireRequest } from '../core/index.js'
import { noConnect } from './connect.js'
import { createDial } from './dial.js'
import { createIdleSockets } from './idle-sockets.js'
import type { Settings } from './options.js'

/** What a request is made of; Node adds host and length, the factory the connection. */
export interface RequestHead {
  /** HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Headers by name. The factory adds `connection`. */
  readonly headers: Record<string, string>
}

/** A request whose connection is there or being made. */
export interface OpenRequest {
  /** The request. */
  readonly request: ClientRequest
  /** Whether its connection goes through a proxy. */
  readonly proxied: boolean
  /** Keeps its connection for another request, once this one is over. */
  readonly keep: (socket: Socket) => void
  /** Gives up a connection that is not there yet. */
  readonly abort: () => void
}

/** Opens a request at one origin: begins to connect or takes a kept-alive connection, and writes nothing. */
export type RequestFactory = (wire: WireRequest, requestHeaders: RequestHead) => OpenRequest

const MAX_HEADER_BYTES = 16 * 1024

const none = (): void => {}

/**
 * Makes the request factory of an origin. Only reads whose answers are compared with what was requested share connections. What
 * moves money or creates gets one of its own: if the server closes a kept-alive one meanwhile, it cannot be told whether a request
 * on it arrived; and the second answer to an earlier request may be taken for its own, which names what another operation created.
 * A read whose answer is not compared could be given another object's answer, or a list from before something was executed.
 */
export const requestFactory = (
  origin: string,
  proxy: Secret | undefined,
  { ca, connect, connectMs, quietMs }: Settings,
): RequestFactory => {
  const { protocol, hostname, port } = new URL(origin)
  const secure = protocol === 'https:'
  const defaultPort = secure ? 443 : 80
  const host = hostname.replace(/^\[|\]$/g, '')
  const proxied = proxy !== undefined
  const actualPort = port === '' ? defaultPort : Number(port)
  const dial = createDial({ host, port: actualPort, secure, ca, proxy, connectMs })
  const idle = createIdleSockets(quietMs)
  return (wire, { method, path, headers }) => {
    // Nock ends no answer on a connection that is to be kept.
    const isNamed = Object.hasOwn(wire, 'answer') && wire.answer === 'named'
    const own = wire.effect !== 'reads' || !isNamed || connect === noConnect
    const kept = own ? undefined : idle.take()
    const giveUp = proxied && kept === undefined ? new AbortController() : undefined
    headers.connection = own ? 'close' : 'keep-alive'
    // Written out, with an own `undefined` for what Node would read from `Object.prototype`: copies of more cost as much as the
    // rest of this module. The connection has options of its own.
    const options = {
      host,
      port: actualPort,
      defaultPort,
      method,
      path,
      headers,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      createConnection: (_options: object, opened: (error: Error | null, socket: Socket) => void) =>
        kept ?? dial(opened, giveUp?.signal),
      agent: undefined,
      auth: undefined,
      socketPath: undefined,
      timeout: undefined,
      signal: undefined,
      setHost: undefined,
      hostname: undefined,
      protocol: undefined,
      joinDuplicateHeaders: undefined,
      uniqueHeaders: undefined,
      highWaterMark: undefined,
      _defaultAgent: undefined,
    }
    const request = secure ? https.request(options) : http.request(options)
    request.reusedSocket = kept !== undefined
    return { request, proxied: giveUp !== undefined, keep: own ? none : idle.keep, abort: () => giveUp?.abort() }
  }
}
