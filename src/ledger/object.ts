import {
  type Afterwards,
  applyEvidence,
  type Draft,
  type Evidence,
  isOfAnother,
  type Json,
  type Kind,
  type MinorUnits,
  omitUndefined,
  type RecordedFacts,
  type Reference,
  type Result,
  type Review,
  type Snapshot,
  type StatusOf,
  type Transition,
  toResult,
} from '../core/index.js'
import { isOver, reducedSnapshot } from './erasure.js'
import { objectKeyOf, toStoredJson } from './json.js'
import {
  type AttemptRecord,
  type EventRecord,
  type ObjectKey,
  type ObjectOrigin,
  type ObjectRecord,
  type OperationRecord,
  type Reservation,
  without,
} from './records.js'
import { nextRead } from './schedule.js'
import { READ_SPACING_MS, type StatusChange, type Write } from './store.js'

/** Nothing is known of an account that the configuration does not have, or not yet. */
export const nothingAfterwards: Afterwards = { disputes: false, refundsElsewhere: false, payableMs: 0 }

/** What is known of an object beside the evidence. Times are milliseconds since the epoch. */
export interface Observed {
  /** The current time. */
  readonly now: number
  /** What may still happen to it at its account. */
  readonly afterwards: Afterwards
  /** The call that made it, if an operation of this ledger did. */
  readonly origin?: ObjectOrigin
  /** An abandoned attempt created it. Default: false. */
  readonly abandoned?: boolean
  /** The amount that it is expected to have, if it is known. */
  readonly expectedAmount?: MinorUnits
  /** What it is expected to belong to, by the draft of the attempt that made it. */
  readonly names?: Draft['names']
  /** Of refunds: what the operation holds back of the payment. */
  readonly reservation?: Reservation
}

/** What evidence makes of an object: the record as it then is, and the writes that record it and emit its events. */
export interface Observation<K extends Kind> {
  /** The record as it then is. */
  readonly object: ObjectRecord<K>
  /** What records it. */
  readonly writes: readonly Write[]
  /** The types of the events among the writes. */
  readonly eventTypes: readonly string[]
}

/** The subject of an object's events. */
export const subjectOf = ({ kind, account, id }: ObjectKey): string => `${kind}:${account}:${id}`

/** The call that made an object, as its results and events carry it. */
export const originOf = (operation: OperationRecord, attempt: AttemptRecord | undefined): ObjectOrigin => ({
  operationId: operation.id,
  idempotencyKey: operation.idempotencyKey,
  notPassedOn: attempt?.draft?.notPassedOn ?? [],
  ...omitUndefined({ merchantReference: operation.merchantReference, metadata: operation.request.metadata }),
})

const factsOf = ({ origin, updatedAt, erasedAt }: ObjectRecord): RecordedFacts => ({
  ...origin,
  recordedAt: updatedAt,
  ...omitUndefined({ erasedAt }),
})

/** What the ledger knows about the amounts of a payment beside what the gateway reports. */
const amountsOf = <K extends Kind>({ captured, refunded, snapshot }: ObjectRecord<K>) =>
  captured === undefined
    ? {}
    : { captured, refunded: snapshot.refunded ?? { minorUnits: refunded, currency: captured.currency } }

/** The result of a recorded object: the last snapshot, with what the ledger made of it. */
export const resultOfRecord = <K extends Kind>(object: ObjectRecord<K>): Result<K> => {
  const { status, disputed, snapshot } = object
  return toResult<K>({ ...snapshot, ...amountsOf(object), status, disputed }, factsOf(object))
}

const changeOf = (kind: Kind, status: string, late: boolean): string => {
  if (!late) return `${kind}.${status}`
  return status === 'succeeded' ? `${kind}.late_success` : `${kind}.reopened`
}

// Between two ends that later evidence corrects, `reopened` would mislead: the object is over before and after.
const isUnpaidEnd = (status: string): boolean => ['expired', 'canceled', 'failed'].includes(status)

const typeOfChange = (kind: Kind, transition: Transition<Kind>): readonly string[] =>
  transition.action === 'advance' ? [changeOf(kind, transition.to, transition.late && !isUnpaidEnd(transition.to))] : []

interface AppliedEvidence<K extends Kind> {
  readonly status: StatusOf<K>
  readonly changes: readonly string[]
  readonly flags: readonly string[]
  readonly suspectedSince?: number
  readonly confirmAt?: number
}

