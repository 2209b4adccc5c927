import type { ClientRequest } from 'node:http'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import { isResolved } from './dial.js'

/** How far a connection has come: the address is known, TCP is up and TLS begins, all is up and nothing was written. */
export type ConnectStep = 'connect' | 'secure' | 'before_write'

/**
 * Brings the connection of a request up, before the request's first byte, and reports each step. Writes nothing. A failure
 * is the request's own `error` event.
 */
export type Connect = (request: ClientRequest, reached: (step: ConnectStep) => void) => void

/** The real one. Node writes nothing before a request's first `write` or `end`, however long its socket has been up. */
export const connectSocket: Connect = (request, reached) => {
  request.once('socket', (socket) => {
    // What the server sent meanwhile is read in the next turn, and shows that the connection is out of step.
    if (request.reusedSocket) return void setImmediate(reached, 'before_write')
    const secure = socket instanceof TLSSocket
    const up = (): void => reached(secure ? 'secure' : 'before_write')
    if (secure) socket.once('secureConnect', () => reached('before_write'))
    // A proxy's tunnel is up when it comes.
    if (!socket.connecting) return up()
    if (isIP(request.host) !== 0 || isResolved(socket)) reached('connect')
    socket.once('lookup', (error) => {
      if (error === null) reached('connect')
    })
    socket.once('connect', up)
  })
}

/** For tests under nock: connects nothing. Nock's stand-in socket connects only after the request was written. */
export const noConnect: Connect = (_request, reached) => reached('before_write')
