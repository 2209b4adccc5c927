import { once } from 'node:events'
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hono } from 'hono'
import { type Fault, type Faults, faultInProgress, faultName } from './faults.js'
import type { FetchHandler, NodeBindings } from './handler.js'

const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Loads the optional peers that serve the emulators. Errors: an `Error` that names them if they are missing. */
export const loadServerPackages = async () => {
  try {
    const [hono, node, utils] = await Promise.all([
      import('hono'),
      import('@hono/node-server'),
      import('@hono/node-server/utils/response'),
    ])
    return {
      createApp: (): Hono => new hono.Hono(),
      getRequestListener: node.getRequestListener,
      alreadySent: utils.RESPONSE_ALREADY_SENT,
    }
  } catch (error) {
    throw new Error('The emulators need the packages hono and @hono/node-server: npm install hono @hono/node-server', {
      cause: error,
    })
  }
}

export type ServerPackages = Awaited<ReturnType<typeof loadServerPackages>>

export interface ServeOptions {
  readonly handler: FetchHandler
  /** Default: any free port. */
  readonly port?: number
  /** Default: no faults. */
  readonly faults?: Faults
  /** Is called for each request that a fault kept from the handler. */
  readonly onPrevented?: (request: IncomingMessage, path: string, fault: string) => void
}

export interface RunningServer {
  /** The origin, as in `http://127.0.0.1:4010`. */
  readonly url: string
  /** With true, closes the port, so that connections are refused. With false, opens it again. */
  readonly refuse: (refused: boolean) => Promise<void>
  /** Closes all connections. Resolves when the port is free. */
  readonly close: () => Promise<void>
}

/** Returns undefined if the body is too large. It is read to its end even then, so that the client gets the answer. */
const readBody = async (incoming: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined
}

const replaced = (fault: Extract<Fault, { kind: 'status' }>): Response => {
  const { status, retryAfter, body = `<html><body><h1>${status}</h1></body></html>` } = fault
  const json = typeof body !== 'string'
  return new Response(json ? JSON.stringify(body) : body, {
    status,
    headers: {
      'content-type': json ? 'application/json' : 'text/html',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
  })
}

/** Never answers. Resolves when the client closes the connection. */
export const untilClosed = async ({ socket }: IncomingMessage): Promise<void> => {
  if (!socket.destroyed) await once(socket, 'close')
}

/** A complete answer, and its bytes on the wire. */
interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly bytes: Buffer
}

