import {
  type Evidence,
  given,
  type Judgement,
  type Kind,
  type Money,
  type Reference,
  type Results,
  type StatusOf,
  weigh,
} from '../core/index.js'
import { objectKeyOf, resultJson, resultOf } from './json.js'
import { type EventRecord, type ObjectKey, type ObjectRecord, type Reservation, without } from './records.js'
import { nextRead } from './schedule.js'
import { READ_SPACING_MS, type Write } from './store.js'

/** What is known of an object beside the evidence. Times are milliseconds since the epoch. */
export interface Observed {
  readonly now: number
  /** Whether its account can see disputes. */
  readonly disputes: boolean
  readonly operationId?: string
  readonly orphaned?: boolean
  readonly expected?: Money
  /** Of refunds: what the operation holds back of the payment. */
  readonly reservation?: Reservation
}

/** What evidence makes of an object: the record as it then is, and the writes that record it and tell of it. */
export interface Observation<K extends Kind> {
  readonly object: ObjectRecord<K>
  readonly writes: readonly Write[]
  /** The types of the events among the writes. */
  readonly told: readonly string[]
}

/** The subject of an object's events. */
export const subjectOf = ({ kind, account, id }: ObjectKey): string => `${kind}:${account}:${id}`

/** What a recorded object is told as: the last result, with what the ledger made of it. */
export const resultOfRecord = <K extends Kind>(object: ObjectRecord<K>): Results[K] => ({
  ...resultOf<K>(object.snapshot),
  status: object.status,
  disputed: object.disputed,
})

const changeOf = (kind: Kind, status: string, late: boolean): string => {
  if (!late) return `${kind}.${status}`
  return status === 'succeeded' ? `${kind}.late_success` : `${kind}.reopened`
}

// Between the ends of a life that soft evidence corrects, `reopened` would mislead: it is over either way.
const isOver = (status: string): boolean => ['expired', 'canceled', 'failed'].includes(status)

const typeOfChange = (kind: Kind, judgement: Judgement<Kind>): readonly string[] =>
  judgement.verdict === 'advance' ? [changeOf(kind, judgement.to, judgement.late && !isOver(judgement.to))] : []

interface Weighed<K extends Kind> {
  readonly status: StatusOf<K>
  readonly changes: readonly string[]
  readonly flags: readonly string[]
  readonly suspectedSince?: number
  readonly confirmAt?: number
}

/** Weighs evidence against what is recorded: the status to record, and what to tell. */
const weighAgainst = <K extends Kind>(
  recorded: ObjectRecord<K> | undefined,
  kind: K,
  evidence: Evidence<K>,
  now: number,
): Weighed<K> => {
  const observed: StatusOf<K> = evidence.content.status
  if (recorded === undefined)
    return { status: observed, changes: [`${kind}.${observed}`], flags: observed === 'unknown' ? ['unmapped'] : [] }
  const since = recorded.suspectedSince
  const judgement = weigh(kind, recorded.status, evidence, since === undefined ? undefined : now - since)
  const changes = typeOfChange(kind, judgement)
  switch (judgement.verdict) {
    case 'advance':
      return { status: judgement.to, changes, flags: judgement.alert ? [`alert:${judgement.to}`] : [] }
    case 'suspect':
      return {
        status: recorded.status,
        changes,
        flags: [`alert:${observed}`],
        suspectedSince: since ?? now,
        confirmAt: now + judgement.confirmAfterMs,
      }
    case 'keep':
      return {
        status: recorded.status,
        changes,
        flags: [...(judgement.alert ? [`alert:${observed}`] : []), ...(judgement.review ? ['unmapped'] : [])],
        ...(observed !== recorded.status && since !== undefined ? { suspectedSince: since } : {}),
      }
  }
}

const flagEvents = (kind: Kind, flags: readonly string[]): readonly string[] => [
  ...(flags.some((flag) => flag.startsWith('alert:')) ? [`${kind}.alert`] : []),
  ...(flags.some((flag) => !flag.startsWith('alert:') && flag !== 'orphan') ? [`${kind}.review`] : []),
  ...(flags.includes('orphan') ? [`${kind}.on_orphaned_attempt`] : []),
]

/** Events about a subject, numbered on from `events`. */
export const eventsOf = (
  subject: string,
  events: number,
  types: readonly string[],
  payload: EventRecord['payload'],
  now: number,
): readonly EventRecord[] =>
  types.map((type, index) => {
    const sequence = events + index + 1
    return { id: `${subject}#${sequence}`, type, subject, sequence, payload, createdAt: now, tries: 0 }
  })

/** What a refund's own status means for the payment it gives back of. A failed one may still succeed, and is counted then. */
const refundWrites = (reservation: Reservation | undefined, from: string | undefined, to: string): readonly Write[] => {
  if (reservation === undefined || from === to) return []
  const { account, id, amount } = reservation
  const object = { account, kind: 'payment', id } as const
  const refunded = { write: 'refunded', object, amount } as const
  if (to === 'failed') {
    const back = { ...amount, amount: -amount.amount }
    return reservation.held ? [{ write: 'reserve', object, amount: back, clipped: false }] : []
  }
  if (to !== 'succeeded') return reservation.held ? [] : [{ write: 'reserve', object, amount, clipped: true }]
  return reservation.held ? [refunded] : [{ write: 'reserve', object, amount, clipped: true }, refunded]
}

