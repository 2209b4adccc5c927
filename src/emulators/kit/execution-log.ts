import { faultInProgress } from './faults.js'
import { matches, type Route } from './routes.js'

/**
 * What became of one request that creates something or moves money: what tests compare "at most once" with. It is recorded
 * when the gateway executes or refuses the request, whatever the client sees. It holds no personal data and no credentials.
 */
export interface Execution {
  /** Number of the entry, from 1. */
  readonly seq: number
  /** When it was recorded, in milliseconds since the epoch, on the emulator's clock. */
  readonly at: number
  /** The route of the request. */
  readonly route: Route
  /** The name of the operation, as in `payment`, `refund` and `payout`. */
  readonly operation: string
  /** Whether the gateway executed the request. */
  readonly executed: boolean
  /** The gateway's id of what was created or changed. */
  readonly id?: string
  /** The caller's key of the operation: its idempotency key, or the order or reference that identifies it at the gateway. */
  readonly key?: string
  /** Decimal text in major units. */
  readonly amount?: string
  /** ISO 4217 code. */
  readonly currency?: string
  /** The gateway's text, if it refused. */
  readonly refusal?: string
  /** The kind of the injected fault that the request met, as in `half_answer` or `status 503`. */
  readonly fault?: string
}

/** What a gateway knows of a request that it records. */
export type ExecutionDetail = Pick<Execution, 'id' | 'key' | 'amount' | 'currency'>

/** The log of executions. Only the routes of the emulator's definition can be recorded. */
export interface ExecutionLog {
  /** Lists all entries, the earliest first. */
  readonly entries: () => readonly Execution[]
  /** Records that the gateway executed a request, at the moment when it did. Errors: an `Error` for another route. */
  readonly executed: (route: Route, detail: ExecutionDetail) => void
  /** Records that the gateway refused a request. Errors: an `Error` for another route. */
  readonly refused: (route: Route, refusal: string, detail?: ExecutionDetail) => void
  /** Records that a fault kept a request from the gateway. It ignores requests on other routes. */
  readonly prevented: (method: string, path: string, fault: string, key?: string) => void
}

export interface ExecutionLogOptions {
  readonly now: () => number
  /** The routes to record, each with the name of its operation. */
  readonly operations: Readonly<Record<Route, string>>
}

export const createExecutionLog = ({ now, operations }: ExecutionLogOptions): ExecutionLog => {
  const entries: Execution[] = []
  const append = (route: Route, rest: Pick<Execution, 'executed'> & Partial<Execution>) => {
    const operation = operations[route]
    if (operation === undefined) throw new Error(`${route} is not among the routes of the execution log`)
    const fault = rest.fault ?? faultInProgress.getStore()
    entries.push({ seq: entries.length + 1, at: now(), route, operation, ...rest, ...(fault ? { fault } : {}) })
  }
  return {
    entries: () => [...entries],
    executed: (route, detail) => append(route, { ...detail, executed: true }),
    refused: (route, refusal, detail = {}) => append(route, { ...detail, executed: false, refusal }),
    prevented: (method, path, fault, key) => {
      const route = Object.keys(operations).find((candidate) => matches(candidate, method, path))
      if (route !== undefined) append(route, { executed: false, fault, ...(key === undefined ? {} : { key }) })
    },
  }
}
