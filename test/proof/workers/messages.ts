import type { OperationName, PaymentRequest, PayoutRequest, RefundRequest } from '../../../src/core/index.js'

/** What a process of the merchant's is started with. */
export interface Settings {
  /** As in a configuration file. */
  readonly config: unknown
  /** How long a second caller waits for the first, in milliseconds. */
  readonly waitMs: number
  /** Whether it works in the background, too. */
  readonly works: boolean
  /** How long an answer of a gateway is waited for, in milliseconds. */
  readonly patienceMs: number
  /** The seeded bug of the negative control: what is sent once more after a crash is sent under another key. */
  readonly newKeyOnRecovery: boolean
  /** How far the process's clock is ahead, in milliseconds; negative if it is behind. Default: 0. */
  readonly clockAheadMs?: number
}

/** A money method with its request. */
export type Ask =
  | { readonly operation: 'createPayment'; readonly request: PaymentRequest }
  | { readonly operation: 'refund'; readonly request: RefundRequest }
  | { readonly operation: 'payout'; readonly request: PayoutRequest }

/** What a process is asked to do. */
export type Order = { readonly order: number } /** Everything is loaded by then, and nothing is opened. */ & (
  | { readonly what: 'begin' }
  | ({ readonly what: 'ask' } & Ask)
  | { readonly what: 'resolve'; readonly operationId: string; readonly resolution: Resolution }
  | { readonly what: 'unresolved' }
  /** Copies a file in its own process. */
  | { readonly what: 'copy'; readonly from: string; readonly to: string }
  /** The event with this number arrived. */
  | { readonly what: 'heard'; readonly event: number }
)

/** What a person attests, having looked at the gateway. */
export type Resolution =
  | {
      readonly outcome: 'executed'
      readonly id?: string
      readonly status: 'requires_action' | 'processing'
      readonly attestedBy: string
      readonly note: string
    }
  | { readonly outcome: 'not_executed'; readonly attestedBy: string; readonly note: string }

/** What a caller got. */
export type CallResult =
  | {
      readonly ok: true
      readonly id?: string
      readonly status: string
      readonly replayed: boolean
      /** What the payer is given, as text. */
      readonly link?: string
      /** In minor units, where the gateway tells it. */
      readonly amount?: bigint
    }
  | {
      readonly ok: false
      readonly tag: string
      readonly outcome: string
      readonly retry: string
      readonly code?: string
    }

/** What a process says. */
export type Message =
  | { readonly says: 'ready' }
  | { readonly says: 'result'; readonly order: number; readonly operation: OperationName; readonly result: CallResult }
  | { readonly says: 'resolved'; readonly order: number; readonly problem?: string }
  | { readonly says: 'unresolved'; readonly order: number; readonly ids: readonly string[] }
  | { readonly says: 'copied'; readonly order: number }
  | {
      readonly says: 'event'
      readonly event: number
      readonly subject: string
      readonly sequence: number
      readonly type: string
    }

/** What the auditor's view of a SQLite file is asked. */
export type SqlOrder = { readonly order: number } & (
  | { readonly what: 'read'; readonly sql: string }
  /** In one transaction. */
  | { readonly what: 'write'; readonly statements: readonly string[] }
  /** Whether a transaction could begin now. */
  | { readonly what: 'probe' }
)

/** What it answers: rows, or what is wrong. */
export interface SqlAnswer {
  readonly order: number
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly problem?: string
}
