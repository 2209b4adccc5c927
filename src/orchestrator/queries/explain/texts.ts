import type { Kind, OperationName } from '../../../core/index.js'
import type { EventType, objectEvents } from '../../events/events.js'

/** What a status rests on: the answer to the request, a read, an operator's attestation, or a deadline that passed. */
export type EvidenceSource = 'answer' | 'read' | 'operator' | 'deadline'

/** The events that an operator is called for. */
export type Noticed = Exclude<keyof typeof objectEvents, 'late_success' | 'reopened'>

/** What the sentence of each step is made of. Amounts are decimal text with their currency. */
export interface StepParams {
  /** The call that claimed the idempotency key. */
  readonly called: { readonly name: OperationName; readonly idempotencyKey: string; readonly amount?: string }
  /** A call under the same key, after everything before it had provably executed nothing. */
  readonly called_again: Record<never, never>
  /** The accounts that are tried, in order. */
  readonly routed: { readonly accounts: readonly string[] }
  /** A dispatch of an attempt was recorded. `times` counts the dispatches of the attempt. */
  readonly dispatched: { readonly account: string; readonly creates: boolean; readonly times: number }
  /** The gateway answered with the object. */
  readonly answered: { readonly account: string; readonly id?: string }
  /** A read found the object of an operation whose answer was lost. */
  readonly found: { readonly account: string; readonly id?: string }
  /** The gateway refused. `why`: the error's tag and reason. */
  readonly refused: { readonly account: string; readonly why?: string }
  /** No request left. `why`: the error's tag and phase. */
  readonly unsent: { readonly account: string; readonly why?: string }
  /** What an attempt created was given up, without having been given out. */
  readonly abandoned: { readonly account: string; readonly why?: string }
  /** No usable answer came. */
  readonly unanswered: { readonly account: string; readonly why?: string }
  /** Polls that did not find the object. */
  readonly polled: { readonly account: string; readonly times: number; readonly until: string }
  /** The worker before did not record how its work ended. */
  readonly taken_over: Record<never, never>
  /** No worker that polled the operation has its account. */
  readonly deferred: { readonly account: string; readonly times: number; readonly until: string }
  /** An operator closed the operation. */
  readonly attested: { readonly executed: boolean; readonly attestedBy?: string; readonly note?: string }
  /** A notification came. `reported`: the gateway's words by resource. */
  readonly notified: { readonly account: string; readonly reported: string; readonly times: number }
  /** A status was recorded. */
  readonly changed: {
    readonly kind: Kind
    readonly status: string
    readonly account: string
    readonly evidence: EvidenceSource
    readonly providerState: string
    readonly amount?: string
    /** The amount is not the one that was asked for. */
    readonly isOther: boolean
    /** The object had been recorded as over. */
    readonly isLate: boolean
  }
  /** What an operator should look at. */
  readonly noticed: { readonly what: Noticed; readonly account: string; readonly review: readonly string[] }
  /** Every subscriber took an event. `tries`: deliveries that were not taken before. */
  readonly delivered: { readonly type: EventType; readonly tries: number }
  /** An event that is not delivered yet. */
  readonly undelivered: { readonly type: EventType; readonly tries: number }
}

/** What happened in a step. */
export type StepCode = keyof StepParams

const because = (why: string | undefined): string => (why === undefined ? '' : ` (${why})`)

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

const called: { readonly [Name in OperationName]: (amount: string | undefined) => string } = {
  createPayment: (amount) => (amount === undefined ? 'asked for a payment' : `asked for ${amount}`),
  refund: (amount) =>
    amount === undefined ? 'asked to refund what was not refunded yet' : `asked to refund ${amount}`,
  payout: (amount) => (amount === undefined ? 'asked to pay a beneficiary' : `asked to pay ${amount} to a beneficiary`),
}

const evidence: Readonly<Record<EvidenceSource, (account: string) => string>> = {
  answer: (account) => `${account} answered`,
  read: (account) => `paymux read it at ${account}`,
  operator: () => 'An operator attested it',
  deadline: () => 'It was not paid in time',
}

