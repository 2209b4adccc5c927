import { connect as connectTcp, isIP, isIPv6, Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls } from 'node:tls'
import type { Secret } from '../core/index.js'
import { nodeFields } from './node-fields.js'

/** Where one origin's connections go. */
export interface Endpoint {
  /** Name or address, an IPv6 address without brackets. */
  readonly host: string
  /** The port. */
  readonly port: number
  /** Whether they are secured with TLS. */
  readonly secure: boolean
  /** Certificate authorities to trust, as PEM, instead of the system's. */
  readonly ca: string | undefined
  /** The forward proxy that they go through, with its user and password. */
  readonly proxy: Secret | undefined
  /** DNS, TCP and TLS together, in milliseconds. */
  readonly connectMs: number
}

/** Gets a connection that comes through a proxy, or the error of the way to it. */
export type Opened = (error: Error | null, socket: Socket) => void

/** Makes a new connection: at once, or through a proxy, which `signal` gives up, by `opened`. */
export type Dial = (opened: Opened, signal: AbortSignal | undefined) => Socket | undefined

// An address gets as long as one lost packet needs: TCP says hello again after a second. Node gives it 250 ms.
const ADDRESS_MS = 1500

const tcpOptions = (connectMs: number) => ({
  noDelay: true,
  autoSelectFamily: true,
  // Half of the time at most, so that a dead address leaves the other half to the next one. Node takes no less than 10.
  autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(ADDRESS_MS, Math.floor(connectMs / 2))),
})

// Said although they are the defaults: command-line flags and environment variables change the defaults.
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2', minDHSize: 1024, checkServerIdentity } as const

const resolved = new WeakSet<Socket>()

/** Whether the address of a connection's host is known. DNS may answer before a listener of the request is called. */
export const isResolved = (socket: Socket): boolean => resolved.has(socket)

const resolving = (socket: Socket): Socket =>
  socket.once('lookup', (error) => {
    if (error === null) resolved.add(socket)
  })

/**
 * Asks a proxy for a tunnel by `CONNECT`. Errors are those of the way to the proxy; `Bad response: 407` if it refuses. The
 * library is loaded when a proxy is first used.
 */
const openTunnel = async ({ host, port, connectMs }: Endpoint, proxy: Secret, signal: AbortSignal | undefined) => {
  const { HttpProxyAgent } = await import('hpagent')
  const proxyRequestOptions = nodeFields({ ...tcpOptions(connectMs), headers: {}, signal })
  const agent = new HttpProxyAgent(nodeFields({ proxy: proxy.reveal(), proxyRequestOptions }))
  return new Promise<Socket>((resolve, reject) => {
    agent.createConnection(nodeFields({ host: isIPv6(host) ? `[${host}]` : host, port }), (error, socket) => {
      if (socket instanceof Socket) resolve(socket)
      else reject(error)
    })
  })
}

/** How connections to an endpoint are made. TLS is always with the endpoint itself, through a proxy too. */
export const createDial = (endpoint: Endpoint): Dial => {
  const { host, port, secure, ca, proxy, connectMs } = endpoint
  const tcp = { ...tcpOptions(connectMs), host, port }
  const tls = { ...tcp, ...verified, ca, servername: isIP(host) === 0 ? host : '', ALPNProtocols: ['http/1.1'] }
  let session: Buffer | undefined
  const secured = (tunnel?: Socket): Socket =>
    connectTls(nodeFields({ ...tls, session, socket: tunnel })).on('session', (latest) => {
      session = latest
    })
  const direct = (): Socket => resolving(secure ? secured() : connectTcp(nodeFields(tcp)))
  if (proxy === undefined) return direct
  return (opened, signal) => {
    openTunnel(endpoint, proxy, signal).then(
      (tunnel) => opened(null, secure ? secured(tunnel) : tunnel),
      // The socket is not read beside an error.
      (error: Error) => opened(error, new Socket()),
    )
    return undefined
  }
}
