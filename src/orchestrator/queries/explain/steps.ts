import { omitUndefined, toMoney } from '../../../core/index.js'
import type { LogRecord, OperationView } from '../../../ledger/index.js'
import type { ObjectEvent, PaymuxEvent } from '../../events/events.js'
import type { ListedEvent } from '../pages.js'
import type { EvidenceSource, Noticed, StepCode, StepParams } from './step-params.js'
import type { Actor, Facts, StoryStep } from './story.js'
import { mismatchOf, ownId } from './subject.js'
import { texts } from './texts.js'
import type { Wording } from './wording.js'

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
  lease_acquired: 'paymux',
  deferred: 'paymux',
  restored: 'operator',
  requires_resolution: 'paymux',
  attested: 'operator',
  notified: 'gateway',
  changed: 'paymux',
  noticed: 'gateway',
  unchanged: 'paymux',
  delivered: 'shop',
  undelivered: 'shop',
  unreadable: 'paymux',
}

/** Makes a step of what it is made of. */
type MakeStep = <Code extends StepCode>(code: Code, at: number, params: StepParams[Code]) => StoryStep<Code>

const stepsIn =
  (wording: Wording): MakeStep =>
  (code, at, params) => ({ at, code, by: actors[code], params, text: texts[code](params, wording, at) })

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

/** Whether a worker took over what the one before it had not ended, or had gone on with at the next account. */
const isTakenOver = (line: LogRecord, before: LogRecord | undefined): boolean =>
  before !== undefined && (unfinished.includes(before.what) || before.n < line.n)

const calledBy = ({ operation }: OperationView): StepParams['called'] => ({
  name: operation.name,
  idempotencyKey: operation.idempotencyKey,
  ...(operation.request.amount === undefined ? {} : { amount: toMoney(operation.request.amount) }),
})

/** What the log of an operation tells. */
const stepsOfLog = (view: OperationView, log: readonly LogRecord[], step: MakeStep): readonly StoryStep[] => {
  const { operation, attempts } = view
  const { idempotencyKey, accounts } = operation
  const steps: StoryStep[] = []
  const dispatches = new Map<number, number>()
  // The record has the accounts of the last call that began something.
  const routed = log.findLastIndex(({ what }) => what === 'claimed' || what === 'reopened')
  for (let at = 0; at < log.length; at += 1) {
    const line = log[at]
    if (line === undefined) break
    const account = attempts[line.n - 1]?.account ?? accounts[0] ?? ''
    const why = omitUndefined({ why: line.detail })
    switch (line.what) {
      case 'claimed':
        steps.push(step('called', line.at, calledBy(view)))
        break
      case 'reopened':
        steps.push(step('called_again', line.at, { idempotencyKey }))
        break
      case 'lease_acquired':
        if (isTakenOver(line, log[at - 1])) steps.push(step('lease_acquired', line.at, { account }))
        break
      case 'dispatched': {
        const times = (dispatches.get(line.n) ?? 0) + 1
        dispatches.set(line.n, times)
        steps.push(step('dispatched', line.at, { account, creates: line.detail === 'creates', times }))
        break
      }
      case 'executed':
        steps.push(step('answered', line.at, { account, ...ownId(operation.object?.id) }))
        break
      case 'found':
        steps.push(step('found', line.at, { account, ...ownId(operation.object?.id) }))
        break
      case 'refused':
        steps.push(step('refused', line.at, { account, ...why }))
        break
      case 'unsent':
        steps.push(step('unsent', line.at, { account, ...why }))
        break
      case 'abandoned':
        steps.push(step('abandoned', line.at, { account, ...why }))
        break
      case 'indeterminate':
        steps.push(step('unanswered', line.at, { account, ...why }))
        break
      case 'polled':
      case 'deferred': {
        const { times, end } = countWhile(log, at)
        const until = log[end]?.at ?? line.at
        steps.push(step(line.what, line.at, { account, times, until }))
        at = end
        break
      }
      case 'restored':
        steps.push(step('restored', line.at, { account }))
        break
      case 'resolved':
        steps.push(step('attested', line.at, { executed: line.detail === 'executed', ...line.attestation }))
        break
    }
    if (at === routed) steps.push(step('routed', line.at, { name: operation.name, accounts }))
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
  // Only paymux says `overdue`.
  if (object.status === 'expired' && object.reason === 'overdue') return 'deadline'
  // What closed the operation recorded the object with it, at the same time.
  const closing = log.find((line) => line.at === at && ['executed', 'resolved'].includes(line.what))
  if (closing?.what === 'executed') return 'answer'
  // What an operator attests is read back. It counts as attested if that could not be read.
  return closing !== undefined && object.review.includes('unconfirmed') ? 'operator' : 'read'
}

const stepOfEvent = (event: ObjectEvent, { object: record, log }: Facts, step: MakeStep): StoryStep => {
  const { object, at, type } = event
  const what = type.slice(type.indexOf('.') + 1)
  const { account, kind, status, amount, providerState, review } = object
  const mismatch = mismatchOf(object, record)
  if (isNoticed(what)) return step('noticed', at, { what, account, review, ...omitUndefined({ mismatch }) })
  return step('changed', at, {
    kind,
    status,
    account,
    evidence: evidenceOf(event, log),
    providerState,
    isLate: what === 'late_success' || what === 'reopened',
    ...omitUndefined({ amount, mismatch }),
  })
}

const bySequence = (a: ListedEvent, b: ListedEvent): number => a.at - b.at || a.sequence - b.sequence

/** What an event tells beside the log. */
const stepsOfEvent = ({ event, type, at }: ListedEvent, facts: Facts, step: MakeStep): readonly StoryStep[] => {
  if (event === undefined) return [step('unreadable', at, { type })]
  if (isObjectEvent(event)) return [stepOfEvent(event, facts, step)]
  return type === 'operation.requires_resolution'
    ? [step('requires_resolution', at, { account: event.account ?? '' })]
    : []
}

/** What the events tell, and whether the shop took them. */
const stepsOfEvents = (facts: Facts, step: MakeStep): readonly StoryStep[] =>
  [...facts.events].sort(bySequence).flatMap((listed) => {
    const { type, at, tries, deliveredAt } = listed
    return [
      ...stepsOfEvent(listed, facts, step),
      deliveredAt === undefined
        ? step('undelivered', at, { type, tries })
        : step('delivered', deliveredAt, { type, tries }),
    ]
  })

const stepsOfNotifications = ({ notifications }: Facts, step: MakeStep): readonly StoryStep[] =>
  notifications.map(({ account, reported, receivedAt, deliveries: times }) =>
    step('notified', receivedAt, { account, reported, times }),
  )

/** The reads that changed nothing, as one step: of all reads the ledger keeps the time of the last. */
const stepsOfReads = ({ object, events }: Facts, step: MakeStep): readonly StoryStep[] => {
  if (object === undefined || object.lastReadAt === 0) return []
  const { account, lastReadAt } = object
  return events.some(({ event, at }) => at >= lastReadAt && event !== undefined && isObjectEvent(event))
    ? []
    : [step('unchanged', lastReadAt, { account })]
}

/** What happened, oldest first. Of what was recorded at one time, causes come before what they led to. */
export const stepsOf = (facts: Facts, wording: Wording): readonly StoryStep[] => {
  const step = stepsIn(wording)
  const { view, log } = facts
  return [
    ...(view === undefined ? [] : stepsOfLog(view, log, step)),
    ...stepsOfNotifications(facts, step),
    ...stepsOfEvents(facts, step),
    ...stepsOfReads(facts, step),
  ].sort((a, b) => a.at - b.at)
}