const noticed: { readonly [What in Noticed]: (account: string, review: readonly string[]) => string } = {
  disputed: (account) => `${account} reports that the payer's bank took the money back, or tries to`,
  alert: (account) => `What ${account} reports contradicts what is recorded, or takes back a success`,
  review: (account, review) =>
    `What ${account} reports needs an operator's look${review.length === 0 ? '' : ` (${review.join(', ')})`}`,
  on_abandoned_attempt: (account) =>
    `The payment succeeded at ${account}, although its link was never given out by paymux`,
  duplicate: () => 'Another payment of the same merchant reference had succeeded before: the payer may have paid twice',
}

/** The sentence of each step. Past tense: it is recorded. None guesses a cause. */
export const texts: { readonly [Code in StepCode]: (params: StepParams[Code]) => string } = {
  called: ({ name, idempotencyKey, amount }) => `Your shop ${called[name](amount)} under the key ${idempotencyKey}.`,
  called_again: () => 'Your shop called again under the same key, and paymux began a new attempt.',
  routed: ({ accounts: [first, ...others] }) =>
    others.length === 0 ? `The route chose ${first}.` : `The route chose ${first}, then ${others.join(', then ')}.`,
  dispatched: ({ account, creates, times: count }) => {
    if (count > 1) return `paymux recorded that it was about to send the same request again, and sent it to ${account}.`
    const effect = creates ? ' The request creates something to pay at, and moves no money.' : ''
    return `paymux recorded that it was about to send a request, and sent it to ${account}.${effect}`
  },
  answered: ({ account, id }) =>
    id === undefined ? `${account} answered.` : `${account} answered, and calls it ${id}.`,
  found: ({ account, id }) =>
    `paymux asked ${account} for it, and ${account} has it${id === undefined ? '' : `, as ${id}`}: the request had been executed.`,
  refused: ({ account, why }) => `${account} refused it${because(why)}. Nothing was executed by this attempt.`,
  unsent: ({ account, why }) => `No request left for ${account}${because(why)}.`,
  abandoned: ({ account, why }) =>
    `paymux gave up what the request may have created at ${account}${because(why)}. Its link was never given out.`,
  unanswered: ({ account, why }) =>
    `No usable answer came from ${account}${because(why)}. From then on it was not known whether the request had been executed.`,
  polled: ({ account, times: count, until }) =>
    `paymux looked for it at ${account} ${times(count)}${count === 1 ? '' : `, until ${until},`} and did not find it. That does not prove that it was not executed.`,
  taken_over: () => 'The worker that had it did not record an end. Another worker took it over.',
  deferred: ({ account, times: count, until }) =>
    `The worker that came to it does not have the account ${account}${count === 1 ? '' : ` (${count} times, until ${until})`}.`,
  attested: ({ executed, attestedBy, note }) =>
    `${attestedBy ?? 'An operator'} attested that it was ${executed ? '' : 'not '}executed${note === undefined ? '' : `: "${note}"`}.`,
  notified: ({ account, reported, times: count }) =>
    `A notification from ${account} reported ${reported}${count === 1 ? '' : `, and came ${times(count)}`}. paymux does not rely on notifications, and reads.`,
  changed: ({ kind, status, account, evidence: source, providerState, amount, isOther, isLate }) => {
    const words = providerState === '' ? '' : `: ${providerState}`
    const sum =
      amount === undefined ? '' : `, ${amount}${isOther ? ', which is not the amount that was asked for' : ''}`
    const before = isLate ? ', although it had been recorded as over' : ''
    return `${evidence[source](account)}${words}${sum}. From then on the ${kind} was ${status}${before}.`
  },
  noticed: ({ what, account, review }) => `${noticed[what](account, review)}.`,
  delivered: ({ type, tries }) =>
    `Your shop received ${type}${tries === 0 ? '' : `, after ${tries === 1 ? 'one delivery' : `${tries} deliveries`} that it did not take`}.`,
  undelivered: ({ type, tries }) =>
    `Your shop has not taken ${type} yet${tries === 0 ? '' : ` (${tries === 1 ? 'one delivery' : `${tries} deliveries`})`}.`,
}