/** What is recorded after evidence about another object: the status stays. */
const keptStatus = <K extends Kind>(recorded: ObjectRecord<K> | undefined, kind: K): AppliedEvidence<K> =>
  recorded === undefined
    ? { status: 'unknown', changes: [`${kind}.unknown`], flags: [] }
    : {
        status: recorded.status,
        changes: [],
        flags: [],
        ...omitUndefined({ suspectedSince: recorded.suspectedSince }),
      }

/** Applies evidence to what is recorded: the status to record, and the changes to emit. */
const applyToRecord = <K extends Kind>(
  recorded: ObjectRecord<K> | undefined,
  kind: K,
  evidence: Evidence<K>,
  now: number,
): AppliedEvidence<K> => {
  const observed: StatusOf<K> = evidence.content.status
  if (recorded === undefined)
    return { status: observed, changes: [`${kind}.${observed}`], flags: observed === 'unknown' ? ['unmapped'] : [] }
  const since = recorded.suspectedSince
  const transition = applyEvidence(kind, recorded.status, evidence, since === undefined ? undefined : now - since)
  const changes = typeOfChange(kind, transition)
  switch (transition.action) {
    case 'advance':
      return { status: transition.to, changes, flags: transition.alert ? [`alert:${transition.to}`] : [] }
    case 'suspect':
      return {
        status: recorded.status,
        changes,
        flags: [`alert:${observed}`],
        suspectedSince: since ?? now,
        confirmAt: now + transition.confirmAfterMs,
      }
    case 'keep':
      return {
        status: recorded.status,
        changes,
        flags: [...(transition.alert ? [`alert:${observed}`] : []), ...(transition.review ? ['unmapped'] : [])],
        ...(observed !== recorded.status && since !== undefined ? { suspectedSince: since } : {}),
      }
  }
}

const flagEvents = (kind: Kind, flags: readonly string[]): readonly string[] => [
  ...(flags.some((flag) => flag.startsWith('alert:')) ? [`${kind}.alert`] : []),
  ...(flags.some((flag) => !flag.startsWith('alert:') && flag !== 'abandoned') ? [`${kind}.review`] : []),
  ...(flags.includes('abandoned') ? [`${kind}.on_abandoned_attempt`] : []),
]

/** Events about a subject. Their sequence numbers follow `events`, the number of those that were emitted before. */
export const buildEvents = (
  subject: string,
  events: number,
  types: readonly string[],
  payload: Json,
  now: number,
): readonly EventRecord[] =>
  types.map((type, index) => {
    const sequence = events + index + 1
    return { id: `${subject}#${sequence}`, type, subject, sequence, payload, createdAt: now, tries: 0 }
  })

/** What a refund's own status means for its payment. A failed one may still succeed, and is counted then. */
const refundWrites = (
  reservation: Reservation | undefined,
  recorded: ObjectRecord | undefined,
  to: string,
): readonly Write[] => {
  const isCounted = recorded?.reservation !== undefined && recorded.status === to
  if (reservation === undefined || isCounted) return []
  const { account, id, amount } = reservation
  const object = { account, kind: 'payment', id } as const
  const refunded = { write: 'refunded', object, amount } as const
  if (to === 'failed') {
    const back = { ...amount, minorUnits: -amount.minorUnits }
    return reservation.held ? [{ write: 'reserve', object, amount: back, clipped: true }] : []
  }
  if (to !== 'succeeded') return reservation.held ? [] : [{ write: 'reserve', object, amount, clipped: true }]
  return reservation.held ? [refunded] : [{ write: 'reserve', object, amount, clipped: true }, refunded]
}

const heldWhile = (status: string, reservation: Reservation | undefined) =>
  reservation === undefined ? undefined : { ...reservation, held: status !== 'failed' }

const capturedBy = (kind: Kind, status: string, snapshot: Snapshot<Kind>, expected?: MinorUnits) => {
  const { captured, amount, review } = snapshot
  if (kind !== 'payment' || status !== 'succeeded') return undefined
  return captured ?? amount ?? (review.includes('amount_unreadable') ? undefined : expected)
}

type NewRecord<K extends Kind> = Omit<
  ObjectRecord<K>,
  'status' | 'statusSince' | 'providerState' | 'snapshot' | 'lastReadAt'
