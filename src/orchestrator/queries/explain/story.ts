import { type Kind, type Money, omitUndefined, type StatusOf, toMoney } from '../../../core/index.js'
import {
  type InboxRecord,
  isUnanswered,
  type LogRecord,
  type ObjectRecord,
  type OperationState,
  type OperationView,
} from '../../../ledger/index.js'
import type { ObjectEvent, PaymuxEvent } from '../../events/events.js'
import { type EvidenceSource, type Noticed, type StepCode, type StepParams, texts } from './texts.js'

/** An event of the outbox, with what became of it. */
export interface OutboxEvent {
  readonly event: PaymuxEvent
  /** Deliveries that at least one subscriber did not take. */
  readonly tries: number
  /** When every subscriber had taken it. Absent: they have not. */
  readonly deliveredAt?: number
}

/** What the ledger has of one object, or of an operation that has none yet. */
export interface Facts {
  readonly object?: ObjectRecord
  readonly operation?: OperationView
  /** The log of the operation, in its order. */
  readonly log: readonly LogRecord[]
  /** The events about the object and about the operation. */
  readonly events: readonly OutboxEvent[]
  /** The notifications that named the object. */
  readonly notifications: readonly Pick<InboxRecord, 'account' | 'reported' | 'receivedAt' | 'deliveries'>[]
  /** Of payments: their refunds. */
  readonly related: readonly ObjectRecord[]
}

/** Who did something. `shop`: the caller. */
export type Actor = 'shop' | 'paymux' | 'gateway' | 'operator'

/** One step of a story: what it is made of, and a sentence of it. `at` is milliseconds since the epoch. */
export type StoryStep = {
  readonly [Code in StepCode]: {
    /** When it was recorded, in milliseconds since the epoch. */
    readonly at: number
    /** What happened. */
    readonly code: Code
    /** Who did it. */
    readonly by: Actor
    /** The sentence, without the time. */
    readonly text: string
  } & StepParams[Code]
}[StepCode]

/** What happens next, by whom. */
export interface NextStep {
  /**
   * - `send`: paymux sends it
   * - `poll`: paymux looks for it at the gateway
   * - `resolve`: an operator looks at the gateway and calls `resolve`
   * - `review`: an operator should look at the object
   * - `pay`: the payer has to act
   * - `read`: paymux reads it
   * - `call_again`: a call under the same key starts again
   * - `nothing`: nothing, unless a notification or a call asks for a read
   */
  readonly what: 'send' | 'poll' | 'resolve' | 'review' | 'pay' | 'read' | 'call_again' | 'nothing'
  /** When paymux does something by itself next, in milliseconds since the epoch. */
  readonly at?: number
  /** The sentence. */
  readonly text: string
}

/** What an object is, where it stands, and how much it is about. */
export interface StorySubject {
  /** What it is. */
  readonly kind: Kind
  /** Where it stands. `unknown` also for an operation whose outcome is not known; `none`: nothing was executed. */
  readonly status: StatusOf<Kind> | 'none'
  /** The account. Absent: none was chosen yet. */
  readonly account?: string
  /** The gateway's id. */
  readonly id?: string
  /** The operation that made it. */
  readonly operationId?: string
  /** The idempotency key of the call that made it. */
  readonly idempotencyKey?: string
  /** The merchant's order number. */
  readonly merchantReference?: string
  /** The amount that was asked for. */
  readonly amount?: Money
}

/** The amounts of a payment. */
export interface StoryMoney {
  /** What was asked for. */
  readonly expected?: Money
  /** What was captured. */
  readonly captured?: Money
  /** What refunds have given back. */
  readonly refunded?: Money
  /** What refunds that are not over hold back. */
  readonly reserved?: Money
  /** What can still be refunded. */
  readonly refundable?: Money
}

/** The story of one payment, refund or payout, as data and as plain English. It is plain data. */
export interface Story {
  /** What it is about. */
  readonly subject: StorySubject
  /** Where it stands, in one sentence. */
  readonly headline: string
  /** What happened, oldest first. */
  readonly steps: readonly StoryStep[]
  /** What happens next. */
  readonly next: NextStep
  /** Of payments: the amounts. */
  readonly money?: StoryMoney
  /** Of payments: their refunds. */
  readonly related: readonly StorySubject[]
  /** The time zone of the times in the sentences. */
  readonly timeZone: string
}

