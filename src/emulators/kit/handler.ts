import type { IncomingMessage, ServerResponse } from 'node:http'

/** Node's request and response beneath a fetch-standard request. */
export interface NodeBindings {
  /** Node's request. Its body has been read. */
  readonly incoming: IncomingMessage
  /** Node's response. */
  readonly outgoing: ServerResponse
}

/** A fetch-standard handler, as `app.fetch` of Hono is one. */
export type FetchHandler = (request: Request, env: NodeBindings) => Response | Promise<Response>
