import { type IncomingMessage, request as send } from 'node:http'
import type { Socket } from 'node:net'
import { type Peer, type RawServer, rawServer, request } from '../../transport/raw-server.js'
import type { Script, Unreachable } from './faults.js'

/** Where submissions are sent in place of the emulators: one server for each way not to be reached, and one that is scripted. */
export interface Servers {
  /** An origin that is not reached. */
  readonly unreachable: (place: Unreachable) => string
  /** Plays a script to the next connection. Gives the origin, and what tells when the script is over. */
  readonly scripted: (script: Script, apiUrl: string) => { readonly origin: string; readonly over: Promise<void> }
  /** The next connection, with nothing played to it. */
  readonly silent: () => { readonly origin: string; readonly peer: Promise<Peer> }
  readonly close: () => Promise<void>
}

/** An answer's head, but for how long its body is. */
const headOf = ({ statusCode, headers }: IncomingMessage): string =>
  [
    `HTTP/1.1 ${statusCode} OK`,
    ...Object.entries(headers)
      .filter(([name]) => !['content-length', 'transfer-encoding', 'connection'].includes(name))
      .map(([name, value]) => `${name}: ${String(value)}`),
    '',
  ].join('\r\n')

/** Sends a request, as it was received, to the emulator, and gives its answer. */
const forwarded = (received: string, apiUrl: string): Promise<{ readonly head: string; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const [head = '', body = ''] = received.split('\r\n\r\n', 2)
    const [line = '', ...lines] = head.split('\r\n')
    const [method, path] = line.split(' ')
    const headers = Object.fromEntries(
      lines
        .map((header) => header.split(': ', 2) as [string, string])
        .filter(([name]) => !['host', 'connection'].includes(name.toLowerCase())),
    )
    const url = new URL(path ?? '/', apiUrl)
    const exchange = send(url, { method: method ?? 'GET', headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ head: headOf(response), body: Buffer.concat(chunks).toString() }))
    })
    exchange.on('error', reject)
    exchange.end(Buffer.from(body, 'latin1'))
  })

const tlsFailures: Readonly<Record<string, (tcp: Socket) => void>> = {
  no_tls: (tcp) => tcp.write('this is no TLS\r\n'.repeat(10)),
  tls_end: (tcp) => tcp.end(),
  tls_reset: (tcp) => tcp.once('data', () => tcp.resetAndDestroy()),
  tls_silence: () => {},
}

/** Starts all of them. */
export const startServers = async (): Promise<Servers> => {
  let play: (peer: Peer) => void = () => {}
  const scripted = await rawServer('http', { connected: (peer) => play(peer) })
  const closed = await rawServer('http', {})
  await closed.close()
  const trusted = await rawServer('https', {})
  const old = await rawServer('https', {}, { maxVersion: 'TLSv1.1' })
  const failing = new Map<string, RawServer>()
  for (const [name, accepted] of Object.entries(tlsFailures)) failing.set(name, await rawServer('https', { accepted }))

  const unreachable: Servers['unreachable'] = (place) => {
    switch (place) {
      case 'refused':
        return closed.origin
      case 'no_such_host':
        return 'https://gateway.invalid'
      case 'untrusted':
        return trusted.origin
      case 'wrong_host':
        return `https://127.0.0.1:${trusted.port}`
      case 'old_tls':
        return old.origin
      case 'no_tls':
      case 'tls_end':
      case 'tls_reset':
      case 'tls_silence':
        return failing.get(place)?.origin ?? closed.origin
    }
  }
  return {
    unreachable,
    scripted: (script, apiUrl) => ({
      origin: scripted.origin,
      over: new Promise((resolve, reject) => {
        play = (peer) => {
          const playing = async (): Promise<void> => {
            await request(peer)
            await script(peer, () => forwarded(peer.received(), apiUrl))
          }
          playing().then(resolve, reject)
        }
      }),
    }),
    silent: () => ({
      origin: scripted.origin,
      peer: new Promise((resolve) => {
        play = resolve
      }),
    }),
    close: async () => {
      await Promise.all([scripted, trusted, old, ...failing.values()].map(({ close }) => close()))
    },
  }
}
