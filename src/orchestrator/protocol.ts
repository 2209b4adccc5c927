import {
  type AnyReference,
  type Deduplication,
  type Draft,
  type Effect,
  given,
  indeterminate,
  type Json,
  type PaymentError,
  type Refused,
  type Unreachable,
  type Unsupported,
  unreachable,
} from '../core/index.js'
import {
  type AttemptRecord,
  errorJson,
  eventsOf,
  type LogRecord,
  type ObjectKey,
  type OperationRecord,
  type Write,
  without,
} from '../ledger/index.js'

/**
 * The life of an operation as pure functions: what to do next with what the ledger holds, and what to write after it was
 * done. No clock, no socket, no store. The exhaustive search drives these same functions.
 */

/** An operation that a worker holds, with its attempts, first to last. */
export interface Held {
  readonly operation: OperationRecord
  readonly attempts: readonly AttemptRecord[]
}

/** What subscribers are told about an operation itself. What became of its object, the object's own events tell. */
export type OperationEvent =
  | 'operation.refused'
  | 'operation.canceled'
  | 'operation.indeterminate'
  /** Nothing more can be found out by itself: it waits for `resolve`. */
  | 'operation.parked'
  /** A person attested what became of it. */
  | 'operation.resolved'

/** What a step leaves behind: the writes to commit together, and the operation as it then is. */
export interface Change {
  readonly held: Held
  readonly writes: readonly Write[]
}

/** What the worker that holds an operation does next. */
export type Step =
  /** Draft, connect, freeze and mark, write. */
  | { readonly step: 'send' }
  /** The frozen bytes once more: the gateway tells a repeat by its key, for certain. */
  | { readonly step: 'resend' }
  /** Read the object back; where it is not found, do `otherwise`. Not to be found is no evidence. */
  | { readonly step: 'look_up'; readonly reference: AnyReference; readonly otherwise: 'resend' | 'wait' }
  /** What was staged is orphaned, and made again, here or at the next account. */
  | { readonly step: 'start_over' }
  /** Never marked, and its time is over. */
  | { readonly step: 'cancel' }
  /** Nothing now. */
  | { readonly step: 'wait' }

/** What the next account may be tried after. The failover step takes nothing else. */
export type FailoverCause =
  | Unreachable
  | Unsupported
  | (Refused & { readonly reason: FailoverReason })
  | { readonly _tag: 'LinkNeverReleased' }

type FailoverReason =
  | 'authentication'
  | 'permission'
  | 'configuration'
  | 'signature'
  | 'insufficient_funds'
  | 'amount_limit'

const failoverReasons: readonly string[] = [
  'authentication',
  'permission',
  'configuration',
  'signature',
  'insufficient_funds',
  'amount_limit',
] satisfies readonly FailoverReason[]

const LINK_NEVER_RELEASED = { _tag: 'LinkNeverReleased' } as const

/** An attempt is sent at most this many times, a resend of the same bytes included. */
export const MAX_SENDS = 3
/** A staged request is made again at most this many times. */
export const MAX_START_OVERS = 2
// A request may be under way for as long as the longest exchange takes: the window has to cover its arrival.
const RESEND_MARGIN_MS = 60_000
const LONGEST_RESEND_MS = 60 * 60_000

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long after the last look the next one follows: 5 s, growing to daily, for thirty days. */
export const lookUpSchedule: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  ...Array.from({ length: 30 }, () => DAY),
]

/** The attempt that is being made. */
export const currentAttempt = ({ operation, attempts }: Held): AttemptRecord => {
  const current = attempts[operation.attempt - 1]
  if (current === undefined) throw new RangeError('an operation without its attempt')
  return current
}

const replaceCurrent = (held: Held, attempt: AttemptRecord): readonly AttemptRecord[] =>
  held.attempts.map((other) => (other.n === attempt.n ? attempt : other))

