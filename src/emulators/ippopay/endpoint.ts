import type { ExecutionDetail } from '../kit/execution-log.js'
import type { Product } from './credentials.js'
import type { Fields } from './fields.js'
import type { Mode } from './records.js'
import type { Gateway } from './state.js'

export interface ApiRequest {
  /** The mode of the keys that authenticated it. */
  readonly mode: Mode
  readonly params: Readonly<Record<string, string>>
  readonly query: Fields
  readonly body: Fields
}

/** What is answered as `{ success, message, data? }`. */
export interface Reply {
  /** False where a request is executed and the answer leaves that open. Default: true. */
  readonly success?: boolean
  readonly message: string
  readonly data?: object
  /** For the execution log. */
  readonly executed?: ExecutionDetail
  /** Whether the answer shows what no documentation shows. Default: false. */
  readonly synthetic?: boolean
}

/** An endpoint of a product. Its path follows a prefix and has its parameters as `:name`. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly product: Product
  /** The name of its operation in the execution log, if it creates something or moves money. */
  readonly operation?: string
  /** The caller's key, if the request has one. */
  readonly key?: (request: Pick<ApiRequest, 'params' | 'body'>) => unknown
  /** Answers a request. Errors: `Refusal`. */
  readonly handle: (gateway: Gateway, request: ApiRequest) => Reply
}
