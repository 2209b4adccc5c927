import type { Deduplication, Effect, OperationName } from '../../../src/core/index.js'
import type { Change, LeasedOperation } from '../../../src/orchestrator/protocol/index.js'
import * as protocol from '../../../src/orchestrator/protocol/index.js'
import type { Ledger } from './ledger.js'

type SubmissionEffect = Exclude<Effect, 'reads'>

/** How much may go wrong. */
export interface Bounds {
  /** Crashes of a worker, pauses that outlast its lease, and commits without an answer, together. */
  readonly crashes: number
  /** Submissions written. */
  readonly sends: number
}

/** What a worker goes by: the production functions, and the order of its own effects. A seeded bug replaces one of them. */
export interface Rules
  extends Pick<
    typeof protocol,
    'claim' | 'acquire' | 'reopen' | 'next' | 'recordDispatch' | 'afterFailure' | 'afterPoll' | 'executed'
  > {
  /** The key the gateway is given with the dispatch of that number. */
  readonly keyFor: (dispatchCount: number) => string
  /** Whether what is gone on with is read under the new fence: what was read before may be old news. */
  readonly readsAfterTakingOver: boolean
  readonly recordsDispatchBeforeWriting: boolean
  readonly recordsBeforeResult: boolean
}

const { claim, acquire, reopen, next, recordDispatch, afterFailure, afterPoll, executed } = protocol

/** What paymux does. */
export const production: Rules = {
  claim,
  acquire,
  reopen,
  next,
  recordDispatch,
  afterFailure,
  afterPoll,
  executed,
  keyFor: () => 'key',
  readsAfterTakingOver: true,
  recordsDispatchBeforeWriting: true,
  recordsBeforeResult: true,
}

/** One operation, two workers, and gateways of one class. */
export interface World {
  readonly operation: OperationName
  /** In the order of the route. */
  readonly accounts: readonly string[]
  /** What the submission does at each of the accounts. */
  readonly effects: Readonly<Record<string, SubmissionEffect>>
  /** What the accounts' capabilities say. */
  readonly declared: Deduplication
  /** What the gateways do. */
  readonly gateway: Deduplication['kind']
  /** By key; by the id of what drafting created; or not at all. */
  readonly lookup: 'by_key' | 'by_id' | 'none'
  /** The moments that differ, in milliseconds. */
  readonly times: readonly number[]
  /** Until when the operation of a call may be sent. */
  readonly deadlineFor: (now: number) => number
  /** Whether a worker's configuration changes meanwhile. */
  readonly reloads: boolean
  /** Whether the network may deliver a request twice. */
  readonly copies: boolean
  /** How often the caller comes with the key. */
  readonly calls: number
  readonly bounds: Bounds
  readonly rules: Rules
}

/** A submission on its way. */
export interface Request {
  readonly account: string
  readonly n: number
  readonly effect: SubmissionEffect
  readonly key: string
  /** The moment when it was decided to send it. */
  readonly decidedAt: number
}

/** A submission that a gateway carried out. */
export interface Execution extends Request {
  readonly at: number
}

/** Where a worker stands between two effects. */
export type Position =
  /** A change is ready. `orElse` follows where the store's answer to the dispatch was lost, and it turns out to be missing. */
  | { readonly at: 'commit'; readonly change: Change; readonly orElse?: Change }
  /** Drafting and connecting. */
  | { readonly at: 'send'; readonly again: boolean; readonly decidedAt: number; readonly leased: LeasedOperation }
  | {
      readonly at: 'poll'
      readonly account: string
      /** The created object's attempt, where it is looked up by that. */
      readonly n?: number
      readonly otherwise: 'resend' | 'wait'
      readonly decidedAt: number
      readonly leased: LeasedOperation
    }
  /** Marked, and no byte written. */
  | {
      readonly at: 'write'
      readonly leased: LeasedOperation
      readonly request: Request
      readonly lateDispatch?: Change
    }
  /** Written. `request`: it is still on its way. */
  | {
      readonly at: 'wait'
      readonly leased: LeasedOperation
      readonly request?: Request
      readonly lateDispatch?: Change
    }

/** A worker with the accounts of its configuration, in the order of its route. */
export interface Worker {
  readonly accounts: readonly string[]
  readonly position?: Position
}

export interface State {
  /** Index of the moment. */
  readonly tick: number
  readonly ledger: Ledger
  readonly workers: readonly Worker[]
  /** Requests that nobody waits for. */
  readonly underWay: readonly Request[]
  readonly executions: readonly Execution[]
  /** The object whose link a caller was given. */
  readonly released?: string
  readonly crashes: number
  readonly sends: number
  readonly calls: number
  readonly copied: boolean
  readonly reloaded: boolean
}

export const timeAt = (world: World, tick: number): number => world.times[tick] ?? 0

/** The operation as the ledger has it. */
export const recordOf = ({ ledger: { operation, attempts } }: State): LeasedOperation | undefined =>
  operation === undefined ? undefined : { operation, attempts }

export const leasedBy = (position: Position): LeasedOperation =>
  position.at === 'commit' ? position.change.leased : position.leased

const fenceOf = (position: Position): number => {
  const first = position.at === 'commit' ? position.change.writes[0] : undefined
  return first?.write === 'acquire_lease' ? first.fence : leasedBy(position).operation.fence
}

/** Whether the worker's next write would pass the fence. */
export const isCurrent = (state: State, position: Position): boolean =>
  fenceOf(position) === state.ledger.operation?.fence

/** Whether the worker holds the lease. */
export const isHolder = (state: State, position: Position): boolean => {
  const acquiresLease = position.at === 'commit' && position.change.writes[0]?.write === 'acquire_lease'
  return state.ledger.leased && isCurrent(state, position) && !acquiresLease
}