interface Moved {
  readonly operation: Partial<OperationRecord>
  /** The event that subscribers are told. */
  readonly tell?: OperationEvent
  readonly attempt?: Partial<AttemptRecord>
  readonly next?: AttemptRecord
  readonly log: Pick<LogRecord, 'what' | 'detail'>
  readonly keepLease: boolean
  readonly also?: readonly Write[]
}

const telling = (operation: OperationRecord, tell: OperationEvent | undefined, now: number) => {
  const { id: operationId, operation: name, key, state, error = null } = operation
  const payload = { operationId, operation: name, idempotencyKey: key, state, error }
  return eventsOf(`operation:${operationId}`, operation.events, tell === undefined ? [] : [tell], payload, now)
}

const move = (held: Held, moved: Moved, now: number): Change => {
  const current = currentAttempt(held)
  // What a step does not say again does not hold any more.
  const changed: OperationRecord = { ...without(held.operation, 'nextAt', 'error'), ...moved.operation }
  const events = telling(changed, moved.tell, now)
  const operation = { ...changed, events: changed.events + events.length }
  const attempt: AttemptRecord = { ...current, ...moved.attempt }
  const attempts = [...replaceCurrent(held, attempt), ...(moved.next === undefined ? [] : [moved.next])]
  return {
    held: { operation, attempts },
    writes: [
      { write: 'operation', operation, from: held.operation.state, keepLease: moved.keepLease },
      ...(moved.attempt === undefined ? [] : [{ write: 'attempt', attempt, is: 'changed' } as const]),
      ...(moved.next === undefined ? [] : [{ write: 'attempt', attempt: moved.next, is: 'new' } as const]),
      ...(moved.also ?? []),
      ...events.map((event) => ({ write: 'event', event }) as const),
      {
        write: 'log',
        log: { operationId: operation.id, n: current.n, at: now, fence: operation.fence, ...moved.log },
      },
    ],
  }
}

/** The first attempt of an operation, or the next one. */
export const newAttempt = (operation: OperationRecord, n: number, position: number): AttemptRecord => ({
  operationId: operation.id,
  n,
  position,
  account: operation.accounts[position] ?? '',
  state: 'open',
  marks: 0,
})

/** Claims an operation: the lease is the writer's, and what a refund may give back is reserved with it. */
export const claim = (operation: OperationRecord, leaseMs: number, now: number): Change => {
  const attempt = newAttempt(operation, 1, 0)
  return {
    held: { operation, attempts: [attempt] },
    writes: [
      { write: 'claim', operation, leaseMs },
      { write: 'attempt', attempt, is: 'new' },
      ...reserving(operation, true),
      { write: 'log', log: { operationId: operation.id, n: 1, at: now, fence: operation.fence, what: 'claimed' } },
    ],
  }
}

/** Takes over an operation that nobody holds. */
export const takeOver = ({ operation, attempts }: Held, leaseMs: number, now: number): Change => {
  const taken: OperationRecord = { ...operation, fence: operation.fence + 1 }
  return {
    held: { operation: taken, attempts },
    writes: [
      { write: 'take_over', id: operation.id, fence: operation.fence, leaseMs },
      {
        write: 'log',
        log: { operationId: operation.id, n: operation.attempt, at: now, fence: taken.fence, what: 'taken_over' },
      },
    ],
  }
}

/** The same key again, after everything that was tried ended with proof that nothing executed: a new start, where the routes lead now. */
export const reopen = (held: Held, accounts: readonly string[], deadline: number, now: number): Change => {
  const n = held.operation.attempt + 1
  const operation: OperationRecord = {
    ...held.operation,
    accounts,
    state: 'prepared',
    deadline,
    attempt: n,
    checks: 0,
    nextAt: now,
    ...(held.operation.reservation === undefined ? {} : { reservation: { ...held.operation.reservation, held: true } }),
  }
  return move(
    held,
    {
      operation,
      next: newAttempt(operation, n, 0),
      log: { what: 'reopened' },
      keepLease: true,
      also: reserving(operation, true),
    },
    now,
  )
}

