import { channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Outcome, PaymentError } from './error.js'
import type { Effect } from './exchange.js'
import type { OperationName } from './key.js'
import { omitUndefined } from './omit-undefined.js'
import type { Kind } from './reference.js'
import type { Result } from './result.js'

/*
 * What paymux says about its work on channels of `node:diagnostics_channel`. Names, ids, states and durations: no request, no
 * answer, no amount, no text of a caller or a gateway, no idempotency key and no merchant reference. A channel that nothing
 * listens to costs one comparison.
 */

/** What every trace gets when it ends. */
interface Timed {
  /** How long it took, in milliseconds. */
  durationMs?: number
}

/**
 * How a call of a money method ended. `declined`: the gateway did what was asked for, and the object is `failed`. `replayed`: the
 * key was used before, and the recorded object was given. `in_progress`: another worker executes the operation. The others are
 * those of the error.
 */
export type OperationOutcome = 'executed' | 'declined' | 'replayed' | 'conflict' | 'in_progress' | Outcome

/** A call of a money method. */
export interface OperationTrace extends Timed {
  /** The money method. */
  readonly operation: OperationName
  /** The account that served it, or failed to. Absent: it came to none. */
  account?: string
  /** The id of the operation in the ledger. Absent: it has none, or is not known. */
  operationId?: string
  /** How it ended. */
  outcome?: OperationOutcome
  /** The status of the object, if there is one. */
  status?: string
  /** The case of the error, if it ended with one. */
  errorType?: PaymentError['_tag']
}

/** An attempt of an operation at an account: the draft, the dispatch and the answer. */
export interface AttemptTrace extends Timed {
  /** The operation. */
  readonly operationId: string
  /** The number of the attempt, from 1. */
  readonly attempt: number
  /** The account. */
  readonly account: string
  /**
   * The place in a trace that a listener gives the attempt when it begins, as the header `traceparent` of W3C Trace Context. It is
   * stored with the dispatch, so that a recovery can link to it.
   */
  traceparent?: string
  /** What the submission does, once it is drafted. */
  effect?: Effect
  /** The case of the error, if it ended with one. */
  errorType?: PaymentError['_tag']
}

/** One try of a request to a gateway on the wire. */
export interface ExchangeTrace extends Timed {
  /** The exchange: `acme.invoices.create`. */
  readonly exchange: string
  /** The account, if the adapter says it to the transport. */
  readonly account?: string
  /** HTTP method. */
  readonly method: string
  /** The origin that it goes to: `https://api.example.com`. */
  readonly origin?: string
  /** What the request does at the gateway. */
  readonly effect: Effect
  /** How many tries came before this one. */
  readonly retryCount: number
  /** The HTTP status of the answer, if a complete one came. */
  statusCode?: number
  /** The case of the error, if no complete answer came. */
  errorType?: PaymentError['_tag']
  /** How far it had come then. */
  phase?: string
  /** The error code of the system, if there is one: `ECONNRESET`. */
  code?: string
}

/**
 * Why an object is read back: by the schedule, for a notification, for a caller, or to find out what became of an operation.
 */
export type PollReason = 'scheduled' | 'notification' | 'caller' | 'recovery'

/** A read of an object at its gateway, with what is recorded of it. */
export interface PollTrace extends Timed {
  /** The account. */
  readonly account: string
  /** What is read. */
  readonly kind: Kind
  /** Why. */
  readonly reason: PollReason
  /** The operation that made the object, if it is known. */
  readonly operationId?: string
  /** Whether the recorded status changed or, for an operation, whether its object was found. */
  changed?: boolean
  /** The case of the error, if it could not be read. */
  errorType?: PaymentError['_tag']
}

/** What became of a notification. */
export type NotificationOutcome =
  | 'accepted'
  | 'duplicate'
  | 'unmatched'
  | 'quarantined'
  | 'rejected_address'
  | 'rejected_source'
  | 'rejected_body'
  | 'over_quota'
  | 'unavailable'

