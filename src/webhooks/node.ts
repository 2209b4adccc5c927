import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { type Client, namesAddress } from './admission.js'

/** A request of `node:http`, or of the compatibility API of `node:http2`. */
type Incoming = IncomingMessage | Http2ServerRequest
/** The answer to it. */
type Outgoing = ServerResponse | Http2ServerResponse

/** What serves requests: what {@link createWebhooks} gives. */
interface Handles {
  /** Answers one request. */
  readonly handle: (request: Request, client: Client) => Promise<Response>
}

// Body parsers of Express put the result into `body`; any other reader leaves a stream that was read.
const isTaken = (incoming: Incoming): boolean =>
  incoming.readableDidRead || ('body' in incoming && incoming.body !== undefined)

/** The body, read as it is asked for. Giving up on it does not hang up: the answer is still to be written. */
const streamOf = (incoming: Incoming): ReadableStream<Uint8Array> => {
  let forget: (() => void) | undefined
  const listen = (controller: ReadableStreamDefaultController<Uint8Array>): (() => void) => {
    const onChunk = (chunk: Uint8Array): void => {
      incoming.pause()
      controller.enqueue(chunk)
    }
    const onBroken = (): void => {
      forget?.()
      controller.error(new Error('the sender hung up'))
    }
    const onEnd = (): void => {
      forget?.()
      // HTTP/2 ends the body of a request that the sender has reset.
      if (incoming.aborted) onBroken()
      else controller.close()
    }
    incoming.on('data', onChunk).on('end', onEnd).on('error', onBroken).on('close', onBroken)
    return () => incoming.off('data', onChunk).off('end', onEnd).off('error', onBroken).off('close', onBroken)
  }
  return new ReadableStream(
    {
      pull: (controller) => {
        forget ??= listen(controller)
        incoming.resume()
      },
      cancel: () => {
        forget?.()
        incoming.on('error', () => undefined).resume()
      },
    },
    { highWaterMark: 0 },
  )
}

// `headersDistinct` is HTTP/1's only. The lines of a header stand as they came, each after its name.
const linesOf = ({ rawHeaders }: Incoming): ReadonlyArray<readonly [string, string]> =>
  rawHeaders.flatMap((name, index) => {
    // Names that begin with a colon are HTTP/2's own, and no headers.
    const isHeader = index % 2 === 0 && !name.startsWith(':')
    return isHeader ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : []
  })

const clientOf = (incoming: Incoming): Client => ({
  address: incoming.socket.remoteAddress ?? '',
  forwardedFor: linesOf(incoming).flatMap(([name, value]) => (name === 'x-forwarded-for' ? [value] : [])),
})

/** A request target, in origin form or in absolute form (RFC 9112, 3.2). One that is neither leads nowhere. */
const targetOf = (url: string): URL => {
  const text = url.startsWith('/') ? `http://localhost${url}` : url
  return URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : new URL('http://localhost/')
}

/** Where a request goes to. A mount of Express, connect or Nest keeps the whole target, and leaves its own part out of `url`. */
const addressOf = (incoming: Incoming): URL => {
  const own = targetOf(incoming.url ?? '/')
  const original = 'originalUrl' in incoming ? incoming.originalUrl : undefined
  if (typeof original !== 'string') return own
  const whole = targetOf(original)
  return namesAddress(whole) ? whole : own
}

const toFetchRequest = async (incoming: Incoming): Promise<Request> => {
  const address = addressOf(incoming)
  const { method } = incoming
  const headers = new Headers()
  for (const [name, value] of linesOf(incoming)) headers.append(name, value)
  // A Request refuses some methods. They are answered as any other wrong one.
  if (method !== 'POST') return new Request(address, { method: method === 'GET' ? 'GET' : 'HEAD', headers })
  if (!isTaken(incoming)) return new Request(address, { method, headers, body: streamOf(incoming), duplex: 'half' })
  const taken = new Request(address, { method, body: 'taken' })
  await taken.text()
  return taken
}

/** Both versions have these methods, with types that do not go together. */
interface Writable {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string, written?: () => void): unknown
}

const write = (outgoing: Writable, status: number, headers: Record<string, string>, body: string): Promise<void> =>
  new Promise((resolve) => {
    outgoing.writeHead(status, headers)
    outgoing.end(body, resolve)
  })

const answer = async (incoming: Incoming, outgoing: Outgoing, response: Response): Promise<void> => {
  const headers = Object.fromEntries(response.headers)
  const body = await response.text()
  if ('stream' in outgoing) {
    await write(outgoing, response.status, headers, body)
    // Nothing more of the request is wanted (RFC 9113, 8.1).
    if (!incoming.readableEnded) outgoing.stream?.close()
    return
  }
  // The connection of a sender that was too slow is not kept.
  await write(outgoing, response.status, response.status === 408 ? { ...headers, connection: 'close' } : headers, body)
}

/** Nothing that a request does may end the process: it is answered, or cut off if it cannot be. */
const giveUp = (outgoing: Outgoing): void => {
  try {
    if (outgoing.headersSent) outgoing.destroy()
    else void write(outgoing, 500, {}, '')
  } catch {
    outgoing.destroy()
  }
}

/**
 * Serves webhooks from `node:http` and `node:http2`, from Express, connect and Nest (mount it before every body parser) and, by
 * `request.raw` and `reply.raw`, from Fastify. It may be mounted at any path: the last two segments of the whole target are
 * account and token.
 */
export const toNodeHandler =
  (webhooks: Handles) =>
  (incoming: Incoming, outgoing: Outgoing): void => {
    const serve = async (): Promise<void> => {
      const client = clientOf(incoming)
      await answer(incoming, outgoing, await webhooks.handle(await toFetchRequest(incoming), client))
    }
    serve().catch(() => giveUp(outgoing))
  }