const reserving = ({ reservation }: OperationRecord, take: boolean): readonly Write[] => {
  if (reservation === undefined) return []
  const { account, id, amount } = reservation
  const signed = { ...amount, amount: take ? amount.amount : -amount.amount }
  return [{ write: 'reserve', object: { account, kind: 'payment', id }, amount: signed, clipped: false }]
}

/** Gives back what a refund had reserved. Only a proof that it did not execute leads here. */
const released = ({ reservation }: OperationRecord) =>
  reservation?.held === true ? { reservation: { ...reservation, held: false } } : {}

const releasing = (operation: OperationRecord): readonly Write[] =>
  operation.reservation?.held === true ? reserving(operation, false) : []

/** Whether the gateway still knows the attempt's key for certain, and it may be sent again. `now` by the clock that stamps the first mark. */
export const mayResend = (held: Held, deduplication: Deduplication, now: number): boolean => {
  const { firstMarkedAt = now, marks } = currentAttempt(held)
  if (deduplication.kind === 'none' || !deduplication.proven) return false
  const until = firstMarkedAt + Math.min(deduplication.windowMs - RESEND_MARGIN_MS, LONGEST_RESEND_MS)
  return marks < MAX_SENDS && now < until && now < held.operation.deadline
}

const orphans = ({ attempts }: Held): number => attempts.filter(({ state }) => state === 'orphaned').length

const hasNext = ({ operation, attempts }: Held): boolean => {
  const position = attempts[operation.attempt - 1]?.position ?? 0
  return position + 1 < operation.accounts.length
}

const mayStartOver = (held: Held, now: number): boolean =>
  now < held.operation.deadline &&
  currentAttempt(held).effect === 'stages' &&
  (hasNext(held) || orphans(held) < MAX_START_OVERS)

/** What to do next with an operation that this worker holds. `deduplication` is the account's, for this operation. */
export const next = (held: Held, deduplication: Deduplication, now: number): Step => {
  const { operation } = held
  switch (operation.state) {
    case 'prepared':
      return now < operation.deadline ? { step: 'send' } : { step: 'cancel' }
    case 'executed':
    case 'refused':
    case 'canceled':
      return { step: 'wait' }
    case 'dispatched':
    case 'indeterminate': {
      if (mayStartOver(held, now)) return { step: 'start_over' }
      const { reference } = currentAttempt(held)
      const resend = mayResend(held, deduplication, now)
      // A gateway that replays tells more by a repeat than by a read.
      if (resend && (deduplication.kind === 'replays' || reference === undefined)) return { step: 'resend' }
      if (reference !== undefined) return { step: 'look_up', reference, otherwise: resend ? 'resend' : 'wait' }
      return { step: 'wait' }
    }
  }
}

/** What is frozen with the first mark: the draft, and where to look for the object or hear of it when the answer is lost. */
export interface Frozen {
  readonly draft: Draft
  readonly reference?: AnyReference
  readonly tokenHash?: string
}

/** Freezes the draft with the first mark, or marks once more before a resend. Committed with a connection up and before the first byte. */
export const mark = (held: Held, frozen: Frozen, now: number): Change => {
  const { marks, firstMarkedAt } = currentAttempt(held)
  return move(
    held,
    {
      operation: { state: 'dispatched', nextAt: now },
      attempt: {
        state: 'marked',
        marks: marks + 1,
        firstMarkedAt: firstMarkedAt ?? now,
        effect: frozen.draft.wire.effect,
        ...frozen,
      },
      log: { what: 'marked', detail: frozen.draft.wire.effect },
      keepLease: true,
    },
    now,
  )
}

const describe = (error: PaymentError): string => {
  switch (error._tag) {
    case 'Refused':
      return `${error._tag} ${error.reason} ${error.httpStatus}`
    case 'Unreachable':
      return `${error._tag} ${error.phase}`
    case 'Indeterminate':
      return [error._tag, error.phase, error.httpStatus ?? '', error.registered === true ? 'registered' : '']
        .join(' ')
        .trim()
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'InProgress':
    case 'Conflict':
    case 'RateLimited':
      return error._tag
  }
}