const actors: { readonly [Code in StepCode]: Actor } = {
  called: 'shop',
  called_again: 'shop',
  routed: 'paymux',
  dispatched: 'paymux',
  answered: 'gateway',
  found: 'paymux',
  refused: 'gateway',
  unsent: 'paymux',
  abandoned: 'paymux',
  unanswered: 'gateway',
  polled: 'paymux',
  taken_over: 'paymux',
  deferred: 'paymux',
  attested: 'operator',
  notified: 'gateway',
  changed: 'paymux',
  noticed: 'gateway',
  delivered: 'shop',
  undelivered: 'shop',
}

const step = <Code extends StepCode>(code: Code, at: number, params: StepParams[Code]): StoryStep =>
  ({ at, code, by: actors[code], text: texts[code](params), ...params }) as unknown as StoryStep

const written = ({ value, currency }: Money): string => `${value} ${currency}`

const writtenWords = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([resource, word]) => `${resource} ${word}`)
    .join(', ')

/** A gateway's own id; an object that has none goes by its key. */
const ownId = (id: string | undefined): { readonly id?: string } =>
  id === undefined || id.startsWith('key:') ? {} : { id }

type Format = (at: number) => string

/** Lines of the log that say the same, as one: `lease_acquired` between polls says nothing of its own. */
const countWhile = (log: readonly LogRecord[], from: number): { readonly times: number; readonly end: number } => {
  const what = log[from]?.what
  let times = 0
  let end = from
  for (let n = from; n < log.length && (log[n]?.what === what || log[n]?.what === 'lease_acquired'); n += 1)
    if (log[n]?.what === what) {
      times += 1
      end = n
    }
  return { times, end }
}

const unfinished: readonly string[] = ['claimed', 'reopened', 'dispatched']

const calledBy = ({ operation }: OperationView): StepParams['called'] => ({
  name: operation.name,
  idempotencyKey: operation.idempotencyKey,
  ...(operation.request.amount === undefined ? {} : { amount: written(toMoney(operation.request.amount)) }),
})

/** What the log of an operation tells. */
const stepsOfLog = (view: OperationView, log: readonly LogRecord[], format: Format): readonly StoryStep[] => {
  const steps: StoryStep[] = []
  const dispatches = new Map<number, number>()
  for (let at = 0; at < log.length; at += 1) {
    const line = log[at]
    if (line === undefined) break
    const account = view.attempts[line.n - 1]?.account ?? view.operation.accounts[0] ?? ''
    const why = omitUndefined({ why: line.detail })
    switch (line.what) {
      case 'claimed':
        steps.push(
          step('called', line.at, calledBy(view)),
          step('routed', line.at, { accounts: view.operation.accounts }),
        )
        break
      case 'reopened':
        steps.push(step('called_again', line.at, {}))
        break
      case 'lease_acquired':
        if (unfinished.includes(log[at - 1]?.what ?? '')) steps.push(step('taken_over', line.at, {}))
        break
      case 'dispatched': {
        const times = (dispatches.get(line.n) ?? 0) + 1
        dispatches.set(line.n, times)
        steps.push(step('dispatched', line.at, { account, creates: line.detail === 'creates', times }))
        break
      }
      case 'executed':
        steps.push(step('answered', line.at, { account, ...ownId(view.operation.object?.id) }))
        break
      case 'found':
        steps.push(step('found', line.at, { account, ...ownId(view.operation.object?.id) }))
        break
      case 'refused':
      case 'unsent':
      case 'abandoned':
        steps.push(step(line.what, line.at, { account, ...why }))
        break
      case 'indeterminate':
        steps.push(step('unanswered', line.at, { account, ...why }))
        break
      case 'polled':
      case 'deferred': {
        const { times, end } = countWhile(log, at)
        steps.push(step(line.what, line.at, { account, times, until: format(log[end]?.at ?? line.at) }))
        at = end
        break
      }
      case 'resolved':
        steps.push(step('attested', line.at, { executed: view.operation.object !== undefined }))
        break
    }
  }
  return steps
}

const isObjectEvent = (event: PaymuxEvent): event is ObjectEvent => 'object' in event

const noticedTypes: { readonly [What in Noticed]: true } = {
  disputed: true,
  alert: true,
  review: true,
  on_abandoned_attempt: true,
  duplicate: true,
}

const isNoticed = (what: string): what is Noticed => Object.hasOwn(noticedTypes, what)

const evidenceOf = ({ at, object }: ObjectEvent, log: readonly LogRecord[]): EvidenceSource => {
  // What closed the operation recorded the object with it, at the same time.
  const closing = log.find((line) => line.at === at && ['executed', 'resolved'].includes(line.what))
  if (closing !== undefined) return closing.what === 'executed' ? 'answer' : 'operator'
  return object.status === 'expired' && object.reason === 'overdue' ? 'deadline' : 'read'
}

