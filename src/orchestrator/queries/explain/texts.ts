import type { Money, OperationName, Review } from '../../../core/index.js'
import type { EvidenceSource, Mismatch, Noticed, ReviewReasons, StepCode, StepParams } from './step-params.js'
import type { Wording } from './wording.js'

/** An amount as it is written. */
export const written = ({ value, currency }: Money): string => `${value} ${currency}`

const writtenWords = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([resource, word]) => `${resource} ${word}`)
    .join(', ')

const because = (why: string | undefined): string => (why === undefined ? '' : ` (${why})`)

const deliveries = (tries: number): string => (tries === 1 ? 'one delivery' : `${tries} deliveries`)

const called: { readonly [Name in OperationName]: (amount: string | undefined) => string } = {
  createPayment: (amount) => (amount === undefined ? 'asked for a payment' : `asked for ${amount}`),
  refund: (amount) =>
    amount === undefined ? 'asked to refund what was not refunded yet' : `asked to refund ${amount}`,
  payout: (amount) => (amount === undefined ? 'asked to pay a beneficiary' : `asked to pay ${amount} to a beneficiary`),
}

const evidence: Readonly<Record<EvidenceSource, (gateway: string) => string>> = {
  answer: (gateway) => `${gateway} answered`,
  read: (gateway) => `paymux read it at ${gateway}`,
  operator: () => 'An operator attested it',
  deadline: () => 'It was not paid in time',
}

const reviews: Readonly<Record<Review, string>> = {
  unmapped_state: 'the gateway used a state that paymux does not know',
  contradiction: 'two resources of the gateway contradict each other',
  unconfirmed: 'no read has confirmed the status yet',
  dispute_unread: 'whether it is disputed could not be read',
  refund_reported: 'the gateway reports a refund that the ledger does not have',
  reference_mismatch: 'an answer named another order, payment or operation',
  amount_unreadable: 'the amount could not be read exactly',
}

const amountsOf = ({ expected, reported }: Mismatch): string => {
  const asked = expected === undefined ? [] : [`${written(expected)} asked for`]
  const got = reported === undefined ? 'one that could not be read' : `${written(reported)} reported`
  return [...asked, got].join(', ')
}

/** Why an operator should look at an object, each reason in words. */
export const reasonsOf = ({ review, mismatch }: ReviewReasons): readonly string[] => {
  const reasons = review.map((reason) => reviews[reason])
  return mismatch === undefined ? reasons : [...reasons, `the amounts differ: ${amountsOf(mismatch)}`]
}

const noticed: { readonly [What in Noticed]: (gateway: string, reasons: readonly string[]) => string } = {
  disputed: (gateway) => `${gateway} reported that the payer's bank took the money back, or tries to`,
  alert: (gateway) => `What ${gateway} reported contradicted what was recorded, or took back a success`,
  review: (gateway, reasons) =>
    `What ${gateway} reported needed an operator's look${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`,
  on_abandoned_attempt: (gateway) =>
    `The payment succeeded at ${gateway}, although its link was never given out by paymux`,
  duplicate: () => 'Another payment of the same merchant reference had succeeded before: the payer may have paid twice',
}

