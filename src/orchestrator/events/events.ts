import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  chosen,
  decode,
  exactObject,
  exactObjectOf,
  type Kind,
  kinds,
  type Listed,
  type Money,
  machines,
  type OperationName,
  omitUndefined,
  oneOf,
  operationNames,
  type PaymentError,
  type Reference,
  type Result,
  type StatusOf,
  toMoney,
} from '../../core/index.js'
import {
  type Attestation,
  type EventRecord,
  type InboxRecord,
  type ObjectKey,
  type OperationState,
  type OutboxEntry,
  operationStateNames,
  storedAttestation,
  storedError,
  storedMoney,
  storedObjectKey,
  storedReferences,
  storedResults,
  storedStatuses,
  storedTexts,
  unreadable,
} from '../../ledger/index.js'
import type { OperationEvent } from '../protocol/index.js'

/** The events about a payment, refund or payout beside those of its statuses. */
export const objectEvents = {
  late_success: 'It succeeded after it had been recorded as over. Comes in place of `succeeded`',
  reopened: 'It is under way again after it had been recorded as over',
  disputed: "The payer's bank took the money back, or tries to",
  alert: 'The gateway contradicts what is recorded, or took back a success: an operator should look',
  review: 'An operator should look: `object.review` and `object.amountCheck` say why',
  on_abandoned_attempt:
    'A payment of an abandoned attempt succeeded, although its link was never given out: an operator should look',
  duplicate: 'Another payment with the same `merchantReference` had succeeded before: the payer may have paid twice',
} as const

/** The events about an operation itself. */
export const operationEvents: Readonly<Record<OperationEvent, string>> = {
  'operation.refused': 'The gateway refused it for good. Nothing was executed',
  'operation.canceled': 'Nothing was executed. A call with the same key starts again',
  'operation.indeterminate': 'No usable answer came: it may have been executed. paymux polls',
  'operation.requires_resolution': 'paymux can find out nothing more: it waits for `resolve`',
  'operation.resolved': 'An operator attested what became of it',
}

/** The events about what the ledger has no record of. */
export const unknownObjectEvents = {
  'notification.unmatched': 'Notifications named objects that the ledger has not recorded for seven days',
  'reconciliation.missing_in_ledger': 'The gateway lists an object that the ledger does not know',
} as const

/** The events about an account. */
export const accountEvents = {
  'account.failing':
    'No read of the account has succeeded for 15 minutes: `failing.reason` says why. An operator should look',
  'account.recovered': 'A read of the account succeeded, after `account.failing`',
} as const

/** The types of the events about an account. */
export type AccountEvent = keyof typeof accountEvents

/** The types of the events about one kind of object: one for each status, and those of {@link objectEvents}. */
export type ObjectEventType<K extends Kind> = `${K}.${StatusOf<K> | keyof typeof objectEvents}`

/** The types of all events. */
export type EventType =
  | { readonly [K in Kind]: ObjectEventType<K> }[Kind]
  | OperationEvent
  | AccountEvent
  | keyof typeof unknownObjectEvents

/** What every event carries, so that a subscriber finds its order from any of them. Absent fields are not known. */
export interface EventHeader<Type extends string> {
  /** The same in all deliveries of the event. */
  readonly id: string
  /** What happened. */
  readonly type: Type
  /** What it is about. Events of one subject are delivered in their order. */
  readonly subject: string
  /** From 1, without gaps, for each subject. */
  readonly sequence: number
  /** When it was recorded, in milliseconds since the epoch. */
  readonly at: number
  /** The account that it is about. */
  readonly account?: string
  /** The merchant's order number. A refund's event carries its payment's. */
  readonly merchantReference?: string
  /** The idempotency key of the call that made the object. */
  readonly idempotencyKey?: string
  /** The id of the operation that made the object. */
  readonly operationId?: string
  /** The metadata of the request, whether the gateway keeps it or not. */
  readonly metadata?: Readonly<Record<string, string>>
  /** When its personal data was erased, in milliseconds since the epoch: it is delivered, or delivered again, without it. Absent: it was not. */
  readonly erasedAt?: number
}

/** About a payment, refund or payout; `object` is what was recorded then. */
export type ObjectEvent = {
  readonly [K in Kind]: EventHeader<ObjectEventType<K>> & {
    /** What was recorded then. */
    readonly object: Result<K>
  }
}[Kind]

/** An operation, as it stood when the event was recorded. */
export interface OperationInEvent {
  /** The operation's id. */
  readonly id: string
  /** The money method. */
  readonly name: OperationName
  /** Where the operation stands. */
  readonly state: OperationState
  /** Why there is no object. Absent: there is one, or no error was recorded. */
  readonly error?: PaymentError
}

