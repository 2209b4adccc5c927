import type { ClientRequest } from 'node:http'
import { TLSSocket } from 'node:tls'

/**
 * Brings the connection of a request up, before its first byte: Node writes nothing until the request's first `write` or
 * `end`. Resolves once connected and calls `reached` on the way there. Failures arrive as the request's `error` event.
 */
export type Connect = (request: ClientRequest, reached: (phase: 'connect' | 'secure') => void) => Promise<void>

/** The real one. */
export const connectSocket: Connect = (request, reached) =>
  new Promise((resolve) => {
    request.once('socket', (socket) => {
      if (request.reusedSocket) return resolve()
      const secure = socket instanceof TLSSocket
      socket.once('lookup', (error) => error === null && reached('connect'))
      socket.once('connect', () => (secure ? reached('secure') : resolve()))
      if (secure) socket.once('secureConnect', resolve)
    })
  })

/** For tests under nock: connects nothing. Nock's stand-in socket connects only after the request was written. */
export const noConnect: Connect = () => Promise.resolve()
