import { AsyncLocalStorage } from 'node:async_hooks'
import { invalid, isRecord } from './input.js'
import { matches, type Route } from './routes.js'

/** A fault of one request. "Executed" means that the gateway handles the request, whatever the client sees. */
export type Fault =
  /** Executed and answered, `ms` real milliseconds later. */
  | {
      readonly kind: 'latency'
      /** How long, in milliseconds. */
      readonly ms: number
    }
  /** The connection is reset before the body is read. Not executed. */
  | { readonly kind: 'reset_before_reading' }
  /** Executed, then the connection is reset without an answer. */
  | { readonly kind: 'reset_after_executing' }
  /** Not executed, never answered. */
  | { readonly kind: 'silence_before_executing' }
  /** Executed, never answered. */
  | { readonly kind: 'silence_after_executing' }
  /** Executed; the headers and half of the body arrive, then the connection closes. */
  | { readonly kind: 'half_answer' }
  /** Executed; the answer keeps its status, but its body is a page of HTML. */
  | { readonly kind: 'wrong_content_type' }
  /** Executed; a complete answer whose JSON stops in the middle. */
  | { readonly kind: 'truncated_json' }
  /** Executed and answered; `ms` real milliseconds later the same answer is sent once more on the connection, if it is still open. */
  | {
      readonly kind: 'answered_twice'
      /** How long after the answer, in milliseconds. */
      readonly ms: number
    }
  /**
   * Executed and answered; the same answer is sent once more when the next request arrives on the connection, before the answer to
   * that. A client that uses the connection again takes it for the answer to its second request.
   */
  | { readonly kind: 'answered_before_next' }
  /** A proxy delivers the request twice, one after the other: both are executed, and the client gets the second answer. */
  | { readonly kind: 'delivered_twice' }
  /** Another answer than the gateway's. The request is executed first if `effect` is true, else it is not executed. */
  | {
      readonly kind: 'status'
      /** The status code, from 200 to 599. */
      readonly status: number
      /** Whether the request is executed first. */
      readonly effect: boolean
      /** Seconds, sent as `Retry-After`. Default: no such header. */
      readonly retryAfter?: number
      /** Text is sent as HTML, an object as JSON. Default: a page of HTML. */
      readonly body?: string | Readonly<Record<string, unknown>>
    }

/** A fault for the next requests on a route. */
export interface FaultPlan {
  /** Which requests meet the fault. */
  readonly route: Route
  /** What happens to them. */
  readonly fault: Fault
  /** How many requests meet the fault. Default: 1. */
  readonly times?: number
}

export interface Faults {
  /** Queues a fault. Plans are used up in the order in which they were queued. A request meets at most one fault. */
  readonly inject: (plan: FaultPlan) => void
  readonly list: () => readonly FaultPlan[]
  readonly clear: () => void
  readonly take: (method: string, path: string) => Fault | undefined
}

/** The fault of the request that is being executed, for the execution log. */
export const faultInProgress = new AsyncLocalStorage<string>()

export const faultName = (fault: Fault): string => (fault.kind === 'status' ? `status ${fault.status}` : fault.kind)

export const createFaults = (): Faults => {
  let plans: readonly Required<FaultPlan>[] = []
  return {
    inject: ({ route, fault, times = 1 }) => {
      plans = [...plans, { route, fault, times }]
    },
    list: () => plans,
    clear: () => {
      plans = []
    },
    take: (method, path) => {
      const plan = plans.find(({ route }) => matches(route, method, path))
      plans = plans.flatMap((other) => {
        if (other !== plan) return [other]
        return other.times > 1 ? [{ ...other, times: other.times - 1 }] : []
      })
      return plan?.fault
    },
  }
}

const isWhole = (value: unknown, least: number): value is number => Number.isInteger(value) && Number(value) >= least

const parseStatus = ({ status, effect, retryAfter, body }: Readonly<Record<string, unknown>>): Fault => {
  if (!isWhole(status, 200) || status > 599) throw invalid('fault.status', 'a status code from 200 to 599')
  if (typeof effect !== 'boolean') throw invalid('fault.effect', 'true (executed first) or false (not executed)')
  if (retryAfter !== undefined && !isWhole(retryAfter, 0)) throw invalid('fault.retryAfter', 'whole seconds')
  if (body !== undefined && typeof body !== 'string' && !isRecord(body))
    throw invalid('fault.body', 'text or an object')
  return {
    kind: 'status',
    status,
    effect,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(body === undefined ? {} : { body }),
  }
}

const parseFault = (input: unknown): Fault => {
  if (!isRecord(input)) throw invalid('fault', 'an object with a kind')
  const { kind } = input
  switch (kind) {
    case 'latency':
    case 'answered_twice':
      if (!isWhole(input.ms, 0)) throw invalid('fault.ms', 'whole milliseconds')
      return { kind, ms: input.ms }
    case 'status':
      return parseStatus(input)
    case 'reset_before_reading':
    case 'reset_after_executing':
    case 'silence_before_executing':
    case 'silence_after_executing':
    case 'half_answer':
    case 'wrong_content_type':
    case 'truncated_json':
    case 'answered_before_next':
    case 'delivered_twice':
      return { kind }
  }
  throw invalid('fault.kind', 'one of the fault kinds')
}

/** Decodes a plan that was sent to the admin port. Errors: `InvalidInput`. */
export const parseFaultPlan = (input: unknown): FaultPlan => {
  if (!isRecord(input)) throw invalid('the body', 'an object with route and fault')
  const { route, times } = input
  if (typeof route !== 'string' || !/^(\*|[A-Z]+ \/\S*)$/.test(route)) throw invalid('route', '* or "METHOD /path"')
  if (times !== undefined && !isWhole(times, 1)) throw invalid('times', 'a whole number from 1')
  return { route, fault: parseFault(input.fault), ...(times === undefined ? {} : { times }) }
}