/** Whether the next account may be tried after a failure on the attempt just made, and why. */
export const failoverCause = (
  error: PaymentError,
  sent: Exclude<Effect, 'reads'> | undefined,
): FailoverCause | undefined => {
  if (sent === 'stages') return LINK_NEVER_RELEASED
  if (error._tag === 'Unsupported') return error
  if (error._tag === 'Unreachable') return error.phase === 'deadline' || error.phase === 'store' ? undefined : error
  if (error._tag === 'Refused' && failoverReasons.includes(error.reason))
    return error as Refused & { reason: FailoverReason }
  return undefined
}

/** Closes the attempt and begins the next, at `position`, in one write. */
const moveOn = (
  held: Held,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'outcome'>,
  position: number,
  now: number,
): Change => {
  const n = held.operation.attempt + 1
  const operation: OperationRecord = { ...held.operation, state: 'prepared', attempt: n, checks: 0, nextAt: now }
  return move(
    held,
    {
      operation,
      attempt: closing,
      next: newAttempt(operation, n, position),
      log: { what: closing.state, ...given({ detail: closing.outcome ?? because._tag }) },
      keepLease: true,
    },
    now,
  )
}

/** The next account of the list. */
export const failOver = (
  held: Held,
  because: FailoverCause,
  closing: Pick<AttemptRecord, 'state' | 'outcome'>,
  now: number,
): Change => moveOn(held, because, closing, currentAttempt(held).position + 1, now)

/** Orphans what was staged and makes it again: at the next account where there is one, else at the same. */
export const startOver = (held: Held, now: number, outcome?: string): Change => {
  const closing = { state: 'orphaned', ...given({ outcome }) } as const
  return hasNext(held)
    ? failOver(held, LINK_NEVER_RELEASED, closing, now)
    : moveOn(held, LINK_NEVER_RELEASED, closing, currentAttempt(held).position, now)
}

/** The attempt ends with proof that it executed nothing, and no other account is tried. */
const end = (held: Held, error: PaymentError, attempt: 'unsent' | 'refused', now: number): Change => {
  const isFinal = error._tag === 'Refused' && error.retry === 'never'
  const outcome = describe(error)
  return move(
    held,
    {
      operation: {
        state: isFinal ? 'refused' : 'canceled',
        error: errorJson(error),
        ...released(held.operation),
      },
      tell: isFinal ? 'operation.refused' : 'operation.canceled',
      attempt: { state: attempt, outcome },
      log: { what: attempt, detail: outcome },
      keepLease: false,
      also: releasing(held.operation),
    },
    now,
  )
}

/** The next look at an operation that no usable answer came for. None where nothing can be looked up or repeated: it is parked. */
const nextLook = (held: Held, deduplication: Deduplication, now: number): { checks: number; nextAt?: number } => {
  const { checks } = held.operation
  const wait = lookUpSchedule[checks]
  const hasWay = currentAttempt(held).reference !== undefined || mayResend(held, deduplication, now)
  return { checks: checks + 1, ...(wait === undefined || !hasWay ? {} : { nextAt: now + wait }) }
}

const parkedOr = <Other>(look: { nextAt?: number }, other: Other) =>
  look.nextAt === undefined ? ('operation.parked' as const) : other

/** What is told while nothing is known, whatever the last try itself came to. */
const unknown = (held: Held, error?: PaymentError): Json => {
  if (error?.outcome === 'unknown') return errorJson(error)
  return held.operation.error ?? errorJson(indeterminate(currentAttempt(held).effect ?? 'moves_money', 'answer'))
}

const lost = (held: Held, error: PaymentError, deduplication: Deduplication, now: number): Change => {
  const look = nextLook(held, deduplication, now)
  return move(
    held,
    {
      operation: { state: 'indeterminate', error: unknown(held, error), ...look },
      tell: parkedOr(look, 'operation.indeterminate'),
      attempt: { outcome: describe(error) },
      log: { what: 'lost', detail: describe(error) },
      keepLease: false,
    },
    now,
  )
}