>

/** What a record is before anything is known of it. */
const newRecord = <K extends Kind>(
  key: ObjectKey & { readonly kind: K },
  { now, origin, abandoned = false, expectedAmount, reservation }: Observed,
): NewRecord<K> => ({
  ...key,
  ...omitUndefined({ origin, expectedAmount, reservation }),
  abandoned,
  version: 0,
  events: 0,
  reserved: 0n,
  refunded: 0n,
  disputed: false,
  flags: [],
  refreshRequests: 0,
  createdAt: now,
  updatedAt: now,
})

/**
 * What was known of an object before the evidence. It may have been read before its operation was recorded: what that expects
 * and reserved counts from now on, unless the evidence is about another object.
 */
const recordBefore = <K extends Kind>(
  key: ObjectKey & { readonly kind: K },
  recorded: ObjectRecord<K> | undefined,
  known: Observed,
  ofAnother: boolean,
): NewRecord<K> => {
  if (recorded === undefined) return newRecord(key, known)
  const { origin, expectedAmount, reservation } = known
  if (recorded.origin !== undefined || origin === undefined) return recorded
  return { ...recorded, origin, ...(ofAnother ? {} : omitUndefined({ expectedAmount, reservation })) }
}

/**
 * The record of a payment of an abandoned attempt: its link was not given to the caller, because another attempt took its
 * place. It is read like any other: if a payer pays it all the same, an event is emitted.
 */
export const abandonedPayment = (
  reference: Reference<'payment'>,
  { origin, expectedAmount, names, now }: Omit<Observed, 'afterwards'>,
): ObjectRecord<'payment'> => ({
  ...newRecord(objectKeyOf(reference), {
    now,
    afterwards: nothingAfterwards,
    abandoned: true,
    ...omitUndefined({ origin, expectedAmount }),
  }),
  status: 'created',
  statusSince: now,
  version: 1,
  providerState: {},
  snapshot: {
    reference,
    status: 'created',
    providerState: {},
    amountCheck: 'unchecked',
    disputed: false,
    review: [],
    ...omitUndefined({ names }),
  },
  lastReadAt: 0,
  ...omitUndefined({
    nextReadAt: nextRead('payment', 'created', { createdAt: now, statusSince: now }, nothingAfterwards, now),
  }),
})

const flagsOf = <K extends Kind>(
  applied: AppliedEvidence<K>,
  snapshot: Snapshot<K>,
  abandoned: boolean,
): readonly string[] => [
  ...applied.flags,
  ...snapshot.review,
  ...(snapshot.amountCheck === 'mismatch' ? ['amount_mismatch'] : []),
  ...(abandoned && applied.status === 'succeeded' ? ['abandoned'] : []),
]

const withoutReview = <K extends Kind>(snapshot: Snapshot<K>, known: Review): Snapshot<K> => ({
  ...snapshot,
  review: snapshot.review.filter((review) => review !== known),
})

/** Notifications that came before a new object was recorded request a read of it. */
const recording = (
  object: ObjectRecord,
  recorded: ObjectRecord | undefined,
  change: StatusChange | undefined,
  now: number,
): readonly Write[] => {
  const changed = omitUndefined({ change })
  if (recorded !== undefined) {
    const { version, refreshRequests: refreshRequestsSeen } = recorded
    return [{ write: 'object', object, version, refreshRequestsSeen, ...changed }]
  }
  const { account, kind, id } = object
  return [
    { write: 'new_object', object, ...changed },
    { write: 'match', object: { account, kind, id }, at: now + READ_SPACING_MS },
  ]
}

/** What is kept of a snapshot of another object: nothing but that it came. */
const unrelated = <K extends Kind>(snapshot: Snapshot<K>, recorded: ObjectRecord<K> | undefined): Snapshot<K> => {
  const kept: Snapshot<K> = recorded?.snapshot ?? {
    reference: snapshot.reference,
    status: 'unknown',
    providerState: {},
    amountCheck: 'unchecked',
    disputed: false,
    review: [],
  }
  return { ...kept, review: [...new Set([...kept.review, 'reference_mismatch' as const])] }
}