/** The sentence of each step, which happened at `at`. Past tense: it is recorded. None guesses a cause. */
export const texts: {
  readonly [Code in StepCode]: (params: StepParams[Code], wording: Wording, at: number) => string
} = {
  called: ({ name, idempotencyKey, amount }) =>
    `Your shop ${called[name](amount === undefined ? undefined : written(amount))} under the key ${idempotencyKey}.`,
  called_again: ({ idempotencyKey }) =>
    `Your shop called again under the key ${idempotencyKey}, and paymux began a new attempt.`,
  routed: ({ name, accounts }, { account }) =>
    `${name === 'refund' ? 'The payment is at' : 'The route chose'} ${accounts.map(account).join(', then ')}.`,
  dispatched: ({ account, creates, times }, { gateway }) => {
    const what = times > 1 ? 'to send the same request again' : 'to send a request'
    const effect = creates ? ' The request creates something to pay at, and moves no money.' : ''
    return `paymux recorded that it was about ${what} to ${gateway(account)}, and sent it.${effect}`
  },
  answered: ({ account, id }, { gateway }) =>
    id === undefined ? `${gateway(account)} answered.` : `${gateway(account)} answered, and calls it ${id}.`,
  found: ({ account, id }, { gateway }) =>
    `paymux asked ${gateway(account)} for it, and ${gateway(account)} had it${id === undefined ? '' : ` as ${id}`}: the request had been executed.`,
  refused: ({ account, why }, { gateway }) =>
    `${gateway(account)} refused it${because(why)}. Nothing was executed by this attempt.`,
  unsent: ({ account, why }, { gateway }) => `No request left for ${gateway(account)}${because(why)}.`,
  abandoned: ({ account, why }, { gateway }) =>
    `paymux gave up what the request may have created at ${gateway(account)}${because(why)}. Its link was never given out.`,
  unanswered: ({ account, why }, { gateway }) =>
    `No usable answer came from ${gateway(account)}${because(why)}. From then on it was not known whether the request had been executed.`,
  polled: ({ account, times, until }, { gateway, time }, at) =>
    `paymux looked for it at ${gateway(account)} ${times === 1 ? 'once' : `${times} times, until ${time(until, at)},`} and did not find it. That does not prove that it was not executed.`,
  lease_acquired: () => 'The worker that had it did not record an end. Another worker took it over.',
  deferred: ({ account, times, until }, wording, at) =>
    `The worker that came to it does not have the account ${account}${times === 1 ? '' : ` (${times} times, until ${wording.time(until, at)})`}.`,
  restored: ({ account }) =>
    `The ledger was restored from a backup. It may have been sent to ${account} after that was taken: paymux sends it no more, and looks for it.`,
  requires_resolution: () => 'paymux could find out nothing more by itself. From then on it waited for an operator.',
  attested: ({ executed, attestedBy = 'An operator', note }) =>
    `${attestedBy} attested that it was ${executed ? '' : 'not '}executed${note === undefined ? '' : `: "${note}"`}.`,
  notified: ({ account, reported, times }, { gateway }) =>
    `${gateway(account)} notified: ${writtenWords(reported)}${times === 1 ? '' : `, ${times} times`}. paymux does not rely on notifications, and reads.`,
  changed: ({ kind, status, account, evidence: source, providerState, amount, mismatch, isLate }, { gateway }) => {
    const words = writtenWords(providerState)
    const one = amount === undefined ? '' : `, ${written(amount)}`
    const sum = mismatch === undefined ? one : `, and the amounts differ (${amountsOf(mismatch)})`
    const before = isLate ? ', although it had been recorded as over' : ''
    const said = `${words === '' ? '' : `: ${words}`}${sum}`
    // That the gateway answered is a step of its own.
    const basis = source === 'answer' && said === '' ? '' : `${evidence[source](gateway(account))}${said}. `
    return `${basis}From then on the ${kind} was ${status}${before}.`
  },
  noticed: ({ what, account, ...reasons }, { gateway }) => `${noticed[what](gateway(account), reasonsOf(reasons))}.`,
  unchanged: ({ account }, { gateway }) => `paymux read it last at ${gateway(account)}, and nothing had changed.`,
  delivered: ({ type, tries }) =>
    `Your shop received ${type}${tries === 0 ? '' : `, after ${deliveries(tries)} that it did not take`}.`,
  undelivered: ({ type, tries }) =>
    `Your shop has not taken ${type} yet${tries === 0 ? '' : ` (${deliveries(tries)})`}.`,
  unreadable: ({ type }) => `paymux recorded ${type}. What it says cannot be read by this version or with these keys.`,
}
