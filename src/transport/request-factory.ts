import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Effect, Secret } from '../core/index.js'
import { noConnect } from './connect.js'
import { createDial } from './dial.js'
import { createIdleSockets } from './idle-sockets.js'
import { nodeFields } from './node-fields.js'
import type { Settings } from './options.js'

/** What a request is made of; Node adds host and length, the factory the connection. */
export interface RequestHead {
  /** HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Headers by name. */
  readonly headers: Readonly<Record<string, string>>
}

/** A request whose connection is there or being made. */
export interface OpenRequest {
  /** The request. */
  readonly request: http.ClientRequest
  /** Whether its connection goes through a proxy. */
  readonly proxied: boolean
  /** Keeps its connection for another request, once this one is over. */
  readonly keep: (socket: Socket) => void
  /** Gives up a connection that is not there yet. */
  readonly abort: () => void
}

/** Opens a request at one origin: begins to connect or takes a kept-alive connection, and writes nothing. */
export type RequestFactory = (effect: Effect, head: RequestHead) => OpenRequest

const MAX_HEADER_BYTES = 16 * 1024

const none = (): void => {}

/**
 * Makes the request factory of an origin. What moves money gets a connection of its own: if the server closes a kept-alive
 * one meanwhile, it cannot be told whether a request on it arrived.
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
  const common = { host, port: port === '' ? defaultPort : Number(port), defaultPort, maxHeaderSize: MAX_HEADER_BYTES }
  const dial = createDial({ ...common, secure, ca, proxy, connectMs })
  const idle = createIdleSockets(quietMs)
  return (effect, { method, path, headers }) => {
    // Nock ends no answer on a connection that is to be kept.
    const own = effect === 'moves_money' || connect === noConnect
    const kept = own ? undefined : idle.take()
    const giveUp = proxied && kept === undefined ? new AbortController() : undefined
    const options = nodeFields({
      ...common,
      method,
      path,
      headers: { ...headers, connection: own ? 'close' : 'keep-alive' },
      insecureHTTPParser: false,
      createConnection: (_options: object, opened: (error: Error | null, socket: Socket) => void) =>
        kept ?? dial(opened, giveUp?.signal),
    })
    const request = secure ? https.request(options) : http.request(options)
    request.reusedSocket = kept !== undefined
    return { request, proxied: giveUp !== undefined, keep: own ? none : idle.keep, abort: () => giveUp?.abort() }
  }
}