const onTheWire = async (answer: Response): Promise<WireAnswer> => {
  const { status } = answer
  const body = Buffer.from(await answer.arrayBuffer())
  const headers = { ...Object.fromEntries(answer.headers), 'content-length': String(body.length) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`
  return { status, headers, body, bytes: Buffer.concat([Buffer.from(head), body]) }
}

const sendWhole = async ({ status, headers, body }: WireAnswer, { outgoing }: NodeBindings): Promise<void> => {
  outgoing.writeHead(status, headers)
  outgoing.end(body)
  // A client that left before the end is sent nothing more: its socket is destroyed.
  await finished(outgoing).catch(() => {})
}

/** Sends the answer, and once more as it was when `ms` milliseconds have passed. */
const sendTwice = async (answer: WireAnswer, ms: number, bindings: NodeBindings): Promise<void> => {
  const { socket } = bindings.incoming
  await sendWhole(answer, bindings)
  await sleep(ms)
  if (!socket.destroyed) socket.write(answer.bytes)
}

/** Answers that are sent once more when the next request arrives on their connection. */
const keptForNext = new WeakMap<Socket, Buffer>()

const sendKept = (socket: Socket): void => {
  const kept = keptForNext.get(socket)
  keptForNext.delete(socket)
  if (kept !== undefined) socket.write(kept)
}

const sendHalf = async (answer: Response, { outgoing }: NodeBindings): Promise<void> => {
  const body = Buffer.from(await answer.arrayBuffer())
  outgoing.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    'content-length': Math.max(body.length, 2),
  })
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy())
}

/** Serves a handler on 127.0.0.1 over plain HTTP, through the injected faults. Answers 413 to bodies beyond 4 MB. */
export const serve = async (
  { getRequestListener, alreadySent }: ServerPackages,
  { handler, port = 0, faults, onPrevented }: ServeOptions,
): Promise<RunningServer> => {
  let refusing = false

  // The body is read first, so that the request is executed even if the client leaves meanwhile.
  const handle = async (
    { url, method, headers }: Request,
    bindings: NodeBindings,
    fault?: Fault,
  ): Promise<Response> => {
    const body = await readBody(bindings.incoming)
    if (body === undefined) return new Response('Payload Too Large', { status: 413 })
    if (fault?.kind === 'latency') await sleep(fault.ms)
    const takesBody = method !== 'GET' && method !== 'HEAD'
    const deliver = async () => handler(new Request(url, { method, headers, ...(takesBody ? { body } : {}) }), bindings)
    if (fault?.kind === 'delivered_twice') await deliver()
    return deliver()
  }

  const underFault = async (fault: Fault, request: Request, bindings: NodeBindings): Promise<Response> => {
    const execute = () => faultInProgress.run(faultName(fault), () => handle(request, bindings, fault))
    const prevent = () => onPrevented?.(bindings.incoming, new URL(request.url).pathname, faultName(fault))
    const { socket } = bindings.incoming

    switch (fault.kind) {
      case 'latency':
      case 'delivered_twice':
        return execute()
      case 'answered_twice':
        await sendTwice(await onTheWire(await execute()), fault.ms, bindings)
        return alreadySent
      case 'answered_before_next': {
        const whole = await onTheWire(await execute())
        // First: the next request may arrive before this one is known to be answered.
        keptForNext.set(socket, whole.bytes)
        await sendWhole(whole, bindings)
        return alreadySent
      }
      case 'reset_before_reading':
        prevent()
        socket.resetAndDestroy()
        return alreadySent
      case 'reset_after_executing':
        await execute()
        socket.resetAndDestroy()
        return alreadySent
      case 'silence_before_executing':
        prevent()
        await untilClosed(bindings.incoming)
        return alreadySent
      case 'silence_after_executing':
        await execute()
        await untilClosed(bindings.incoming)
        return alreadySent
      case 'half_answer':
        await sendHalf(await execute(), bindings)
        return alreadySent
      case 'wrong_content_type': {
        const { status } = await execute()
        return new Response('<html><body>Please wait</body></html>', {
          status,
          headers: { 'content-type': 'text/html' },
        })
      }
      case 'truncated_json': {
        const { status, headers, text } = await execute().then(async (answer) => ({
          status: answer.status,
          headers: answer.headers,
          text: await answer.text(),
        }))
        headers.delete('content-length')
        return new Response(text.slice(0, Math.floor(text.length / 2)), { status, headers })
      }
      case 'status':
        if (fault.effect) await execute()
        else prevent()
        return replaced(fault)
    }
  }

  const answer = async (request: Request, bindings: NodeBindings): Promise<Response> => {
    sendKept(bindings.incoming.socket)
    bindings.outgoing.once('finish', () => {
      if (refusing) bindings.incoming.socket.end()
    })
    const fault = faults?.take(request.method, new URL(request.url).pathname)
    return fault === undefined ? handle(request, bindings) : underFault(fault, request, bindings)
  }

  const listener = getRequestListener((request, env) => answer(request, env as NodeBindings), {
    overrideGlobalObjects: false,
  })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  const listen = async (onPort: number) => {
    server.listen(onPort, '127.0.0.1')
    await once(server, 'listening')
  }
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))

  await listen(port)
  const bound = (server.address() as AddressInfo).port

  return {
    url: `http://127.0.0.1:${bound}`,
    refuse: async (refused) => {
      if (refused === refusing) return
      refusing = refused
      if (!refused) return listen(bound)
      server.close()
      server.closeIdleConnections()
    },
    close: async () => {
      const stopped = stop()
      server.closeAllConnections()
      await stopped
    },
  }
}
