import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut. */
export interface ServerProxy {
  /** The address of the server by this way. */
  readonly url: string
  /** Cuts the next connection that says this: before the server hears of it, or after it has committed and before anybody hears that. */
  readonly cutAt: (said: string, when: 'before' | 'after') => void
  /** Says it to the server so that it is no SQL, once. */
  readonly garble: (said: string) => void
  readonly close: () => Promise<void>
}

/** What is said to ask for a commit. */
export const COMMIT = 'Q\0\0\0\x0bcommit\0'

const COMMITTED = 'COMMIT\0'

/** Opens a way to a PostgreSQL server. */
export const openProxy = async (url: string): Promise<ServerProxy> => {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let garbled: string | undefined
  let armed: { readonly said: string; readonly when: 'before' | 'after' } | undefined
  const garble = (chunk: Buffer): void => {
    if (garbled === undefined || !chunk.includes(garbled)) return
    chunk.write('?', chunk.indexOf(garbled))
    garbled = undefined
  }
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    let isCut = false
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk) => {
      const cut = armed !== undefined && chunk.includes(armed.said) ? armed.when : undefined
      if (cut !== undefined) armed = undefined
      if (cut === 'before') return far.destroy()
      isCut = cut === 'after'
      garble(chunk)
      far.write(chunk)
    })
    far.on('data', (chunk) => (isCut && chunk.includes(COMMITTED) ? far.destroy() : near.write(chunk)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: Object.assign(new URL(url), { port: String(port) }).toString(),
    cutAt: (said, when) => {
      armed = { said, when }
    },
    garble: (said) => {
      garbled = said
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