/** A snapshot with everything that the object is known to belong to. What was known first stays. */
const naming = <K extends Kind>(snapshot: Snapshot<K>, known: Draft['names']): Snapshot<K> => {
  const names = { ...snapshot.names, ...known }
  return Object.keys(names).length === 0 ? snapshot : { ...snapshot, names }
}

/**
 * Says since when an object has been over. What is reported again of one that was erased brings nothing back; what is new is
 * recorded in full, and erased again in its time.
 */
const aged = <K extends Kind>(
  object: ObjectRecord<K>,
  before: NewRecord<K>,
  hasNewStatus: boolean,
  isQuiet: boolean,
): ObjectRecord<K> => {
  if (!isOver(object)) return object
  const over = { ...object, overAt: (hasNewStatus ? undefined : before.overAt) ?? object.updatedAt }
  const { erasedAt } = before
  return isQuiet && erasedAt !== undefined ? { ...over, erasedAt, snapshot: reducedSnapshot(over.snapshot) } : over
}

/**
 * Applies a complete snapshot to what is recorded. It is the one place where a recorded status changes: answers, reads and
 * operators all come through here, and each change emits exactly one event, in the same transaction. A snapshot that belongs to
 * another order, payment or operation changes no status and asks for a review.
 */
export const observe = <K extends Kind>(
  key: ObjectKey & { readonly kind: K },
  recorded: ObjectRecord<K> | undefined,
  evidence: Evidence<K>,
  reported: Snapshot<K>,
  known: Observed,
): Observation<K> => {
  const { now, afterwards } = known
  const { kind } = key
  const names = { ...known.names, ...recorded?.snapshot.names }
  const ofAnother = isOfAnother(reported, names)
  const snapshot = naming(ofAnother ? unrelated(reported, recorded) : reported, names)
  const before = recordBefore(key, recorded, known, ofAnother)
  // Refunds of our own hold something of the payment back.
  const read = before.reserved > 0n ? withoutReview(snapshot, 'refund_reported') : snapshot
  const applied = ofAnother ? keptStatus(recorded, kind) : applyToRecord(recorded, kind, evidence, now)
  const { status, changes } = applied
  // An operator was called about the status that was; a new status is a new call.
  const flagsBefore = changes.length > 0 ? [] : before.flags
  const flags = flagsOf(applied, read, before.abandoned)
  // A gateway may stop reporting a dispute that it reported; only an operator closes one.
  const disputed = snapshot.disputed || before.disputed
  const eventTypes = [
    ...changes,
    ...(disputed && !before.disputed ? [`${kind}.disputed`] : []),
    ...flagEvents(
      kind,
      flags.filter((flag) => !flagsBefore.includes(flag)),
    ),
  ]
  // What was read beside another status than the recorded one explains that other one.
  const shown = read.status === status ? read : without(read, 'nextAction', 'reason', 'detail')
  const statusSince = recorded === undefined || changes.length > 0 ? now : recorded.statusSince
  const after: ObjectRecord<K> = {
    ...without(before, 'suspectedSince', 'nextReadAt', 'overAt', 'erasedAt'),
    ...omitUndefined({
      captured: before.captured ?? capturedBy(kind, status, snapshot, before.expectedAmount),
      reservation: heldWhile(status, before.reservation),
      suspectedSince: applied.suspectedSince,
      nextReadAt:
        applied.confirmAt ?? nextRead(kind, status, { createdAt: before.createdAt, statusSince }, afterwards, now),
    }),
    status,
    statusSince,
    version: before.version + 1,
    events: before.events + eventTypes.length,
    disputed,
    flags: [...new Set([...flagsBefore, ...flags])],
    providerState: snapshot.providerState,
    snapshot: { ...shown, status },
    lastReadAt: evidence.source === 'read' ? now : (recorded?.lastReadAt ?? 0),
    updatedAt: now,
  }
  const object = aged(after, before, changes.length > 0, eventTypes.length === 0)
  const payload = toStoredJson({ object: resultOfRecord(object) })
  const from = omitUndefined({ from: recorded?.status })
  const change = changes.length > 0 ? { ...from, evidence: evidence.source } : undefined
  return {
    object,
    eventTypes,
    writes: [
      ...recording(object, recorded, change, now),
      ...refundWrites(before.reservation, recorded, status),
      ...buildEvents(subjectOf(key), before.events, eventTypes, payload, now).map(
        (event) => ({ write: 'event', event }) as const,
      ),
    ],
  }
}
