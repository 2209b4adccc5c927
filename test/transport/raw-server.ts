import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { certificate, key } from './fixtures/localhost.js'

/** The server's end of one connection, byte by byte. */
export interface Peer {
  /** What arrived so far, decrypted. */
  readonly received: () => string
  /** Resolves once what arrived, from an offset on, passes. */
  readonly until: (passes: (text: string) => boolean, offset?: number) => Promise<void>
  readonly write: (text: string | Buffer) => void
  /** An orderly end of our side. */
  readonly fin: () => void
  /** A TCP reset. */
  readonly reset: () => void
  /** Resolves once the connection is gone. */
  readonly gone: Promise<void>
}

const hasHead = (text: string): boolean => text.includes('\r\n\r\n')

const isWhole = (text: string): boolean => {
  const [head, body] = text.split('\r\n\r\n', 2)
  const length = /^content-length: (\d+)$/im.exec(head ?? '')?.[1] ?? '0'
  return body !== undefined && Buffer.byteLength(body, 'latin1') >= Number(length)
}

/** Waits for the head of the request that begins at an offset. */
export const head = (peer: Peer, offset?: number): Promise<void> => peer.until(hasHead, offset)
/** Waits for the whole request that begins at an offset. */
export const request = (peer: Peer, offset?: number): Promise<void> => peer.until(isWhole, offset)

const peerOver = (tcp: Socket, stream: Socket): Peer => {
  let text = ''
  const waiting = new Set<() => void>()
  const gone = new Promise<void>((resolve) => {
    tcp.once('close', () => resolve())
  })
  stream.on('data', (bytes) => {
    text += bytes.toString('latin1')
    for (const look of waiting) look()
  })
  return {
    received: () => text,
    until: (passes, offset = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!passes(text.slice(offset))) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    write: (bytes) => stream.write(bytes),
    fin: () => stream.end(),
    reset: () => tcp.resetAndDestroy(),
    gone,
  }
}

/** What a server does. `accepted` stands in for the TLS handshake and everything after it. */
export interface Script {
  readonly accepted?: (tcp: Socket) => void
  readonly connected?: (peer: Peer, n: number) => unknown
}

export interface RawServer {
  readonly origin: string
  /** The host of its origin, without the port. */
  readonly host: string
  readonly port: number
  /** In the order in which they were up, TLS included. */
  readonly peers: readonly Peer[]
  /** The first of them, as soon as it is up: with TLS 1.3 a server is ready later than its client. */
  readonly first: Promise<Peer>
  /** TCP connections taken. */
  readonly accepted: () => number
  readonly close: () => Promise<void>
}

export type Scheme = 'http' | 'https'

/** A server on a real socket that speaks no HTTP of its own. */
export const rawServer = async (
  scheme: Scheme,
  script: Script,
  tls: { readonly maxVersion?: 'TLSv1.1' } = {},
): Promise<RawServer> => {
  const peers: Peer[] = []
  const sockets = new Set<Socket>()
  let announce: (peer: Peer) => void
  const first = new Promise<Peer>((resolve) => {
    announce = resolve
  })
  const connected = (tcp: Socket, stream: Socket): void => {
    const peer = peerOver(tcp, stream)
    peers.push(peer)
    announce(peer)
    script.connected?.(peer, peers.length)
  }
  const secureContext = createSecureContext({
    cert: certificate,
    key,
    ...(tls.maxVersion === undefined
      ? {}
      : { minVersion: 'TLSv1', maxVersion: tls.maxVersion, ciphers: 'ALL:@SECLEVEL=0' }),
  })
  const server = createServer((tcp) => {
    sockets.add(tcp)
    // What is written is on its way at once, not when the client has acknowledged what came before.
    tcp.setNoDelay(true)
    tcp.on('error', () => {})
    if (script.accepted !== undefined) script.accepted(tcp)
    else if (scheme === 'http') connected(tcp, tcp)
    else {
      const stream = new TLSSocket(tcp, { isServer: true, secureContext })
      stream.on('error', () => {})
      stream.once('secure', () => connected(tcp, stream))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host = scheme === 'http' ? '127.0.0.1' : 'localhost'
  return {
    origin: `${scheme}://${host}:${port}`,
    host,
    port,
    peers,
    first,
    accepted: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** A whole answer. */
export const answer = (body: string, head = 'HTTP/1.1 200 OK\r\n'): string =>
  `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
