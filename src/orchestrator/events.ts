import type { Json, Kind, Listed, Operation, PaymentError, Results, StatusOf } from '../core/index.js'
import { machines } from '../core/index.js'
import { type EventRecord, errorOf, type InboxRecord, type ObjectKey, requestOf, resultOf } from '../ledger/index.js'
import type { OperationEvent } from './protocol/index.js'

/** What is told of a payment, refund or payout beside its statuses. */
export const objectEvents = {
  late_success: 'It succeeded after it had been recorded as over. Told in place of `succeeded`',
  reopened: 'It is under way again after it had been recorded as over',
  disputed: "The payer's bank took the money back, or tries to",
  alert: 'The gateway contradicts what is recorded, or took back a success: look at it',
  review: 'A person should look: `object.review` and `object.amountCheck` say why',
  on_orphaned_attempt: 'A success of what was staged twice, under a link that nobody was given: look at it',
} as const

/** What is told of an operation itself. */
export const operationEvents: Readonly<Record<OperationEvent, string>> = {
  'operation.refused': 'The gateway said no for good. Nothing was executed',
  'operation.canceled': 'Nothing was executed. The same key starts again',
  'operation.indeterminate': 'No usable answer came: it may have been executed. It is looked up',
  'operation.parked': 'Nothing more can be found out without a person: it waits for `resolve`',
  'operation.resolved': 'A person attested what became of it',
}

/** What is told of what the ledger has no record of. */
export const strangerEvents = {
  'notification.unmatched': 'A notification named an object that the ledger has not come to know for seven days',
  'reconciliation.unrecorded': 'The gateway lists an object that the ledger does not know',
} as const

/** The types of the events about one kind of object: one for each status, and {@link objectEvents}. */
export type ObjectEventType<K extends Kind> = `${K}.${StatusOf<K> | keyof typeof objectEvents}`

/** The types of all events. */
export type EventType =
  | { readonly [K in Kind]: ObjectEventType<K> }[Kind]
  | OperationEvent
  | keyof typeof strangerEvents

/** What every event tells. */
export interface About<Type extends string> {
  /** The same in all deliveries. */
  readonly id: string
  readonly type: Type
  /** What it is about. Events of one subject are delivered in their order. */
  readonly subject: string
  /** From 1, without gaps, for each subject. */
  readonly sequence: number
  /** When it was recorded, in milliseconds since the epoch. */
  readonly at: number
}

/** About a payment, refund or payout; `object` is what was recorded then. */
export type ObjectEvent = {
  readonly [K in Kind]: About<ObjectEventType<K>> & { readonly object: Results[K] }
}[Kind]

/** An operation, as it stood when it was told of. */
export interface ToldOperation {
  readonly operationId: string
  readonly operation: Operation
  readonly idempotencyKey: string
  readonly state: string
  /** Why there is no object, where there is none. */
  readonly error?: PaymentError
}

/** A notification that no object was found for. Nothing in it is believed. */
export interface UnmatchedNotification {
  /** What it names. */
  readonly object?: ObjectKey
  readonly claimed: InboxRecord['claimed']
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
  readonly deliveries: number
}

/** What subscribers are told. */
export type PaymuxEvent =
  | ObjectEvent
  | (About<OperationEvent> & { readonly operation: ToldOperation })
  | (About<'notification.unmatched'> & { readonly notification: UnmatchedNotification })
  | (About<'reconciliation.unrecorded'> & { readonly listed: Listed<Kind> })

const kinds = ['payment', 'refund', 'payout'] as const satisfies readonly Kind[]

/** Every type of event. */
export const eventTypes: readonly string[] = [
  ...kinds.flatMap((kind) =>
    [...machines[kind].statuses, 'unknown', ...Object.keys(objectEvents)].map((what) => `${kind}.${what}`),
  ),
  ...Object.keys(operationEvents),
  ...Object.keys(strangerEvents),
]

const toldOperation = (payload: Json): ToldOperation => {
  const { error, ...told } = requestOf<Omit<ToldOperation, 'error'> & { readonly error: Json }>(payload)
  return error === null ? told : { ...told, error: errorOf(error) }
}

/** What a recorded event tells subscribers. */
export const eventOf = (record: EventRecord): PaymuxEvent => {
  const { id, type, subject, sequence, createdAt: at, payload } = record
  const about = { id, type, subject, sequence, at }
  const what = (): object => {
    switch (type.slice(0, type.indexOf('.'))) {
      case 'operation':
        return { operation: toldOperation(payload) }
      case 'notification':
        return { notification: requestOf<UnmatchedNotification>(payload) }
      case 'reconciliation':
        return { listed: requestOf<Listed<Kind>>(payload) }
      default:
        return { object: resultOf<Kind>(payload) }
    }
  }
  // The ledger wrote the type and the payload together.
  return { ...about, ...what() } as PaymuxEvent
}
