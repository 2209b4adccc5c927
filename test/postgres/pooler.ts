import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Client } from 'pg'

/** What PgBouncer's `pool_mode` says: how long a client keeps a session of the server. */
export type PoolMode = 'session' | 'transaction'

/** A stand-in for PgBouncer. */
export interface Pooler {
  /** The address of the server by this way. */
  readonly url: string
  /** The start-up packets that were refused, by the parameter that was. */
  readonly refused: readonly string[]
  /** How many sessions no client has. */
  readonly freeSessions: () => number
  readonly close: () => Promise<void>
}

export interface PoolerOptions {
  readonly mode: PoolMode
  /** Said to a session before its next client gets it: `server_reset_query`. Default: `discard all`. */
  readonly resetQuery?: string
  /** Whether the session that was free longest is taken first: `server_round_robin`. Default: the last to be given back. */
  readonly roundRobin?: boolean
}

// What PgBouncer takes in a start-up packet, as it can set it on the session that a client gets.
const tracked = ['user', 'database', 'client_encoding', 'application_name', 'datestyle', 'timezone']

const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`)

const fatal = (code: string, said: string): Buffer =>
  message('E', text('SFATAL'), text('VFATAL'), text(`C${code}`), text(`M${said}`), Buffer.from([0]))

const READY = message('Z', Buffer.from('I'))
// The key is the pooler's own, as PgBouncer's is.
const welcome = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('S', text('client_encoding'), text('UTF8')),
  message('K', Buffer.alloc(8, 7)),
  READY,
])

/** Cuts a stream into messages, each with its type. */
const createFraming = (take: (type: string, whole: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1
      const whole = rest.subarray(0, end)
      rest = rest.subarray(end)
      take(String.fromCharCode(whole[0] ?? 0), whole)
    }
  }
}

/** A session of the server, and who has it. */
interface Session {
  readonly socket: Duplex
  answer: ((type: string, whole: Buffer) => void) | undefined
}

const connectSession = async (url: string): Promise<Session> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const socket = client.connection.stream
  socket.removeAllListeners()
  const session: Session = { socket, answer: undefined }
  socket.on(
    'data',
    createFraming((type, whole) => session.answer?.(type, whole)),
  )
  socket.on('error', () => {})
  return session
}

/** Opens a pooler before a PostgreSQL server. It takes any password. */
export const openPooler = async (
  url: string,
  { mode, resetQuery = 'discard all', roundRobin = false }: PoolerOptions,
): Promise<Pooler> => {
  const sockets = new Set<Duplex>()
  const refused: string[] = []
  const free: Session[] = []

  const take = async (): Promise<Session> => {
    const session = (roundRobin ? free.shift() : free.pop()) ?? (await connectSession(url))
    sockets.add(session.socket)
    return session
  }

  const reset = (session: Session): void => {
    if (resetQuery === '') return void free.push(session)
    session.answer = (type) => {
      if (type === 'Z') free.push(session)
    }
    session.socket.write(message('Q', text(resetQuery)))
  }

  const serve = (near: Socket): void => {
    let session: Promise<Session> | undefined
    let held: Session | undefined
    let unanswered = 0
    let inTransaction = false

    const answer = (type: string, whole: Buffer): void => {
      near.write(whole)
      if (type !== 'Z') return
      unanswered -= 1
      inTransaction = whole[5] !== 'I'.charCodeAt(0)
      if (mode === 'session' || unanswered > 0 || inTransaction || held === undefined) return
      free.push(held)
      held = undefined
      session = undefined
    }

    const forward = async (type: string, whole: Buffer): Promise<void> => {
      if (type === 'X') return void near.end()
      if (type === 'Q' || type === 'S') unanswered += 1
      session ??= take()
      held = await session
      held.answer = answer
      held.socket.write(whole)
    }

    near.on('close', async () => {
      const left = await session
      if (left === undefined) return
      // Nothing can be said of what it was in the middle of.
      if (unanswered > 0 || inTransaction) left.socket.destroy()
      else reset(left)
    })

    let order: Promise<void> = Promise.resolve()
    const framing = createFraming((type, whole) => {
      order = order.then(() => forward(type, whole)).catch(() => void near.destroy())
    })

    const start = (packet: Buffer): void => {
      // It asks for TLS.
      if (packet.readInt32BE(4) === 80877103) return void near.once('data', start).write('N')
      const parameters = packet.subarray(8).toString().split('\0')
      const unknown = parameters.find((name, n) => n % 2 === 0 && name !== '' && !tracked.includes(name.toLowerCase()))
      if (unknown !== undefined) {
        refused.push(unknown)
        return void near.end(fatal('08P01', `unsupported startup parameter: ${unknown}`))
      }
      near.on('data', framing)
      near.write(welcome)
    }
    near.once('data', start)
  }

  const server = createServer((near) => {
    sockets.add(near)
    near.on('error', () => {})
    serve(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: Object.assign(new URL(url), { port: String(port) }).toString(),
    refused,
    freeSessions: () => free.length,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