/** A request to the webhook handler. */
export interface NotificationTrace extends Timed {
  /** What became of it. */
  decision?: NotificationOutcome
  /** The HTTP status of the answer. */
  status?: number
  /** The account. Absent: the address names none of the configuration with its token. */
  account?: string
  /** Whether it came from an address that is not among the account's sources. */
  unlistedSource?: boolean
}

/** The delivery of an event to one subscriber. */
export interface DeliveryTrace extends Timed {
  /** The type of the event. */
  readonly type: string
  /** The name of the subscriber. */
  readonly subscriber: string
  /** How many deliveries came before, that at least one subscriber did not take. */
  readonly tries: number
  /** The id of the event. Absent: it is made of a caller's key. */
  readonly eventId?: string
  /** The account that the event is about, if it is about one. */
  readonly account?: string
  /** The operation that it is about, if it is known. */
  readonly operationId?: string
  /** Whether the subscriber took it. */
  taken?: boolean
}

/** The stores, by the names that databases have in OpenTelemetry. */
export type StoreName = 'sqlite' | 'postgresql'

/** A commit of the ledger, with the wait for its turn and for the disk. */
export interface CommitTrace extends Timed {
  /** Which store it is in. */
  readonly store: StoreName
  /** How many guarded writes it has. */
  readonly writes: number
  /** `done`: it is on disk. `guarded`: nothing was written, because a guard did not hold. The others are those of the error. */
  outcome?: 'done' | 'guarded' | Outcome
  /** The code of the error, if there is one. */
  code?: string
}

/** The pieces of work that are not calls of a merchant. */
export type JobName =
  | 'recover'
  | 'deliver_events'
  | 'redeliver_event'
  | 'claim_abandoned'
  | 'report_unmatched'
  | 'forget_counts'
  | 'reconcile'

/** A piece of background work that found something to do, and the comparison of a list. */
export interface JobTrace extends Timed {
  /** Which work. */
  readonly job: JobName
  /** Whether a worker began it, or a call. */
  readonly by: 'worker' | 'caller'
  /** The account, if it is about one. */
  readonly account?: string
  /** The operation, if it is about one. */
  readonly operationId?: string
  /** The kind of objects, if it is about one. */
  readonly kind?: Kind
  /** The `traceparent` that was stored with the last dispatch of the operation. */
  readonly traceparent?: string
  /** How much there was to do. */
  found?: number
  /** How much of it was done. */
  did?: number
  /** Of `recover`: whether the operation is still not over. */
  isOpen?: boolean
  /** Of `reconcile`: what the gateway lists and the ledger does not know. */
  missingInLedger?: number
  /** Of `reconcile`: what is recorded otherwise than it is listed. */
  staleInLedger?: number
  /** Of `reconcile`: the entries that could not be read. */
  unreadable?: number
  /** The case of the error, if it ended with one. */
  errorType?: PaymentError['_tag']
}

/** A recorded status that changed, as committed. */
export interface TransitionMessage {
  /** What changed. */
  readonly kind: Kind
  /** The account. */
  readonly account: string
  /** The gateway's id of the object. Absent: it has none. */
  readonly id?: string
  /** The operation that made it, if it is known. */
  readonly operationId?: string
  /** The status before. Absent: it is recorded for the first time. */
  readonly from?: string
  /** The status now. */
  readonly to: string
  /** What the change rests on. */
  readonly evidence: 'answer' | 'read' | 'operator' | 'deadline'
}

/** An event that was emitted, as committed. */
export interface EventMessage {
  /** The type of the event. */
  readonly type: string
  /** Its id. Absent: it is made of a caller's key. */
  readonly eventId?: string
  /** The account that it is about, if it is about one. */
  readonly account?: string
  /** The operation that it is about, if it is known. */
  readonly operationId?: string
}