/** A notification that no object was found for. It is not evidence of anything. */
export interface UnmatchedNotification {
  /** The object that it names. Absent: it names none. */
  readonly object?: ObjectKey
  /** The gateway's words or numbers as reported, by resource. */
  readonly reported: InboxRecord['reported']
  /** When it came first, in milliseconds since the epoch. */
  readonly receivedAt: number
  /** How many times it came. */
  readonly deliveries: number
}

/** An object as a gateway's own list shows it. */
export interface ListedObject<K extends Kind = Kind> {
  /** Points at the object. */
  readonly reference: Reference<K>
  /** Where the object stands according to the list. */
  readonly status: StatusOf<K>
  /** Its amount, if the list shows it. */
  readonly amount?: Money
}

/** What subscribers get. It is plain data: it survives `JSON.stringify`, `structuredClone` and a spread. */
export type PaymuxEvent =
  | ObjectEvent
  | (EventHeader<OperationEvent> & {
      /** The operation, as it stood then. */
      readonly operation: OperationInEvent
      /** Of `operation.resolved`: who attested it, and where it was seen. */
      readonly attestation?: Attestation
    })
  | (EventHeader<AccountEvent> & {
      /** How its reads failed. */
      readonly failing: {
        /** When the first of them failed that no success followed, in milliseconds since the epoch. */
        readonly since: number
        /** Why the last of them failed: the error's tag, its phase or reason, and the HTTP status if one came. */
        readonly reason: string
      }
    })
  | (EventHeader<'notification.unmatched'> & {
      /** The notifications to one account that were due to be told, in one event. */
      readonly unmatched: {
        /** How many there are. */
        readonly count: number
        /** When the first of them came, in milliseconds since the epoch. */
        readonly firstReceivedAt: number
        /** When the last of them came. */
        readonly lastReceivedAt: number
        /** At most a hundred of them: those from listed sources first, then oldest first. */
        readonly notifications: readonly UnmatchedNotification[]
      }
    })
  | (EventHeader<'reconciliation.missing_in_ledger'> & {
      /** The entry of the gateway's list. */
      readonly listed: ListedObject
    })

/** Every type of event. */
export const eventTypes: readonly string[] = [
  ...kinds.flatMap((kind) =>
    [...machines[kind].statuses, 'unknown', ...Object.keys(objectEvents)].map((what) => `${kind}.${what}`),
  ),
  ...Object.keys(operationEvents),
  ...Object.keys(accountEvents),
  ...Object.keys(unknownObjectEvents),
]

/** An entry of a gateway's list as events and reconciliations carry it. */
export const toListedObject = <K extends Kind>({ reference, status, amount }: Listed<K>): ListedObject<K> => ({
  reference,
  status,
  ...(amount === undefined ? {} : { amount: toMoney(amount) }),
})

type Names = Omit<EventHeader<string>, 'id' | 'type' | 'subject' | 'sequence' | 'at' | 'erasedAt'>

const names = {
  account: t.string,
  merchantReference: t.string,
  idempotencyKey: t.string,
  operationId: t.string,
  metadata: storedTexts,
}

const objectPayload = <K extends Kind>(kind: K): t.Type<{ readonly object: Result<K> }, unknown> =>
  exactObject('a payload', { object: storedResults[kind] }, {})

const objectPayloads: { readonly [K in Kind]: t.Type<{ readonly object: Result<K> }, unknown> } = {
  payment: objectPayload('payment'),
  refund: objectPayload('refund'),
  payout: objectPayload('payout'),
}

type OperationPayload = Pick<Extract<PaymuxEvent, { readonly type: OperationEvent }>, 'operation' | 'attestation'>

const operationPayload = exactObjectOf<Names & OperationPayload>(
  'a payload',
  {
    operation: exactObjectOf<OperationInEvent>(
      'an operation',
      { id: t.string, name: oneOf(operationNames), state: oneOf(operationStateNames) },
      { error: storedError },
    ),
  },
  { ...names, attestation: storedAttestation },
)

type Failing = Extract<PaymuxEvent, { readonly type: AccountEvent }>['failing']

const accountPayload = exactObjectOf<Names & { readonly failing: Failing }>(
  'a payload',
  { failing: exactObjectOf<Failing>('failing reads', { since: t.number, reason: t.string }, {}) },
  names,
)

/** The notifications that no object was found for, as an event carries them. */
export type Unmatched = Extract<PaymuxEvent, { readonly type: 'notification.unmatched' }>['unmatched']

