import type { ExecutionDetail } from '../kit/execution-log.js'
import type { Context } from './context.js'
import type { Product } from './credentials.js'
import type { Fields } from './fields.js'
import type { Mode } from './records.js'

export interface ApiRequest {
  /** The mode of the keys it came with. */
  readonly mode: Mode
  readonly params: Readonly<Record<string, string>>
  readonly query: Fields
  readonly body: Fields
}

/** A success; written as `{ success: true, message, data? }`. */
export interface Reply {
  readonly message: string
  readonly data?: object
  /** For the execution log. */
  readonly executed?: ExecutionDetail
  /** The answer shows something that no documentation does. */
  readonly synthetic?: boolean
}

/** One row of the table of a product. The path stands behind a prefix and writes its parameters as `:name`. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly product: Product
  /** What the execution log calls it, where it stages or moves money. */
  readonly operation?: string
  /** The caller's key, where there is one. */
  readonly key?: (request: Pick<ApiRequest, 'params' | 'body'>) => unknown
  /** Throws a `Refusal` where the gateway says no. */
  readonly handle: (context: Context, request: ApiRequest) => Reply
}