/**
 * After a send or a resend that did not end with the object. `marked`: whether this worker's mark was committed for it.
 * Only two things prove that nothing executed: that no byte was written under any mark, and a refusal that answers the
 * only mark there is.
 */
export const afterFailure = (
  held: Held,
  error: PaymentError,
  marked: boolean,
  deduplication: Deduplication,
  now: number,
): Change => {
  const { marks, effect } = currentAttempt(held)
  const isOnlyMark = marks === (marked ? 1 : 0)
  const isRefused = error.outcome === 'refused'
  const isUnsent = marked ? error._tag === 'Unreachable' : !isRefused
  if (isOnlyMark && (isUnsent || isRefused)) {
    const proof = error.outcome === 'unknown' ? unreachable('draft') : error
    const state = isRefused ? 'refused' : 'unsent'
    const because = failoverCause(proof, marked ? effect : undefined)
    return because !== undefined && hasNext(held) && now < held.operation.deadline
      ? failOver(held, because, { state, outcome: describe(proof) }, now)
      : end(held, proof, state, now)
  }
  return mayStartOver(held, now) ? startOver(held, now, describe(error)) : lost(held, error, deduplication, now)
}

/** After a look at the gateway that did not find the object, or where there is no way to look. */
export const afterLookUp = (held: Held, deduplication: Deduplication, now: number): Change => {
  const look = nextLook(held, deduplication, now)
  return move(
    held,
    {
      operation: { state: 'indeterminate', error: unknown(held), ...look },
      ...given({ tell: parkedOr(look, undefined) }),
      log: { what: 'looked_up' },
      keepLease: false,
    },
    now,
  )
}

const LEFT_FOR_MS = 60_000

/** Left alone by a worker that does not have its account. Others may have it. */
export const leave = (held: Held, now: number): Change =>
  move(
    held,
    {
      operation: { nextAt: now + LEFT_FOR_MS, ...given({ error: held.operation.error }) },
      log: { what: 'left' },
      keepLease: false,
    },
    now,
  )

/** Nothing was ever marked, and the deadline has passed. */
export const cancel = (held: Held, error: Unreachable, now: number): Change => end(held, error, 'unsent', now)

/** The gateway holds the object, by its answer or by a read. `also`: the writes that record the object. */
export const executed = (
  held: Held,
  object: ObjectKey,
  what: 'executed' | 'found',
  also: readonly Write[],
  now: number,
): Change =>
  move(
    held,
    {
      operation: { state: 'executed', object },
      attempt: { state: 'executed' },
      log: { what },
      keepLease: false,
      also,
    },
    now,
  )

/** Somebody attests that the gateway executed it. `also`: the writes that record the object. */
export const resolvedAsExecuted = (
  held: Held,
  object: ObjectKey,
  attestedBy: string,
  also: readonly Write[],
  now: number,
): Change =>
  move(
    held,
    {
      operation: { state: 'executed', object },
      tell: 'operation.resolved',
      attempt: { state: 'executed', outcome: 'attested' },
      log: { what: 'resolved', detail: `executed, attested by ${attestedBy}` },
      keepLease: false,
      also,
    },
    now,
  )

/** Somebody attests that it did not execute and cannot any more. */
export const resolvedAsNotExecuted = (held: Held, error: PaymentError, attestedBy: string, now: number): Change =>
  move(
    held,
    {
      operation: { state: 'canceled', error: errorJson(error), ...released(held.operation) },
      tell: 'operation.resolved',
      attempt: { state: currentAttempt(held).effect === 'stages' ? 'orphaned' : 'unsent', outcome: 'attested' },
      log: { what: 'resolved', detail: `not executed, attested by ${attestedBy}` },
      keepLease: false,
      also: releasing(held.operation),
    },
    now,
  )
