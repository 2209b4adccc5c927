import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Adapter, type PromisedProvider, type RawNotification, run } from 'paymux'

/** The shop's address for notifications: a hint, then a read-back, then 200. */
export interface Receiver {
  readonly url: string
  readonly serve: (account: string, adapter: Adapter, provider: PromisedProvider) => void
  /** Resolves with the notification about this object once it was answered with 200. */
  readonly received: (id: string) => Promise<RawNotification>
  readonly close: () => void
}

const rawOf = async (request: IncomingMessage): Promise<RawNotification> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > 1024 * 1024) throw new Error('too large')
    chunks.push(chunk)
  }
  const headers = Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')])
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

/** Listens on loopback. */
export const startReceiver = async (): Promise<Receiver> => {
  const accounts = new Map<string, { readonly adapter: Adapter; readonly provider: PromisedProvider }>()
  const done = new Map<string, RawNotification>()
  const waiting = new Map<string, (raw: RawNotification) => void>()

  const answer = async (raw: RawNotification): Promise<number> => {
    const account = accounts.get(raw.url.split(/[/?]/)[1] ?? '')
    if (account === undefined) return 404
    const hint = await run(TE.fromEither(account.adapter.notification(raw)))
    await account.provider.getStatus(hint.reference)
    if ('id' in hint.reference) {
      done.set(hint.reference.id, raw)
      waiting.get(hint.reference.id)?.(raw)
    }
    return 200
  }

  const server = createServer((request, response) => {
    // 503 keeps the gateway's retries alive: what was not read back was not taken in.
    const end = (status: number) => {
      response.writeHead(status).end()
    }
    rawOf(request)
      .then(answer)
      .then(end)
      .catch(() => end(503))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (account, adapter, provider) => {
      accounts.set(account, { adapter, provider })
    },
    received: (id) => {
      const raw = done.get(id)
      return raw === undefined ? new Promise((resolve) => waiting.set(id, resolve)) : Promise.resolve(raw)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