/** What of `health()` is measured. Times are milliseconds since the epoch, by the store's clock. */
export interface HealthMessage {
  /** The store's time. */
  readonly at: number
  /** As in the report: whether the ledger answers. If it does not, the numbers of the report say nothing. */
  readonly store: {
    /** As in the report. */
    readonly reachable: boolean
    /** As in the report. */
    readonly clockOffsetMs?: number
  }
  /** As in the report. */
  readonly status: 'ok' | 'degraded' | 'down'
  /** As in the report. */
  readonly reasons: readonly {
    /** As in the report. */
    readonly code: string
    /** As in the report. */
    readonly account?: string
  }[]
  /** As in the report. */
  readonly accounts: Readonly<
    Record<
      string,
      {
        /** As in the report. */
        readonly dueReads: number
        /** As in the report. */
        readonly oldestDueAt?: number
        /** As in the report. */
        readonly failingSince?: number
        /** As in the report. */
        readonly reconciliation?: {
          /** As in the report. */
          readonly comparedTo?: number
          /** As in the report. */
          readonly missingInLedger: number
          /** As in the report. */
          readonly staleInLedger: number
        }
      }
    >
  >
  /** As in the report. */
  readonly unresolvedOperations: number
  /** As in the report. */
  readonly oldestIndeterminateAt?: number
  /** As in the report. */
  readonly undeliveredEvents: number
  /** As in the report. */
  readonly oldestUndeliveredAt?: number
}

/** The life of a `paymux` in this process. */
export interface LifecycleMessage {
  /** What happened. */
  readonly what: 'started' | 'stopped' | 'reloaded'
}

/** What has a beginning and an end, by the name of its channels. */
export interface Traces {
  /** Calls of money methods. */
  readonly operation: OperationTrace
  /** Attempts of operations. */
  readonly attempt: AttemptTrace
  /** Requests to gateways. */
  readonly exchange: ExchangeTrace
  /** Reads of objects. */
  readonly poll: PollTrace
  /** Requests to the webhook handler. */
  readonly notification: NotificationTrace
  /** Deliveries of events. */
  readonly delivery: DeliveryTrace
  /** Commits of the ledger. */
  readonly commit: CommitTrace
  /** Background work. */
  readonly job: JobTrace
}

/** The channels of each trace: `tracing:paymux:operation:start`, `…:end`, `…:asyncStart` and `…:asyncEnd`. */
export const traces: { readonly [Name in keyof Traces]: TracingChannel<unknown, Traces[Name]> } = {
  operation: tracingChannel('paymux:operation'),
  attempt: tracingChannel('paymux:attempt'),
  exchange: tracingChannel('paymux:exchange'),
  poll: tracingChannel('paymux:poll'),
  notification: tracingChannel('paymux:notification'),
  delivery: tracingChannel('paymux:delivery'),
  commit: tracingChannel('paymux:commit'),
  job: tracingChannel('paymux:job'),
}

/** A channel of single messages. */
export interface Messages<M extends object> {
  /** Whether anything listens. */
  readonly hasSubscribers: () => boolean
  /** Publishes a message, which is only made if anything listens. */
  readonly publish: (message: () => M) => void
  /** Calls a listener with each message. Gives what ends that. */
  readonly subscribe: (listener: (message: M) => void) => () => void
}

const messages = <M extends object>(name: string): Messages<M> => {
  const published = channel(name)
  return {
    hasSubscribers: () => published.hasSubscribers,
    publish: (message) => {
      if (published.hasSubscribers) published.publish(message())
    },
    subscribe: (listener) => {
      const onMessage = (message: unknown): void => listener(message as M)
      published.subscribe(onMessage)
      return () => void published.unsubscribe(onMessage)
    },
  }
}

/** What happens at one moment, by the name of its channel. */
export interface Moments {
  /** Statuses that changed. */
  readonly transition: TransitionMessage
  /** Events that were emitted. */
  readonly event: EventMessage
  /** How paymux is. */
  readonly health: HealthMessage
  /** The life of a `paymux`. */
  readonly lifecycle: LifecycleMessage
}

/** The channel of each moment: `paymux:transition`. */
export const moments: { readonly [Name in keyof Moments]: Messages<Moments[Name]> } = {
  transition: messages('paymux:transition'),
  event: messages('paymux:event'),
  health: messages('paymux:health'),
  lifecycle: messages('paymux:lifecycle'),
}