const stepOfEvent = (event: ObjectEvent, log: readonly LogRecord[]): StoryStep => {
  const { object, at, type } = event
  const what = type.slice(type.indexOf('.') + 1)
  const { account, kind, status, amount } = object
  const isOther = object.amountCheck === 'mismatch'
  if (isNoticed(what)) {
    const review = [...object.review, ...(isOther ? ['amount mismatch'] : [])]
    return step('noticed', at, { what, account, review })
  }
  return step('changed', at, {
    kind,
    status,
    account,
    evidence: evidenceOf(event, log),
    providerState: writtenWords(object.providerState),
    isOther,
    isLate: what === 'late_success' || what === 'reopened',
    ...(amount === undefined ? {} : { amount: written(amount) }),
  })
}

const stepsOfEvents = (events: readonly OutboxEvent[], log: readonly LogRecord[]): readonly StoryStep[] =>
  events.flatMap(({ event, tries, deliveredAt }) => [
    ...(isObjectEvent(event) ? [stepOfEvent(event, log)] : []),
    deliveredAt === undefined
      ? step('undelivered', event.at, { type: event.type, tries })
      : step('delivered', deliveredAt, { type: event.type, tries }),
  ])

const stepsOfNotifications = (notifications: Facts['notifications']): readonly StoryStep[] =>
  notifications.map(({ account, reported, receivedAt, deliveries }) =>
    step('notified', receivedAt, { account, reported: writtenWords(reported), times: deliveries }),
  )

type MoneyLeft = Pick<ObjectRecord, 'expectedAmount' | 'captured' | 'refunded' | 'reserved'>

const moneyOf = ({ expectedAmount, captured, refunded, reserved }: MoneyLeft): StoryMoney => {
  const expected = expectedAmount === undefined ? {} : { expected: toMoney(expectedAmount) }
  if (captured === undefined) return expected
  const { currency, minorUnits } = captured
  return {
    ...expected,
    captured: toMoney(captured),
    refunded: toMoney({ minorUnits: refunded, currency }),
    reserved: toMoney({ minorUnits: reserved - refunded, currency }),
    refundable: toMoney({ minorUnits: minorUnits - reserved, currency }),
  }
}

const kindOfOperation = { createPayment: 'payment', refund: 'refund', payout: 'payout' } as const

const subjectOfObject = ({
  kind,
  status,
  account,
  id,
  origin,
  expectedAmount,
  snapshot,
}: ObjectRecord): StorySubject => {
  const amount = expectedAmount ?? snapshot.amount
  return {
    kind,
    status,
    account,
    ...ownId(id),
    ...omitUndefined({
      operationId: origin?.operationId,
      idempotencyKey: origin?.idempotencyKey,
      merchantReference: origin?.merchantReference,
      amount: amount === undefined ? undefined : toMoney(amount),
    }),
  }
}

const subjectOfOperation = ({ operation, attempts }: OperationView): StorySubject => {
  const { id, name, idempotencyKey, merchantReference, request, state, attempt } = operation
  return {
    kind: kindOfOperation[name],
    status: isUnanswered(state) ? 'unknown' : 'none',
    operationId: id,
    idempotencyKey,
    ...omitUndefined({
      account: attempts[attempt - 1]?.account,
      merchantReference,
      amount: request.amount === undefined ? undefined : toMoney(request.amount),
    }),
  }
}

const standing: { readonly [K in Kind]: Readonly<Record<StatusOf<K>, string>> } = {
  payment: {
    created: 'not paid yet',
    requires_action: 'not paid yet: the payer has to act',
    processing: 'under way',
    authorized: 'authorized, not captured',
    expired: 'not paid in time',
    canceled: 'canceled',
    failed: 'failed',
    succeeded: 'paid',
    reversed: 'reversed: the money went back to the payer',
    unknown: 'in a state that paymux does not know',
  },
  refund: {
    processing: 'under way',
    succeeded: 'given back',
    failed: 'failed',
    unknown: 'in a state that paymux does not know',
  },
  payout: {
    processing: 'under way',
    succeeded: 'paid out',
    failed: 'failed',
    returned: 'returned by the bank',
    unknown: 'in a state that paymux does not know',
  },
}

const standingOfOperation: Readonly<Record<OperationState, string>> = {
  prepared: 'not sent yet',
  dispatched: 'not known yet',
  indeterminate: 'not known',
  executed: 'executed',
  refused: 'refused, not executed',
  canceled: 'not executed',
}

