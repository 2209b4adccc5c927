import type { Socket } from 'node:net'

// The usual servers close an idle connection after 5 s at the earliest; ours goes first.
const IDLE_MS = 4000
const MAX_IDLE = 256

/** The connections to one origin that wait for their next request. */
export interface IdleSockets {
  /** Keeps a connection whose last exchange is over and in step. */
  readonly keep: (socket: Socket) => void
  /** Takes out the one that has been silent for longest, if that is long enough. */
  readonly take: () => Socket | undefined
}

interface Idle {
  readonly since: number
  readonly release: () => void
}

/**
 * HTTP/1.1 numbers no answers: what a server, or something on the way, says a second time would be read as the answer to
 * the next request. So a connection that receives anything while it is idle is destroyed, and one that has not been silent
 * for `quietMs` milliseconds is not used yet.
 */
export const createIdleSockets = (quietMs: number): IdleSockets => {
  // In the order in which they became idle.
  const idle = new Map<Socket, Idle>()

  const keep = (socket: Socket): void => {
    if (!socket.writable || !socket.readable || idle.size >= MAX_IDLE) {
      socket.destroy()
      return
    }
    const drop = (): void => {
      idle.delete(socket)
      socket.destroy()
    }
    const events = ['data', 'end', 'error', 'close', 'timeout'] as const
    for (const event of events) socket.on(event, drop)
    idle.set(socket, {
      since: performance.now(),
      release: () => {
        for (const event of events) socket.removeListener(event, drop)
      },
    })
    socket.setTimeout(IDLE_MS)
    socket.unref()
    socket.resume()
  }

  const take = (): Socket | undefined => {
    const [first] = idle
    if (first === undefined) return undefined
    const [socket, { since, release }] = first
    if (performance.now() - since < quietMs) return undefined
    idle.delete(socket)
    release()
    socket.setTimeout(0)
    socket.ref()
    return socket
  }

  return { keep, take }
}
