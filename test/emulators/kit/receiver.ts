import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson } from '../http.js'

/** A merchant's endpoint for notifications: keeps what arrives, and answers with `answers`. */
export interface Receiver {
  readonly url: string
  readonly received: {
    readonly headers: IncomingHttpHeaders
    readonly text: string
    /** Undefined if the text is not JSON. */
    readonly body: unknown
  }[]
  /** Status codes for the next notifications, 0 for no answer at all; 200 when none is left. */
  readonly answers: number[]
  /** Resolves when so many have arrived. */
  readonly arrived: (count: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const startReceiver = async (): Promise<Receiver> => {
  const received: Receiver['received'] = []
  const answers: number[] = []
  const arrivals = new EventEmitter()
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, text, body: parseJson(text) })
      arrivals.emit('arrival')
      const status = answers.shift() ?? 200
      if (status === 0) return
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/ipn`,
    received,
    answers,
    arrived: async (count) => {
      while (received.length < count) await once(arrivals, 'arrival')
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => {})
    },
  }
}