const titles: Readonly<Record<Kind, (amount: string, reference: string | undefined) => string>> = {
  payment: (amount, reference) => `${reference ?? 'Payment'}${amount === '' ? '' : ` (${amount})`}`,
  refund: (amount, reference) =>
    `Refund${amount === '' ? '' : ` of ${amount}`}${reference === undefined ? '' : ` for ${reference}`}`,
  payout: (amount, reference) => `${reference ?? 'Payout'}${amount === '' ? '' : ` (${amount})`}`,
}

const headlineOf = ({ kind, amount, merchantReference, account }: StorySubject, stands: string): string => {
  const title = titles[kind](amount === undefined ? '' : written(amount), merchantReference)
  return `${title}: ${stands}${account === undefined ? '' : `, on ${account}`}.`
}

const nextOfOperation = ({ operation, attempts }: OperationView, format: Format): NextStep => {
  const { state, nextPollAt, deadline, stalled, id, attempt } = operation
  const account = attempts[attempt - 1]?.account ?? ''
  switch (state) {
    case 'prepared':
      return {
        what: 'send',
        at: deadline,
        text: `paymux sends it, until ${format(deadline)}. After that it is canceled.`,
      }
    case 'dispatched':
    case 'indeterminate':
      return nextPollAt === undefined || stalled !== undefined
        ? {
            what: 'resolve',
            ...omitUndefined({ at: nextPollAt }),
            text: `An operator decides: look for it at ${account}, and close operation ${id} with resolve. paymux sends it no second time by itself. Never repeat it under another key.`,
          }
        : {
            what: 'poll',
            at: nextPollAt,
            text: `paymux looks for it at ${account} again, at ${format(nextPollAt)}. Never repeat it under another key.`,
          }
    case 'canceled':
      return { what: 'call_again', text: 'A call under the same key starts it again.' }
    case 'executed':
    case 'refused':
      return { what: 'nothing', text: 'Nothing more. Another request needs a key of its own.' }
  }
}

const needsReview = ({ snapshot, flags, disputed }: ObjectRecord): readonly string[] => [
  ...snapshot.review,
  ...(snapshot.amountCheck === 'mismatch' ? ['amount mismatch'] : []),
  ...(disputed ? ['disputed'] : []),
  ...flags.filter((flag) => flag.startsWith('alert:')).map((flag) => `reported as ${flag.slice('alert:'.length)}`),
]

const isUnpaid = ({ kind, status }: ObjectRecord): boolean =>
  kind === 'payment' && (status === 'created' || status === 'requires_action')

const nextOfObject = (object: ObjectRecord, format: Format): NextStep => {
  const { nextReadAt, account } = object
  const reading = nextReadAt === undefined ? '' : ` paymux reads it again at ${format(nextReadAt)}.`
  const at = omitUndefined({ at: nextReadAt })
  const review = needsReview(object)
  if (review.length > 0)
    return {
      what: 'review',
      ...at,
      text: `An operator should look at it at ${account} (${review.join(', ')}).${reading}`,
    }
  if (isUnpaid(object)) return { what: 'pay', ...at, text: `The payer has to act.${reading}` }
  if (nextReadAt !== undefined) return { what: 'read', ...at, text: `You have nothing to do.${reading}` }
  return { what: 'nothing', text: 'Nothing more. paymux reads it again if a notification or a call asks for it.' }
}

const formatIn = (timeZone: string): Format => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'medium' })
  return (at) => format.format(at)
}

/** The story of what the ledger has of one object, or of an operation that has none. `undefined` if it has neither. */
export const storyOf = (facts: Facts, timeZone: string): Story | undefined => {
  const { object, operation, log, events, notifications, related } = facts
  const format = formatIn(timeZone)
  const steps = [
    ...(operation === undefined ? [] : stepsOfLog(operation, log, format)),
    ...stepsOfNotifications(notifications),
    ...stepsOfEvents(events, log),
  ].sort((a, b) => a.at - b.at)
  if (object !== undefined) {
    const subject = subjectOfObject(object)
    const stands = (standing[object.kind] as Readonly<Record<string, string>>)[object.status] ?? object.status
    return {
      subject,
      headline: headlineOf(subject, stands),
      steps,
      next: nextOfObject(object, format),
      ...(object.kind === 'payment' ? { money: moneyOf(object) } : {}),
      related: related.map(subjectOfObject),
      timeZone,
    }
  }
  if (operation === undefined) return undefined
  const subject = subjectOfOperation(operation)
  return {
    subject,
    headline: headlineOf(subject, standingOfOperation[operation.operation.state]),
    steps,
    next: nextOfOperation(operation, format),
    related: [],
    timeZone,
  }
}