const heldWhile = (status: string, reservation: Reservation | undefined) =>
  reservation === undefined ? undefined : { ...reservation, held: status !== 'failed' }

const capturedBy = (kind: Kind, status: string, result: { amount?: Money }, expected: Money | undefined) =>
  kind === 'payment' && status === 'succeeded' ? (result.amount ?? expected) : undefined

/** What a record is before anything is known of it. */
const unrecorded = <K extends Kind>(
  key: ObjectKey & { readonly kind: K },
  { now, operationId, orphaned = false, expected, reservation }: Observed,
): Omit<ObjectRecord<K>, 'status' | 'statusSince' | 'providerState' | 'snapshot' | 'lastReadAt'> => ({
  ...key,
  ...given({ operationId, expected, reservation }),
  orphaned,
  version: 0,
  events: 0,
  reserved: 0n,
  refunded: 0n,
  disputed: false,
  flags: [],
  rings: 0,
  createdAt: now,
})

/**
 * The record of a payment that an attempt staged and that nobody was given, another attempt having taken its place. It is
 * read like any other: should somebody pay it all the same, a person is told.
 */
export const orphanOf = (
  reference: Reference<'payment'>,
  { operationId, expected, now }: Omit<Observed, 'disputes'>,
): ObjectRecord<'payment'> => ({
  ...unrecorded(objectKeyOf(reference), { now, disputes: false, orphaned: true, ...given({ operationId, expected }) }),
  status: 'created',
  statusSince: now,
  version: 1,
  providerState: {},
  snapshot: resultJson<'payment'>({
    reference,
    status: 'created',
    providerState: {},
    amountCheck: 'unchecked',
    disputed: false,
    review: [],
  }),
  lastReadAt: 0,
  ...given({ nextReadAt: nextRead('payment', 'created', now, false, now) }),
})

const flagsOf = <K extends Kind>(weighed: Weighed<K>, result: Results[K], orphaned: boolean): readonly string[] => [
  ...weighed.flags,
  ...result.review,
  ...(result.amountCheck === 'mismatch' ? ['amount_mismatch'] : []),
  ...(orphaned && weighed.status === 'succeeded' ? ['orphan'] : []),
]

/** Notifications that came before a new object was recorded call for a read of it. */
const recording = (object: ObjectRecord, recorded: ObjectRecord | undefined, now: number): readonly Write[] => {
  if (recorded !== undefined) return [{ write: 'object', object, version: recorded.version, ringsSeen: recorded.rings }]
  const { account, kind, id } = object
  return [
    { write: 'new_object', object },
    { write: 'match', object: { account, kind, id }, at: now + READ_SPACING_MS },
  ]
}

/**
 * Weighs a complete result against what is recorded. It is the one place where a recorded status changes: answers, reads
 * and operators all come through here, and each change is told by exactly one event, in the same transaction.
 */
export const observe = <K extends Kind>(
  key: ObjectKey & { readonly kind: K },
  recorded: ObjectRecord<K> | undefined,
  evidence: Evidence<K>,
  result: Results[K],
  known: Observed,
): Observation<K> => {
  const { now, disputes } = known
  const { kind } = key
  const before = recorded ?? unrecorded(key, known)
  const weighed = weighAgainst(recorded, kind, evidence, now)
  const { status, changes } = weighed
  // A person was called about the status that was; a new one is a new call.
  const flagsBefore = changes.length > 0 ? [] : before.flags
  const flags = flagsOf(weighed, result, before.orphaned)
  // A gateway may stop telling of a dispute that it told of; only a person closes one.
  const disputed = result.disputed || before.disputed
  const told = [
    ...changes,
    ...(disputed && !before.disputed ? [`${kind}.disputed`] : []),
    ...flagEvents(
      kind,
      flags.filter((flag) => !flagsBefore.includes(flag)),
    ),
  ]
  // What was read beside another status than the recorded one explains that other one.
  const shown = result.status === status ? result : without(result, 'nextAction', 'reason', 'detail')
  const statusSince = recorded === undefined || changes.length > 0 ? now : recorded.statusSince
  const object: ObjectRecord<K> = {
    ...without(before, 'suspectedSince', 'nextReadAt'),
    ...given({
      captured: before.captured ?? capturedBy(kind, status, result, before.expected),
      reservation: heldWhile(status, before.reservation),
      suspectedSince: weighed.suspectedSince,
      nextReadAt: weighed.confirmAt ?? nextRead(kind, status, statusSince, disputes, now),
    }),
    status,
    statusSince,
    version: before.version + 1,
    events: before.events + told.length,
    disputed,
    flags: [...new Set([...flagsBefore, ...flags])],
    providerState: result.providerState,
    snapshot: resultJson<K>({ ...shown, status }),
    lastReadAt: evidence.source === 'read' ? now : (recorded?.lastReadAt ?? 0),
  }
  const payload = resultJson<K>({ ...shown, status, disputed })
  return {
    object,
    told,
    writes: [
      ...recording(object, recorded, now),
      ...refundWrites(before.reservation, recorded?.status, status),
      ...eventsOf(subjectOf(key), before.events, told, payload, now).map(
        (event) => ({ write: 'event', event }) as const,
      ),
    ],
  }
}