/** Runs the work of a trace in a surrounding of the listener's, once, and gives what the work gives. */
export type RunTrace = <A>(trace: object, work: () => A) => A

// Global, since a process may hold paymux as ES modules and as CommonJS side by side: channels are global by their names.
const RUN: unique symbol = Symbol.for('paymux.run')

interface Surroundings {
  [RUN]?: RunTrace
}

/** Sets what the work of traces runs in: a listener cannot make a span active for it. `undefined`: nothing. */
export const runTracesIn = (run: RunTrace | undefined): void => {
  const global: Surroundings = Object(globalThis)
  if (run === undefined) delete global[RUN]
  else global[RUN] = run
}

const surrounded: RunTrace = (trace, work) => {
  const { [RUN]: run }: Surroundings = Object(globalThis)
  return run === undefined ? work() : run(trace, work)
}

const published = async <T extends Timed, A>(
  channels: TracingChannel<unknown, T>,
  trace: T,
  work: (trace: T) => Promise<A>,
  end: (result: A) => Partial<T>,
): Promise<A> => {
  const began = performance.now()
  const running = channels.start.runStores(trace, () => surrounded(trace, () => work(trace)))
  channels.end.publish(trace)
  let known: Partial<T> = {}
  try {
    const result = await running
    known = end(result)
    return result
  } finally {
    Object.assign(trace, known, { durationMs: performance.now() - began })
    channels.asyncStart.publish(trace)
    channels.asyncEnd.publish(trace)
  }
}

/**
 * Does work and publishes when it begins and ends, if anything listens. `begin` makes the trace, and `end` gives what is known of
 * it once the work is done. Without a listener, the work gets no trace.
 */
export const traced = <Name extends keyof Traces, A>(
  name: Name,
  begin: () => Traces[Name],
  work: (trace?: Traces[Name]) => Promise<A>,
  end: (result: A) => Partial<Traces[Name]>,
): Promise<A> => {
  const channels = traces[name]
  return channels.hasSubscribers ? published(channels, begin(), work, end) : work()
}

/** Whether a text is a header `traceparent` of W3C Trace Context, version 00. */
export const isTraceparent = (text: string | undefined): text is string =>
  text !== undefined && /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(text)

/** The id of an object, or of an event about it, unless it is made of a caller's key: keys are in no trace. */
export const idInTraces = (id: string): string | undefined => (/(^|:)key:/.test(id) ? undefined : id)

const outcomeOfError = (error: PaymentError): OperationOutcome => {
  if (error._tag === 'Conflict') return 'conflict'
  // With a code, it is the ledger that could not say what became of the operation.
  if (error._tag === 'InProgress' && error.code === undefined) return 'in_progress'
  return error.outcome
}

const outcomeOfResult = ({ status, replayed }: Result<Kind>): OperationOutcome => {
  if (replayed === true) return 'replayed'
  return status === 'failed' ? 'declined' : 'executed'
}

/** How a call of a money method ended, for its trace. */
const endOfOperation = (ended: E.Either<PaymentError, Result<Kind>>): Partial<OperationTrace> => {
  if (E.isLeft(ended)) {
    const { _tag: errorType, account, operationId } = ended.left
    return omitUndefined({ outcome: outcomeOfError(ended.left), account, operationId, errorType })
  }
  const { account, operationId, status } = ended.right
  return omitUndefined({ outcome: outcomeOfResult(ended.right), account, operationId, status })
}

/** Traces a call of a money method. */
export const tracedOperation =
  <K extends Kind>(
    operation: OperationName,
    call: TE.TaskEither<PaymentError, Result<K>>,
  ): TE.TaskEither<PaymentError, Result<K>> =>
  () =>
    traced('operation', () => ({ operation }), call, endOfOperation)

/** The case of the error that something ended with, for its trace. */
export const errorTypeOf = (ended: E.Either<PaymentError, unknown>): { readonly errorType?: PaymentError['_tag'] } =>
  E.isLeft(ended) ? { errorType: ended.left._tag } : {}
