import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Client } from './admission.js'

/** What serves requests: what {@link createWebhooks} gives. */
interface Handles {
  /** Answers one request. */
  readonly handle: (request: Request, client: Client) => Promise<Response>
}

// Body parsers of Express put the result into `body`; any other reader leaves a stream that was read.
const isTaken = (incoming: IncomingMessage): boolean =>
  incoming.readableDidRead || ('body' in incoming && incoming.body !== undefined)

/** The body, read as it is asked for. Giving up on it does not hang up: the answer is still to be written. */
const streamOf = (incoming: IncomingMessage): ReadableStream<Uint8Array> => {
  let forget: (() => void) | undefined
  const listen = (controller: ReadableStreamDefaultController<Uint8Array>): (() => void) => {
    const onChunk = (chunk: Uint8Array): void => {
      incoming.pause()
      controller.enqueue(chunk)
    }
    const onEnd = (): void => {
      forget?.()
      controller.close()
    }
    const onBroken = (): void => {
      forget?.()
      controller.error(new Error('the sender hung up'))
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

const headersOf = ({ headersDistinct }: IncomingMessage): Headers => {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value)
  return headers
}

// Methods that a Request refuses. They are answered as any other wrong one.
const forbidden: readonly string[] = ['CONNECT', 'TRACE', 'TRACK']

const toFetchRequest = async (incoming: IncomingMessage): Promise<Request> => {
  const { method = 'GET', url = '/' } = incoming
  const address = new URL(`http://localhost${url.startsWith('/') ? url : '/'}`)
  const headers = headersOf(incoming)
  if (method !== 'POST') return new Request(address, { method: forbidden.includes(method) ? 'HEAD' : method, headers })
  if (!isTaken(incoming)) return new Request(address, { method, headers, body: streamOf(incoming), duplex: 'half' })
  const taken = new Request(address, { method, body: 'taken' })
  await taken.text()
  return taken
}

/**
 * Serves webhooks from `node:http`, from Express (mount it before every body parser) and, by `request.raw` and `reply.raw`,
 * from Fastify. The path may have lost what stands before account and token.
 */
export const toNodeHandler =
  (webhooks: Handles) =>
  (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const client: Client = {
      address: incoming.socket.remoteAddress ?? '',
      forwardedFor: incoming.headersDistinct['x-forwarded-for'] ?? [],
    }
    const serve = async (): Promise<void> => {
      const answer = await webhooks.handle(await toFetchRequest(incoming), client)
      // The connection of a sender that was too slow is not kept.
      if (answer.status === 408) outgoing.setHeader('connection', 'close')
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
    }
    serve().catch(() => {
      if (!outgoing.headersSent) outgoing.writeHead(500).end()
    })
  }
