import { faultInProgress } from './faults.js'
import { matches, type Route } from './routes.js'

/**
 * What became of one money-moving or staging request: the truth that tests audit. Written when the request was
 * executed or refused, whatever the client got to see. Holds no personal data and no credentials.
 */
export interface Execution {
  readonly seq: number
  /** Milliseconds since the epoch, on the emulator's clock. */
  readonly at: number
  readonly route: Route
  /** `payment`, `refund`, `payout`, ... as the emulator's table of routes names it. */
  readonly operation: string
  readonly executed: boolean
  /** The gateway's id of what was made or changed. */
  readonly id?: string
  /** The caller's key: an idempotency key, a reference, an order id. */
  readonly key?: string
  /** Decimal text in major units. */
  readonly amount?: string
  readonly currency?: string
  /** The gateway's words where it refused. */
  readonly refusal?: string
  /** The injected fault that the request met. */
  readonly fault?: string
}

export type ExecutionDetail = Pick<Execution, 'id' | 'key' | 'amount' | 'currency'>

export interface ExecutionLog {
  readonly entries: () => readonly Execution[]
  readonly executed: (route: Route, detail: ExecutionDetail) => void
  readonly refused: (route: Route, refusal: string, detail?: ExecutionDetail) => void
  /** A fault kept the request from the gateway. Ignored where the request is on none of the log's routes. */
  readonly prevented: (method: string, path: string, fault: string, key?: string) => void
}

export interface ExecutionLogOptions {
  readonly now: () => number
  /** The routes that are logged, each with the name of its operation. */
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