const unmatchedPayload = exactObjectOf<Names & { readonly unmatched: Unmatched }>(
  'a payload',
  {
    unmatched: exactObjectOf<Unmatched>(
      'unmatched notifications',
      {
        count: t.number,
        firstReceivedAt: t.number,
        lastReceivedAt: t.number,
        notifications: t.readonlyArray(
          exactObjectOf<UnmatchedNotification>(
            'a notification',
            { reported: storedTexts, receivedAt: t.number, deliveries: t.number },
            { object: storedObjectKey },
          ),
        ),
      },
      {},
    ),
  },
  names,
)

const listedObject = <K extends Kind>(kind: K): t.Type<ListedObject<K>, unknown> =>
  exactObject(
    'a listed object',
    { reference: storedReferences[kind], status: storedStatuses[kind] },
    { amount: storedMoney },
  )

const listed: { readonly [K in Kind]: t.Type<ListedObject<K>, unknown> } = {
  payment: listedObject('payment'),
  refund: listedObject('refund'),
  payout: listedObject('payout'),
}

const kindOfListed = t.type({ reference: t.type({ kind: oneOf(kinds) }) }, 'a listed object')

const listedPayload = exactObjectOf<Names & { readonly listed: ListedObject }>(
  'a payload',
  {
    listed: chosen<ListedObject>('a listed object', (value) =>
      kindOfListed.is(value) ? listed[value.reference.kind] : listed.payment,
    ),
  },
  names,
)

const headerOf = <Type extends EventType>(record: EventRecord, type: Type, named: Names): EventHeader<Type> => {
  const { id, subject, sequence, createdAt, erasedAt } = record
  const { account, merchantReference, idempotencyKey, operationId, metadata } = named
  return {
    id,
    type,
    subject,
    sequence,
    at: createdAt,
    ...omitUndefined({ account, merchantReference, idempotencyKey, operationId, metadata, erasedAt }),
  }
}

const isOperationEvent = (type: string): type is OperationEvent => Object.hasOwn(operationEvents, type)

const isAccountEvent = (type: string): type is AccountEvent => Object.hasOwn(accountEvents, type)

const isObjectEvent = <K extends Kind>(kind: K, type: string): type is ObjectEventType<K> =>
  type.startsWith(`${kind}.`) && eventTypes.includes(type)

const payloadOf = <A>(codec: t.Decoder<unknown, A>, { payload }: EventRecord): E.Either<PaymentError, A> =>
  pipe(
    decode(codec, payload),
    E.mapLeft(() => unreadable('paymux_events.payload')),
  )

const objectEventOf = <K extends Kind>(kind: K, type: ObjectEventType<K> & EventType, record: EventRecord) =>
  pipe(
    payloadOf<{ readonly object: Result<K> }>(objectPayloads[kind], record),
    E.map(({ object }) => ({ ...headerOf(record, type, object), object })),
  )

/** What a recorded event gives subscribers. Gives `Unreachable` for an event that this version of paymux cannot read. */
export const eventOf = (record: EventRecord): E.Either<PaymentError, PaymuxEvent> => {
  const { type } = record
  if (isObjectEvent('payment', type)) return objectEventOf('payment', type, record)
  if (isObjectEvent('refund', type)) return objectEventOf('refund', type, record)
  if (isObjectEvent('payout', type)) return objectEventOf('payout', type, record)
  if (isOperationEvent(type))
    return pipe(
      payloadOf(operationPayload, record),
      E.map(({ operation, attestation, ...named }) => ({
        ...headerOf(record, type, named),
        operation,
        ...omitUndefined({ attestation }),
      })),
    )
  if (isAccountEvent(type))
    return pipe(
      payloadOf(accountPayload, record),
      E.map(({ failing, ...named }) => ({ ...headerOf(record, type, named), failing })),
    )
  if (type === 'notification.unmatched')
    return pipe(
      payloadOf(unmatchedPayload, record),
      E.map(({ unmatched, ...named }) => ({ ...headerOf(record, type, named), unmatched })),
    )
  if (type === 'reconciliation.missing_in_ledger')
    return pipe(
      payloadOf(listedPayload, record),
      E.map((read) => ({ ...headerOf(record, type, read), listed: read.listed })),
    )
  return E.left(unreadable('paymux_events.type'))
}

/** What an event of the outbox gave subscribers, or gives them. Gives `Unreachable` for one that cannot be read. */
export const eventOfOutbox = ({ event, payload }: OutboxEntry): E.Either<PaymentError, PaymuxEvent> =>
  pipe(
    payload,
    E.flatMap((read) => eventOf({ ...event, payload: read })),
  )
